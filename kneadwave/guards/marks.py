"""What was left moving: one file for each device that moves, gone when it has been told to be off.

    URL.json    the guard that drives it: process, when it started, URL

Where guard and player were both killed, the next `knead` command finds the file and switches the device off.
"""

import json
import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote, unquote

from kneadwave.store.files import own_folder
from kneadwave.store.processes import started_at


def folder() -> Path:
    """Where the files lie, whether it is there or not: it outlives a login, as a device that moves does."""
    import platformdirs

    return platformdirs.user_state_path("kneadwave", appauthor=False) / "moving"


class MovingMark:
    """This process drives the device of `url`; says so in a file while it moves.

    All that takes time is done beforehand: a guard that is about to move must not fall silent.
    """

    def __init__(self, url: str) -> None:
        self._path = _path_of(url)
        self._content = json.dumps({"pid": os.getpid(), "started": started_at(os.getpid())})
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


def left_moving() -> Iterator[str]:
    """The URLs of devices whose guard is gone and that nobody has switched off since."""
    try:
        names = sorted(os.listdir(folder()))
    except OSError:
        return
    for name in names:
        if name.startswith(".") or not name.endswith(".json"):
            continue
        path = folder() / name
        if not _alive(path):
            yield unquote(name.removesuffix(".json"))


def forget(url: str) -> None:
    """The device of `url` is off. Never raises."""
    with suppress(OSError):
        _path_of(url).unlink(missing_ok=True)


def _alive(path: Path) -> bool:
    try:
        said = json.loads(path.read_text(encoding="utf-8"))
        pid, started = int(said["pid"]), str(said["started"])
    except (OSError, ValueError, KeyError, TypeError):
        return False
    return bool(started) and started_at(pid) == started


def _path_of(url: str) -> Path:
    return folder() / f"{quote(url, safe='')}.json"
