"""`knead run --control stdin`: another program steers a session by lines, and its end stops it."""

import json
import os
import subprocess
from typing import Any

import pytest

Bench = Device = Any
"""Those of conftest, which no test module can import."""

pytestmark = pytest.mark.skipif(os.name != "posix", reason="needs pseudo-terminals")


class Steered:
    """A run whose controls are written, and whose events are read, line by line."""

    def __init__(self, bench: Bench, device: Device) -> None:
        bench.clear()
        words = ("run", "long.toml", "--device", device.path, "--json", "--control", "stdin")
        self.bench = bench
        self.process = bench.start(*words, stdin=subprocess.PIPE)
        self.events: list[dict[str, Any]] = []

    def say(self, control: str, **more: Any) -> None:
        self.process.stdin.write(json.dumps({"control": control, **more}) + "\n")
        self.process.stdin.flush()

    def until(self, event: str, **fields: Any) -> dict[str, Any]:
        """The next event of that name with these fields; every one before it is read, too."""
        for line in self.process.stdout:
            self.events.append(json.loads(line))
            told = self.events[-1]
            if told["event"] == event and fields.items() <= told.items():
                return told
        pytest.fail(f"no {event} {fields} in {self.events[-5:]}")

    def ended(self) -> Any:
        return self.bench.ended(self.process)


@pytest.fixture
def steered(bench: Bench) -> tuple[Steered, Device]:
    device = bench.cushion()
    run = Steered(bench, device)
    run.until("step", name="opening")
    return run, device


def test_each_control_is_heard_and_done(steered: tuple[Steered, Device]) -> None:
    run, device = steered
    run.say("pause", id=1)
    run.until("control", control="pause", id=1, refused="")
    run.until("state", state="paused")
    run.say("sotp")
    assert "there are pause" in run.until("control", control="sotp")["refused"]
    run.say("resume")
    run.until("state", state="playing")
    before = run.until("progress")["intensity"]
    run.say("softer", id="s")
    run.until("control", id="s")
    assert run.until("progress")["intensity"] < before
    run.say("closing")
    assert run.until("step", name="closing")
    run.say("stop", id=2)
    run.until("control", control="stop", id=2)
    ended = run.ended()
    assert (ended.code, ended.last["ok"]) == (0, True)
    assert ended.last["reason"] == "stopped by its controls"
    device.until(lambda: device.reached("disarmed"), "disarmed device")


def test_where_the_lines_end_it_is_stopped(steered: tuple[Steered, Device]) -> None:
    run, device = steered
    device.until(device.works, "work of the device")
    run.process.stdin.close()
    run.process.stdin = None
    ended = run.ended()
    assert ended.code == 7
    assert "the controlling program hung up" in ended.last["error"]
    assert "--reset" not in ended.last["hint"], "nothing tripped"
    device.until(lambda: device.reached("disarmed"), "disarmed device")
    assert not device.events("trip")


def test_an_input_that_has_ended_already_opens_nothing(bench: Bench) -> None:
    device = bench.cushion()
    bench.clear()
    ended = bench.call("run", "long.toml", "--device", device.path, "--json", "--control", "stdin")
    assert ended.code == 7
    assert "the controlling program hung up" in ended.last["error"]
    assert ended.last["reason"] == "hung up"
    assert not device.events("state"), "it was never armed"
