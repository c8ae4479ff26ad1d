"""A guard before other programs at the processor, as far as the system grants it.

A guard works a millisecond at a time, and is taken for dead after a quarter of a second. Beside busy
programs an ordinary one was seen to wait longer than that until it was let run.
"""

import os
import sys
from collections.abc import Iterable
from contextlib import suppress
from typing import Final

NICE: Final = -10
REAL_TIME: Final = 1
"""The lowest priority of those that come before every ordinary program."""
RUNS_S: Final = 0.2
"""The system kills a guard that runs for so long without a wait: it hangs, and on one processor its player
would not be let run to switch off. Project's choice: off within 300 ms is promised, and a guard that catches
up with ten minutes takes a tenth of it."""
THREADS: Final = "/proc/self/task"
AUTOGROUP: Final = "/proc/self/autogroup"
"""Linux shares the processor among sessions first: what is alone in its session gains nothing by its own
niceness, but by that of its session."""


def take_priority() -> None:
    """Put all threads of this process first, those that it starts later left out. Never raises.

    Where that is granted, a thread that runs for RUNS_S without a wait ends the process.
    """
    if sys.platform != "linux":
        return
    threads: list[int] = []
    with suppress(OSError):
        threads += map(int, os.listdir(THREADS))
    for thread in threads:
        with suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, thread, NICE)
    with suppress(OSError), open(AUTOGROUP, "w", encoding="ascii") as file:
        file.write(str(NICE))
    with suppress(OSError, ValueError):
        _limit_runs()
        run_in_real_time(threads)


def run_in_real_time(threads: Iterable[int]) -> None:
    """Put these threads before every ordinary program; what they start is one. OSError if refused."""
    if sys.platform == "linux":
        for thread in threads:
            os.sched_setscheduler(thread, os.SCHED_RR | os.SCHED_RESET_ON_FORK, os.sched_param(REAL_TIME))


def _limit_runs() -> None:
    import resource

    if sys.platform == "linux":
        most = round(RUNS_S * 1e6)
        resource.setrlimit(resource.RLIMIT_RTTIME, (most, most))
