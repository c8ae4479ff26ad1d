"""People in the rows of a database, sealed: what SQLite and PostgreSQL have in common.

    people    a random id, a mark that stands for the name, the name
    records   whole texts, each version a row; the latest counts, and an empty one says that it was dropped
    lines     the very lines of the log, sum and all, numbered from 1
    stubs     how far the log of somebody went who was deleted, by the mark of the name

Rows are only ever added, but for who is deleted or renamed. The end of a log is its last row; the witness is
a file of this user, as for a store of files, and so is who is in use.
"""

import errno
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Final

from kneadwave.errors import PersonFileError
from kneadwave.store.database import Database, PersonHold, RowExists, Statement, reading
from kneadwave.store.files import read_private
from kneadwave.store.kept_here import KeptHere
from kneadwave.store.ledger_end import LedgerEnd
from kneadwave.store.lock import CannotLock
from kneadwave.store.log_lines import LogContents, LogFormat, decode
from kneadwave.store.open_log import OpenLog
from kneadwave.store.people_store import ANCHOR, LINES, RECIPIENT, WITNESS, PersonKept
from kneadwave.store.rows_log import RowsLog, SealedLines
from kneadwave.store.rows_records import SealedRecords, place_of
from kneadwave.store.seal import Seal
from kneadwave.store.store_key import found_key, new_key, seal_by

ID_BYTES: Final = 16
FIRST: Final = 1


class PeopleRows:
    """People in a database; see `people_store.PeopleStore`. What differs is in the stores made of it."""

    def __init__(self, place: str, kept: Path) -> None:
        self._where = place
        self._here = KeptHere(kept)
        self._known_seal: Seal | None = None

    def names(self) -> list[str]:
        with self._reading() as (db, seal):
            return [self._name(seal, person, name) for person, name in db.rows("SELECT id, name FROM people")]

    def knows(self, name: str) -> bool:
        with self._reading() as (db, seal):
            return self._person(db, seal, name) is not None

    def read(self, name: str, record: str) -> bytes | None:
        with self._reading() as (db, seal):
            person = self._person(db, seal, name)
            return None if person is None else SealedRecords(seal, person).read(db, record)

    def write(self, name: str, record: str, text: str) -> None:
        with self._open() as (db, seal):
            person = self._person(db, seal, name)
            if person is not None:
                db.change([SealedRecords(seal, person).added(db, record, text)])
            elif record == RECIPIENT:
                db.change(self._new_person(seal, name, {record: text.encode()}, ()))
            else:
                raise self._nobody()

    def drop(self, name: str, record: str) -> None:
        with self._open() as (db, seal):
            person = self._person(db, seal, name)
            if person is not None and SealedRecords(seal, person).read(db, record) is not None:
                db.change([SealedRecords(seal, person).added(db, record, None)])

    def current(self) -> bytes | None:
        return self._here.current(self._a_seal()) if self._here.current_path.exists() else None

    def use(self, name: str) -> None:
        self._here.use(self._a_seal(), name)

    def open_log(self, name: str, form: LogFormat) -> OpenLog:
        db, seal = self._connected()
        try:
            hold = self._hold(db, seal.mark(name))
            try:
                person = self._person(db, seal, name)
                if person is None:
                    raise CannotLock(errno.ENOENT, os.strerror(errno.ENOENT))
                lines = SealedLines(seal, person)
                self._settle(db, seal, seal.mark(name), form)
                contents = self._contents(db, lines, form, name)
                return self._log(db, hold, lines, form, contents)
            except BaseException:
                hold.close()
                raise
        except BaseException:
            db.close()
            raise

    def read_log(self, name: str, form: LogFormat, *, brief: bool = False) -> LogContents:
        with self._reading() as (db, seal):
            person = self._person(db, seal, name)
            if person is None:
                return LogContents()
            return self._contents(db, SealedLines(seal, person), form, name, brief=brief)

    def anchor(self, name: str) -> LedgerEnd | None:
        with self._reading() as (db, seal):
            person = self._person(db, seal, name)
            if person is None:
                return None
            end = SealedLines(seal, person).end(db)
            stub = "SELECT count, sum FROM stubs WHERE mark = ? ORDER BY number DESC LIMIT 1"
            left = [] if end.count else db.rows(stub, seal.mark(name))
            return LedgerEnd(*left[0]) if left else end

    def write_anchor(self, name: str, end: LedgerEnd) -> None:
        """Nothing: the last row is the anchor."""

    def witness(self, name: str) -> LedgerEnd | None:
        return self._here.witness(self._a_seal().mark(name))

    def write_witness(self, name: str, end: LedgerEnd) -> None:
        self._here.write_witness(self._a_seal().mark(name), end)

    def kept(self, name: str) -> list[str]:
        with self._reading() as (db, seal):
            person = self._person(db, seal, name)
            if person is None:
                return []
            found = [ANCHOR, *SealedRecords(seal, person).kinds(db)]
            if db.rows("SELECT number FROM lines WHERE person = ? LIMIT 1", person):
                found.append(LINES)
        return sorted(found) + ([WITNESS] if self._witness_path(name).is_file() else [])

    def content(self, name: str, what: str) -> bytes | None:
        if what == WITNESS:
            return read_private(self._witness_path(name))
        if what == ANCHOR:
            end = self.anchor(name)
            return None if end is None else end.text().encode()
        with self._reading() as (db, seal):
            person = self._person(db, seal, name)
            if person is None:
                return None
            if what == LINES:
                return b"".join(SealedLines(seal, person).read(db)) or None
            return SealedRecords(seal, person).read(db, what)

    def delete(self, name: str) -> None:
        used = self.current() == f"{name}\n".encode()
        with self._alone(name) as (db, seal, person):
            end = SealedLines(seal, person).end(db)
            if used:
                self._here.current_path.unlink(missing_ok=True)
            db.change(self._forgotten(person, end))

    def rename(self, name: str, new: str, renamed: Callable[[str], str]) -> None:
        with self._alone(name) as (db, seal, person):
            if self._person(db, seal, new) is not None:
                raise FileExistsError(f"there is '{new}' already")
            text = (SealedRecords(seal, person).read(db, RECIPIENT) or b"").decode("utf-8-sig")
            witness = self.witness(name)
            if witness is not None:
                self.write_witness(new, witness)
            sealed = seal.close(new.encode(), place_of(person, "name"))
            db.change(
                [
                    self._renamed(person, seal.mark(new), sealed),
                    SealedRecords(seal, person).added(db, RECIPIENT, renamed(text)),
                ]
            )
            self._witness_path(name).unlink(missing_ok=True)

    def take_in(self, people: Iterable[PersonKept]) -> None:
        witnesses: list[str] = []

        def statements(seal: Seal) -> Iterator[Statement]:
            for each in people:
                yield from self._new_person(
                    seal, each.name, each.records, each.lines.splitlines(keepends=True)
                )
                if each.end.count:
                    witnesses.append(each.name)
                    self.write_witness(each.name, each.end)

        with self._open() as (db, seal):
            try:
                db.change(statements(seal))
            except BaseException:
                for name in witnesses:
                    self._witness_path(name).unlink(missing_ok=True)
                raise

    def held_elsewhere(self, name: str) -> bool:  # noqa: ARG002  (nobody else can reach it)
        return False

    def take_over(self, name: str) -> None:
        """Nothing: nobody else can reach it."""

    def place(self, name: str, record: str = "") -> str:
        return f"{self._where}: {name}" + (f": {record}" if record else "")

    def witness_place(self, name: str) -> str:
        return str(self._witness_path(name))

    def place_of_current(self) -> str:
        return str(self._here.current_path)

    def _connect(self) -> Database:
        raise NotImplementedError

    def _hold(self, db: Database, mark: bytes) -> PersonHold:
        raise NotImplementedError

    def _log(
        self, db: Database, hold: PersonHold, lines: SealedLines, form: LogFormat, contents: LogContents
    ) -> OpenLog:
        return RowsLog(db, hold, lines, form, contents)

    def _settle(self, db: Database, seal: Seal, mark: bytes, form: LogFormat) -> None:
        """Hand in what this computer still has of a person, before their log is read."""

    def _forgotten(self, person: bytes, end: LedgerEnd) -> list[Statement]:
        """What deletes somebody and leaves the stub."""
        stub = (
            "INSERT INTO stubs (mark, number, count, sum) SELECT mark, (SELECT coalesce(max(s.number), 0) + 1"
            " FROM stubs s WHERE s.mark = people.mark), ?, ? FROM people WHERE id = ?"
        )
        return [
            *([(stub, (end.count, end.last, person))] if end.count else []),
            ("DELETE FROM lines WHERE person = ?", (person,)),
            ("DELETE FROM records WHERE person = ?", (person,)),
            ("DELETE FROM people WHERE id = ?", (person,)),
        ]

    def _renamed(self, person: bytes, mark: bytes, name: bytes) -> Statement:
        """What gives somebody another name."""
        return "UPDATE people SET mark = ?, name = ? WHERE id = ?", (mark, name, person)

    @contextmanager
    def _open(self) -> Iterator[tuple[Database, Seal]]:
        db, seal = self._connected()
        try:
            yield db, seal
        finally:
            db.close()

    @contextmanager
    def _reading(self) -> Iterator[tuple[Database, Seal]]:
        """The same, with whatever keeps it from being read in words."""
        with reading(self._where), self._open() as found:
            yield found

    def _connected(self) -> tuple[Database, Seal]:
        """A connection, and the seal that this database was made with."""
        db = self._connect()
        try:
            return db, self._seal(db)
        except BaseException:
            db.close()
            raise

    def _seal(self, db: Database) -> Seal:
        """The seal that this database was made with; one that is new gets the key of this user."""
        check = "SELECT key_check FROM store"
        if not db.rows(check):
            seal = Seal(found_key() or new_key())
            with suppress(RowExists):  # another process was quicker
                db.change([("INSERT INTO store (one, key_check) VALUES (?, ?)", (FIRST, seal.check))])
        made_with = bytes(db.rows(check)[0][0])
        if self._known_seal is None or self._known_seal.check != made_with:
            self._known_seal = seal_by(made_with, self._where)
        return self._known_seal

    @contextmanager
    def _alone(self, name: str) -> Iterator[tuple[Database, Seal, bytes]]:
        """While nobody else has the log of somebody who is there; LockHeld."""
        with self._open() as (db, seal), closing(self._hold(db, seal.mark(name))):
            person = self._person(db, seal, name)
            if person is None:
                raise self._nobody()
            yield db, seal, person

    def _contents(
        self, db: Database, lines: SealedLines, form: LogFormat, name: str, *, brief: bool = False
    ) -> LogContents:
        data = list(lines.read(db))
        found = decode(b"".join(data), form, self.place(name, LINES), brief=brief)
        return found if data else replace(found, length=None)

    def _person(self, db: Database, seal: Seal, name: str) -> bytes | None:
        found = db.rows("SELECT id FROM people WHERE mark = ?", seal.mark(name))
        return bytes(found[0][0]) if found else None

    def _name(self, seal: Seal, person: bytes, sealed: bytes) -> str:
        name = seal.open(sealed, place_of(person, "name"))
        if name is None:
            raise PersonFileError(f"{self._where}: a name in it was changed", hint="put a backup back")
        return name.decode()

    def _new_person(
        self, seal: Seal, name: str, records: Mapping[str, bytes], lines: Iterable[bytes]
    ) -> list[Statement]:
        person = os.urandom(ID_BYTES)
        sealed = seal.close(name.encode(), place_of(person, "name"))
        return [
            ("INSERT INTO people (id, mark, name) VALUES (?, ?, ?)", (person, seal.mark(name), sealed)),
            *SealedRecords(seal, person).first(records),
            *SealedLines(seal, person).added(lines, 1),
        ]

    def _nobody(self) -> FileNotFoundError:
        return FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT))

    def _witness_path(self, name: str) -> Path:
        return self._here.witness_path(self._a_seal().mark(name))

    def _a_seal(self) -> Seal:
        """The seal, for what lies outside the database."""
        if self._known_seal is None:
            with self._reading() as (_, seal):
                return seal
        return self._known_seal
