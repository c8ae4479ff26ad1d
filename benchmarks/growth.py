"""What must not grow faster than what it is of: a report, a recording, a renderer of many actuators."""

import statistics
import tempfile
from pathlib import Path
from time import process_time

from benchmarks.measure import KNEAD, ratio, row, run
from profiles.profile import load_profile
from profiles.score import compose
from profiles.technique import Modality
from profiles.waveform import Place, Renderer

PAIRS = 5


def report() -> None:
    """The report of a recording of twenty minutes, as text, with what starting takes."""
    with tempfile.TemporaryDirectory() as folder:
        recording = Path(folder) / "run.jsonl"
        run([*KNEAD, "simulate", "relaxing-back", "--record", str(recording), "--json"])
        seconds = statistics.median(run([*KNEAD, "report", str(recording)]).cpu for _ in range(PAIRS))
    row("knead report of relaxing-back, processor time", f"{seconds:.2f} s", "under 1.5 s", seconds < 1.5)


def recording() -> None:
    """What it takes to record a run, of what the run takes."""
    with tempfile.TemporaryDirectory() as folder:
        plain = [*KNEAD, "simulate", "relaxing-back", "--json"]
        recorded = [*plain, "--record", str(Path(folder) / "run.jsonl"), "--force"]
        share = ratio(recorded, plain, PAIRS, lambda cost: cost.cpu) - 1
    row("recording, of a simulation's processor time", f"{share:.1%}", "at most 6 %", share <= 0.06)


def renderer() -> None:
    """A renderer made for four times as many actuators on the same body."""
    score = compose(load_profile("relaxing-back"))
    times = _made(score, 64) / _made(score, 16)
    row("Renderer() of 64 actuators / of 16", f"{times:.1f}", "at most 4", times <= 4)


def _made(score, count):  # type: ignore[no-untyped-def]
    places = [
        Place(
            f"p{i}",
            Modality.VIBRATION,
            60.0 * (i % 4) - 90.0,
            500.0 * (i // 4) / (count // 4),
            20.0,
            active=True,
        )
        for i in range(count)
    ]
    taken = []
    for _ in range(PAIRS):
        began = process_time()
        Renderer(score, places)
        taken.append(process_time() - began)
    return min(taken)
