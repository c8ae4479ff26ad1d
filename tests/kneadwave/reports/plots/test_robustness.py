"""The picture of how a profile stands real motors."""

import struct
import subprocess
import sys
from pathlib import Path

import pytest

from kneadwave.reports.plots.figure import PlotUnavailable
from kneadwave.reports.plots.robustness import RobustStep, plot_robust

pytest.importorskip("matplotlib")

STEPS = [RobustStep(n, f"step {n} $ {{", 0.1 * n, 0.08 * n, 0.13 * n, 0.9, 0.5) for n in range(1, 6)]


def size(path: Path) -> tuple[int, int]:
    width, height = struct.unpack(">II", path.read_bytes()[16:24])
    return width, height


@pytest.mark.parametrize("count", [1, 5, 60])
def test_any_number_of_steps_is_drawn(tmp_path: Path, count: int) -> None:
    path = tmp_path / "robust.png"
    plot_robust((STEPS * 12)[:count], "long-name on a device", "of 200 devices", path)
    width, height = size(path)
    assert width == 1200
    assert height > 200 + 30 * count
    assert [p.name for p in tmp_path.iterdir()] == ["robust.png"]


def test_the_same_figures_give_the_same_bytes(tmp_path: Path) -> None:
    for name in ("one.png", "two.png"):
        plot_robust(STEPS, "title", "subtitle", tmp_path / name)
    assert (tmp_path / "one.png").read_bytes() == (tmp_path / "two.png").read_bytes()


def test_a_path_that_will_not_do_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PlotUnavailable):
        plot_robust(STEPS, "title", "subtitle", tmp_path / "robust.doc")
    with pytest.raises(PlotUnavailable):
        plot_robust(STEPS, "title", "subtitle", tmp_path / "nowhere" / "robust.png")


def test_matplotlib_is_not_imported_before_something_is_drawn() -> None:
    code = "import sys, kneadwave.reports.plots.robustness; sys.exit('matplotlib' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
