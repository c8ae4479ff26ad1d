"""The guard passes the vectors of docs/wire.md, which a second device wrote that shares nothing with it."""

import json
from pathlib import Path

import pytest

from firmware_bridge.guard.device import Guard
from firmware_bridge.wire.messages import ActuatorInfo, DeviceState, Identity, Reason

VECTORS = Path(__file__).parents[2] / "vectors"
FILES = {
    name: json.loads((VECTORS / f"{name}.json").read_text(encoding="utf-8")) for name in ("playout", "states")
}
CASES = [(file, case["name"]) for file, content in FILES.items() for case in content["cases"]]
TRACED = [
    pytest.param(*case, id=": ".join(case), marks=() if case[0] == "states" else pytest.mark.no_cover)
    for case in CASES
]


class Seen:
    """What is put out and how the state changes, in the form of the vectors."""

    def __init__(self, width):
        self.drives, self.rates, self.states = [[0] + [0] * width], [[0] + [0] * width], [[0, 0, 0]]

    def output(self, output):
        for k, (drive, rate) in enumerate(zip(output.drive, output.rate, strict=True)):
            for rows, now in ((self.drives, drive), (self.rates, rate)):
                if rows[-1][1:] != now.tolist():
                    rows.append([output.start + k, *now.tolist()])

    def accepted(self, due_ms, drives):
        pass

    def event(self, at_ms, event, **fields):
        if event == "state":
            reason = Reason.__members__.get(fields["reason"].upper().replace(" ", "_"), Reason.NONE)
            now = [int(DeviceState[fields["state"].upper()]), int(reason)]
            if self.states[-1][1:] != now:
                self.states.append([at_ms, *now])


def actuator(exponent, **fields):
    return ActuatorInfo(exponent_percent=exponent, **fields)


def happen(guard, what, now, epochs):
    match what:
        case ["frame", data]:
            guard.receive(bytes.fromhex(data), now)
        case ["break"]:
            guard.line_break(now)
        case ["dtr"]:
            guard.line_dropped(now)
        case ["button"]:
            guard.press_button(now)
        case ["restart", epoch]:
            epochs.append(epoch)
            guard.reset(now)
        case _:
            raise AssertionError(what)


def played(content, case):
    """What the guard makes of a case, looked after every millisecond."""
    device = content["devices"][case["device"]]
    identity = Identity(**device["identity"])
    table = [actuator(**fields) for fields in device["table"]]
    seen, epochs, out = Seen(len(table)), [case["epoch"]], []
    guard = Guard(identity, table, output=seen, draw=epochs.pop)
    happenings = list(case["in"])
    for now in range(1, case["until"] + 1):
        guard.advance(now)
        while happenings and happenings[0][0] == now:
            happen(guard, happenings.pop(0)[1:], now, epochs)
        out += [[now, frame.hex() + "00"] for frame in guard.transmit().split(b"\0") if frame]
    guard.play_out(case["until"])
    return {"drives": seen.drives, "rates": seen.rates, "states": seen.states, "out": out}


@pytest.mark.parametrize(("file", "name"), TRACED)
def test_a_case_comes_out_as_the_second_device_has_it(file, name):
    content = FILES[file]
    case = next(case for case in content["cases"] if case["name"] == name)
    for key, value in played(content, case).items():
        assert value == case[key], key
