"""Shakers on a real sound server without a card: from a kill or a hang to silence, by what was recorded."""

import os
import signal
import sys
import tempfile
from pathlib import Path
from statistics import median

from benchmarks.measure import row

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests" / "helpers"))

from sound_faults import HUNG_S, KILLED_S, silent_after

ROUNDS = int(os.environ.get("ROUNDS", "5"))
FAULTS = (
    ("player", signal.SIGKILL, KILLED_S),
    ("guard", signal.SIGKILL, KILLED_S),
    ("player", signal.SIGSTOP, HUNG_S),
    ("guard", signal.SIGSTOP, KILLED_S),
)


def silence() -> None:
    """Milliseconds from each fault to silence; those that the recorder was late are in it."""
    for which, number, most_s in FAULTS:
        taken = []
        for _ in range(ROUNDS):
            with tempfile.TemporaryDirectory() as folder:
                os.environ["XDG_STATE_HOME"] = folder
                taken.append(silent_after(Path(folder), which, number)[0] * 1000)
        figure = f"p50 {median(taken):.0f}, most {max(taken):.0f} ms"
        met = max(taken) <= most_s * 1000
        row(
            f"audio: {which} {number.name}, silent after ({ROUNDS} runs)",
            figure,
            f"{most_s * 1000:.0f} ms",
            met,
        )
