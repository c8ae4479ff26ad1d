"""People in one SQLite database: a house, or whoever wants them sealed.

Write-ahead log and full syncing: what was written lasts, and readers wait for nobody. One process may have a
person's log: a lock file of that person beside the database, gone with its process.
"""

import os
import sqlite3
import stat
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Final

from kneadwave.errors import PersonFileError
from kneadwave.store.database import Database, RowExists, Statement
from kneadwave.store.files import FILE_MODE, FOLDER_MODE, OPEN_FLAGS, own_folder
from kneadwave.store.lock import CannotLock, take_lock
from kneadwave.store.rows import PeopleRows

MIGRATIONS: Final = Path(__file__).parent / "migrations" / "sqlite"
SETTINGS: Final = ("journal_mode=WAL", "synchronous=FULL", "secure_delete=ON", "foreign_keys=ON")
BUSY_S: Final = 5.0
"""How long to wait for others that write, seconds; project's choice: a write takes some 20 ms."""


class PeopleInSqlite(PeopleRows):
    """The store of a house."""

    def __init__(self, path: Path, kept: Path) -> None:
        super().__init__(f"sqlite://{path}", kept)
        self._path = path
        self._locks = path.with_name(f"{path.name}.locks")

    def delete(self, name: str) -> None:
        super().delete(name)
        with self._open() as (db, _):
            db.rows("PRAGMA wal_checkpoint(TRUNCATE)")  # what was overwritten lies in the log no longer

    def _connect(self) -> Database:
        return SqliteDatabase(self._path)

    def _hold(self, db: Database, mark: bytes) -> "FileHold":  # noqa: ARG002  (another database locks)
        try:
            own_folder(self._locks)
        except OSError as error:
            raise CannotLock(error.errno, error.strerror) from error
        return FileHold(take_lock(self._locks / f"{mark.hex()}.lock", error=PersonFileError))


class FileHold:
    """A locked file."""

    def __init__(self, fd: int) -> None:
        self._fd = fd

    def close(self) -> None:
        os.close(self._fd)


class SqliteDatabase:
    """A connection to a database file that its owner alone may read, brought up to this version."""

    def __init__(self, path: Path) -> None:
        _own_file(path)
        with sqlite_errors():
            self._db = sqlite3.connect(path, timeout=BUSY_S, isolation_level=None, check_same_thread=False)
        try:
            with sqlite_errors():
                for setting in SETTINGS:
                    self._db.execute(f"PRAGMA {setting}")
                migrate(self._db, path)
        except BaseException:
            self._db.close()
            raise

    def rows(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        with sqlite_errors():
            return self._db.execute(sql, values).fetchall()

    def change(self, statements: Iterable[Statement]) -> None:
        with sqlite_errors():
            self._db.execute("BEGIN IMMEDIATE")
            try:
                for sql, values in statements:
                    self._db.execute(sql, values)
                self._db.execute("COMMIT")
            except BaseException:
                if self._db.in_transaction:
                    self._db.execute("ROLLBACK")
                raise

    def close(self) -> None:
        self._db.close()


def migrations() -> list[str]:
    """What makes each version of the one before, beginning with nothing."""
    return [path.read_text(encoding="utf-8") for path in sorted(MIGRATIONS.glob("[0-9]*.sql"))]


def migrate(db: sqlite3.Connection, path: Path) -> None:
    """Bring a database up to the latest version, a step at a time, each whole. sqlite3.Error.

    PersonFileError where it is of a later one.
    """
    steps = migrations()
    while not check_version(db, path):
        version = _version(db)
        try:
            db.executescript(
                f"BEGIN IMMEDIATE;\n{steps[version]}\nPRAGMA user_version = {version + 1};\nCOMMIT;"
            )
        except sqlite3.Error:
            if db.in_transaction:
                db.execute("ROLLBACK")
            if _version(db) == version:  # else another process was quicker
                raise


def check_version(db: sqlite3.Connection, path: Path) -> bool:
    """Whether it is of the latest version; PersonFileError where it is of a later one."""
    version, latest = _version(db), len(migrations())
    if version > latest:
        raise PersonFileError(
            f"{path}: is of version {version}; this Kneadwave knows {latest}",
            hint="use the version of knead that made it; nothing was changed",
        )
    return version == latest


def _version(db: sqlite3.Connection) -> int:
    return int(db.execute("PRAGMA user_version").fetchone()[0])


def _own_file(path: Path) -> None:
    """Make the file where it is missing, for its owner alone; PersonFileError for what is no plain file.

    One that is there is not opened: closing it would take SQLite's own locks of this process away.
    """
    path.parent.mkdir(mode=FOLDER_MODE, exist_ok=True)
    with suppress(FileExistsError):
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | OPEN_FLAGS, FILE_MODE))
    found = path.lstat()
    if not stat.S_ISREG(found.st_mode):
        raise PersonFileError(f"{path}: is a link, or no regular file", hint="put the file itself there")
    if os.name == "posix" and stat.S_IMODE(found.st_mode) != FILE_MODE:
        path.chmod(FILE_MODE)


@contextmanager
def sqlite_errors() -> Iterator[None]:
    """What SQLite says, as an OSError."""
    try:
        yield
    except sqlite3.IntegrityError as error:
        raise RowExists(str(error)) from error
    except sqlite3.Error as error:
        raise OSError(str(error)) from error
