"""What was left moving: one file for each device that moves, gone when it has been told to be off.

    URL.json    the guard that drives it: process, when it started; and the names that stay with its port

Where guard and player were both killed, the next `knead` command finds the file and switches the device off,
under whichever name its port has come back.
"""

import json
import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

from kneadwave.config import user_folder
from kneadwave.errors import NoHome
from kneadwave.guards.names import ROOT, names_in, path_in, same_device, stable_names
from kneadwave.store.files import own_folder
from kneadwave.store.processes import started_at


def folder() -> Path:
    """Where the files lie, whether it is there or not: it outlives a login, as a device that moves does."""
    return user_folder("state") / "moving"


@dataclass(frozen=True)
class Left:
    """A device that was left moving: its URL, and the stable names that its port had."""

    url: str
    names: tuple[str, ...] = ()

    def called(self, url: str) -> bool:
        """Whether `url` is one of its names."""
        return url == self.url or path_in(url) in self.names

    def found(self, root: Path = ROOT) -> str | None:
        """The URL under which it can be reached now, None where another device is in its place.

        The names of its port are tried, the best first; where all are gone, its URL stays.
        """
        path = path_in(self.url)
        if path is None:
            return self.url
        scheme = self.url.partition(":")[0]
        leads_to = dict(stable_names(root))
        known = [leads_to[name] for name in self.names if name in leads_to]
        for node in [*known, *([path] if os.path.exists(path) else [])]:
            there = names_in(f"{scheme}:{node}", root)
            if not there or not self.names or same_device(self.names, there):
                return f"{scheme}:{node}"
        return None if os.path.exists(path) else self.url


class MovingMark:
    """This process drives the device of `url`; says so in a file while it moves.

    All that takes time is done beforehand: a guard that is about to move must not fall silent.
    """

    def __init__(self, url: str, root: Path = ROOT) -> None:
        self._path = _path_of(url)
        me = {"pid": os.getpid(), "started": started_at(os.getpid())}
        self._content = json.dumps(me | {"names": names_in(url, root)})
        self._set = False

    def set(self) -> None:
        """It is about to move. OSError where that cannot be kept: then it must not."""
        if self._set:
            return
        own_folder(self._path.parent)
        beside = self._path.with_name(f".{self._path.name}.{os.getpid()}")
        beside.write_text(self._content, encoding="utf-8")
        beside.replace(self._path)
        self._set = True

    def clear(self) -> None:
        """It was told to be off. Never raises."""
        self._set = False
        with suppress(OSError):
            self._path.unlink(missing_ok=True)


def left_moving() -> Iterator[Left]:
    """The devices whose guard is gone and that nobody has switched off since."""
    try:
        names = sorted(os.listdir(folder()))
    except (OSError, NoHome):  # without a home nothing was kept, and nothing of ours moves
        return
    for name in names:
        if name.startswith(".") or not name.endswith(".json"):
            continue
        said = _said(folder() / name)
        if not _alive(said):
            yield Left(unquote(name.removesuffix(".json")), _names(said))


def forget(url: str, root: Path = ROOT) -> None:
    """The device of `url` is off, and so is what was left moving of it under another name. Never raises."""
    names = names_in(url, root)
    also = [left.url for left in left_moving() if same_device(left.names, names)]
    for each in (url, *also):
        with suppress(OSError, NoHome):
            _path_of(each).unlink(missing_ok=True)


def _said(path: Path) -> dict[str, Any]:
    """What a file says; nothing where it cannot be read."""
    try:
        said = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}
    return said if isinstance(said, dict) else {}


def _alive(said: dict[str, Any]) -> bool:
    try:
        pid, started = int(said["pid"]), str(said["started"])
    except (ValueError, KeyError, TypeError):
        return False
    return bool(started) and started_at(pid) == started


def _names(said: dict[str, Any]) -> tuple[str, ...]:
    names = said.get("names")
    return tuple(name for name in names if isinstance(name, str)) if isinstance(names, list) else ()


def _path_of(url: str) -> Path:
    return folder() / f"{quote(url, safe='')}.json"
