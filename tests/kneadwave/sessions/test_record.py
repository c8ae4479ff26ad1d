"""The diary of a session: written now and then, closed with its reason, and no session without it."""

from datetime import datetime
from typing import Any

import pytest

from firmware_bridge.errors import InterlockTrip, LinkLost
from firmware_bridge.play.ending import EndReason, SessionEnd
from firmware_bridge.play.updates import Phase, Update
from kneadwave.errors import Interrupted, NotCleared
from kneadwave.sessions.endings import ending_of
from kneadwave.sessions.guided import GuidedSession
from kneadwave.sessions.record import LOOK_EVERY, Keeper, kept
from profiles.files.load import from_data
from profiles.score import compose
from simulator.clock import VirtualClock

STEPS = [
    {
        "name": "neck",
        "technique": {"kind": "guide", "instruction": "Stroke.", "part": "neck"},
        "duration_s": 20,
    },
    {"name": "still", "technique": {"kind": "guide", "instruction": "Be still."}, "duration_s": 10},
]


class Diary:
    """Keeps what it is told; refuses from `full_at` calls on."""

    def __init__(self, full_at: int = 1000) -> None:
        self.lines: list[tuple[Any, ...]] = []
        self.full_at = full_at

    def going(self, seconds: float, dose: Any, now: datetime) -> None:
        self._add("going", seconds, dose, now)

    def end(self, reason: str, seconds: float, dose: Any, now: datetime, *, losses: int = 0) -> None:
        assert losses == 0
        self._add(reason, seconds, dose, now)

    def _add(self, what: str, seconds: float, dose: Any, now: datetime) -> None:
        if len(self.lines) >= self.full_at:
            raise NotCleared("the ledger cannot be written")
        assert now.tzinfo is not None
        self.lines.append((what, seconds, dose))


@pytest.fixture
def session() -> GuidedSession:
    return GuidedSession(compose(from_data({"schema": 1, "name": "routine", "step": STEPS})), VirtualClock())


def test_hands_are_counted_by_part_and_pauses_are_not(session: GuidedSession) -> None:
    diary = Diary()
    keeper = Keeper(diary)
    for update in session.play():
        keeper.follow(session, update)
        for _ in range(40):
            keeper.follow(session, update._replace(phase=Phase.PAUSED))
    keeper.end("completed")
    what, seconds, dose = diary.lines[-1]
    assert what == "completed"
    assert seconds == pytest.approx(30.0, abs=0.6)
    assert list(dose) == ["neck"]
    assert dose["neck"]["active_s"] == pytest.approx(20.0, abs=0.3)


def test_a_jump_is_no_work(session: GuidedSession) -> None:
    diary = Diary()
    keeper = Keeper(diary)
    for update in session.play():
        keeper.follow(session, update)
        session.go_to(18.0)
    keeper.end("completed")
    assert diary.lines[-1][2]["neck"]["active_s"] < 3.0


def test_what_the_device_does_meanwhile_is_no_work_of_hands(session: GuidedSession) -> None:
    diary = Diary()
    keeper = Keeper(diary)
    for t in (0.2, 0.4, 0.6):
        keeper.follow(session, Update(Phase.PLAYING, t, 30.0 - t, 0, 1.0, b"\x09", b"\x00", None))
    keeper.end("completed")
    assert diary.lines[-1][1:] == (0.0, {})


def test_it_is_written_every_so_many_updates(session: GuidedSession) -> None:
    diary = Diary()
    keeper = Keeper(diary)
    count = 0
    for count, update in enumerate(session.play(), start=1):  # noqa: B007
        keeper.follow(session, update)
    assert len(diary.lines) == count // LOOK_EVERY > 3


def test_a_diary_that_is_full_stops_the_session(session: GuidedSession) -> None:
    diary = Diary(full_at=1)
    keeper = Keeper(diary)
    for update in session.play():
        keeper.follow(session, update)
    assert session.stopped == SessionEnd(EndReason.UNWRITTEN)
    assert keeper.failure is not None
    with pytest.raises(NotCleared):
        keeper.end("full")
    keeper.close("full")
    assert len(diary.lines) == 1


def test_without_a_diary_nothing_is_kept(session: GuidedSession) -> None:
    keeper = Keeper()
    for update in session.play():
        keeper.follow(session, update)
    keeper.end("completed")
    assert session.stopped is None


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (Interrupted(15), "stopped by a signal"),
        (KeyboardInterrupt(), "stopped by a signal"),
        (InterlockTrip("too much", rule=55), "tripped: too much"),
        (LinkLost("gone"), "link: gone"),
        (BrokenPipeError(), "the output went away"),
        (ZeroDivisionError(), "broken off"),
    ],
)
def test_an_error_closes_the_diary_with_its_reason(error: BaseException, reason: str) -> None:
    diary = Diary()
    with pytest.raises(type(error)), kept(Keeper(diary)):
        raise error
    assert diary.lines[-1][0].startswith(reason)
    assert str(ending_of(error)).startswith(reason)
    with pytest.raises(type(error)), kept(Keeper(Diary(full_at=0))):
        raise error
