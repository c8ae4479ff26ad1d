"""What is left of a sitting that lost its device: what it might have had, less what it took."""

from datetime import UTC, datetime, timedelta

import pytest
from people import make_recipient

from kneadwave.errors import NotCleared
from kneadwave.people.allowance import left_of_last
from kneadwave.people.history import History, Received

NOW = datetime(2026, 3, 1, 20, 0, tzinfo=UTC)


def ago(seconds):
    return NOW - timedelta(seconds=seconds)


def sitting(ended, seconds=900.0, reason="completed"):
    began = ended - timedelta(seconds=seconds)
    return Received(began, ended, "played", "d", seconds, reason=reason, took_s=seconds)


def lost(ended=ago(60), took=300.0):
    return sitting(ended, took, "link: gone")


def left(sittings, played, **more):
    return left_of_last(make_recipient(), History(tuple(sittings)), played, NOW, **more)


def test_what_is_left_is_what_it_might_have_had_less_what_it_took(profile):
    assert left([lost()], profile(900)).seconds == 900.0
    assert left([lost()], profile(900), minutes=8).seconds == 180.0


def test_it_counts_neither_as_the_session_before_it_nor_as_one_more_of_the_day(profile):
    earlier = sitting(ago(3 * 3600))
    assert left([earlier, lost()], profile(900)).seconds == 900.0


@pytest.mark.parametrize(
    "history",
    [
        [],
        [sitting(ago(60))],
        [lost(ago(600))],
        [sitting(ago(60), 300.0, "stopped by a key")],
        [lost(), sitting(ago(10), 5.0)],
    ],
)
def test_only_the_last_one_and_only_for_ten_minutes(profile, history):
    with pytest.raises(NotCleared, match="has lost its device in the last ten minutes"):
        left(history, profile(900))


@pytest.mark.parametrize(("took", "free"), [(1198.0, True), (1198.5, False), (1200.0, False)])
def test_where_nothing_is_left_it_does_not_begin(profile, took, free):
    if free:
        assert left([lost(took=took)], profile(900)).seconds == pytest.approx(2.0)
        return
    with pytest.raises(NotCleared, match="nothing is left"):
        left([lost(took=took)], profile(900))


def test_self_massage_is_not_taken_up(profile):
    with pytest.raises(NotCleared) as refused_for:
        left([lost()], profile(900, self_massage=True))
    assert refused_for.value.rule == 288
