"""Hands in the ledger: what a part of the body had within the hour counts."""

from contextlib import AbstractContextManager
from datetime import datetime, timedelta, timezone

import pytest
from people import cleared, screened

from kneadwave.errors import NotCleared
from kneadwave.people.gate import Sitting, admit
from kneadwave.people.history import GOING_S, sessions
from kneadwave.people.ledger import read
from profiles.files.load import from_data
from profiles.model import Profile

NOW = datetime(2026, 3, 4, 18, 0, tzinfo=timezone(timedelta(hours=1)))


def hands(seconds: float, *, self_massage: bool = True) -> Profile:
    technique = {"kind": "guide", "instruction": "Stroke the neck.", "part": "neck"}
    step = {"name": "neck", "technique": technique, "duration_s": seconds}
    return from_data({"schema": 1, "name": "hands", "self_massage": self_massage, "step": [step]})


def by_hand(profile: Profile, at: datetime) -> AbstractContextManager[Sitting]:
    return admit("me", profile, at, confirmed=None, powered=False)


def had(seconds: float, at: datetime, *, end: bool = True) -> float:
    """Do so much by hand; how long it was allowed to take."""
    screened("me", now=at)
    with by_hand(hands(seconds), at) as sitting:
        dose = {"neck": {"active_s": seconds}}
        sitting.begin("hands", "", seconds, at)
        sitting.going(seconds, dose, at + timedelta(seconds=seconds))
        if end:
            sitting.end("completed", seconds, dose, at + timedelta(seconds=seconds))
            sitting.end("again", 0.0, {}, at)
    return sitting.clearance.allowed_s


def told() -> list[str]:
    return [entry.event for entry in read("me") if entry.event not in ("screening", "ready")]


def test_five_minutes_a_part_count_within_the_hour() -> None:
    cleared("me", now=NOW)
    assert had(200.0, NOW) == 1200.0
    later = NOW + timedelta(minutes=10)
    assert had(200.0, later) == pytest.approx(100.0)
    with pytest.raises(NotCleared) as caught, by_hand(hands(100), NOW + timedelta(minutes=20)):
        raise AssertionError("begun all the same")
    assert caught.value.rule == 288
    assert had(200.0, NOW + timedelta(minutes=90)) == 1200.0


def test_another_hand_is_not_self_massage() -> None:
    cleared("me", now=NOW)
    had(299.0, NOW)
    later = NOW + timedelta(minutes=10)
    screened("me", now=later)
    with by_hand(hands(200, self_massage=False), later) as sitting:
        assert sitting.clearance.allowed_s == 1200.0


def test_it_is_written_down_as_it_goes_and_once_when_it_ends() -> None:
    cleared("me", now=NOW)
    had(GOING_S, NOW)
    assert told() == ["began", "going", "ended"]
    assert sessions(read("me"))[0].reason == "completed"
    had(GOING_S - 1.0, NOW + timedelta(minutes=2), end=False)
    assert told()[3:] == ["began", "ended"], "the gate closes what is left"
    assert sessions(read("me"))[1].reason == "broken off"


def test_one_at_a_time_and_never_before_the_last_line() -> None:
    cleared("me", now=NOW)
    had(20.0, NOW)
    with pytest.raises(NotCleared, match="behind"), by_hand(hands(20), NOW - timedelta(hours=1)):
        raise AssertionError("begun all the same")
    screened("me", now=NOW + timedelta(minutes=5))
    with by_hand(hands(20), NOW + timedelta(minutes=5)):
        second = by_hand(hands(20), NOW + timedelta(minutes=5))
        with pytest.raises(NotCleared, match="is going on"), second:
            raise AssertionError("begun all the same")
