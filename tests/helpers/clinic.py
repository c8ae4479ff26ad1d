"""Computers that share a PostgreSQL database of people, and a process on one of them that massages."""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
from postgres_server import Line, PostgresServer
from stores import choose

from kneadwave.people.recipient import names
from profiles.profile import load_profile

NOW = datetime(2026, 3, 1, 20, 0, tzinfo=timezone(timedelta(hours=1)))
LATER = NOW + timedelta(minutes=30)
FELT = load_profile("felt-check")
HOMES = ("XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_CONFIG_HOME")


@dataclass
class Clinic:
    """A database that is ready, and this process as one of the computers that use it."""

    server: PostgresServer
    database: str
    folder: Path
    patch: pytest.MonkeyPatch

    @property
    def url(self) -> str:
        return self.server.url(self.database)

    def be(self, computer: str, *, by: Line | None = None) -> None:
        """Be this computer from now on; all of them have the same key."""
        for home in HOMES:
            self.patch.setenv(home, str(self.folder / computer / home))
        config = self.folder / computer / "XDG_CONFIG_HOME"
        choose(config, self.server.url(self.database, host=by.folder if by else None))
        key = self.folder / "store.key"
        if key.exists():
            shutil.copy(key, config / "kneadwave" / "store.key")
        else:
            assert names() == []  # which makes one
            shutil.copy(config / "kneadwave" / "store.key", key)

    def owner(self, query: str) -> list[tuple[object, ...]]:
        with self.server.connected(self.database) as db:
            found = db.execute(query.encode())
            return found.fetchall() if found.description else []

    def hang_up(self) -> None:
        """Let the server notice that every line of a user is gone."""
        self.owner(
            "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity"
            " WHERE usename = 'anna' AND datname = current_database()"
        )


MASSAGING = """
import sys
from datetime import datetime
from kneadwave.people import ledger
now = datetime.fromisoformat(sys.argv[1])
with ledger.opened("me", now) as book:
    print("open", flush=True)
    for word in sys.stdin:
        if word.strip() == "leave":
            break
        book.append(word.strip(), now, profile="felt-check", device="/dev/none", seconds=30.0, dose={})
        print(word.strip(), flush=True)
print("left", flush=True)
"""


class Massaging:
    """A process on a computer that has a person's ledger open."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self.process = process

    def say(self, word: str) -> str:
        assert self.process.stdin is not None
        self.process.stdin.write(f"{word}\n")
        self.process.stdin.flush()
        return self.heard()

    def heard(self) -> str:
        assert self.process.stdout is not None
        return self.process.stdout.readline().strip()


@contextmanager
def massaging() -> Iterator[Massaging]:
    """On the computer that this process is right now."""
    command = [sys.executable, "-c", MASSAGING, NOW.isoformat()]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[3]
    ) as process:
        try:
            found = Massaging(process)
            assert found.heard() == "open"
            yield found
        finally:
            process.kill()
