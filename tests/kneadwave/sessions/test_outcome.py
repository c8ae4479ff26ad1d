"""What the end of a session means to a script."""

from types import SimpleNamespace
from typing import Any

import pytest

from firmware_bridge.errors import InterlockTrip, LinkLost
from firmware_bridge.play.ending import EndReason
from kneadwave.cli.exits import exit_of
from kneadwave.errors import Interrupted, NotCleared, NotConfirmed, StoppedOutside
from kneadwave.sessions.controls import BY_ABSENCE, BY_ANSWER, BY_KEY, BY_PAIN, BY_REQUEST
from kneadwave.sessions.outcome import end_recording, judge, nobody_listens, reason_for
from kneadwave.sessions.record import UNWRITTEN, Keeper


def ended(reason: str = "") -> Any:
    return SimpleNamespace(stop_reason=reason)


def signals(number: int | None = None) -> Any:
    return SimpleNamespace(received=number)


class Recorded:
    """The last lines of a recording."""

    t = 12.0

    def __init__(self) -> None:
        self.lines: list[tuple[Any, ...]] = []

    def event(self, t: float, event: str, **fields: Any) -> None:
        self.lines.append((t, event, fields))

    def end(self, t: float, ok: bool, reason: str) -> None:
        self.lines.append((t, ok, reason))


@pytest.mark.parametrize("reason", ["", BY_KEY, BY_ANSWER, BY_PAIN, EndReason.TIME_OVER])
def test_what_the_person_wanted_or_was_told_of_is_no_error(reason: str) -> None:
    assert judge(ended(reason), signals(), Keeper()) is None


@pytest.mark.parametrize("reason", [BY_REQUEST, BY_ABSENCE, "stopped by the device: button"])
def test_what_somebody_else_wanted_is_7(reason: str) -> None:
    with pytest.raises(StoppedOutside) as caught:
        judge(ended(reason), signals(), Keeper())
    assert exit_of(caught.value) == 7


def test_a_signal_comes_before_everything_else() -> None:
    with pytest.raises(Interrupted) as caught:
        judge(ended(BY_REQUEST), signals(15), Keeper(), confirmed=False)
    assert exit_of(caught.value) == 143
    assert isinstance(nobody_listens(OSError(), signals(2)), Interrupted)
    assert isinstance(nobody_listens(OSError(), signals()), StoppedOutside)


def test_an_unconfirmed_stop_comes_before_its_reason() -> None:
    with pytest.raises(NotConfirmed):
        judge(ended(BY_KEY), signals(), Keeper(), confirmed=False)


def test_a_ledger_that_failed_is_the_reason_it_gives() -> None:
    keeper = Keeper()
    keeper.failure = NotCleared("the ledger cannot be written: no space left", hint="make room")
    with pytest.raises(NotCleared) as caught:
        judge(ended(UNWRITTEN), signals(), keeper)
    assert caught.value.hint == "make room"
    with pytest.raises(StoppedOutside):
        judge(ended(BY_REQUEST), signals(), keeper)


def test_a_zone_that_hurt_is_part_of_the_reason() -> None:
    assert reason_for(ended(), "") == "completed"
    assert reason_for(ended(), "shoulder") == "completed; the shoulder was eased for pain"
    assert reason_for(ended(BY_PAIN), "shoulder") == "stopped for pain; the shoulder was eased for pain"


@pytest.mark.parametrize(
    ("session", "error", "event", "ok", "reason"),
    [
        (ended(), None, None, True, "completed"),
        (ended(BY_KEY), None, "stop", False, BY_KEY),
        (ended(), InterlockTrip("too much", rule=55), "trip", False, "too much (rule 55)"),
        (ended(), LinkLost("gone"), "link", False, "gone"),
        (ended(BY_REQUEST), StoppedOutside("asked"), "stop", False, BY_REQUEST),
    ],
)
def test_a_recording_ends_with_the_reason(
    session: Any, error: Exception | None, event: str | None, ok: bool, reason: str
) -> None:
    recorder: Any = Recorded()
    end_recording(recorder, session, error)
    assert recorder.lines[-1] == (12.0, ok, reason)
    assert [line[1] for line in recorder.lines[:-1]] == ([event] if event else [])
    end_recording(None, session, error)
