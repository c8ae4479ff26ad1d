"""The stores that the contract is held against, and what can be done to each from outside."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Protocol

from people import folder_of, witness_of

from kneadwave.people.records import store
from kneadwave.store.people_store import LINES
from kneadwave.store.seal import Seal
from kneadwave.store.store_key import found_key


class Vault(Protocol):
    """A store as somebody has it who reaches past Kneadwave."""

    def lines(self, name: str) -> list[bytes]:
        """The lines of a log."""

    def put(self, name: str, lines: list[bytes]) -> None:
        """Let the log hold these lines and nothing else."""

    def witness(self, name: str) -> Path:
        """The file of the witness."""


def choose(config_home: Path, url: str) -> None:
    """Let the config name this store."""
    config = config_home / "kneadwave" / "config.toml"
    config.parent.mkdir(parents=True, exist_ok=True)
    config.write_text(f'store = "{url}"\n', encoding="utf-8")


class Folders:
    """Files: the default."""

    def lines(self, name: str) -> list[bytes]:
        return (folder_of(name) / LINES).read_bytes().splitlines(keepends=True)

    def put(self, name: str, lines: list[bytes]) -> None:
        (folder_of(name) / LINES).write_bytes(b"".join(lines))

    def witness(self, name: str) -> Path:
        return witness_of(name)


class SqliteVault:
    """A database file, by somebody who has its key."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def lines(self, name: str) -> list[bytes]:
        with closing(sqlite3.connect(self.path)) as db:
            person = self._person(db, name)
            rows = db.execute("SELECT number, line FROM lines WHERE person = ? ORDER BY number", (person,))
            opened = [seal().open(sealed, _place(person, number)) for number, sealed in rows]
        return [line for line in opened if line is not None]

    def put(self, name: str, lines: list[bytes]) -> None:
        with closing(sqlite3.connect(self.path)) as db, db:
            person = self._person(db, name)
            db.execute("DELETE FROM lines WHERE person = ?", (person,))
            db.executemany(
                "INSERT INTO lines VALUES (?, ?, ?)",
                [
                    (person, number, seal().close(line, _place(person, number)))
                    for number, line in enumerate(lines, 1)
                ],
            )

    def witness(self, name: str) -> Path:
        return Path(store().witness_place(name))

    def _person(self, db: sqlite3.Connection, name: str) -> bytes:
        ((person,),) = db.execute("SELECT id FROM people WHERE mark = ?", (seal().mark(name),)).fetchall()
        assert isinstance(person, bytes)
        return person


def seal() -> Seal:
    """That of this user."""
    return Seal(found_key() or b"")


def _place(person: bytes, number: int) -> bytes:
    return b"line %b %d" % (person, number)
