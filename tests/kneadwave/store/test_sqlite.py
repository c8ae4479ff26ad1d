"""People in SQLite: versions of its schema, its key, what lies on the disk, and moving in and out."""

import sqlite3
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime, timedelta, timezone
from pathlib import Path

import keyring
import keyring.backend
import pytest
from people import cleared, make_recipient, screened
from stores import SqliteVault, choose, seal

from kneadwave.config import config_path, load_config
from kneadwave.errors import NotCleared, PersonFileError, UsageError
from kneadwave.people import ledger
from kneadwave.people.belongings import delete
from kneadwave.people.gate import admit
from kneadwave.people.recipient import load, names
from kneadwave.people.records import store
from kneadwave.people.store_copy import copy
from kneadwave.store.choice import store_at
from kneadwave.store.people_store import LINES, PeopleStore
from kneadwave.store.sqlite import migrate, migrations
from kneadwave.store.store_key import key_path
from profiles.profile import load_profile

NOW = datetime(2026, 3, 1, 20, 0, tzinfo=timezone(timedelta(hours=1)))


@pytest.fixture(autouse=True)
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the store in use lies."""
    for home in ("XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_CONFIG_HOME"):
        monkeypatch.setenv(home, str(tmp_path / home))
    choose(tmp_path / "XDG_CONFIG_HOME", f"sqlite://{tmp_path}/house/people.db")
    return tmp_path / "house" / "people.db"


@pytest.mark.parametrize("version", range(len(migrations()) + 1))
def test_a_database_of_any_version_becomes_one_of_this(database: Path, version: int) -> None:
    database.parent.mkdir()
    with closing(sqlite3.connect(database)) as db:
        db.executescript("\n".join([*migrations()[:version], f"PRAGMA user_version = {version};"]))
    cleared("me", now=NOW)
    assert names() == ["me"]
    with closing(sqlite3.connect(database)) as db:
        assert db.execute("PRAGMA user_version").fetchone() == (len(migrations()),)
        assert db.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        migrate(db, database)


def test_a_database_of_a_later_version_is_left_alone(database: Path) -> None:
    make_recipient()
    with closing(sqlite3.connect(database)) as db:
        db.execute(f"PRAGMA user_version = {len(migrations()) + 1}")
    with pytest.raises(PersonFileError, match="this Kneadwave knows"):
        load("me")


def test_its_files_are_for_their_owner_alone(database: Path) -> None:
    cleared(now=NOW)
    with ledger.opened("me", NOW):
        found = [path for path in database.parent.rglob("*") if path.is_file()]
        assert {"people.db", "people.db-wal", "people.db-shm"} <= {path.name for path in found}
        assert {stat.S_IMODE(path.stat().st_mode) for path in found} == {0o600}
    assert stat.S_IMODE(database.parent.stat().st_mode) == 0o700
    assert stat.S_IMODE(key_path().stat().st_mode) == 0o600


def disk(folder: Path) -> bytes:
    """Every byte and every name below a folder."""
    return b"\n".join(
        str(path.relative_to(folder)).encode() + (path.read_bytes() if path.is_file() else b"")
        for path in folder.rglob("*")
    )


def test_no_name_and_no_answer_lies_on_the_disk_in_the_clear(tmp_path: Path) -> None:
    make_recipient("magdalena", pain={"lumbar": 7})
    consents = {"later-pregnancy": ("2026-02-01", "she may")}
    screened("magdalena", now=NOW, yes=("later-pregnancy",), consents=consents)
    with ledger.opened("magdalena", NOW) as book:
        book.append("ready", NOW, number=1)
        found = disk(tmp_path)
    for private in (b"magdalena", b"lumbar", b"she may", b"screening", b"answers", b"adult", b"2026-03-01"):
        assert private not in found, private
    assert b"SQLite format 3" in found


def test_what_was_deleted_is_not_on_the_disk_even_sealed(database: Path) -> None:
    cleared(now=NOW)
    with closing(sqlite3.connect(database)) as db:
        sealed = [row[0] for row in db.execute("SELECT line FROM lines")]
        sealed += [row[0] for row in db.execute("SELECT content FROM records")]
        sealed += [row[0] for row in db.execute("SELECT name FROM people")]
    assert all(each in disk(database.parent) for each in sealed)
    delete("me")
    assert not any(each in disk(database.parent) for each in sealed)
    with closing(sqlite3.connect(database)) as db:
        assert db.execute("SELECT count FROM stubs").fetchall() == [(2,)]


def test_without_its_key_nobody_is_massaged(database: Path) -> None:
    cleared(now=NOW)
    before = database.read_bytes()
    key_path().unlink()
    for look in (names, lambda: load("me"), lambda: ledger.read("me")):
        with pytest.raises(PersonFileError, match="the key that opens it is not here") as told:
            look()
        assert str(key_path()) in str(told.value.hint)
    key_path().write_text("0" * 64)
    with pytest.raises(PersonFileError, match="made with another key"):
        names()
    key_path().write_text("none")
    with pytest.raises(PersonFileError, match="holds no key"):
        names()
    assert database.read_bytes() == before


class Drawer(keyring.backend.KeyringBackend):
    """A keyring as a desktop has one, in memory."""

    priority = -1.0  # type: ignore[assignment]

    def __init__(self) -> None:
        super().__init__()
        self.held: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.held.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.held[service, username] = password


@pytest.fixture
def drawer() -> Iterator[Drawer]:
    before, found = keyring.get_keyring(), Drawer()
    keyring.set_keyring(found)
    yield found
    keyring.set_keyring(before)


def test_where_there_is_a_keyring_the_key_lies_there(drawer: Drawer) -> None:
    cleared(now=NOW)
    assert list(drawer.held) == [("kneadwave", "store")]
    assert not key_path().exists()
    assert [entry.event for entry in ledger.read("me")] == ["screening", "ready"]
    drawer.held.clear()
    with pytest.raises(PersonFileError, match="is not here"):
        load("me")


def test_a_row_in_the_place_of_another_is_noticed(database: Path) -> None:
    make_recipient()
    with ledger.opened("me", NOW) as book:
        for number in range(3):
            book.append("ready", NOW, number=number)
    with closing(sqlite3.connect(database)) as db, db:
        db.execute("UPDATE lines SET line = (SELECT line FROM lines WHERE number = 1) WHERE number = 2")
    assert ledger.break_in("me") == "line 2 was changed"


def test_a_record_that_was_changed_is_told(database: Path) -> None:
    make_recipient()
    with closing(sqlite3.connect(database)) as db, db:
        db.execute("UPDATE records SET content = x'00'")
    with pytest.raises(PersonFileError, match=r"recipient\.toml: was changed in the database"):
        load("me")


def test_a_line_that_another_wrote_meanwhile_ends_the_writing(database: Path) -> None:
    make_recipient()
    with ledger.opened("me", NOW) as book:
        book.append("ready", NOW)
        with closing(sqlite3.connect(database)) as db, db:
            db.execute("INSERT INTO lines SELECT person, number + 1, line FROM lines")
        with pytest.raises(NotCleared, match="changed while it was in use"):
            book.append("ready", NOW)


def test_a_database_that_another_keeps_busy_is_told(database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kneadwave.store.sqlite.BUSY_S", 0.0)
    make_recipient()
    with ledger.opened("me", NOW) as book, closing(sqlite3.connect(database)) as db:
        db.execute("BEGIN IMMEDIATE")
        with pytest.raises(NotCleared, match="cannot be written: database is locked"):
            book.append("ready", NOW)
        db.execute("ROLLBACK")
        book.append("ready", NOW)


@pytest.mark.parametrize("what", ["damaged", "link", "folder"])
def test_what_is_no_database_is_told(database: Path, what: str) -> None:
    database.parent.mkdir()
    if what == "damaged":
        database.write_bytes(b"SQLite format 3\0" + b"x" * 5000)
    elif what == "link":
        database.symlink_to(database.parent / "other")
    else:
        database.mkdir()
    with pytest.raises(PersonFileError, match=r"people\.db") as told:
        names()
    assert told.value.hint


def everything(kept: PeopleStore) -> dict[str, dict[str, bytes | None]]:
    return {name: {what: kept.content(name, what) for what in kept.kept(name)} for name in kept.names()}


def test_there_and_back_again_everybody_is_the_same(tmp_path: Path) -> None:
    here, files = store(), store_at("files")
    for name in ("me", "guest", "anna"):
        cleared(name, now=NOW)
    make_recipient("new")
    here.write("me", "unfinished.json", "{}")
    assert copy(here, files) == ["anna", "guest", "me", "new"]
    other = store_at(f"sqlite://{tmp_path}/other.db")
    copy(files, other)
    assert everything(here) == everything(files) == everything(other)
    assert len(everything(here)["me"][LINES] or b"") > 500
    for kept in ("files", f"sqlite://{tmp_path}/other.db"):
        choose(tmp_path / "XDG_CONFIG_HOME", kept)
        assert load_config().store == kept
        assert ledger.break_in("me") == ""
        with ledger.opened("me", NOW) as book:
            assert [entry.event for entry in book.entries] == ["screening", "ready"]


def test_a_backup_made_while_a_session_runs_is_whole_and_putting_it_back_costs_the_day(
    database: Path, tmp_path: Path
) -> None:
    cleared(now=NOW)
    backup = tmp_path / "backup.db"
    with ledger.opened("me", NOW) as book:
        book.append("ready", NOW, number=1)
        with closing(sqlite3.connect(database)) as db, closing(sqlite3.connect(backup)) as copied:
            db.backup(copied)
        book.append("ready", NOW, number=2)
    for path in database.parent.glob("people.db*"):
        if path.is_file():
            path.unlink()
    backup.rename(database)
    assert [entry.event for entry in ledger.read("me")] == ["screening", "ready", "ready"]
    assert "an earlier copy of it was put back" in ledger.break_in("me")
    with pytest.raises(NotCleared, match="counts as the daily limit"):
        admit("me", load_profile("felt-check"), NOW, confirmed=None).__enter__()
    with ledger.opened("me", NOW + timedelta(days=1)) as book:
        assert [entry.event for entry in book.entries].count("noticed") == 1


@pytest.mark.parametrize("into", ["files", "other"])
def test_where_one_cannot_be_copied_nobody_is(tmp_path: Path, into: str) -> None:
    target = store_at("files" if into == "files" else f"sqlite://{tmp_path}/other.db")
    for name in ("anna", "me"):
        cleared(name, now=NOW)
    vault = SqliteVault(tmp_path / "house" / "people.db")
    whole = vault.lines("me")
    vault.put("me", whole[:1])
    with pytest.raises(PersonFileError, match="record of 'me' is not whole"):
        copy(store(), target)
    assert target.names() == []
    assert target.witness("anna") is None
    vault.put("me", whole)
    assert copy(store(), target) == ["anna", "me"]
    with pytest.raises(UsageError, match="in both stores"):
        copy(store(), target)


@pytest.mark.parametrize("from_files", [True, False])
def test_while_somebody_is_massaged_nobody_is_copied(tmp_path: Path, *, from_files: bool) -> None:
    """The line of how it ended is still to come, and the copy would lack it."""
    for name in ("anna", "me"):
        cleared(name, now=NOW)
    source, target = store(), store_at("files")
    if from_files:
        copy(source, target)
        source, target = target, store_at(f"sqlite://{tmp_path}/other.db")
    with closing(source.open_log("me", ledger.FORMAT)):
        with pytest.raises(NotCleared, match="a session or a screening for 'me' is going on"):
            copy(source, target)
        assert target.names() == []
        assert target.witness("anna") is None
    assert copy(source, target) == ["anna", "me"]


def test_the_command_line_works_with_it(tmp_path: Path, knead) -> None:  # type: ignore[no-untyped-def]
    assert knead("recipient", "new", "me", "--adult").code == 0
    screened(now=NOW)
    told = knead("history", "verify")
    assert (told.code, "is whole: 2 lines" in told.out) == (0, True)
    assert f"sqlite://{tmp_path}/house/people.db: me" in knead("recipient", "show").out
    assert knead("recipient", "rename", "me", "anna").code == 0
    ended = knead("store", "copy", f"sqlite://{tmp_path}/house/people.db", "files", "--json")
    assert (ended.code, '"recipients":["anna"]' in ended.out) == (0, True), ended.out
    assert knead("recipient", "delete", "anna", "--yes").code == 0
    assert knead("recipient", "list").out.startswith("there is no recipient yet")


def test_a_copy_says_what_comes_next_and_that_works(tmp_path: Path, knead) -> None:  # type: ignore[no-untyped-def]
    (tmp_path / "other").mkdir()
    url = f"sqlite://{tmp_path}/other/people.db"
    assert knead("recipient", "new", "me", "--adult").code == 0
    told = knead("store", "copy", f"sqlite://{tmp_path}/house/people.db", url).out
    assert told.splitlines()[1:] == [
        "next:",
        f"  write into {config_path()}:",
        f'    store = "{url}"',
        "  knead recipient use me",
        "  knead recipient list",
    ]
    config_path().write_text(f'store = "{url}"\n')
    assert knead("recipient", "show").code != 0
    assert knead("recipient", "use", "me").code == 0
    assert "me" in knead("recipient", "list").out


STARTS = """
import sys
from kneadwave.people.recipient import names
from kneadwave.people.gate import admit
names()
print(sorted({"sqlite3", "cryptography", "keyring", "psycopg"} & set(sys.modules)))
"""


def test_who_keeps_files_loads_no_database(tmp_path: Path) -> None:
    choose(tmp_path / "XDG_CONFIG_HOME", "files")
    told = subprocess.run([sys.executable, "-c", STARTS], capture_output=True, text=True, check=True)
    assert told.stdout == "[]\n"


def test_the_mark_of_a_name_needs_the_key() -> None:
    make_recipient()
    first = seal().mark("me")
    assert first != type(seal())(b"other key").mark("me")
