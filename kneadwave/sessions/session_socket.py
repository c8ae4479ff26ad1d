"""A running session as other programs of this user may watch and steer it: a socket beside the registry.

    session-PID.sock     whoever connects is told every event as a JSON line, those so far first, and may
                         write controls as JSON lines (control_lines.py)

The session waits for nobody: who reads too slowly is let go. That a watcher leaves changes nothing, unlike
the end of --control stdin: it did not start the session. Where a system has no such sockets, nobody watches.
"""

import os
import selectors
import socket
from collections import deque
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from threading import Thread
from types import TracebackType
from typing import Final, cast

from kneadwave.sessions import at_once
from kneadwave.sessions.bell import Bell
from kneadwave.sessions.control_lines import LINE_BYTES, SomebodyThere, requests_of
from kneadwave.sessions.controls import Inbox, PostureTaken, Request, Resume
from kneadwave.sessions.registry import own_folder
from kneadwave.store.processes import started_at

LATEST_ONLY: Final = frozenset({"state", "step", "guide", "progress"})
"""Events of which only the latest is told to whoever comes later."""
KEPT: Final = 500
"""Events that are kept for whoever comes later."""
BEHIND_MAX: Final = 1 << 20
"""Bytes that may wait for a watcher, minutes of events; who lets more wait is let go."""
WATCHERS_MAX: Final = 16
GOODBYE_S: Final = 0.5
"""How long the last events may take to leave."""
_READ_BYTES: Final = 1 << 16


@dataclass
class _Connected:
    """Who watches, and what is on its way to and from it."""

    at: socket.socket
    out: bytearray
    heard: bytearray = field(default_factory=bytearray)


class SessionSocket:
    """While entered, others may watch; a thread serves them. What they ask for goes to `inbox`."""

    def __init__(self, inbox: Inbox) -> None:
        self._inbox = inbox
        self._bell = Bell()
        self._told: deque[tuple[str, bytes]] = deque()
        self._so_far: list[tuple[str, bytes]] = []
        self._watchers: dict[int, _Connected] = {}
        self._selector = selectors.DefaultSelector()
        self._over = False
        self._listener: socket.socket | None = None
        self._path: Path | None = None
        self._thread = Thread(target=self._serve, name="watchers", daemon=True)

    def __enter__(self) -> "SessionSocket":
        with suppress(OSError, AttributeError):  # none to be had: Windows, a path too long, a full disk
            self._listen(own_folder() / f"session-{os.getpid()}.sock")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._path is None:
            return
        self._over = True
        self._bell.ring()
        self._thread.join(2 * GOODBYE_S)
        with suppress(OSError):
            self._path.unlink()

    def tell(self, event: str, line: str) -> None:
        """An event of this name happened: its JSON line."""
        if self._path is not None:
            self._told.append((event, line.encode() + b"\n"))
            self._bell.ring()

    def _listen(self, path: Path) -> None:
        listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            path.unlink(missing_ok=True)
            listener.bind(os.fspath(path))
            path.chmod(0o600)  # before anybody can connect
            listener.listen(WATCHERS_MAX)
            listener.setblocking(False)
        except OSError:
            listener.close()
            raise
        self._listener, self._path = listener, path
        self._selector.register(listener, selectors.EVENT_READ)
        self._selector.register(self._bell.fileno(), selectors.EVENT_READ)
        self._thread.start()

    def _serve(self) -> None:
        while not self._over:
            self._turn(None)
        for _ in range(int(GOODBYE_S / 0.05)):
            if not any(watcher.out for watcher in self._watchers.values()) and not self._told:
                break
            self._turn(0.05)
        for fd in list(self._watchers):
            self._let_go(fd)
        if self._listener is not None:
            self._listener.close()
        self._selector.close()

    def _turn(self, timeout: float | None) -> None:
        for key, ready in self._selector.select(timeout):
            if key.fileobj is self._listener:
                self._accept()
            elif key.fd == self._bell.fileno():
                self._bell.hush()
            elif key.fd in self._watchers:
                if ready & selectors.EVENT_READ:
                    self._hear(key.fd)
                if key.fd in self._watchers and ready & selectors.EVENT_WRITE:
                    self._send(key.fd)
        while self._told:
            self._spread(*self._told.popleft())

    def _spread(self, event: str, line: bytes) -> None:
        if event in LATEST_ONLY:
            self._so_far = [told for told in self._so_far if told[0] != event]
        self._so_far = [*self._so_far[-KEPT:], (event, line)]
        for fd in list(self._watchers):
            watcher = self._watchers[fd]
            watcher.out += line
            if len(watcher.out) > BEHIND_MAX:
                self._let_go(fd)
            else:
                self._send(fd)

    def _accept(self) -> None:
        try:
            at, _ = cast(socket.socket, self._listener).accept()
        except OSError:
            return
        at.setblocking(False)
        if len(self._watchers) >= WATCHERS_MAX:
            at.close()
            return
        self._watchers[at.fileno()] = _Connected(at, bytearray().join(line for _, line in self._so_far))
        self._selector.register(at, selectors.EVENT_READ)
        self._send(at.fileno())

    def _hear(self, fd: int) -> None:
        watcher = self._watchers[fd]
        try:
            data = watcher.at.recv(_READ_BYTES)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        watcher.heard += data
        *lines, rest = bytes(watcher.heard).split(b"\n")
        watcher.heard = bytearray(rest)
        for line in lines:
            for request in requests_of(line):
                self._ask(request)
        if not data or len(rest) > LINE_BYTES:
            self._let_go(fd)

    def _ask(self, request: Request) -> None:
        match request:
            case SomebodyThere() | PostureTaken():  # neither can be said from here
                pass
            case Resume():
                self._inbox.post(Resume(from_afar=True))
            case _:
                self._inbox.post(request)

    def _send(self, fd: int) -> None:
        watcher = self._watchers[fd]
        try:
            sent = watcher.at.send(watcher.out) if watcher.out else 0
        except BlockingIOError:
            sent = 0
        except OSError:
            self._let_go(fd)
            return
        del watcher.out[:sent]
        wanted = selectors.EVENT_READ | (selectors.EVENT_WRITE if watcher.out else 0)
        self._selector.modify(watcher.at, wanted)

    def _let_go(self, fd: int) -> None:
        watcher = self._watchers.pop(fd)
        self._selector.unregister(watcher.at)
        watcher.at.close()


def watchable() -> list[Path]:
    """The sockets of this user's sessions, one a process; those of processes that are gone are removed."""
    own = Path(at_once.folder())
    if os.name != "posix" or not at_once.belongs(str(own), os.geteuid()):
        return []
    found = []
    for path in map(Path, at_once.listed(str(own), "session-", ".sock")):
        pid = path.stem.partition("-")[2]
        if pid.isdecimal() and started_at(int(pid)):
            found.append(path)
        else:
            with suppress(OSError):
                path.unlink()
    return found
