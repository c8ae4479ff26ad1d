"""People in a PostgreSQL database: a clinic, where many computers write.

One log of a person is open in one place: a lock file on this computer, an advisory lock for as long as the
line to the database holds, and a row that says which computer has begun to write and has not handed in yet.
The row outlives a line that is cut: another computer begins nothing for that person, whatever became of the
first one, until it has handed in, or somebody has the record repaired.
"""

import os
from pathlib import Path
from threading import Lock
from typing import Final

from kneadwave.errors import PersonFileError
from kneadwave.store.database import Database, HeldElsewhere, PersonHold, Statement
from kneadwave.store.files import own_folder, read_private, write_private
from kneadwave.store.ledger_end import LedgerEnd
from kneadwave.store.lock import CannotLock, LockHeld, take_lock
from kneadwave.store.log_lines import LogContents, LogFormat
from kneadwave.store.postgres_database import PostgresDatabase, shown
from kneadwave.store.postgres_log import PostgresLog, hand_in
from kneadwave.store.rows import PeopleRows
from kneadwave.store.rows_log import SealedLines, sum_in
from kneadwave.store.seal import Seal
from kneadwave.store.unsent import Unsent

UNRELEASED: Final = (
    "SELECT id, mark, host, since < now() - interval '2 hours' FROM holds h"
    " WHERE NOT EXISTS (SELECT FROM releases r WHERE r.hold = h.id)"
)
"""Who writes, and whether it began longer ago than a sitting can take: the list before it holds for an hour,
and twenty minutes may be played; project's choice."""
ID_BYTES: Final = 16


class PeopleInPostgres(PeopleRows):
    """The store of a clinic."""

    def __init__(self, url: str, kept: Path) -> None:
        super().__init__(shown(url), kept)
        self._url = url

    def witness(self, name: str) -> LedgerEnd | None:
        """How far the log goes by what this computer saw of it: where that is part of it, all of it.

        What this computer has not handed in yet belongs to it.
        """
        seen = super().witness(name)
        with self._reading() as (db, seal):
            person = self._person(db, seal, name)
            if person is None:
                return seen
            lines = SealedLines(seal, person)
            if seen is None or not seen.count or lines.sum_of(db, seen.count) == seen.last:
                return lines.end(db)
            waiting = self._unsent(seal.mark(name), seal, person).lines()
            if any((number, sum_in(line)) == (seen.count, seen.last) for number, line in waiting):
                return lines.end(db)
        return seen

    def held_elsewhere(self, name: str) -> bool:
        with self._reading() as (db, seal):
            return bool(self._others(db, seal.mark(name)))

    def take_over(self, name: str) -> None:
        with self._open() as (db, seal):
            others = self._others(db, seal.mark(name))
            if not all(long_ago for _, long_ago in others):
                raise HeldElsewhere
            db.change([self._release(hold) for hold, _ in others])

    def _connect(self) -> Database:
        return PostgresDatabase(self._url)

    def _hold(self, db: Database, mark: bytes) -> "PostgresHold":
        assert isinstance(db, PostgresDatabase)
        hold = PostgresHold(self._url, db, mark, self._host(), self._local_lock(mark))
        try:
            hold.lock()
            if self._others(db, mark):
                raise HeldElsewhere
        except BaseException:
            hold.close()
            raise
        return hold

    def _log(
        self, db: Database, hold: PersonHold, lines: SealedLines, form: LogFormat, contents: LogContents
    ) -> PostgresLog:
        assert isinstance(hold, PostgresHold)
        unsent = self._unsent(hold.mark, lines.seal, lines.person)
        return PostgresLog(hold, lines, unsent, form, contents, lines.extent(db)[1])

    def _settle(self, db: Database, seal: Seal, mark: bytes, form: LogFormat) -> None:
        """Hand in what this computer kept, for this person and for all others whom nobody writes for here."""
        waiting = {bytes(whose) for _, whose, host, _ in db.rows(UNRELEASED) if host == self._host()}
        for whose in {mark, *waiting}:
            try:
                lock = None if whose == mark else self._local_lock(whose)
            except LockHeld:
                continue
            try:
                self._settle_one(db, seal, whose, form)
                holds = db.rows(f"{UNRELEASED} AND mark = ?", whose)  # some may be released by now
                mine = [bytes(hold) for hold, _, host, _ in holds if host == self._host()]
                if mine:
                    db.change([self._release(hold) for hold in mine])
            finally:
                if lock is not None:
                    os.close(lock)

    def _settle_one(self, db: Database, seal: Seal, mark: bytes, form: LogFormat) -> None:
        for (person,) in db.rows("SELECT id FROM people WHERE mark = ?", mark):
            hand_in(db, SealedLines(seal, bytes(person)), self._unsent(mark, seal, bytes(person)), form)

    def _others(self, db: Database, mark: bytes) -> list[tuple[bytes, bool]]:
        """Other computers that have not handed in: their rows, and whether they are old."""
        found = db.rows(f"{UNRELEASED} AND mark = ?", mark)
        return [(bytes(hold), long_ago) for hold, _, host, long_ago in found if host != self._host()]

    def _release(self, hold: bytes) -> Statement:
        return "INSERT INTO releases (hold, host) VALUES (?, ?)", (hold, self._host())

    def _unsent(self, mark: bytes, seal: Seal, person: bytes) -> Unsent:
        return Unsent(self._here.folder / "unsent" / f"{mark.hex()}.lines", seal, person)

    def _local_lock(self, mark: bytes) -> int:
        folder = self._here.folder / "locks"
        try:
            own_folder(self._here.folder)
            own_folder(folder)
        except OSError as error:
            raise CannotLock(error.errno, error.strerror) from error
        return take_lock(folder / f"{mark.hex()}.lock", error=PersonFileError)

    def _host(self) -> str:
        """By which the database knows this user of this computer again."""
        path = self._here.folder / "host"
        found = read_private(path, error=PersonFileError)
        if found is None:
            own_folder(self._here.folder)
            write_private(path, os.urandom(ID_BYTES).hex())
            found = read_private(path, error=PersonFileError) or b""
        return found.decode("ascii", "replace")

    def _forgotten(self, person: bytes, end: LedgerEnd) -> list[Statement]:
        return [("SELECT forget_person(?, ?, ?)", (person, end.count, end.last))]

    def _renamed(self, person: bytes, mark: bytes, name: bytes) -> Statement:
        return "SELECT rename_person(?, ?, ?)", (person, mark, name)


class PostgresHold:
    """That one person's log is open here and nowhere else."""

    def __init__(self, url: str, db: PostgresDatabase, mark: bytes, host: str, local: int) -> None:
        self.mark = mark
        self._url = url
        self._db: PostgresDatabase | None = db
        self._host = host
        self._local = local
        self._id = os.urandom(ID_BYTES)
        self._closing = Lock()
        self._closed = False
        self._told = False  # whether the database knows that this computer writes

    def lock(self) -> None:
        """Take the advisory lock; LockHeld where another connection has it."""
        assert self._db is not None
        if not self._db.lock(int.from_bytes(self.mark[:8], signed=True)):
            raise LockHeld(self.mark.hex())

    def database(self) -> tuple[Database, bool]:
        another = self._db is None or self._db.closed
        if another:
            self._db = PostgresDatabase(self._url)
            try:
                self.lock()
            except BaseException:
                self._db.drop()
                raise
        assert self._db is not None
        return self._db, another

    def rows(self) -> list[Statement]:
        row = "INSERT INTO holds (id, mark, host) VALUES (?, ?, ?)"
        return [] if self._told else [(row, (self._id, self.mark, self._host))]

    def written(self) -> None:
        self._told = True

    def release(self) -> None:
        if self._told:
            db, _ = self.database()
            db.change([("INSERT INTO releases (hold, host) VALUES (?, ?)", (self._id, self._host))])

    def close(self) -> None:
        if self._db is not None:
            self._db.close()
        with self._closing:
            if not self._closed:
                os.close(self._local)
            self._closed = True
