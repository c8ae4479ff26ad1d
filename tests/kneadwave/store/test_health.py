"""How the store stands, by a look that makes and changes nothing."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from clinic import Clinic
from people import make_recipient
from postgres_server import Line, PostgresServer
from stores import choose

from kneadwave.cli.views.store_health import store
from kneadwave.errors import NotCleared, PersonFileError
from kneadwave.store.health import standing
from kneadwave.store.sqlite import migrations
from kneadwave.store.store_key import key_path


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_CONFIG_HOME"):
        monkeypatch.setenv(name, str(tmp_path / name))
    return tmp_path


def contents(folder: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


@pytest.fixture
def house(home: Path) -> str:
    url = f"sqlite://{home}/people.db"
    choose(home / "XDG_CONFIG_HOME", url)
    return url


def test_files_are_told_and_none_is_made(home: Path) -> None:
    assert standing("files") == f"files in {home}/XDG_DATA_HOME/kneadwave/recipients, not sealed"
    assert contents(home) == {}


def test_a_database_that_is_not_there_yet_is_not_made(house: str, home: Path) -> None:
    before = contents(home)
    assert standing(house) == f"{house}: to be made with the first recipient"
    assert contents(home) == before


def test_one_in_use_is_sealed_and_its_key_is_here(house: str, home: Path) -> None:
    make_recipient("me")
    before = contents(home)
    assert standing(house) == f"{house}: sealed, and its key is here"
    assert {path: data for path, data in contents(home).items() if path in before} == before
    assert [each.status for each in store()] == ["ok"]


@pytest.mark.parametrize("version", range(len(migrations())))
def test_one_of_an_earlier_version_stays_what_it_is(house: str, home: Path, version: int) -> None:
    path = home / "people.db"
    with closing(sqlite3.connect(path)) as db:
        db.executescript("\n".join([*migrations()[:version], f"PRAGMA user_version = {version};"]))
    before = path.read_bytes()
    assert standing(house) == f"{house}: of an earlier version; brought up to date when it is used"
    assert path.read_bytes() == before


def test_one_without_its_key_of_a_later_version_or_damaged_fails(house: str, home: Path) -> None:
    make_recipient("me")
    key = key_path().read_text(encoding="utf-8")
    key_path().unlink()
    with pytest.raises(PersonFileError, match="the key that opens it is not here"):
        standing(house)
    (found,) = store()
    assert (found.status, found.what) == ("fail", "store")
    assert "bring the key" in found.remedy
    key_path().write_text("0" * 64 + "\n", encoding="utf-8")
    with pytest.raises(PersonFileError, match="made with another key"):
        standing(house)
    key_path().write_text(key, encoding="utf-8")
    with closing(sqlite3.connect(home / "people.db")) as db:
        db.execute("PRAGMA user_version = 99")
    with pytest.raises(PersonFileError, match="is of version 99"):
        standing(house)
    (home / "people.db").write_bytes(b"no database at all" * 100)
    with pytest.raises(PersonFileError, match="cannot be read"):
        standing(house)


def test_a_clinic_that_answers_has_its_key(clinic: Clinic) -> None:
    make_recipient("me")
    assert standing(clinic.url).endswith(": sealed, and its key is here")


def test_one_that_nobody_prepared_and_one_that_is_gone_say_what_helps(
    postgres: PostgresServer, line: Line
) -> None:
    with pytest.raises(PersonFileError, match="is of version 0") as told:
        standing(postgres.url(postgres.database(), "owner"))
    assert told.value.hint is not None
    line.tear()
    url = postgres.url("gone", "anna:secret", host=line.folder)
    with pytest.raises(NotCleared, match="cannot be reached") as lost:
        standing(url)
    assert "secret" not in str(lost.value)
