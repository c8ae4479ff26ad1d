"""`knead device new --control stdin`: another program asks somebody where each motor of a board lies."""

import json
import os
import subprocess
from typing import Any

import pytest
from placing_rig import pulses_in
from served_twins import ServedTwin

from firmware_bridge.devices.load import load_device, place_device
from simulator.twins.tcode import VirtualTCode

Bench = Any
"""That of conftest, which no test module can import."""

pytestmark = pytest.mark.skipif(os.name != "posix", reason="needs pseudo-terminals")


class Asking:
    """One run that asks; its events as they come."""

    def __init__(self, bench: Bench, url: str) -> None:
        words = ("device", "new", "my-board", "--device", url, "--json", "--control", "stdin")
        self.process = bench.start(*words, stdin=subprocess.PIPE)
        self.events: list[dict[str, Any]] = []
        self.bench = bench

    def say(self, text: str) -> None:
        self.control(control="say", text=text)

    def control(self, **line: Any) -> None:
        self.process.stdin.write(json.dumps(line) + "\n")
        self.process.stdin.flush()

    def until(self, event: str, **fields: Any) -> dict[str, Any]:
        """The next event of that name with these fields."""
        for line in self.process.stdout:
            self.events.append(json.loads(line))
            if self.events[-1]["event"] == event and fields.items() <= self.events[-1].items():
                return self.events[-1]
        pytest.fail(f"no {event} {fields} in {self.events[-5:]}")

    def answer(self, what: str, text: str, **fields: Any) -> dict[str, Any]:
        """Wait for a question, and answer it."""
        question = self.until("question", what=what, **fields)
        self.say(text)
        return question

    def ended(self) -> dict[str, Any]:
        return self.until("end")


def test_each_motor_is_felt_and_placed(bench: Bench) -> None:
    with ServedTwin(VirtualTCode(3)) as board:
        asking = Asking(bench, f"tcode:{board.port}")
        assert asking.answer("mounting", "under")["choices"] == ["under", "behind", "on"]
        promises = asking.answer("promises", "y")["promises"]
        assert [each["id"] for each in promises] == ["in-front", "nobody", "hand", "plug"]
        assert [event["event"] for event in asking.events if event["event"] == "pulse"] == []
        asking.answer("place", "thigh right", channel=0, of=3, problem="")
        asking.answer("place", "somewhere", channel=1)
        assert "says no place" in asking.answer("place", "shoulder right", channel=1)["problem"]
        asking.answer("clear", "y", channel=1, zone="shoulder-right")
        asking.answer("place", "", channel=2)
        asking.answer("place", "-100 15", channel=2)
        end = asking.ended()
        assert (end["ok"], end["confirmed"]) == (True, True)
        assert board.comes_off()
        assert [channels for _, _, channels, _ in pulses_in(board.history)] == [{0}, {1}, {2}, {2}]
    (path,) = [event["path"] for event in asking.events if event["event"] == "written"]
    layout = place_device(load_device(path))
    assert [each.id for each in layout.allowed] == ["thigh-r", "shoulder-r", "gluteal-l"]
    assert layout.description.mounting == "under"


@pytest.mark.parametrize(
    "leave", [{"control": "stop"}, {"control": "pause"}, {"control": "say", "text": "q"}, None]
)
def test_whoever_leaves_stops_it_and_what_was_said_is_kept(
    bench: Bench, leave: dict[str, str] | None
) -> None:
    with ServedTwin(VirtualTCode(2)) as board:
        asking = Asking(bench, f"tcode:{board.port}")
        asking.answer("mounting", "")
        asking.answer("promises", "y")
        asking.answer("place", "9r", channel=0)
        asking.until("pulse", channel=1)
        if leave is None:
            asking.process.stdin.close()
        else:
            asking.control(**leave)
        end = asking.ended()
        assert (end["ok"], end["confirmed"]) == (True, True)
        assert [event["said"] for event in asking.events if event["event"] == "kept"] == [1]
        assert board.comes_off()


def test_questions_that_nobody_would_see_are_not_asked(bench: Bench) -> None:
    words = ("device", "new", "my-board", "--device", "tcode:/dev/ttyUSB9", "--control", "stdin")
    ended = bench.call(*words)
    assert ended.code == 2
    assert ended.err.endswith("hint: add --json\n")


@pytest.mark.parametrize("answer", ["n", "", "perhaps"])
def test_nothing_moves_where_something_is_not_so(bench: Bench, answer: str) -> None:
    with ServedTwin(VirtualTCode(2)) as board:
        asking = Asking(bench, f"tcode:{board.port}")
        asking.say("y")  # said too early: it answers nothing
        asking.answer("mounting", "")
        asking.answer("promises", answer)
        end = asking.ended()
        assert not end["ok"]
        assert "confirmed" not in end
        assert "nothing was moved" in end["error"]
        assert pulses_in(board.history) == []
