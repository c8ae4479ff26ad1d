"""A picture in the documents is what its command draws today."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
from matplotlib.image import imread

ROOT = Path(__file__).parents[1]


def test_the_evening_of_the_readme_is_the_one_that_is_drawn(tmp_path: Path) -> None:
    drawn = tmp_path / "history.png"
    told = subprocess.run(
        [sys.executable, "docs/draw_history.py", drawn],
        cwd=ROOT,
        env={**os.environ, "TZ": "UTC", "COLUMNS": "80"},
        capture_output=True,
        text=True,
        check=True,
        timeout=600,
    ).stdout
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    rows = [line for line in told.splitlines() if line.startswith("2026-11-22")]
    assert len(rows) == 2
    assert all(row in readme for row in rows)
    assert _alike(drawn, "history.png"), "python docs/draw_history.py"


def test_the_run_of_the_readme_is_the_one_that_is_drawn(tmp_path: Path) -> None:
    drawn = tmp_path / "relaxing-back.png"
    command = ["simulate", "relaxing-back", "--plot"]
    subprocess.run(
        [sys.executable, "-m", "kneadwave", *command, drawn],
        cwd=ROOT,
        check=True,
        capture_output=True,
        timeout=600,
    )
    assert _alike(drawn, drawn.name), f"knead {' '.join(command)} docs/{drawn.name}"


def _alike(drawn: Path, name: str) -> bool:
    """Whether it is the picture of the documents; letters differ by a shade from font to font."""
    now, kept = imread(drawn), imread(ROOT / "docs" / name)
    return now.shape == kept.shape and bool(np.abs(now - kept).mean() < 0.0003)
