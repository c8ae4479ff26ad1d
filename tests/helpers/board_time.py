"""What stands for a board shares no processor with what this machine has to do besides."""

import os
import sys
from contextlib import suppress
from math import inf
from pathlib import Path

from kneadwave.guards.priority import run_in_real_time

URGENT = -15
"""Where real time is not granted."""
HELD_UP_S = 0.1
"""Whoever waited for less than that cannot have been held up so that anybody notices."""


def held_up_at_most(process: int) -> float:
    """How often a process may have been held up by its waits for a processor, from its begin until now."""
    try:
        waited_ns = int(Path(f"/proc/{process}/schedstat").read_text("ascii").split()[1])
    except OSError:  # a system that does not tell
        return inf
    return waited_ns / 1e9 / HELD_UP_S


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
