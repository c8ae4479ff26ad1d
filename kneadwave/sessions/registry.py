"""Running sessions, as other processes see them: one small file for each port (at_once.py says where).

A file whose process is gone, or whose process number belongs to another process by now, counts as nothing.
Everybody may read whose session runs where; only its user, and root, may ask it to stop.
"""

import json
import os
import stat
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

from firmware_bridge.clock import Files, together
from firmware_bridge.errors import DeviceRemedy, PortBusy
from kneadwave.devices import Target
from kneadwave.sessions import at_once
from kneadwave.sessions.bell import Doorbell
from kneadwave.store.processes import started_at, still_runs

CHECK_EVERY_S = 0.04
"""How often a session looks for a request to stop, at most."""
_SIZE_MAX = 1 << 16


@dataclass(frozen=True)
class RunningSession:
    """A session that another process runs; `files` is its file without a suffix."""

    files: Path
    pid: int
    started: str
    port: str
    profile: str
    ports: tuple[str, ...]
    """All of its ports; each has a file of its own."""
    user: int = 0
    """Whose it is; 0 on Windows."""
    urls: tuple[str, ...] = ()
    """What whoever began it called each of `ports`; empty where that is not told."""

    @property
    def own(self) -> bool:
        """Whether it is this user's."""
        return self.user == _user()

    @property
    def reachable(self) -> bool:
        """Whether this process may ask it to stop."""
        return self.own or _user() == 0

    @property
    def alive(self) -> bool:
        """Whether that very process still exists."""
        return still_runs(self.pid, self.started)

    def named(self, port: str) -> str:
        """What whoever began it called one of its ports; the port itself where that is not told."""
        return dict(zip(self.ports, self.urls, strict=False)).get(port, port)

    def ask_to_stop(self) -> None:
        """Leave a request to stop."""
        at_once.ask(str(self.files))

    @property
    def asked(self) -> bool:
        """Whether the request still lies there unseen."""
        return _file(self.files, "stop").exists()

    @property
    def answered(self) -> bool:
        """Whether it left its answer."""
        return _file(self.files, "stopped").exists()

    @property
    def over(self) -> bool:
        """Whether the session has ended, one way or another."""
        return _session(_file(self.files, "json")) != self

    def answer(self) -> bool | None:
        """Whether the device confirmed; None when the session left no answer. Takes the answer away."""
        where = _file(self.files, "stopped")
        said = _read(where)
        with suppress(OSError):
            where.unlink()
            _file(self.files, "stop").unlink()
        return bool(said.get("confirmed")) if said else None


class Registration:
    """This process's own session on each of `ports`, registered while entered; one stop is for all.

    `urls` is what whoever began it called each port.
    """

    def __init__(self, ports: Sequence[str], profile: str, urls: Sequence[str] = ()) -> None:
        self.confirmed = False
        """To be set before leaving: whether the device confirmed that nothing moves."""
        self._asked: set[str] = set()
        self._bells: list[Doorbell] = []
        names = dict(zip(ports, urls or ports, strict=True))
        self._ports = tuple(names)
        self._files: dict[str, Path] = {}
        self._sound: dict[str, tuple[int, ...] | None] = {}
        self._about = {
            "pid": os.getpid(),
            "started": started_at(os.getpid()),
            "profile": profile,
            "urls": tuple(names.values()),
        }

    @property
    def stop_asked(self) -> bool:
        """Whether a stop was seen."""
        return bool(self._asked)

    def __enter__(self) -> "Registration":
        with suppress(OSError):  # a session may run where nothing can be registered: it is found by its port
            folder = own_folder()
            self._files = {port: folder / at_once.file_name(port) for port in self._ports}
        for port, files in self._files.items():
            with suppress(OSError):
                for suffix in ("stop", "stopped"):
                    _file(files, suffix).unlink(missing_ok=True)
                self._bells.append(Doorbell(_file(files, "bell")))
                self._tell(port, files)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.requested()
        for bell in self._bells:
            bell.close()
        for port, files in self._files.items():
            with suppress(OSError):
                if port in self._asked:
                    answer = {"confirmed": self.confirmed, "port": port, "ports": self._ports}
                    _write(_file(files, "stopped"), self._about | answer)
                _file(files, "json").unlink(missing_ok=True)

    def requested(self) -> bool:
        """Whether somebody asked this session to stop; what tells of it is mended where it is damaged."""
        for bell in self._bells:
            bell.hush()
        for port, files in self._files.items():
            with suppress(OSError):
                os.unlink(f"{files}.stop")
                self._asked.add(port)
        if not self.stop_asked:
            self._mend()
        return self.stop_asked

    def _tell(self, port: str, files: Path) -> None:
        _write(_file(files, "json"), self._about | {"port": port, "ports": self._ports})

    def _mend(self) -> None:
        """Tell of this session anew where its file, or the folder of all, is gone or damaged by now."""
        for port, files in self._files.items():
            marks = _marks(f"{files}.json")  # before it is read: what changes it meanwhile is seen next time
            unchanged = marks is not None and marks == self._sound.get(port)
            if unchanged or _told(files, _read(_file(files, "json"))) is not None:
                self._sound[port] = marks
                continue
            with suppress(OSError):
                self._files = self._files | {port: own_folder() / files.name}
                self._tell(port, self._files[port])

    def files(self) -> Files:
        """What can be read when somebody asked; None where nobody can be told of it."""
        return together([bell.files() for bell in self._bells])


def find(port: str) -> RunningSession | None:
    """The live session on `port`, this user's before another's; files that a dead one left are removed."""
    for folder in _folders():
        session = _session(_file(folder / at_once.file_name(port), "json"))
        if session is not None:
            return session
    return None


def running_sessions() -> list[RunningSession]:
    """Every live session of this computer that may be seen, by the first of its ports; this user's first."""
    found: dict[tuple[object, ...], RunningSession] = {}
    for folder in _folders():
        for path in at_once.listed(str(folder), ends=".json"):
            session = _session(Path(path))
            if session is not None:
                found.setdefault((session.pid, session.ports), session)
    return list(found.values())


def place_of_port(port: str) -> str:
    """What is opened for a port, whichever dialect is spoken to it."""
    scheme, _, place = port.partition(":")
    return place if scheme.isalnum() and place and not place.startswith("//") else port


def refuse_in_use(target: Target) -> None:
    """PortBusy where a session plays on a device of `target`; opens nothing."""
    for each in target.all:
        session = None if each.simulated else session_on(each.port)
        if session is not None:
            raise PortBusy(
                f"{each.url} is in use: process {session.pid} plays {session.profile} on it",
                hint=DeviceRemedy.STOP_HOLDER.of(url=each.url),
            )


def session_on(port: str) -> RunningSession | None:
    """The session that plays on a port, by whichever of its names; None where none is known to."""
    wanted = real_place(port)
    running = running_sessions()
    return next((each for each in running if wanted in map(real_place, each.ports)), None)


def real_place(port: str) -> str:
    """What tells a port from others, by whichever of its names: where it is, links followed."""
    place = place_of_port(port)
    try:
        return os.path.realpath(place)
    except (OSError, ValueError):  # a zero byte
        return place


def asked_at_once() -> list[RunningSession]:
    """The sessions that were asked to stop before anything else was done, as they were then; each once.

    One whose file could not be read then is as its answer tells, if it gave one.
    """
    told = [
        _told(Path(files), _parsed(about)) or _told(Path(files), _read(_file(Path(files), "stopped")))
        for files, about in at_once.asked
    ]
    return list({(each.pid, each.ports): each for each in told if each is not None}.values())


def damaged_at_once() -> list[Path]:
    """The files, without a suffix, that were asked at once though they could not be read."""
    asked = ((Path(files), about) for files, about in at_once.asked)
    return [files for files, about in asked if _told(files, _parsed(about)) is None]


def told_since(files: Path) -> bool:
    """Whether a session has mended these files since, or answered by them."""
    return any(_told(files, _read(_file(files, suffix))) is not None for suffix in ("json", "stopped"))


def _session(path: Path) -> RunningSession | None:
    session = _told(path.with_suffix(""), _read(path))
    if session is None or session.alive:
        return session
    if session.reachable:
        clear_away(session.files)
    return None


def clear_away(files: Path) -> None:
    """Remove what a session left that is gone."""
    for suffix in ("json", "stop", "stopped", "bell"):
        with suppress(OSError):
            _file(files, suffix).unlink()


def _told(files: Path, about: dict[str, Any] | None) -> RunningSession | None:
    """What a file tells of a session, alive or not; None where it is no such file."""
    if about is None:
        return None
    try:
        return RunningSession(
            files,
            int(about["pid"]),
            str(about["started"]),
            str(about["port"]),
            str(about["profile"]),
            tuple(map(str, about["ports"])),
            0 if os.name == "nt" else files.parent.stat().st_uid,
            tuple(map(str, about.get("urls", ()))),
        )
    except (KeyError, TypeError, ValueError, OSError):
        return None


def _user() -> int:
    return 0 if os.name == "nt" else os.geteuid()


def _folders() -> Iterator[Path]:
    """The folders of sessions: this user's, and those of others; none that more than its user may change."""
    own = Path(at_once.folder())
    if at_once.belongs(str(own), _user()):
        yield own
    if os.name == "nt":
        return
    for path in map(Path, at_once.listed(at_once.places(), "kneadwave-")):
        user = path.name.partition("-")[2]
        if path != own and user.isdecimal() and at_once.belongs(str(path), int(user)):
            yield path


def own_folder() -> Path:
    """This user's folder, made where it is missing; PermissionError where it is somebody else's."""
    folder = Path(at_once.folder())
    folder.mkdir(mode=0o755, exist_ok=True)
    if not at_once.belongs(str(folder), _user()):
        # Whoever else may write in it could stop sessions, or hide them.
        raise PermissionError(f"{folder} is not this user's own")
    return folder


def _marks(path: str) -> tuple[int, ...] | None:
    """What changes with a file or its content, without reading it; None where there is none."""
    with suppress(OSError):
        found = os.lstat(path)
        return found.st_ino, found.st_mode, found.st_size, found.st_mtime_ns, found.st_ctime_ns
    return None


def _file(files: Path, suffix: str) -> Path:
    return files.with_name(f"{files.name}.{suffix}")


def _write(path: Path, content: dict[str, Any]) -> None:
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    beside.write_text(json.dumps(content), encoding="utf-8")
    beside.replace(path)


def _read(path: Path) -> dict[str, Any] | None:
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOFOLLOW", 0)
    try:
        with open(path, "rb", opener=lambda name, _: os.open(name, flags)) as file:
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):  # another user may lay a trap
                return None
            return _parsed(file.read(_SIZE_MAX))
    except OSError:
        return None


def _parsed(text: bytes) -> dict[str, Any] | None:
    try:
        content = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return content if isinstance(content, dict) else None
