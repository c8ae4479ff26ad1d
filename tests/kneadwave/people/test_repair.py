"""A ledger that holds lines of a clock that ran ahead goes on, at the cost of a day."""

from datetime import datetime, timedelta, timezone

import pytest
from people import cleared, ledger_of

from kneadwave.errors import NotCleared
from kneadwave.people import ledger
from kneadwave.people.gate import admit
from kneadwave.people.history import history
from kneadwave.people.repair import amiss, repair
from profiles.profile import load_profile

NOW = datetime(2026, 3, 1, 20, 0, tzinfo=timezone(timedelta(hours=1)))
LATE = NOW.replace(year=2036)
FELT = load_profile("felt-check")


@pytest.fixture
def from_the_future():
    cleared(now=LATE)
    with ledger.opened("me", LATE) as opened:
        opened.append("began", LATE, profile="gentle-back", device="id:KW1", planned_s=900.0)
        opened.append("ended", LATE, seconds=900.0, dose={}, reason="completed")


def admitted(now):
    with admit("me", FELT, now, confirmed=None) as sitting:
        return sitting.clearance.allowed_s


@pytest.mark.usefixtures("from_the_future")
def test_lines_of_the_future_cost_the_day_and_no_more():
    with pytest.raises(NotCleared, match="the clock is behind the ledger"):
        admitted(NOW)
    (why,) = amiss("me", NOW)
    assert why == "4 lines are from the future, the last of 2036-03-01 20:00"
    assert repair("me", NOW) == (why,)
    assert amiss("me", NOW) == ()
    with pytest.raises(NotCleared, match="counts as the daily limit reached"):
        admitted(NOW + timedelta(minutes=1))
    tomorrow = NOW + timedelta(days=1)
    cleared(now=tomorrow)
    assert admitted(tomorrow) == 60.0


@pytest.mark.usefixtures("from_the_future")
def test_what_was_written_then_counts_for_when_it_was_noticed():
    repair("me", NOW)
    past = history(ledger.read("me"))
    assert past.last == past.noticed[-1] == past.sittings[-1].at == NOW
    assert past.sittings[-1].seconds == 900.0
    assert ledger.break_in("me") == ""


def test_a_whole_record_is_left_alone():
    cleared(now=NOW)
    lines = len(ledger.read("me"))
    assert repair("me", NOW + timedelta(hours=1)) == ()
    assert len(ledger.read("me")) == lines


def test_a_record_that_was_changed_is_repaired_as_a_run_would():
    cleared(now=NOW)
    path = ledger_of()
    path.write_bytes(path.read_bytes().replace(b"screening", b"screeming", 1))
    (why,) = amiss("me", NOW)
    assert repair("me", NOW) == (why,)
    assert amiss("me", NOW) == ()
