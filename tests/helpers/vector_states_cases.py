"""The cases of tests/vectors/states.json: every request and every event in every state."""

from collections.abc import Callable, Iterator

from reference_wire import (
    DESCRIBE,
    HEARTBEAT,
    HELLO,
    LIMITS,
    RESET,
    SETPOINTS,
    STATES,
    STOP,
)
from vector_story import FIRST_DRIVE, Story


def in_state(name: str, state: str) -> Story:
    """A story that begins in `state`, with limits told; what moves in stopping moves."""
    moves = state == "stopping"
    s = Story(name).at(FIRST_DRIVE - 1 if moves else 1).hello().limits(60)
    if state == "disarmed":
        return s.after(3)
    if state == "tripped":
        return s.event("button").is_in("tripped", "button").after(3)
    s.arm().is_in("armed").after(3)
    if state == "armed":
        return s
    s.setpoints({1: 9}, to=s.now + 10).is_in("playing").after(20)
    if state == "playing":
        return s
    if state == "holding":
        return s.after(230).is_in("holding").after(3)
    return s.send(STOP).is_in("stopping", "stop frame").after(3)


ACTS: dict[str, Callable[[Story], object]] = {
    "HELLO": lambda s: s.hello(),
    "HELLO of another protocol": lambda s: s.send(HELLO, b"\1"),
    "HELLO of another protocol, longer": lambda s: s.send(HELLO, b"\3abc", epoch=0),
    "HELLO of this protocol, too long": lambda s: s.send(HELLO, b"\2\0").answered("malformed"),
    "HELLO without a protocol": lambda s: s.send(HELLO).answered("malformed"),
    "DESCRIBE, the last": lambda s: s.send(DESCRIBE, b"\4"),
    "DESCRIBE, one beyond": lambda s: s.send(DESCRIBE, b"\5").answered("no such actuator"),
    "DESCRIBE, too long": lambda s: s.send(DESCRIBE, b"\1\0").answered("malformed"),
    "DESCRIBE, empty": lambda s: s.send(DESCRIBE).answered("malformed"),
    "DESCRIBE of another epoch": lambda s: s.send(DESCRIBE, b"\1", epoch=8).answered("wrong epoch"),
    "DESCRIBE of epoch 0": lambda s: s.send(DESCRIBE, b"\1", epoch=0).answered("wrong epoch"),
    "ARM": lambda s: s.arm(),
    "ARM, wrong hash": lambda s: s.arm(wrong=1),
    "ARM, too short": lambda s: s.send(3, b"abc").answered("malformed"),
    "ARM, too long": lambda s: s.send(3, b"abcde").answered("malformed"),
    "ARM of another epoch": lambda s: s.arm(epoch=6).answered("wrong epoch"),
    "SETPOINTS": lambda s: s.setpoints({1: 5}, to=s.now + 9),
    "SETPOINTS, silent": lambda s: s.setpoints({}, to=s.now + 9),
    "SETPOINTS for now": lambda s: s.setpoints({1: 5}, to=s.now),
    "SETPOINTS, too long": lambda s: s.send(SETPOINTS, b"\0\0", t_ms=s.now + 9),
    "SETPOINTS, empty": lambda s: s.send(SETPOINTS, t_ms=s.now + 9),
    "SETPOINTS above a ceiling": lambda s: s.setpoints({1: 121}, to=s.now + 9),
    "SETPOINTS of another epoch": lambda s: s.setpoints({1: 5}, to=s.now + 9, epoch=8).answered(
        "wrong epoch"
    ),
    "HEARTBEAT": lambda s: s.send(HEARTBEAT).silent(),
    "HEARTBEAT with a payload": lambda s: s.send(HEARTBEAT, b"\5").answered("malformed"),
    "HEARTBEAT of another epoch": lambda s: s.send(HEARTBEAT, epoch=8).answered("wrong epoch"),
    "STOP": lambda s: s.send(STOP),
    "STOP of another epoch": lambda s: s.send(STOP, epoch=9),
    "STOP of epoch 0": lambda s: s.send(STOP, epoch=0),
    "STOP with a payload": lambda s: s.send(STOP, b"\0"),
    "RESET": lambda s: s.send(RESET),
    "RESET with a payload": lambda s: s.send(RESET, b"\0").answered("malformed"),
    "RESET of another epoch": lambda s: s.send(RESET, epoch=1).answered("wrong epoch"),
    "LIMITS": lambda s: s.limits(9, [1, 2, 3, 4, 5]),
    "LIMITS without a ceiling": lambda s: s.limits(9, []),
    "LIMITS without a ceiling, beyond the last": lambda s: s.limits(9, [], first=5),
    "LIMITS, too short": lambda s: s.send(LIMITS, b"\0\1"),
    "LIMITS beyond the last actuator": lambda s: s.limits(9, [1, 2], first=4),
    "LIMITS of another epoch": lambda s: s.send(LIMITS, b"\0\1\0\1", epoch=8).answered("wrong epoch"),
    "type 0x00": lambda s: s.send(0).answered("malformed"),
    "type 0x09": lambda s: s.send(9, b"\1\2").answered("malformed"),
    "type 0x81": lambda s: s.send(0x81).answered("malformed"),
    "type 0xff of another epoch": lambda s: s.send(0xFF, epoch=8).answered("wrong epoch"),
    "noise": lambda s: s.bytes(b"\x99\x98\0").silent(),
    "three zeros": lambda s: s.bytes(bytes(2)).silent(),  # after the delimiter of the frame before
    "four zeros": lambda s: s.bytes(bytes(3)),
    "break": lambda s: s.event("break"),
    "dtr": lambda s: s.event("dtr"),
    "button": lambda s: s.event("button").is_in("tripped", "button"),
}
LEADS_TO = {
    "disarmed": {"ARM": "armed"},
    "armed": {"SETPOINTS": "playing", "SETPOINTS, silent": "playing"},
    "playing": {},
    "holding": {"SETPOINTS": "playing", "SETPOINTS, silent": "playing"},
    "stopping": {},
    "tripped": {},
}
"""Where a state goes by a request, but for what VIOLATIONS, STOPS and BUTTON do."""
VIOLATIONS = {
    "SETPOINTS, too long": "malformed",
    "SETPOINTS, empty": "malformed",
    "SETPOINTS above a ceiling": "ceiling",
}
STOPS = {
    "STOP": "stop frame",
    "STOP of another epoch": "stop frame",
    "STOP of epoch 0": "stop frame",
    "STOP with a payload": "stop frame",
    "four zeros": "stop zeros",
    "break": "line break",
    "dtr": "line dropped",
}


def every_act_in_every_state() -> Iterator[Story]:
    """States × acts, at rest but for stopping."""
    for state in STATES:
        for act, do in ACTS.items():
            s = in_state(f"{state}: {act}", state)
            before = STATES[s.device.state], s.device.reason
            do(s)
            watched = state in ("armed", "playing", "holding")
            if act == "button":
                pass
            elif watched and act in VIOLATIONS:
                s.is_in("tripped", VIOLATIONS[act])
            elif watched and act in STOPS:
                s.is_in("disarmed", STOPS[act])
            elif act in LEADS_TO[state]:
                s.is_in(LEADS_TO[state][act])
            else:
                assert (STATES[s.device.state], s.device.reason) == before, s.name
            yield s.after(2)


MOVING = {
    "armed": lambda s: s,
    "playing": lambda s: s.line_to(2020, {1: 30}),
    "holding": lambda s: s.line_to(2020, {1: 30}).at(2300).is_in("holding"),
}


def stops_while_moving() -> Iterator[Story]:
    """Each stop in playing and holding while something is put out, and its confirmation."""
    for state in ("playing", "holding"):
        for act, reason in STOPS.items():
            s = MOVING[state](Story(f"{state}, moving: {act}").at(FIRST_DRIVE - 1).ready())
            ACTS[act](s)
            s.is_in("stopping", reason).after(249).is_in("stopping", reason).after(1)
            yield s.is_in("disarmed", reason).puts_out({}).after(80)
        for act in ("button", *VIOLATIONS):
            s = MOVING[state](Story(f"{state}, moving: {act}").at(FIRST_DRIVE - 1).ready())
            ACTS[act](s)
            s.is_in("tripped", VIOLATIONS.get(act, "button")).after(1)
            yield s.puts_out({}).after(2)


def zeros() -> Iterator[Story]:
    """Zeros on the line: three, four, more, cut anywhere, in the middle of a frame."""
    for count in (1, 2, 3, 4, 9):
        s = Story(f"zeros: {count} after a byte").at(1).ready().after(3).bytes(b"\5" + bytes(count))
        yield s.is_in("armed" if count < 4 else "disarmed", "none" if count < 4 else "stop zeros").after(2)
    s = Story("zeros: one a tick").at(1).ready().after(3).bytes(b"\5")
    for _ in range(3):
        s.after(1).bytes(b"\0")
    yield s.is_in("armed").after(1).bytes(b"\0").is_in("disarmed", "stop zeros").after(2)
    s = Story("zeros: in the middle of a frame, which is lost").at(1).ready().after(3)
    frame = s.frame(STOP)
    yield s.bytes(frame[:4] + bytes(4) + frame[4:]).is_in("disarmed", "stop zeros").after(2)
    s = Story("zeros: before the first frame").at(1).bytes(bytes(4)).hello()
    yield s.is_in("disarmed").after(2)
    s = Story("zeros: a stop, then a frame in the same bytes").at(1).ready().after(3)
    yield s.bytes(bytes(3) + s.frame(RESET)).is_in("disarmed", "stop zeros").answered("none").after(2)
    s = Story("zeros: a frame in two pieces").at(1).ready().after(3)
    frame = s.frame(STOP)
    yield s.bytes(frame[:5]).after(4).is_in("armed").bytes(frame[5:]).is_in("disarmed", "stop frame").after(2)


def states_cases() -> Iterator[Story]:
    """All of this file."""
    for group in (every_act_in_every_state, stops_while_moving, zeros):
        yield from group()
