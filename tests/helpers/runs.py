"""Runs through the gate for the recipient "me", one after another, and what the gate refuses."""

from datetime import datetime, timedelta, timezone

import pytest

from kneadwave.cli.exits import exit_of
from kneadwave.errors import Exit, NotCleared
from kneadwave.people import ledger
from kneadwave.people.gate import admit
from kneadwave.people.screening import Confirmation, ready_list

HOME = timezone(timedelta(hours=1))
NOW = datetime(2026, 3, 1, 18, 0, tzinfo=HOME)
PORT = "/dev/ttyACM0"
DOSE = {"lumbar-left": {"peak": 0.5, "mean": 0.25, "active_s": 30.0, "dwell_s": 4.0}}


def agreed(at=NOW):
    """The whole list before a run, confirmed at that time."""
    return Confirmation(frozenset(item.id for item in ready_list()), at)


def after(**what):
    return NOW + timedelta(**what)


def refused(profile, now=NOW, *, name=None, minutes=None, confirmed=None, powered=True):
    """The refusal, which has a hint and the right exit code."""
    asked = {"minutes": minutes, "confirmed": confirmed, "powered": powered}
    with pytest.raises(NotCleared) as caught, admit(name, profile, now, **asked):
        raise AssertionError
    assert exit_of(caught.value) == Exit.STOPPED
    assert caught.value.hint
    return caught.value


def ended(profile, now=NOW, seconds=900.0, confirmed=None):
    """A run that came to its end."""
    with admit(None, profile, now, confirmed=confirmed) as sitting:
        sitting.begin(profile, PORT, profile.duration_s, now)
        sitting.end("completed", seconds, DOSE, now + timedelta(seconds=seconds))


def events():
    """What the ledger holds, in its order."""
    return [entry.event for entry in ledger.read("me")]
