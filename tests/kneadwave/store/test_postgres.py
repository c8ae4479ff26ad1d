"""People in PostgreSQL: what its users may do, and a line to it that is cut."""

from pathlib import Path

import pytest
from clinic import FELT, LATER, NOW, Clinic, massaging
from people import cleared, make_recipient
from postgres_server import Line

from kneadwave.errors import KneadError, NotCleared
from kneadwave.people import ledger
from kneadwave.people.gate import admit
from kneadwave.people.recipient import load
from kneadwave.people.repair import amiss, repair
from kneadwave.store.lock import take_lock
from kneadwave.store.postgres_database import shown


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("postgresql://me:secret@db.local:5433/clinic", "postgresql://me@db.local:5433/clinic"),
        (
            "postgresql://me@/clinic?host=/run/pg&sslmode=require",
            "postgresql://me@/clinic?host=/run/pg&sslmode=require",
        ),
        ("postgresql://me@db/clinic?password=secret&port=5433", "postgresql://me@db/clinic?port=5433"),
        ("postgresql://db/clinic?sslpassword=secret", "postgresql://db/clinic"),
        ("postgresql://db/clinic?pass%77ord=secret", "postgresql://db/clinic"),
    ],
)
def test_an_address_that_is_told_leads_there_and_has_no_password(url: str, told: str) -> None:
    assert shown(url) == told


def events() -> list[str]:
    return [entry.event for entry in ledger.read("me")]


def test_two_computers_give_one_person_one_session_also_while_the_line_between_them_is_cut(
    clinic: Clinic, line: Line
) -> None:
    make_recipient()
    clinic.be("couch", by=line)
    with massaging() as session:
        assert [session.say(word) for word in ("began", "going")] == ["began", "going"]
        line.stand_still()
        assert session.say("going") == "going"  # it goes on, and keeps its lines
        clinic.be("desk")
        with pytest.raises(NotCleared, match="is going on"), ledger.opened("me", NOW):
            raise AssertionError
        clinic.hang_up()
        with pytest.raises(NotCleared, match="has not written down how it ended") as told:
            ledger.opened("me", NOW).__enter__()
        assert told.value.hint
        with pytest.raises(NotCleared, match="may be massaging 'me' right now"):
            repair("me", NOW)
        assert "another computer" in amiss("me", NOW)[0]
        assert events() == ["began", "going"]
        line.mend()
        assert [session.say(word) for word in ("ended", "leave")] == ["ended", "left"]
    assert events() == ["began", "going", "going", "ended"]
    assert amiss("me", NOW) == ()
    with ledger.opened("me", LATER) as book:
        book.append("ready", LATER)
    clinic.be("couch")
    assert amiss("me", LATER) == ()
    with ledger.opened("me", LATER) as book:
        assert "noticed" not in [entry.event for entry in book.entries]


def test_a_session_that_ends_without_the_database_is_handed_in_by_the_next_on_that_computer(
    clinic: Clinic, line: Line
) -> None:
    for name in ("guest", "me"):
        make_recipient(name)
    clinic.be("couch", by=line)
    with massaging() as session:
        session.say("began")
        line.tear()
        clinic.hang_up()
        assert [session.say(word) for word in ("going", "ended", "leave")] == ["going", "ended", "left"]
        session.process.wait(60)
    with pytest.raises(NotCleared, match="cannot be reached"):
        load("me")
    clinic.be("desk")
    assert events() == ["began"]
    with pytest.raises(NotCleared, match="has not written down how it ended"):
        ledger.opened("me", NOW).__enter__()
    line.mend()
    clinic.be("couch", by=line)
    assert amiss("me", NOW) == ()  # what waits here is no break
    with ledger.opened("guest", NOW):  # whoever comes next
        pass
    clinic.be("desk")
    assert (events(), amiss("me", NOW)) == (["began", "going", "ended"], ())
    with ledger.opened("me", NOW) as book:
        assert len(book.entries) == 3


def test_a_process_that_is_killed_keeps_nobody_out_on_its_own_computer(clinic: Clinic) -> None:
    make_recipient()
    with massaging() as session:
        session.say("began")
        session.process.kill()
        session.process.wait()
    with ledger.opened("me", NOW) as book:
        book.append("ready", NOW)
    clinic.be("couch")
    with ledger.opened("me", NOW) as book:
        assert [entry.event for entry in book.entries] == ["began", "ready"]


def test_what_another_process_hands_in_at_that_moment_is_handed_in_once(
    clinic: Clinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("guest", "me"):
        make_recipient(name)
    with massaging() as session:
        session.say("began")
        session.process.kill()
        session.process.wait()

    locked: list[Path] = []

    def lock(path: Path, *, error: type[KneadError]) -> int:
        locked.append(path)
        if len(locked) == 2:  # that of "me", seen as held a moment before
            clinic.owner("INSERT INTO kneadwave.releases SELECT id, host FROM kneadwave.holds")
        return take_lock(path, error=error)

    monkeypatch.setattr("kneadwave.store.postgres.take_lock", lock)
    with ledger.opened("guest", NOW) as book:
        assert book.entries == []
    assert len(locked) == 2


def test_a_computer_that_never_comes_back_costs_the_day(clinic: Clinic, line: Line) -> None:
    cleared(now=NOW)
    clinic.be("couch", by=line)
    with massaging() as session:
        session.say("began")
        line.tear()
        clinic.hang_up()
        assert [session.say(word) for word in ("going", "leave")] == ["going", "left"]
    clinic.be("desk")
    clinic.owner("UPDATE kneadwave.holds SET since = since - interval '121 minutes'")
    assert len(repair("me", LATER)) == 1
    with pytest.raises(NotCleared, match="counts as the daily limit"):
        admit("me", FELT, LATER, confirmed=None).__enter__()
    line.mend()
    clinic.be("couch", by=line)
    with ledger.opened("me", LATER) as book:  # and if it does: its lines are not lost
        told = [entry.event for entry in book.entries]
    assert told[:4] == ["screening", "ready", "began", "noticed"]
    assert told[4:] == ["going", "noticed"]


def test_without_its_database_no_session_begins(clinic: Clinic) -> None:
    cleared(now=NOW)
    clinic.server.stop()
    try:
        with pytest.raises(NotCleared, match="cannot be reached") as told:
            admit("me", FELT, NOW, confirmed=None).__enter__()
        assert "no session begins" in str(told.value.hint)
        assert "anna" in str(told.value)
    finally:
        clinic.server.start()
    with admit("me", FELT, NOW, confirmed=None) as sitting:
        assert sitting.clearance.allowed_s == 60.0


def test_a_database_lost_before_anything_moves_is_told(clinic: Clinic) -> None:
    cleared(now=NOW)
    with admit("me", FELT, NOW, confirmed=None) as sitting:
        clinic.server.stop()
        try:
            with pytest.raises(NotCleared, match="cannot be written"):
                sitting.begin(FELT, "/dev/none", 60, NOW)
            assert not sitting.clearance.covers(simulated=False)
        finally:
            clinic.server.start()
