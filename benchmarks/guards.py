"""Devices that do not stop by themselves, over real lines: what befalls player, guard or line.

Faults are those of tests/helpers/guard_faults.py, which the tests play once each; here each is played often.
"""

import os
import sys
import tempfile
from pathlib import Path
from statistics import median

from benchmarks.measure import row

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests" / "helpers"))

from guard_faults import Fault, cells, strike

ROUNDS = int(os.environ.get("ROUNDS", "20"))
MOST_MS = 300
MEDIAN_MS = {Fault.PLAYER_KILLED: 20}
LATER_MS = {Fault.BOTH_KILLED: 1000}


def faults() -> None:
    """Milliseconds from each fault to everything off, by dialect and line; what moves after that fails."""
    for scheme, network, fault in cells():
        if fault is not Fault.UNPLUGGED:  # nobody can reach it then
            _row(scheme, network, fault)


def _row(scheme: str, network: str, fault: Fault) -> None:
    taken, moved = [], 0
    with tempfile.TemporaryDirectory() as folder:
        env = os.environ | {"XDG_STATE_HOME": folder}
        for _ in range(ROUNDS):
            came = strike(fault, scheme, env, network)
            taken.append(float("inf") if came.off_s is None else came.off_s * 1000)
            moved += came.moved_after
    most = LATER_MS.get(fault, MOST_MS)
    half = MEDIAN_MS.get(fault, most)
    met = max(taken) <= most and median(taken) <= half and not moved
    target = f"{half if half != most else ''}{', ' if half != most else ''}at most {most} ms"
    figure = f"p50 {median(taken):.0f}, most {max(taken):.0f} ms"
    row(f"{scheme} {network}: {fault}, off after ({ROUNDS} runs)", figure, target, met)
