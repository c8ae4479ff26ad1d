"""Tuning: an edit with its curve against its imports, robust on two processes, the page of a report."""

import os
import re
import statistics
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

from benchmarks.measure import KNEAD, PYTHON, Cost, ratio, row, run

PAIRS = 5
EDIT_PAIRS = 15
VARIANTS = 200
PAGE_MAX = 1_000_000  # bytes
EDIT = [*KNEAD, "tune", "set", "relaxing-back", "8", "40%=0.9"]
ROBUST = [*KNEAD, "tune", "robust", "relaxing-back", "--variants", str(VARIANTS), "--json"]
SIMULATE = [*KNEAD, "simulate", "relaxing-back", "--json"]
# What a page asks a network for: addresses in what it links, loads or calls.
REQUESTS = re.compile(
    r"""(?:src|href|action)\s*=\s*["']?(?!#|data:)\w|url\(\s*["']?(?!#|data:)|fetch\(|import\("""
)
# Some of what a library looks for is only there on another system.
IMPORT = """
import sys
for name in sys.argv[1:]:
    try:
        __import__(name)
    except ImportError:
        pass
"""


def edit() -> None:
    """One edit and the curve that it shows, against starting Python with the same imports."""
    imports = [PYTHON, "-c", IMPORT, *_modules()]
    times = statistics.median(_edited().wall / run(imports).wall for _ in range(EDIT_PAIRS + 1))
    row("tune set relaxing-back 8 40%=0.9 / the same imports", f"{times:.2f}", "at most 1.3", times <= 1.3)


def robust() -> None:
    """Two processes against one, and all variants against as many whole simulations."""
    alone, shared = [*ROBUST, "--jobs", "1"], [*ROBUST, "--jobs", "2"]
    gain = ratio(alone, shared, PAIRS, lambda cost: cost.wall)
    row(
        f"tune robust, {VARIANTS} variants: 2 processes against 1",
        f"{gain:.2f} x",
        "at least 1.7",
        gain >= 1.7,
    )
    each = ratio(alone, SIMULATE, PAIRS, lambda cost: cost.wall)
    row("  the same on 1 process / one simulate relaxing-back", f"{each:.2f}", "", None)
    row(f"  against {VARIANTS} of them (one, times {VARIANTS})", f"{each / VARIANTS:.4f}", "", None)


def page() -> None:
    """The page of a fifteen-minute run: how large it is, and what it asks the network for."""
    with tempfile.TemporaryDirectory() as folder:
        recording, html = Path(folder) / "run.jsonl", Path(folder) / "run.html"
        run([*SIMULATE, "--record", str(recording)])
        run([*KNEAD, "report", str(recording), "--html", str(html)])
        size, text = html.stat().st_size, html.read_text(encoding="utf-8")
    asks = len(REQUESTS.findall(text))
    row("report page of 15 minutes", f"{size / 1000:.0f} kB", "at most 1 MB", size <= PAGE_MAX)
    row("  addresses in it that a browser would load", str(asks), "0", asks == 0)


def _edited() -> Cost:
    """One edit, the first one ever in its state folder."""
    with tempfile.TemporaryDirectory() as folder:
        return run(EDIT, env={**os.environ, "XDG_STATE_HOME": folder})


def _modules() -> Sequence[str]:
    """The modules that an edit imports, in the order in which their imports end."""
    with tempfile.TemporaryDirectory() as folder:
        ended = subprocess.run(
            [PYTHON, "-X", "importtime", *EDIT[1:]],
            env={**os.environ, "XDG_STATE_HOME": folder},
            capture_output=True,
            text=True,
            check=True,
        )
    lines = (line.split("|") for line in ended.stderr.splitlines() if line.startswith("import time:"))
    names = [parts[2].strip() for parts in lines if len(parts) == 3]
    return [name for name in names if name and name != "imported package"]
