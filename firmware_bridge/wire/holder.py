"""Which program holds a serial port, as far as Linux tells this user; other systems tell nothing."""

import os
import stat
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Holder:
    """A process that has a port open: its number, its name, and whose it is."""

    pid: int
    name: str
    user: int

    def __str__(self) -> str:
        return f"process {self.pid} ({self.name})"


def holder_of(port: str, proc: Path = Path("/proc"), *, locked: bool = False) -> Holder | None:
    """The process that locked the file of `port`, else one that has it open; None where nobody can tell.

    With `locked` the first alone, as an open port that is not locked can be opened once more.

    A pseudo-terminal is open at the side of its device, too: there only the lock counts.
    """
    try:
        found = os.stat(port)
    except (OSError, ValueError):
        return None
    pids = _locked_by(proc, found)
    if not locked and not port.startswith("/dev/pts/"):
        pids = [*pids, *_opened_by(proc, found)]
    return next((holder for pid in pids if (holder := _process(proc, pid)) is not None), None)


def locked_ports(pid: int, proc: Path = Path("/proc")) -> list[str]:
    """The ports that a process has open and locked, as a program does that plays on one; none elsewhere."""
    found = {}
    with suppress(OSError):
        for number in os.listdir(proc / str(pid) / "fd"):
            with suppress(OSError):
                opened = proc / str(pid) / "fd" / number
                file = os.stat(opened)
                if stat.S_ISCHR(file.st_mode) and pid in _locked_by(proc, file):
                    found[file.st_rdev] = os.readlink(opened)
    return list(found.values())


def _locked_by(proc: Path, file: os.stat_result) -> list[int]:
    """Who locked the file, by the table of locks: "1: FLOCK  ADVISORY  WRITE 17725 00:1a:4 0 EOF"."""
    place = f"{os.major(file.st_dev):02x}:{os.minor(file.st_dev):02x}:{file.st_ino}"
    try:
        rows = [line.split() for line in (proc / "locks").read_text(encoding="ascii").splitlines()]
    except (OSError, ValueError):
        return []
    return [int(row[4]) for row in rows if len(row) > 5 and row[5] == place and row[4].isdecimal()]


def _opened_by(proc: Path, file: os.stat_result) -> Iterator[int]:
    with suppress(OSError):
        for name in sorted(filter(str.isdecimal, os.listdir(proc)), key=int):
            with suppress(OSError):  # another user's, or gone by now
                for number in os.listdir(proc / name / "fd"):
                    with suppress(OSError):
                        if os.path.samestat(os.stat(proc / name / "fd" / number), file):
                            yield int(name)


def _process(proc: Path, pid: int) -> Holder | None:
    try:
        name = (proc / str(pid) / "comm").read_text(encoding="utf-8", errors="replace").strip()
        return None if pid == os.getpid() else Holder(pid, name, (proc / str(pid)).stat().st_uid)
    except OSError:
        return None
