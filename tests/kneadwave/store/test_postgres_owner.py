"""What the owner of a PostgreSQL database does, and what its users may not."""

import subprocess
from pathlib import Path

import psycopg
import pytest
from clinic import FELT, NOW, Clinic
from people import cleared, make_recipient
from postgres_server import PostgresServer
from stores import PostgresVault, choose

from kneadwave.errors import NotCleared, PersonFileError
from kneadwave.people import ledger
from kneadwave.people.belongings import delete
from kneadwave.people.gate import admit
from kneadwave.people.recipient import names
from kneadwave.people.records import store
from kneadwave.people.repair import amiss
from kneadwave.people.store_copy import copy
from kneadwave.store.choice import store_at
from kneadwave.store.postgres_database import migrations, prepare


def events() -> list[str]:
    return [entry.event for entry in ledger.read("me")]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE kneadwave.lines SET number = 7", "DELETE FROM kneadwave.lines", "TRUNCATE kneadwave.lines",
        "UPDATE kneadwave.people SET name = ''", "DELETE FROM kneadwave.people", "DROP TABLE kneadwave.lines",
        "UPDATE kneadwave.records SET version = 7", "DELETE FROM kneadwave.records",
        "INSERT INTO kneadwave.stubs VALUES ('', 1, 1, '')", "DELETE FROM kneadwave.stubs",
        "UPDATE kneadwave.store SET key_check = ''", "DELETE FROM kneadwave.holds",
        "CREATE TABLE kneadwave.more (x integer)", "INSERT INTO kneadwave.versions VALUES (9)",
    ],
)  # fmt: skip
def test_who_plays_and_asks_may_add_and_read_and_nothing_else(clinic: Clinic, statement: str) -> None:
    cleared(now=NOW)
    with (
        psycopg.connect(clinic.url, autocommit=True) as db,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        db.execute(statement.encode())


def test_a_line_that_somebody_wrote_past_the_lock_ends_the_writing(clinic: Clinic) -> None:
    make_recipient()
    with ledger.opened("me", NOW) as book:
        book.append("ready", NOW)
        clinic.owner("INSERT INTO kneadwave.lines SELECT person, number + 1, line FROM kneadwave.lines")
        with pytest.raises(NotCleared, match="changed while it was in use"):
            book.append("ready", NOW)
        for event in ("going", "ready"):  # and no more lines follow
            with pytest.raises(NotCleared, match="changed while it was in use"):
                book.append(event, NOW)


def test_who_has_not_the_role_reads_nothing(clinic: Clinic) -> None:
    make_recipient()
    clinic.owner("DROP ROLE IF EXISTS stranger; CREATE ROLE stranger LOGIN")
    choose(clinic.folder / "desk" / "XDG_CONFIG_HOME", clinic.server.url(clinic.database, "stranger"))
    with pytest.raises(PersonFileError, match="permission denied"):
        names()


def test_deleted_for_good_but_for_a_stub_that_every_computer_knows(clinic: Clinic) -> None:
    cleared(now=NOW)
    delete("me")
    left = {
        table: clinic.owner(f"SELECT count(*) FROM kneadwave.{table}")[0][0]
        for table in ("people", "records", "lines", "holds", "releases", "stubs")
    }
    assert left == {"people": 0, "records": 0, "lines": 0, "holds": 0, "releases": 0, "stubs": 1}
    clinic.be("couch")  # which never saw that person
    cleared(now=NOW)
    with pytest.raises(NotCleared, match="counts as the daily limit"):
        admit("me", FELT, NOW, confirmed=None).__enter__()


def test_no_name_and_no_answer_leaves_this_computer_in_the_clear(clinic: Clinic) -> None:
    cleared("magdalena", now=NOW, pain={"lumbar": 7})
    dumped = subprocess.run(
        [str(clinic.server.bin / "pg_dump"), "--inserts", clinic.server.url(clinic.database, "owner")],
        capture_output=True,
        check=True,
    ).stdout
    assert b"recipient.toml" in dumped
    for private in ("magdalena", "lumbar", "screening", "2026-03-01", "adult"):
        assert private.encode() not in dumped
        assert private.encode().hex().encode() not in dumped


def test_lines_of_one_computer_are_whole_on_another(clinic: Clinic) -> None:
    make_recipient()
    for number, computer in enumerate(("desk", "couch", "desk", "couch")):
        clinic.be(computer)
        with ledger.opened("me", NOW) as book:
            book.append("ready", NOW, number=number)
            assert "noticed" not in [entry.event for entry in book.entries]
    assert [entry.fields["number"] for entry in ledger.read("me")] == [0, 1, 2, 3]


def test_a_backup_is_whole_and_what_it_lacks_is_noticed_by_whoever_saw_it(clinic: Clinic) -> None:
    cleared(now=NOW)
    tools, url = clinic.server.bin, clinic.server.url(clinic.database, "owner")
    backup = clinic.folder / "clinic.dump"
    subprocess.run([str(tools / "pg_dump"), "-Fc", "-f", str(backup), url], check=True)
    with ledger.opened("me", NOW) as book:
        book.append("ready", NOW, number=1)
    clinic.owner("DROP SCHEMA kneadwave CASCADE")
    subprocess.run([str(tools / "pg_restore"), "-d", url, str(backup)], check=True)
    assert events() == ["screening", "ready"]
    with pytest.raises(NotCleared, match="counts as the daily limit"):
        admit("me", FELT, NOW, confirmed=None).__enter__()


@pytest.mark.parametrize("version", range(len(migrations()) + 1))
def test_its_owner_makes_a_database_of_any_version_ready(
    postgres: PostgresServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, version: int
) -> None:
    made = Clinic(postgres, postgres.database(), tmp_path, monkeypatch)
    for number, step in enumerate(migrations()[:version], 1):
        made.owner(step)
        made.owner(f"INSERT INTO kneadwave.versions VALUES ({number})")
    if version < len(migrations()):
        with pytest.raises(PersonFileError, match="is of version") as told:
            made.be("desk")
        assert "makes it ready" in str(told.value.hint)
    for _ in range(2):
        assert prepare(postgres.url(made.database, "owner")) == len(migrations())
    made.owner("GRANT kneadwave TO anna")
    made.be("desk")
    cleared(now=NOW)
    made.owner("INSERT INTO kneadwave.versions VALUES (99)")
    made.hang_up()
    with pytest.raises(PersonFileError, match="of version 99"):
        names()


def test_there_and_back_again_everybody_is_the_same(clinic: Clinic) -> None:
    for name in ("me", "guest"):
        cleared(name, now=NOW)
    files = store_at("files")
    copy(store(), files)
    vault = PostgresVault(clinic.server, clinic.database)
    for name in ("me", "guest"):
        assert files.content(name, "ledger.jsonl") == b"".join(vault.lines(name))
    clinic.owner("DROP SCHEMA kneadwave CASCADE")
    prepare(clinic.server.url(clinic.database, "owner"))
    clinic.owner("GRANT kneadwave TO anna")
    clinic.hang_up()
    copy(files, store())
    for name in ("me", "guest"):
        assert files.content(name, "ledger.jsonl") == b"".join(vault.lines(name))
        assert amiss(name, NOW) == ()


def test_the_command_line_makes_it_ready(postgres: PostgresServer, knead) -> None:  # type: ignore[no-untyped-def]
    database = postgres.database()
    ended = knead("store", "prepare", postgres.url(database, "owner"), "--json")
    assert (ended.code, '"version":1' in ended.out) == (0, True), ended.err
    ended = knead("store", "prepare", postgres.url(database))
    assert ended.code == 0, ended.err
    ended = knead("store", "prepare", "postgresql://owner:secret@/none?host=/nowhere")
    assert (ended.code, "secret" in ended.err, ended.err.count("\n")) == (2, False, 2)
