"""Processes: whether one that a file speaks of still is that process, and which run this program."""

import os
from collections.abc import Iterator
from contextlib import suppress
from itertools import pairwise
from pathlib import PurePath
from typing import Final

GUARD: Final = "kneadwave.guards.process"
"""The module that a guard runs."""


def started_at(pid: int) -> str:
    """When a process started, in words that no other process of that number shares; "" when there is none.

    A process that has ended and was not waited for is none. Setting the clock changes nothing.
    """
    import psutil

    try:
        process = psutil.Process(pid)
        if process.status() in (psutil.STATUS_ZOMBIE, psutil.STATUS_DEAD):
            return ""
        since = process.create_time()
        if psutil.LINUX:  # counted from the boot there, and told by a clock that may be set
            since -= psutil.boot_time()
    except (psutil.NoSuchProcess, ValueError, OverflowError):  # the others: no number of a process
        return ""
    except (psutil.Error, OSError):  # it is there, and its start is not told to everybody
        return f"pid {pid}"
    return f"{since:.2f}"


def still_runs(pid: int, started: str) -> bool:
    """Whether the process that told `started_at` as its start still exists, and no other of its number."""
    return started != "" and started_at(pid) == started


def suspended(pid: int) -> bool:
    """Whether a process was put to sleep (Ctrl-Z, SIGSTOP), so that it does nothing until it is woken."""
    import psutil

    try:
        return bool(psutil.Process(pid).status() == psutil.STATUS_STOPPED)
    except (psutil.Error, ValueError, OverflowError):
        return False


def of_this_program(same: str) -> Iterator[int]:
    """The other processes that run this command, and whose variable `same` has the value that it has here.

    Those whose environment this user may not read are left out.
    """
    import psutil

    for process in psutil.process_iter():
        try:
            words = process.cmdline()
            if process.pid == os.getpid() or not _runs_it(words):
                continue
            if process.environ().get(same) == os.environ.get(same):
                yield process.pid
        except (psutil.Error, OSError):
            continue


def guards_of_this_program(same: str) -> Iterator[tuple[int, str]]:
    """The hosts of guards (`host_of`), and the URL of what each guards; chosen as `of_this_program` does."""
    import psutil

    for process in psutil.process_iter():
        with suppress(psutil.Error, OSError):
            url = _guarded(process.cmdline())
            if url and process.environ().get(same) == os.environ.get(same):
                yield host_of(process.pid), url


def host_of(pid: int) -> int:
    """The process of this program that a guard plays for; `pid` itself where it is no guard, or has none.

    What takes over an orphan is not its host, and nobody is to end that.
    """
    import psutil

    with suppress(psutil.Error, OSError):
        process = psutil.Process(pid)
        parent = process.parent() if _guarded(process.cmdline()) else None
        if parent is not None and _runs_it(parent.cmdline()):
            return int(parent.pid)
    return pid


def _guarded(words: list[str]) -> str:
    """The URL that a command line guards, "... -m kneadwave.guards.process URL ..."; "" for another one."""
    at = words.index(GUARD) + 1 if GUARD in words[:-1] else 0
    return words[at] if at else ""


def _runs_it(words: list[str]) -> bool:
    """Whether a command line is that of `knead`, or of `python -m kneadwave`."""
    by_name = any(PurePath(word).stem == "knead" for word in words[:2])
    return by_name or ("-m", "kneadwave") in pairwise(words)
