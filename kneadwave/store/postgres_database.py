"""A connection to PostgreSQL, and its schema."""

import atexit
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final
from urllib.parse import unquote, urlsplit, urlunsplit

from kneadwave.errors import PersonFileError, PersonRemedy, not_installed
from kneadwave.store.database import RowExists, Statement, StoreLost

MIGRATIONS: Final = Path(__file__).parent / "migrations" / "postgres"
IDLE_MOST: Final = 2
"""Connections of this process that wait to be used again."""
CONNECT_S: Final = 2
"""How long to wait for a server, seconds: the least that its library takes."""
ANSWER_MS: Final = 5000
"""How long to wait for an answer, milliseconds. Project's choice: an honest one takes some 20."""
SILENT_S: Final = 10
"""After so many seconds of silence either side takes the line for cut."""
WAYS: Final[dict[str, Any]] = {
    "connect_timeout": CONNECT_S,
    "keepalives_idle": SILENT_S // 2,
    "keepalives_interval": 1,
    "keepalives_count": SILENT_S // 2,
    "tcp_user_timeout": SILENT_S * 1000,
    "options": (
        f"-c search_path=kneadwave -c statement_timeout={ANSWER_MS} -c tcp_keepalives_idle={SILENT_S // 2}"
        f" -c tcp_keepalives_interval=1 -c tcp_keepalives_count={SILENT_S // 2}"
    ),
}
SECRETS: Final = ("password", "sslpassword")
"""What a URL may say that nobody else may read."""
_idle: dict[tuple[int, str], list[Any]] = {}


class PostgresDatabase:
    """A connection; one that was used before where there is one. UsageError without psycopg."""

    def __init__(self, url: str) -> None:
        try:
            import psycopg
        except ImportError as error:
            raise not_installed("a PostgreSQL store", error.name, "postgres") from error
        self._psycopg = psycopg
        self._url = url
        self._let_go = False
        self._db: Any = None
        idle = _idle.get((os.getpid(), url), [])
        while idle:
            self._db = idle.pop()
            try:
                self.rows("SELECT 1")
                return
            except OSError:
                self._db.close()
                self._db = None
        with self._told():
            self._db = psycopg.connect(url, autocommit=True, **WAYS)
        try:
            self._check_version()
        except BaseException:
            self._db.close()
            raise

    def rows(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        with self._told():
            found: list[tuple[Any, ...]] = self._db.execute(sql.replace("?", "%s"), values).fetchall()
            return found

    def change(self, statements: Iterable[Statement]) -> None:
        with self._told(), self._db.pipeline(), self._db.transaction():
            for sql, values in statements:
                self._db.execute(sql.replace("?", "%s"), values)

    @property
    def closed(self) -> bool:
        """Whether the line was lost, or let go."""
        return bool(self._db.closed)

    def lock(self, key: int) -> bool:
        """Take a lock that goes with this connection; whether it was free within a second.

        The server may not have noticed yet that a process is gone.
        """
        self.rows("SELECT set_config('lock_timeout', '1000', false)")
        with self._told():
            try:
                self._db.execute("SELECT pg_advisory_lock(%s)", (key,))
            except self._psycopg.errors.LockNotAvailable:
                return False
        return True

    def close(self) -> None:
        if self._let_go:
            return
        self._let_go = True
        idle = _idle.setdefault((os.getpid(), self._url), [])
        if not self._db.closed and len(idle) < IDLE_MOST:
            try:
                self.rows("SELECT pg_advisory_unlock_all()")
                idle.append(self._db)
                return
            except OSError:
                pass
        self._db.close()

    def drop(self) -> None:
        """Close it for good."""
        self._let_go = True
        self._db.close()

    def _check_version(self) -> None:
        ((there,),) = self.rows("SELECT to_regclass('kneadwave.versions') IS NOT NULL")
        version = self.rows("SELECT max(version) FROM kneadwave.versions")[0][0] if there else 0
        latest = len(migrations())
        if version != latest:
            raise PersonFileError(
                f"{shown(self._url)}: is of version {version}; this Kneadwave knows {latest}",
                hint=PersonRemedy.PREPARE.of(url=shown(self._url))
                if version < latest
                else "use the version of knead that made it; nothing was changed",
            )

    @contextmanager
    def _told(self) -> Iterator[None]:
        """What PostgreSQL says, as an OSError."""
        try:
            yield
        except self._psycopg.errors.UniqueViolation as error:
            raise RowExists(_first_line(error)) from error
        except (
            self._psycopg.errors.QueryCanceled,
            self._psycopg.errors.AdminShutdown,
            self._psycopg.OperationalError,
            self._psycopg.InterfaceError,
        ) as error:
            if self._db is not None:
                self._db.close()
            raise StoreLost(_first_line(error)) from error
        except self._psycopg.Error as error:
            raise OSError(_first_line(error)) from error


def migrations() -> list[str]:
    """What makes each version of the one before, beginning with nothing."""
    return [path.read_text(encoding="utf-8") for path in sorted(MIGRATIONS.glob("[0-9]*.sql"))]


def prepare(url: str) -> int:
    """Bring a database up to the latest version, a step at a time, each whole; the version.

    StoreLost where it cannot be reached, another OSError where this user may not.
    """
    try:
        import psycopg
    except ImportError as error:
        raise not_installed("a PostgreSQL store", error.name, "postgres") from error
    steps = migrations()
    try:
        with psycopg.connect(url, connect_timeout=CONNECT_S) as db:
            for version in range(_version(db), len(steps)):
                with db.transaction():
                    db.execute(steps[version].encode())
                    db.execute("INSERT INTO kneadwave.versions VALUES (%s)", (version + 1,))
            return _version(db)
    except psycopg.OperationalError as error:
        raise StoreLost(_first_line(error)) from error
    except psycopg.Error as error:
        raise OSError(_first_line(error)) from error


def shown(url: str) -> str:
    """The URL as it may be read by others, and still leads there: without a password."""
    parts = urlsplit(url)
    user, at, host = parts.netloc.rpartition("@")
    words = [each for each in parts.query.split("&") if unquote(each.partition("=")[0]) not in SECRETS]
    return urlunsplit((parts.scheme, user.partition(":")[0] + at + host, parts.path, "&".join(words), ""))


def _version(db: Any) -> int:
    there = db.execute("SELECT to_regclass('kneadwave.versions') IS NOT NULL").fetchone()[0]
    found = db.execute("SELECT max(version) FROM kneadwave.versions").fetchone()[0] if there else 0
    return int(found or 0)


def _first_line(error: BaseException) -> str:
    return (str(error).strip().splitlines() or ["it does not answer"])[0]


@atexit.register
def _close_idle() -> None:
    for (pid, _), waiting in _idle.items():
        for db in waiting if pid == os.getpid() else ():
            db.close()
