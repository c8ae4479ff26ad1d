"""Running sessions, as other processes see them: one small file for each port, in the runtime directory.

    NAME.json     the session: process, when it started, port, profile
    NAME.stop     somebody asks it to stop; the session removes it as soon as it has seen it
    NAME.stopped  its answer: whether the device confirmed

A file whose process is gone, or whose process number belongs to another process by now, counts as nothing.
"""

import json
import os
import warnings
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any
from urllib.parse import quote

from kneadwave.store.processes import started_at

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

    @property
    def alive(self) -> bool:
        """Whether that very process still exists."""
        return self.started != "" and started_at(self.pid) == self.started

    def ask_to_stop(self) -> None:
        """Leave a request to stop."""
        _write(_file(self.files, "stop"), {"from": os.getpid()})

    @property
    def asked(self) -> bool:
        """Whether the request still lies there unseen."""
        return _file(self.files, "stop").exists()

    @property
    def over(self) -> bool:
        """Whether the session has ended, one way or another."""
        return find(self.port) != self or not self.alive

    def answer(self) -> bool | None:
        """Whether the device confirmed; None when the session left no answer. Takes the answer away."""
        where = _file(self.files, "stopped")
        said = _read(where)
        with suppress(OSError):
            where.unlink()
            _file(self.files, "stop").unlink()
        return bool(said.get("confirmed")) if said else None


class Registration:
    """This process's own session on each of `ports`, registered while entered; one stop is for all."""

    def __init__(self, ports: Sequence[str], profile: str) -> None:
        self.confirmed = False
        """To be set before leaving: whether the device confirmed that nothing moves."""
        self._asked: set[str] = set()
        self._ports = tuple(dict.fromkeys(ports))
        self._about = {"pid": os.getpid(), "started": started_at(os.getpid()), "profile": profile}

    @property
    def stop_asked(self) -> bool:
        """Whether a stop was seen."""
        return bool(self._asked)

    def __enter__(self) -> "Registration":
        for port in self._ports:
            with suppress(OSError):  # a session may run where nothing can be registered
                files = _files_of(port)
                for suffix in ("stop", "stopped"):
                    _file(files, suffix).unlink(missing_ok=True)
                _write(_file(files, "json"), self._about | {"port": port, "ports": self._ports})
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.requested()
        for port in self._ports:
            with suppress(OSError):
                files = _files_of(port)
                if port in self._asked:
                    _write(_file(files, "stopped"), {"confirmed": self.confirmed})
                _file(files, "json").unlink(missing_ok=True)

    def requested(self) -> bool:
        """Whether somebody asked this session to stop."""
        for port in self._ports:
            with suppress(OSError):
                _file(_files_of(port), "stop").unlink()
                self._asked.add(port)
        return self.stop_asked


def find(port: str) -> RunningSession | None:
    """The live session on `port`; files that a dead one left are removed."""
    return _session(_file(_files_of(port), "json"))


def running_sessions() -> list[RunningSession]:
    """Every live session of this user, by the first of its ports that is registered."""
    found: dict[tuple[object, ...], RunningSession] = {}
    for path in sorted(_folder().glob("*.json")):
        session = _session(path)
        if session is not None:
            found.setdefault((session.pid, session.ports), session)
    return list(found.values())


def _session(path: Path) -> RunningSession | None:
    about = _read(path)
    if about is None:
        return None
    try:
        session = RunningSession(
            path.with_suffix(""),
            int(about["pid"]),
            str(about["started"]),
            str(about["port"]),
            str(about["profile"]),
            tuple(map(str, about["ports"])),
        )
    except (KeyError, TypeError, ValueError):
        return None
    if session.alive:
        return session
    for suffix in ("json", "stop", "stopped"):
        with suppress(OSError):
            _file(session.files, suffix).unlink()
    return None


def _folder() -> Path:
    import platformdirs

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # no XDG_RUNTIME_DIR: the substitute serves as well
        folder = platformdirs.user_runtime_path("kneadwave", appauthor=False)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if os.name == "posix" and folder.stat().st_uid != os.geteuid():
        # Somebody else's folder in a shared place: whoever owns it could stop sessions, or hide them.
        raise PermissionError(f"{folder} belongs to another user")
    return folder


def _files_of(port: str) -> Path:
    # Dots are taken as well: what follows the last one is the suffix.
    return _folder() / quote(port, safe="").replace(".", "%2E")


def _file(files: Path, suffix: str) -> Path:
    return files.with_name(f"{files.name}.{suffix}")


def _write(path: Path, content: dict[str, Any]) -> None:
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    beside.write_text(json.dumps(content), encoding="utf-8")
    beside.replace(path)


def _read(path: Path) -> dict[str, Any] | None:
    try:
        with path.open(encoding="utf-8") as file:
            content = json.loads(file.read(_SIZE_MAX))
    except (OSError, ValueError):
        return None
    return content if isinstance(content, dict) else None
