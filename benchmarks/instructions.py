"""The frozen yardstick: instructions of a whole simulation against those of `import numpy`, by valgrind.

They are free of noise, and a codec of ours that gets faster does not make the rest look worse.
"""

import os
import re
import shutil
import subprocess
from collections.abc import Sequence

from benchmarks.measure import KNEAD, PYTHON, compiled_once, row, run
from kneadwave.sessions.at_once import ZEROS

COUNTER = ["valgrind", "--tool=cachegrind", "--cache-sim=no", "--cachegrind-out-file=/dev/null"]
GOALS = (("c", 16), ("python", 28))
"""What plays the cushion, and the most that the simulation may cost, in imports of numpy."""
EMPTY = 4
"""How a command ends that has nothing to show yet."""
FIXED = 1.3e9
"""Instructions before the first frame, at most."""
STARTS = (
    ("simulate relaxing-back, to its first frame", ["-m", "benchmarks.first_frame"], FIXED),
    ("profile list", ["-m", "kneadwave", "profile", "list"], None),
    ("tune show", ["-m", "kneadwave", "tune", "show", "relaxing-back"], None),
    ("--help", ["-m", "kneadwave", "--help"], None),
)
STOP_AT_ONCE = """
import os, sys
import kneadwave.__main__
from kneadwave.cli.early_stop import stop_early
stop_early(["stop", "--device", sys.argv[1]])
os._exit(0)
"""
"""`knead stop` to the bytes that it sends to a port, and no further."""
SIMULATE = [*KNEAD, "simulate", "relaxing-back", "--json"]


def count(command: Sequence[str]) -> int:
    """Instructions of `command`, its libraries and the interpreter; RuntimeError where it fails."""
    done = subprocess.run(
        [*COUNTER, *command],
        env=compiled_once(os.environ) | {"PYTHONHASHSEED": "0"},
        capture_output=True,
        text=True,
        check=False,
    )
    counted = re.search(r"I\s+refs:\s+([\d,]+)", done.stderr)
    if done.returncode not in (0, EMPTY) or counted is None:
        raise RuntimeError(f"{' '.join(command)} ended with {done.returncode} under valgrind")
    return int(counted[1].replace(",", ""))


def simulation() -> None:
    """A whole simulation, by the kernel and by the guard, and what starting costs."""
    if shutil.which("valgrind") is None:
        row("instructions of simulate relaxing-back", "no valgrind here", "", None)
        return
    _stop()
    numpy = [PYTHON, "-c", "import numpy"]
    run(numpy)  # so that nothing is compiled while it is counted
    yardstick = count(numpy)
    for kernel, goal in GOALS:
        command = [*SIMULATE, "--kernel", kernel]
        run(command)
        taken = count(command)
        row(
            f"simulate relaxing-back --kernel {kernel} / import numpy, instructions",
            f"{taken / yardstick:.1f} ({taken / 1e9:.1f} G)",
            f"at most {goal}",
            taken <= goal * yardstick,
        )
    for what, arguments, most in STARTS:
        command = [PYTHON, *arguments]
        run(command, ok=(0, EMPTY))
        taken = count(command)
        row(
            f"knead {what} / import numpy, instructions",
            f"{taken / yardstick:.1f} ({taken / 1e9:.2f} G)",
            "to be reported" if most is None else f"at most {most / 1e9:.1f} G",
            None if most is None else taken <= most,
        )


def _stop() -> None:
    """A stop to its first byte, against what it takes to start Python and import pyserial."""
    serial = [PYTHON, "-c", "import serial"]
    far, near = os.openpty()
    try:
        command = [PYTHON, "-c", STOP_AT_ONCE, os.ttyname(near)]
        run(serial)
        run(command)
        times = count(command) / count(serial)
        arrived = os.read(far, len(ZEROS))
    finally:
        for fd in (far, near):
            os.close(fd)
    if arrived != ZEROS:
        raise RuntimeError("knead stop sent nothing")
    row(
        "knead stop, to its first byte / import serial, instructions",
        f"{times:.2f}",
        "at most 1.5",
        times <= 1.5,
    )
