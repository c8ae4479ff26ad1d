"""`knead tune robust --scheduler`: what a second worker of Dask gains here, and what a task costs by itself.

VARIANTS and PAIRS change how many devices are drawn, and how often.
"""

import os
import statistics
from collections.abc import Iterable
from time import monotonic
from typing import Any

import psutil

from benchmarks.measure import load_of_now, row
from firmware_bridge.devices.load import load_device
from kneadwave.sessions.prepare import load, place
from kneadwave.tuning.robustness.cluster import LOCAL, cluster
from kneadwave.tuning.robustness.robustness import robustness
from kneadwave.tuning.robustness.workers import Over

VARIANTS = int(os.environ.get("VARIANTS", "100"))
PAIRS = int(os.environ.get("PAIRS", "3"))
ROUTINE, DEVICE = "relaxing-back", "reference-cushion"
TASKS = 500


def scaling() -> None:
    """The same work on one worker and on two, in turn, and tasks that do nothing."""
    device = load_device(DEVICE)
    score = place(load(ROUTINE, 1.70), device).score
    told: list[Any] = []

    def seconds(over: Over, variants: int = VARIANTS) -> float:
        began = monotonic()
        told.append(robustness(score, device, variants=variants, seed=0, over=over).as_dict())
        return monotonic() - began

    with cluster(LOCAL, 1) as one, cluster(LOCAL, 2) as two:
        for over in (one, two):
            seconds(over, 20)  # workers import what they need
        told.clear()
        before = _busy()
        took = [(seconds(one), seconds(two)) for _ in range(PAIRS)]
        here, away = (now - was for now, was in zip(_busy(), before, strict=True))
        empty = statistics.median(_nothing(one) for _ in range(PAIRS))
    same = all(each == told[0] for each in told)
    row("cluster: load of this computer, of 1, 5, 15 min", load_of_now(), "to be reported", None)
    gained = statistics.median(single / double for single, double in took) / 2
    of_one, of_two = (statistics.median(of) for of in zip(*took, strict=True))
    row(
        f"cluster: efficiency of two workers ({of_one:.1f} s, {of_two:.1f} s)",
        f"{gained:.2f}",
        "at least 0.85",
        gained >= 0.85,
    )
    row(
        f"  of processor time ({(here + away) / PAIRS / 2:.1f} s a run) what workers take",
        f"{away / (here + away):.0%}",
        "to be reported",
        None,
    )
    free = (here + away) / (2 * here + away)
    row("  reckoned from it: efficiency where no core is taken", f"{free:.2f}", "at least 0.85", free >= 0.85)
    row("  figures of all runs the same, to the last digit", str(same).lower(), "true", same)
    row("  a task that does nothing", f"{empty * 1000:.1f} ms", "to be reported", None)


def _busy() -> tuple[float, float]:
    """Seconds of the processor of this process, which hands out the work, and of the workers."""
    me = psutil.Process()
    times = [each.cpu_times() for each in (me, *me.children(recursive=True))]
    own, *theirs = (each.user + each.system for each in times)
    return own, sum(theirs)


def _nothing(over: Any) -> float:
    """Seconds of one of many tasks without work."""
    tasks: Iterable[int] = range(TASKS)
    began = monotonic()
    assert list(over(abs, tasks)) == list(tasks)
    return (monotonic() - began) / TASKS
