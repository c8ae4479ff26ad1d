"""The stores that the contract is held against, and what can be done to each from outside."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any, Protocol

from people import folder_of, witness_of
from postgres_server import PostgresServer

from kneadwave.people.records import store
from kneadwave.store.people_store import LINES
from kneadwave.store.seal import Seal
from kneadwave.store.store_key import found_key


class Vault(Protocol):
    """A store as somebody has it who reaches past Kneadwave."""

    shared: bool
    """Whether many computers write to it, each with a witness of its own."""

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

    shared = False

    def lines(self, name: str) -> list[bytes]:
        return (folder_of(name) / LINES).read_bytes().splitlines(keepends=True)

    def put(self, name: str, lines: list[bytes]) -> None:
        (folder_of(name) / LINES).write_bytes(b"".join(lines))

    def witness(self, name: str) -> Path:
        return witness_of(name)


class SqliteVault:
    """A database file, by somebody who has its key."""

    shared = False

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


class PostgresVault:
    """A PostgreSQL database, by its owner, who has the key."""

    shared = True

    def __init__(self, server: PostgresServer, database: str) -> None:
        self.server = server
        self.database = database

    def lines(self, name: str) -> list[bytes]:
        with self.server.connected(self.database) as db:
            person = self._person(db, name)
            query = "SELECT number, line FROM kneadwave.lines WHERE person = %s ORDER BY number"
            rows = db.execute(query, (person,)).fetchall()
        opened = [seal().open(bytes(line), _place(person, number)) for number, line in rows]
        return [line for line in opened if line is not None]

    def put(self, name: str, lines: list[bytes]) -> None:
        with self.server.connected(self.database) as db:
            person = self._person(db, name)
            db.execute("DELETE FROM kneadwave.lines WHERE person = %s", (person,))
            for number, line in enumerate(lines, 1):
                sealed = seal().close(line, _place(person, number))
                db.execute("INSERT INTO kneadwave.lines VALUES (%s, %s, %s)", (person, number, sealed))

    def witness(self, name: str) -> Path:
        return Path(store().witness_place(name))

    def _person(self, db: Any, name: str) -> bytes:
        query = "SELECT id FROM kneadwave.people WHERE mark = %s"
        return bytes(db.execute(query, (seal().mark(name),)).fetchone()[0])


def seal() -> Seal:
    """That of this user."""
    return Seal(found_key() or b"")


def _place(person: bytes, number: int) -> bytes:
    return b"line %b %d" % (person, number)
