"""A session as others watch it: a real socket, real clients, and an inbox that hears what they ask."""

import socket
import stat
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from kneadwave.sessions.control_lines import LINE_BYTES
from kneadwave.sessions.controls import Heard, Inbox, Request, Resume, Softer
from kneadwave.sessions.session_socket import BEHIND_MAX, WATCHERS_MAX, SessionSocket, watchable

LONG_S = 60.0


@pytest.fixture
def place(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder with a path that is short enough for a socket."""
    with TemporaryDirectory(prefix="kw") as folder:
        monkeypatch.setenv("KNEAD_SESSIONS", folder)
        yield Path(folder)


@pytest.fixture
def inbox() -> Inbox:
    return Inbox()


@pytest.fixture
def at(place: Path, inbox: Inbox) -> Iterator[SessionSocket]:
    with SessionSocket(inbox) as made:
        assert watchable(), place
        yield made
    assert watchable() == []


class Client:
    """Another program that watches."""

    def __init__(self) -> None:
        self.at = socket.socket(socket.AF_UNIX)
        self.at.settimeout(LONG_S)
        self.at.connect(str(watchable()[0]))
        self.lines = self.at.makefile("rb")

    def read(self, count: int) -> list[bytes]:
        return [self.lines.readline() for _ in range(count)]


@pytest.fixture
def client(at: SessionSocket) -> Iterator[Client]:
    assert at
    made = Client()
    yield made
    made.lines.close()
    made.at.close()


def asked(inbox: Inbox, count: int) -> list[Request]:
    import select

    found: list[Request] = []
    while len(found) < count:
        assert select.select(list(inbox.files() or ()), [], [], LONG_S)[0]
        found += inbox.take()
    return found


def test_who_watches_is_told_what_was_and_what_comes(at: SessionSocket) -> None:
    first = Client()
    for event in ("session", "progress", "note", "progress"):
        at.tell(event, event)
    assert first.read(4) == [b"session\n", b"progress\n", b"note\n", b"progress\n"]
    second = Client()
    assert second.read(3) == [b"session\n", b"note\n", b"progress\n"]
    at.tell("end", "end")
    assert first.read(1) == second.read(1) == [b"end\n"]
    for each in (first, second):
        each.lines.close()
        each.at.close()


def test_the_last_event_is_told_before_it_closes(place: Path, inbox: Inbox) -> None:
    with SessionSocket(inbox) as at:
        client = Client()
        at.tell("end", "x" * 1000)
    assert client.read(1) == [b"x" * 1000 + b"\n"]
    assert client.read(1) == [b""]
    client.lines.close()
    client.at.close()
    assert not list(place.glob("*/*.sock"))


def test_a_control_is_heard_and_a_watcher_that_leaves_asks_nothing(client: Client, inbox: Inbox) -> None:
    client.at.sendall(b'{"control": "soft')
    client.at.sendall(b'er", "id": 4}\nnonsense\n{"control": "here"}\n')
    assert asked(inbox, 3) == [Softer(), Heard("softer", 4), Heard("", refused="no JSON")]
    client.at.shutdown(socket.SHUT_RDWR)
    other = Client()
    other.at.sendall(b'{"control": "softer"}\n')
    assert asked(inbox, 2) == [Softer(), Heard("softer")]
    other.lines.close()
    other.at.close()


def test_who_reads_nothing_or_writes_without_end_is_let_go(at: SessionSocket, client: Client) -> None:
    lazy = Client()
    at.tell("note", "0")
    assert client.read(1) == lazy.read(1) == [b"0\n"]
    line, told = "x" * 65536, 0
    while told < 4 * BEHIND_MAX:
        at.tell("step", line)
        assert client.read(1) == [line.encode() + b"\n"]
        told += len(line)
    at.tell("note", "1")
    assert client.read(1) == [b"1\n"]
    heard = b""
    while data := lazy.at.recv(1 << 20):
        heard += data
    assert len(heard) < told, "it was let go with what the system held for it"
    client.at.sendall(b"y" * (2 * LINE_BYTES))
    assert client.read(1) == [b""]
    lazy.lines.close()
    lazy.at.close()


def test_there_are_only_so_many(at: SessionSocket) -> None:
    at.tell("note", "0")
    clients = [Client() for _ in range(WATCHERS_MAX)]
    assert all(each.read(1) == [b"0\n"] for each in clients)
    one_more = Client()
    assert one_more.read(1) == [b""]
    for each in (*clients, one_more):
        each.lines.close()
        each.at.close()


def test_only_this_user_may_connect(at: SessionSocket) -> None:
    assert at
    (path,) = watchable()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_what_a_process_left_that_is_gone_is_removed(place: Path, at: SessionSocket) -> None:
    assert at
    (path,) = watchable()
    left = path.with_name("session-4194305.sock")  # above the most that a process is numbered on Linux
    left.touch()
    assert watchable() == [path]
    assert not left.exists()
    assert place in path.parents


@pytest.mark.parametrize("how", ["a path too long", "no folder"])
def test_where_nobody_can_watch_the_session_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, inbox: Inbox, how: str
) -> None:
    folder: Any = tmp_path / ("x" * 120)
    if how == "no folder":
        folder.touch()
    else:
        folder.mkdir()
    monkeypatch.setenv("KNEAD_SESSIONS", str(folder))
    with SessionSocket(inbox) as at:
        at.tell("note", "0")
    assert watchable() == []


def test_a_change_of_posture_is_not_confirmed_from_afar(client: Client, inbox: Inbox) -> None:
    client.at.sendall(b'{"control": "ready"}\n{"control": "resume"}\n')
    assert asked(inbox, 3) == [Heard("ready"), Resume(from_afar=True), Heard("resume")]
