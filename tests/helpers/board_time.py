"""What stands for a board shares no processor with what this machine has to do besides."""

import os
import sys
from collections.abc import Iterator
from contextlib import suppress
from itertools import pairwise
from math import inf
from pathlib import Path

from kneadwave.guards.priority import run_in_real_time

URGENT = -15
"""Where real time is not granted."""
TURN_MS = 4.0
"""How often a board looks at its line."""
HELD_UP_S = 0.1
"""Whoever waited for less than that cannot have been held up so that anybody notices."""


def held_up_at_most(process: int) -> float:
    """How often a process may have been held up by its waits for a processor, from its begin until now."""
    try:
        waited_ns = int(Path(f"/proc/{process}/schedstat").read_text("ascii").split()[1])
    except OSError:  # a system that does not tell
        return inf
    return waited_ns / 1e9 / HELD_UP_S


def little_by_little(ticks: int, data: bytes) -> Iterator[tuple[int, bytes]]:
    """The milliseconds that a board has to catch up with, and the bytes that came meanwhile, side by side.

    A board that the machine kept from running heard them one after the other all the same: at once they would
    be far ahead of its clock, or long after it.
    """
    turns = max(1, round(ticks / TURN_MS))
    at = [(ticks * turn // turns, len(data) * turn // turns) for turn in range(turns + 1)]
    for (since, first), (until, last) in pairwise(at):
        yield until - since, data[first:last]


def waits_for_nobody(process: int = 0) -> None:
    """Put a process, or the calling thread, before every other program, where that is granted."""
    if sys.platform != "linux":
        return
    threads = [0]
    with suppress(OSError):
        threads = [int(each) for each in os.listdir(f"/proc/{process}/task")] if process else [0]
    for thread in threads:
        with suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, thread, URGENT)
        with suppress(OSError):
            run_in_real_time([thread])
