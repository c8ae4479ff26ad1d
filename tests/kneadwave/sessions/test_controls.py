"""What keys, signals and other processes do to a session; the loop around it is tested with the session."""

from collections.abc import Callable
from itertools import pairwise
from typing import Any, NamedTuple

import pytest

from firmware_bridge.play.updates import Phase, Update
from kneadwave.sessions.controls import BY_ABSENCE, BY_KEY, BY_PAIN, BY_REQUEST, BY_SIGNAL, Controls, Nobody
from kneadwave.sessions.registry import CHECK_EVERY_S
from profiles.files.load import from_data
from profiles.score import compose
from simulator.clock import VirtualClock

STEPS = [
    {"name": "one", "technique": {"kind": "guide", "instruction": "Breathe."}, "duration_s": 10},
    {
        "name": "over",
        "technique": {"kind": "guide", "instruction": "Turn over.", "posture": "supine"},
        "duration_s": 5,
    },
    {"name": "two", "technique": {"kind": "guide", "instruction": "Breathe."}, "duration_s": 10},
    {
        "name": "up",
        "technique": {"kind": "guide", "instruction": "Sit up.", "posture": "seated"},
        "duration_s": 5,
    },
    {"name": "three", "technique": {"kind": "guide", "instruction": "Breathe."}, "duration_s": 10},
]


class Pressed:
    """Keys that a test presses."""

    def __init__(self) -> None:
        self.wishes: list[str] = []
        self.gone = False

    def waiting(self) -> bool:
        return bool(self.wishes) or self.gone

    def read(self) -> list[str]:
        found, self.wishes = self.wishes, []
        return found


class Received:
    """Signals that a test sends."""

    received: int | None = None


class Noted:
    """A session that notes what is done to it."""

    def __init__(self, zone: str = "shoulder") -> None:
        self.score = compose(from_data({"schema": 1, "name": "routine", "step": STEPS}))
        self.stop_reason = ""
        self.paused = False
        self.done: list[Any] = []
        self.zone = zone

    def pause(self) -> None:
        self.paused = True

    def resume(self) -> None:
        self.paused = False

    def go_to(self, seconds: float) -> None:
        self.done.append(seconds)

    def ease(self) -> str:
        return self.zone

    def stop(self, reason: str = "stopped") -> None:
        self.stop_reason = self.stop_reason or reason

    def __getattr__(self, name: str) -> Callable[[], None]:
        return lambda: self.done.append(name)


class Bench(NamedTuple):
    """Controls and everything around them."""

    controls: Controls
    keys: Pressed
    signals: Received
    session: Noted
    told: list[tuple[str, bool]]

    def press(self, *wishes: str, step: int = 0) -> Noted:
        """Press and let the controls see to it while `step` plays."""
        self.keys.wishes += wishes
        at = -1 if self.session.paused else step
        self.controls.attend(self.session, Update(Phase.PLAYING, 0.0, 0.0, at, 0.0, b"", b"", None))
        return self.session


@pytest.fixture
def bench() -> Bench:
    keys, signals, told = Pressed(), Received(), []
    controls: Any = Controls(
        keys, signals, Nobody(), VirtualClock(), lambda zone, stopped: told.append((zone, stopped))
    )
    return Bench(controls, keys, signals, Noted(), told)


@pytest.mark.parametrize(
    ("wish", "done"), [("louder", "louder"), ("softer", "softer"), ("closing", "skip_to_closing")]
)
def test_a_key_does_one_thing(bench: Bench, wish: str, done: str) -> None:
    assert bench.press(wish).done == [done]


def test_space_pauses_and_goes_on(bench: Bench) -> None:
    assert bench.press("pause").paused
    assert not bench.press("pause").paused
    assert not bench.press("ready").paused
    assert bench.session.done == []


def test_reasons_to_stop(bench: Bench) -> None:
    assert bench.press("stop").stop_reason == BY_KEY
    bench.session.stop_reason = ""
    bench.keys.gone = True
    assert bench.press().stop_reason == BY_ABSENCE
    bench.session.stop_reason = ""
    bench.signals.received = 15
    assert bench.press().stop_reason == BY_SIGNAL
    assert bench.controls.waiting()


def test_a_request_of_another_process_stops_and_is_looked_for_now_and_then() -> None:
    clock, looks = VirtualClock(), []

    class Asking:
        stop_asked = False

        def requested(self) -> bool:
            looks.append(clock.now())
            self.stop_asked = len(looks) > 2
            return self.stop_asked

    controls: Any = Controls(Pressed(), Received(), Asking(), clock)
    while not controls.waiting():
        clock.sleep(0.001)
    assert len(looks) == 3
    assert all(b - a >= CHECK_EVERY_S for a, b in pairwise(looks))
    session = Noted()
    controls.attend(session, Update(Phase.PLAYING, 0.0, 0.0, 0, 0.0, b"", b"", None))
    assert session.stop_reason == BY_REQUEST


def test_pain_eases_once_and_stops_the_second_time(bench: Bench) -> None:
    assert bench.press("pain").stop_reason == ""
    assert bench.controls.eased == "shoulder"
    bench.session.zone = "lumbar"
    assert bench.press("pain").stop_reason == BY_PAIN
    assert bench.told == [("shoulder", False), ("shoulder", True)]


def test_pain_where_nothing_can_be_eased_stops_at_once(bench: Bench) -> None:
    bench.session.zone = ""
    assert bench.press("pain").stop_reason == BY_PAIN
    assert bench.told == [("", True)]


def test_two_presses_at_once_are_two_presses(bench: Bench) -> None:
    assert bench.press("pain", "pain").stop_reason == BY_PAIN


@pytest.mark.parametrize("key", ["ready", "pause"])
def test_each_change_of_posture_waits_once_and_then_its_step_is_over(bench: Bench, key: str) -> None:
    assert not bench.press(step=0).paused
    assert bench.press(step=1).paused
    assert bench.controls.awaiting is bench.session.score.steps[1]
    assert bench.press().paused
    session = bench.press(key)
    assert (session.paused, session.done, bench.controls.awaiting) == (False, [15.0], None)
    assert not bench.press(step=1).paused
    assert not bench.press(step=2).paused
    assert bench.press(step=3).paused


def test_a_change_that_was_skipped_is_asked_for_and_only_the_last_one(bench: Bench) -> None:
    assert bench.press(step=4).paused
    assert bench.controls.awaiting is bench.session.score.steps[3]
    assert not bench.press("ready").paused
    assert not bench.press(step=4).paused


def test_going_to_the_closing_waits_before_anything_plays_in_the_old_posture(bench: Bench) -> None:
    """The next update would be too late: by then the first frames are on their way."""
    session = bench.session
    strokes = {"technique": {"kind": "stroking"}, "zones": ["lumbar"], "level": 0.2, "duration_s": 10}
    steps = [*STEPS[:-1], {"name": "strokes", **strokes}]
    session.score = compose(from_data({"schema": 1, "name": "routine", "step": steps}))
    bench.press("closing", step=0)
    assert session.paused
    assert session.done == ["skip_to_closing"]
    assert bench.controls.awaiting is session.score.steps[3]
    assert not bench.press("ready").paused
    assert not bench.press("closing", step=4).paused
