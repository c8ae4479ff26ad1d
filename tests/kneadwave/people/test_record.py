"""Writing a screening down."""

from datetime import UTC, datetime, timedelta

import pytest
from people import make_recipient, screened

from kneadwave.errors import NotCleared
from kneadwave.people import ledger
from kneadwave.people.screening import questions

NOW = datetime(2026, 3, 1, 18, 0, tzinfo=UTC)


def test_a_screening_is_written_with_every_answer():
    make_recipient()
    found = screened(now=NOW, yes=["epilepsy"], consents={"epilepsy": ("2026-02-20", "fine")})
    assert found.verdict.clear
    assert found.ready
    screening, ready = ledger.read("me")
    assert (screening.at, screening.event, ready.event) == (NOW, "screening", "ready")
    assert set(screening.fields["answers"]) == {q.id for q in questions()}
    assert screening.fields["consent"] == {"epilepsy": {"date": "2026-02-20", "reason": "fine"}}


def test_a_list_that_is_not_all_so_is_not_recorded():
    make_recipient()
    assert not screened(now=NOW, ready=False).ready
    assert [entry.event for entry in ledger.read("me")] == ["screening"]


def test_the_verdict_takes_in_what_was_said_earlier_today():
    make_recipient()
    screened(now=NOW, yes=["fever"])
    assert [q.id for q in screened(now=NOW + timedelta(hours=1)).verdict.blocked] == ["fever"]
    assert screened(now=NOW + timedelta(days=1)).verdict.clear


def test_with_a_clock_that_is_behind_nothing_is_recorded():
    make_recipient()
    screened(now=NOW)
    with pytest.raises(NotCleared, match="clock"):
        screened(now=NOW - timedelta(minutes=3))
    assert len(ledger.read("me")) == 2
