"""Speed, memory and start of the command, each as a whole process."""

import json
import os
import select
import statistics
import subprocess
import tempfile
from pathlib import Path
from time import monotonic

from benchmarks.measure import KNEAD, PYTHON, ratio, row, run
from profiles.profile import dump, load_profile

PAIRS = 5
SCALED = 0.995
"""A little is left off, to stay within the 20 minutes of rule 84: cross-fades keep their length."""
MOST_MIB = 100e6 / (1 << 20)
STOPS = 25


def speed() -> None:
    """A whole simulation against a bare loop over the same number of frames."""
    simulate = [*KNEAD, "simulate", "relaxing-back", "--json"]
    summary = json.loads(run(simulate).output.splitlines()[-2])
    frames = summary["frames"] + summary["reports"]
    loop = [PYTHON, "-m", "benchmarks.bare_loop", str(frames)]
    times = ratio(simulate, loop, PAIRS, lambda cost: cost.wall)
    row(
        f"simulate relaxing-back / bare loop of {frames} frames, wall",
        f"{times:.2f}",
        "at most 2",
        times <= 2,
    )
    times = ratio(simulate, loop, PAIRS, lambda cost: cost.cpu)
    row("the same, processor time", f"{times:.2f}", "at most 2", times <= 2)
    times = ratio(loop, [PYTHON, "-c", "import numpy"], PAIRS, lambda cost: cost.cpu)
    row("the bare loop / import numpy, processor time", f"{times:.1f}", "to be reported", None)
    with tempfile.TemporaryDirectory() as folder:
        short, long = ([*KNEAD, "simulate", str(_scaled(Path(folder), m)), "--json"] for m in (5, 20))
        more = statistics.median(run(long).cpu - run(short).cpu for _ in range(PAIRS))
    speed = 15 * 60 * SCALED / more
    row("speed while it plays, times real time", f"{speed:.0f}", "at least 1000", speed >= 1000)


def memory() -> None:
    """Peak memory must not grow with the length of the session."""
    with tempfile.TemporaryDirectory() as folder:
        picture = ["--plot", str(Path(folder) / "run.png"), "--force"]
        for what, more in (("reference-cushion", []), ("mat-64", []), ("reference-cushion --plot", picture)):
            device = what.split()[0]
            short, long = (
                run(
                    [*KNEAD, "simulate", str(_scaled(Path(folder), m)), "--on", device, "--json", *more]
                ).peak_mib
                for m in (5, 20)
            )
            apart = abs(long / short - 1)
            row(f"peak memory, 20 minutes on {what}", f"{long:.1f} MiB", "under 100 MB", long < MOST_MIB)
            row("  against 5 minutes", f"{apart:.1%} apart", "within 10 %", apart <= 0.10)


def start() -> None:
    """How soon the help appears."""
    times = ratio([*KNEAD, "--help"], [PYTHON, "-c", "import typer, rich"], 15, lambda cost: cost.wall)
    row("knead --help / import typer, rich", f"{times:.2f}", "at most 1.4", times <= 1.4)


def stop() -> None:
    """How soon a stop is on the line, as a part of what it takes to start Python and import pyserial."""
    ratios = []
    run([PYTHON, "-c", "import serial"])
    for _ in range(STOPS):
        first = _first_byte()
        ratios.append(first / run([PYTHON, "-c", "import serial"]).wall)
    middle = statistics.median(ratios)
    row("first byte of knead stop / import serial", f"{middle:.2f}", "at most 1.5", middle <= 1.5)


def _first_byte() -> float:
    """Seconds from the start of `knead stop` until the device behind its port is sent something."""
    far, near = os.openpty()
    began = monotonic()
    with subprocess.Popen(
        [*KNEAD, "stop", "--device", os.ttyname(near)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as process:
        arrived = select.select([far], [], [], 60)[0]
        seconds = monotonic() - began
        process.kill()
    for fd in (far, near):
        os.close(fd)
    if not arrived:
        raise RuntimeError("knead stop sent nothing")
    return seconds


def _scaled(folder: Path, minutes: int) -> Path:
    """relaxing-back, stretched or squeezed to so many minutes."""
    profile = load_profile("relaxing-back")
    total = sum(step.duration_s * step.repeats for step in profile.step)
    factor = minutes * 60 / total * SCALED
    steps = tuple(s.model_copy(update={"duration_s": round(s.duration_s * factor, 1)}) for s in profile.step)
    path = folder / f"minutes-{minutes}.toml"
    path.write_text(dump(profile.model_copy(update={"step": steps, "name": f"minutes-{minutes}"})))
    return path
