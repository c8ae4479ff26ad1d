"""Virtual devices that run here, as other processes see them: a file for each, beside those of sessions.

    port-PORT.virtual     a virtual device: its process, when that started, how --device names it, what it is

A file whose process is gone counts as nothing, and is removed.
"""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from kneadwave.sessions import at_once
from kneadwave.sessions.registry import own_folder
from kneadwave.store.processes import started_at, still_runs

_SUFFIX = ".virtual"
_SIZE_MAX = 1 << 16


@dataclass(frozen=True)
class ServedDevice:
    """A virtual device of process `pid`: what `--device` takes for it, and the description that it is of."""

    url: str
    device: str
    pid: int
    started: str

    @property
    def alive(self) -> bool:
        """Whether that very process still exists."""
        return still_runs(self.pid, self.started)


@contextmanager
def announced(url: str, device: str) -> Iterator[None]:
    """Tell other processes of this virtual device while the block runs; where that fails it runs untold."""
    about = {"url": url, "device": device, "pid": os.getpid(), "started": started_at(os.getpid())}
    path: Path | None = None
    with suppress(OSError):
        path = own_folder() / f"{at_once.file_name(url)}{_SUFFIX}"
        path.unlink(missing_ok=True)
        path.write_text(json.dumps(about), encoding="utf-8")
    try:
        yield
    finally:
        if path is not None:
            with suppress(OSError):
                path.unlink(missing_ok=True)


def served_devices() -> list[ServedDevice]:
    """The virtual devices that run as this user; never raises."""
    folder = Path(at_once.folder())
    if not at_once.belongs(str(folder), os.geteuid() if hasattr(os, "geteuid") else 0):
        return []
    found = []
    for path in map(Path, at_once.listed(str(folder), ends=_SUFFIX)):
        device = _read(path)
        if device is not None and device.alive:
            found.append(device)
        else:
            with suppress(OSError):
                path.unlink()
    return found


def _read(path: Path) -> ServedDevice | None:
    try:
        with path.open("rb") as file:
            about = json.loads(file.read(_SIZE_MAX))
        return ServedDevice(str(about["url"]), str(about["device"]), int(about["pid"]), str(about["started"]))
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return None
