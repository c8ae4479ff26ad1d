"""Hands in the ledger: no gate, but what a part of the body had within the hour counts."""

from datetime import datetime, timedelta, timezone

import pytest
from people import make_recipient

from kneadwave.errors import NotCleared, UsageError
from kneadwave.people.history import GOING_S, sessions
from kneadwave.people.ledger import read
from kneadwave.sessions.guided import sitting
from profiles.files.load import from_data
from profiles.model import Profile

NOW = datetime(2026, 3, 4, 18, 0, tzinfo=timezone(timedelta(hours=1)))


def hands(seconds: float, *, self_massage: bool = True) -> Profile:
    technique = {"kind": "guide", "instruction": "Stroke the neck.", "part": "neck"}
    step = {"name": "neck", "technique": technique, "duration_s": seconds}
    return from_data({"schema": 1, "name": "hands", "self_massage": self_massage, "step": [step]})


def had(seconds: float, at: datetime, *, end: bool = True) -> float:
    """Do so much by hand; how long it was allowed to take."""
    with sitting("me", hands(seconds), at) as (diary, allowance):
        assert diary is not None
        dose = {"neck": {"active_s": seconds}}
        diary.going(seconds, dose, at + timedelta(seconds=seconds))
        if end:
            diary.end("completed", seconds, dose, at + timedelta(seconds=seconds))
            diary.end("again", 0.0, {}, at)
    return allowance.seconds


def test_without_a_recipient_nothing_is_kept_and_nothing_limited() -> None:
    with sitting(None, hands(100), NOW) as (diary, allowance):
        assert diary is None
        assert allowance.seconds == float("inf")
    with pytest.raises(UsageError), sitting("me", hands(100), NOW):
        raise AssertionError("there is no such recipient")


def test_five_minutes_a_part_count_within_the_hour() -> None:
    make_recipient("me")
    assert had(200.0, NOW) == float("inf")
    later = NOW + timedelta(minutes=10)
    assert had(200.0, later) == pytest.approx(100.0)
    with pytest.raises(NotCleared) as caught, sitting("me", hands(100), NOW + timedelta(minutes=20)):
        raise AssertionError("begun all the same")
    assert caught.value.rule == 288
    assert had(200.0, NOW + timedelta(minutes=90)) == float("inf")


def test_another_hand_is_not_self_massage() -> None:
    make_recipient("me")
    had(299.0, NOW)
    with sitting("me", hands(200, self_massage=False), NOW + timedelta(minutes=10)) as (_, allowance):
        assert allowance.seconds == float("inf")


def test_it_is_written_down_as_it_goes_and_once_when_it_ends() -> None:
    make_recipient("me")
    had(GOING_S, NOW)
    assert [entry.event for entry in read("me")] == ["began", "going", "ended"]
    assert sessions(read("me"))[0].reason == "completed"
    had(GOING_S - 1.0, NOW + timedelta(minutes=2), end=False)
    assert [entry.event for entry in read("me")][3:] == ["began"]
    assert sessions(read("me"))[1].reason == "broken off"


def test_one_at_a_time_and_never_before_the_last_line() -> None:
    make_recipient("me")
    had(20.0, NOW)
    with pytest.raises(NotCleared, match="behind"), sitting("me", hands(20), NOW - timedelta(hours=1)):
        raise AssertionError("begun all the same")
    with sitting("me", hands(20), NOW + timedelta(minutes=5)):
        second = sitting("me", hands(20), NOW + timedelta(minutes=5))
        with pytest.raises(NotCleared, match="another run"), second:
            raise AssertionError("begun all the same")
