"""What the end of a session means to a script."""

from collections.abc import Iterator
from contextlib import nullcontext
from types import SimpleNamespace
from typing import Any

import pytest

from firmware_bridge.errors import InterlockTrip, LinkLost
from firmware_bridge.play.ending import EndReason, SessionEnd
from kneadwave.cli.exits import exit_of
from kneadwave.errors import NotCleared, NotConfirmed, StoppedOutside
from kneadwave.sessions.end_events import Summed
from kneadwave.sessions.endings import words_for
from kneadwave.sessions.events import Event
from kneadwave.sessions.outcome import judge, settled
from kneadwave.sessions.record import Keeper


def ended(reason: EndReason | None = None, detail: str = "") -> Any:
    return SimpleNamespace(
        stopped=None if reason is None else SessionEnd(reason, detail),
        stop_confirmed=True,
        trips=0,
        shifts=0,
        losses=SimpleNamespace(count=2),
        took=12.5,
        substitutions=(),
        device=SimpleNamespace(frames_sent=3, bytes_sent=90, status=object()),
    )


class Recorded:
    """The last lines of a recording."""

    t = 12.0

    def __init__(self) -> None:
        self.lines: list[tuple[Any, ...]] = []

    def event(self, t: float, event: str, **fields: Any) -> None:
        self.lines.append((t, event, fields))

    def end(self, t: float, ok: bool, reason: str) -> None:
        self.lines.append((t, ok, reason))


@pytest.mark.parametrize(
    "reason",
    [None, EndReason.BY_KEY, EndReason.BY_ANSWER, EndReason.BY_PAIN, EndReason.TIME_OVER],
)
def test_what_the_person_wanted_or_was_told_of_is_no_error(reason: EndReason | None) -> None:
    assert judge(ended(reason), Keeper()) is None


@pytest.mark.parametrize("reason", [EndReason.BY_REQUEST, EndReason.BY_ABSENCE, EndReason.BY_DEVICE])
def test_what_somebody_else_wanted_is_7(reason: EndReason) -> None:
    with pytest.raises(StoppedOutside) as caught:
        judge(ended(reason), Keeper())
    assert exit_of(caught.value) == 7


def test_an_unconfirmed_stop_comes_before_its_reason() -> None:
    with pytest.raises(NotConfirmed):
        judge(ended(EndReason.BY_KEY), Keeper(), confirmed=False)


def test_a_ledger_that_failed_is_the_reason_it_gives() -> None:
    keeper = Keeper()
    keeper.failure = NotCleared("the ledger cannot be written: no space left", hint="make room")
    with pytest.raises(NotCleared) as caught:
        judge(ended(EndReason.UNWRITTEN), keeper)
    assert caught.value.hint == "make room"
    with pytest.raises(StoppedOutside):
        judge(ended(EndReason.BY_REQUEST), keeper)


def test_a_zone_that_hurt_is_part_of_the_reason() -> None:
    assert words_for(None) == "completed"
    assert words_for(None, "shoulder") == "completed; the shoulder was made softer because it hurt"
    pain = SessionEnd(EndReason.BY_PAIN)
    assert words_for(pain, "shoulder") == "stopped for pain; the shoulder was made softer because it hurt"


class Kept:
    """A ledger's last line."""

    def __init__(self) -> None:
        self.reason, self.losses = "", 0

    def end(self, reason: str, *rest: object, losses: int) -> None:  # noqa: ARG002
        self.reason, self.losses = reason, losses


@pytest.mark.parametrize(
    ("session", "error", "event", "reason", "kept", "told"),
    [
        (ended(), None, None, "completed", "completed", "completed"),
        (ended(EndReason.BY_KEY), None, "stop", *["stopped by a key"] * 3),
        (
            ended(),
            InterlockTrip("too much", rule=55),
            "trip",
            "too much (rule 55)",
            "tripped: too much (rule 55)",
            "broken off",
        ),
        (ended(), LinkLost("gone"), "link", "gone", "link: gone", "broken off"),
        (ended(EndReason.BY_REQUEST), None, "stop", *["stopped from outside"] * 3),
        (ended(), ZeroDivisionError(), None, "completed", "broken off", "broken off"),
    ],
)
def test_ledger_recording_and_summary_say_why_it_ended(
    session: Any, error: Exception | None, event: str | None, reason: str, kept: str, told: str
) -> None:
    recorder: Any = Recorded()
    diary: Any = Kept()
    registration: Any = SimpleNamespace(confirmed=False)

    def events() -> Iterator[Event]:
        yield from ()
        if error is not None:
            raise error

    shown: list[Event] = []
    outside = session.stopped is not None and session.stopped.reason is EndReason.BY_REQUEST
    raises = pytest.raises(StoppedOutside if outside else type(error)) if error or outside else nullcontext()
    with raises:
        for each in settled(events(), session, registration, Keeper(diary), recorder=recorder):
            shown.append(each)
    ok = error is None and session.stopped is None
    assert recorder.lines[-1] == (12.0, ok, reason)
    assert [line[1] for line in recorder.lines[:-1]] == ([event] if event else [])
    assert diary.reason == kept
    assert registration.confirmed
    (summed,) = shown
    assert isinstance(summed, Summed)
    assert (summed.reason, summed.at_rest) == (told, True)


def test_whoever_leaves_early_leaves_a_recording_with_an_end() -> None:
    recorder: Any = Recorded()
    diary: Any = Kept()

    def events() -> Iterator[Event]:
        while True:
            yield Event()

    played = settled(events(), ended(), SimpleNamespace(), Keeper(diary), recorder=recorder)  # type: ignore[arg-type]
    next(played)
    played.close()  # type: ignore[attr-defined]
    assert recorder.lines == [(12.0, False, "completed")]
    assert diary.reason == "broken off"
