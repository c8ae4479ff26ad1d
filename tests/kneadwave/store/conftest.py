"""No test takes a key out of the keyring of whoever runs it, or puts one there."""

from collections.abc import Iterator
from pathlib import Path

import keyring
import pytest
from clinic import Clinic
from keyring.backends.fail import Keyring
from postgres_server import Line, PostgresServer

from kneadwave.store.postgres_database import prepare


@pytest.fixture(autouse=True)
def no_keyring(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """As on a computer without one."""
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.fail.Keyring")
    before = keyring.get_keyring()
    keyring.set_keyring(Keyring())
    yield
    keyring.set_keyring(before)


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """A server of this test process's own."""
    server = PostgresServer()
    yield server
    server.gone()


@pytest.fixture
def clinic(postgres: PostgresServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Clinic:
    database = postgres.database()
    prepare(postgres.url(database, "owner"))
    with postgres.connected() as db:
        db.execute("GRANT kneadwave TO anna")
    made = Clinic(postgres, database, tmp_path, monkeypatch)
    made.be("desk")
    return made


@pytest.fixture
def line(postgres: PostgresServer) -> Iterator[Line]:
    """A line to the server that can be cut."""
    made = Line(postgres)
    yield made
    made.gone()
