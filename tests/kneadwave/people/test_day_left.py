"""What is left of a day."""

import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kneadwave.errors import NotCleared
from kneadwave.people.allowance import allowed
from kneadwave.people.day_left import standing
from kneadwave.people.history import BROKEN_OFF, LINE_LATE, History, Received
from kneadwave.people.recipient import Recipient
from profiles.profile import load_profile

NOW = datetime(2026, 3, 1, 20, 0, tzinfo=UTC)
ME = Recipient(name="me", adult=True, first_session=False)


def had(minutes_ago: float, minutes: float, *, session: bool = True) -> Received:
    at = NOW - timedelta(minutes=minutes_ago)
    kind = "session" if session else "felt test"
    return Received(at, at + timedelta(minutes=minutes), "gentle-back", "d", minutes * 60, kind=kind)


def past(*sittings: Received) -> History:
    return History(sittings=sittings, last=max((each.ended for each in sittings), default=None))


def test_a_day_begins_with_two_sessions_and_five_minutes_of_felt_tests() -> None:
    left = standing(ME, History(), NOW)
    assert (left.had, left.left, left.seconds, left.felt_s) == (0, 2, 1200.0, 300.0)
    assert (left.start, left.why, left.rule) == (NOW, "", None)


def test_an_hour_lies_between_two() -> None:
    left = standing(ME, past(had(40, 15)), NOW)
    assert (left.had, left.left) == (1, 1)
    assert left.start == NOW + timedelta(minutes=35)
    assert left.rule == 155
    assert "an hour lies between two" in left.why


def test_while_a_session_goes_on_nobody_tells_when_it_ended() -> None:
    """Its end moved on with the clock, as that of one that had been broken off just now."""
    sitting = replace(had(5, 5), reason=BROKEN_OFF)
    left = standing(ME, past(sitting), NOW)
    assert (left.had, left.left, left.start, left.why) == (1, 0, None, "a session is going on right now")
    later = standing(ME, past(sitting), NOW + LINE_LATE + timedelta(seconds=1))
    assert later.start == NOW + timedelta(hours=1)
    assert "an hour lies between two" in later.why


def test_felt_tests_after_a_session_move_nothing() -> None:
    """Many of them came between: the end of the last session was not looked at any more."""
    tests = [had(30 - 3 * n, 0.5, session=False) for n in range(9)]
    assert standing(ME, past(had(55, 15), *tests), NOW).start == NOW + timedelta(minutes=20)


def test_after_two_the_next_day_is_named() -> None:
    left = standing(ME, past(had(300, 15), had(90, 15)), NOW)
    assert (left.had, left.left) == (2, 0)
    assert left.start == datetime(2026, 3, 2, tzinfo=UTC)
    assert left.rule == 155


def test_felt_tests_use_up_their_own_minutes_alone() -> None:
    left = standing(ME, past(had(30, 0.5, session=False), had(10, 1.0, session=False)), NOW)
    assert (left.had, left.left, left.felt_s) == (0, 2, 210.0)


def test_what_makes_a_session_shorter_makes_what_is_left_shorter() -> None:
    assert standing(ME.model_copy(update={"first_session": True}), History(), NOW).seconds == 600.0
    assert standing(ME.model_copy(update={"doctor_max_min": 7.0}), History(), NOW).seconds == 420.0


def test_a_change_that_was_noticed_ends_the_day() -> None:
    left = standing(ME, History(noticed=(NOW - timedelta(hours=2),)), NOW)
    assert (left.left, left.felt_s) == (0, 0.0)
    assert left.start == datetime(2026, 3, 2, tzinfo=UTC)


@pytest.mark.parametrize("fields", [{"adult": False}, {"pregnancy_month": 3}])
def test_nobody_can_tell_when_where_it_is_not_a_matter_of_time(fields: dict[str, object]) -> None:
    left = standing(ME.model_copy(update=fields), History(), NOW)
    assert (left.start, left.left, left.seconds, left.felt_s) == (None, 0, 0.0, 0.0)
    assert left.rule in (98, 272)


def test_later_pregnancy_is_no_matter_of_time_either() -> None:
    left = standing(ME.model_copy(update={"pregnancy_month": 6}), History(), NOW)
    assert (left.left, left.felt_s) == (2, 0.0)


@given(
    st.lists(
        st.tuples(st.floats(1, 48 * 60), st.floats(0.1, 20), st.booleans()),
        max_size=5,
        unique_by=lambda s: s[0],
    )
)
def test_the_next_start_is_one_and_a_second_before_it_is_none(drawn: list[tuple[float, float, bool]]) -> None:
    drawn = sorted(drawn, reverse=True)
    history = past(*(had(ago, min(length, ago), session=session) for ago, length, session in drawn))
    left = standing(ME, history, NOW)
    profile = load_profile("relaxing-back")
    assert left.start is not None
    assert allowed(ME, history, profile, left.start).seconds == left.seconds
    if left.start > NOW:
        with pytest.raises(NotCleared):
            allowed(ME, history, profile, left.start - timedelta(seconds=1))


@pytest.fixture
def berlin(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A place whose clocks go back from three to two in the night of the last Sunday of October."""
    monkeypatch.setenv("TZ", "CET-1CEST,M3.5.0,M10.5.0/3")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.mark.usefixtures("berlin")
@pytest.mark.skipif(not hasattr(time, "tzset"), reason="needs a zone of its own")
def test_a_time_behind_a_change_of_clocks_is_told_as_the_clocks_go_then() -> None:
    summer, winter = timezone(timedelta(hours=2)), timezone(timedelta(hours=1))
    now = datetime(2026, 10, 25, 2, 45, tzinfo=summer)
    ended = datetime(2026, 10, 25, 2, 41, tzinfo=summer)
    before = Received(ended - timedelta(minutes=15), ended, "gentle-back", "d", 900.0)
    left = standing(ME, past(before), now)
    assert left.start == datetime(2026, 10, 25, 2, 41, tzinfo=winter)
    assert f"{left.start:%H:%M}" == "02:41"
    with pytest.raises(NotCleared) as caught:
        allowed(ME, past(before), load_profile("gentle-back"), now)
    assert "02:41 on 2026-10-25" in (caught.value.hint or "")
    two = [
        replace(before, at=before.at - timedelta(hours=h), ended=ended - timedelta(hours=h)) for h in (2, 1.2)
    ]
    assert standing(ME, past(*two), now).start == datetime(2026, 10, 26, tzinfo=winter)
