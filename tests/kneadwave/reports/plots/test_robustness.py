"""The picture of how a profile stands real motors."""

import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from kneadwave.reports.plots.figure import PlotUnavailable
from kneadwave.reports.plots.robustness import RobustStep, plot_robust

pytest.importorskip("matplotlib")

STEPS = [RobustStep(n, f"step {n} $ {{", 0.1 * n, 0.08 * n, 0.13 * n, 0.9, 0.5) for n in range(1, 6)]


def size(path: Path) -> tuple[int, int]:
    width, height = struct.unpack(">II", path.read_bytes()[16:24])
    return width, height


@pytest.mark.parametrize("count", [1, 5, 60])
def test_any_number_of_steps_is_drawn(figure_of: Callable[..., Any], count: int) -> None:
    steps = (STEPS * 12)[:count]
    figure = figure_of(plot_robust, steps, "long-name on a device", "of 200 devices", "robust.png")
    width, height = figure.get_size_inches() * figure.dpi
    assert width == 1200
    assert height > 200 + 30 * count
    assert [text.get_text() for text in figure.texts][:2] == ["long-name on a device", "of 200 devices"]
    felt, shares = figure.axes
    assert [text.get_text() for text in felt.get_yticklabels()] == [f"{s.name}  {s.number}" for s in steps]
    ends = [(bar.get_x(), bar.get_x() + bar.get_width()) for bar in felt.patches]
    assert np.allclose(ends, [(s.low, s.high) for s in steps])
    widths = [bar.get_width() for bar in shares.patches]
    assert widths == [100 * s.levels for s in steps] + [100 * s.share for s in steps]


def test_the_same_figures_give_the_same_bytes(tmp_path: Path) -> None:
    for name in ("one.png", "two.png"):
        plot_robust(STEPS, "title", "subtitle", tmp_path / name)
        assert size(tmp_path / name)[0] == 1200
    assert sorted(path.name for path in tmp_path.glob("*.*")) == ["one.png", "two.png"]
    assert (tmp_path / "one.png").read_bytes() == (tmp_path / "two.png").read_bytes()


def test_a_path_that_will_not_do_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PlotUnavailable):
        plot_robust(STEPS, "title", "subtitle", tmp_path / "robust.doc")
    with pytest.raises(PlotUnavailable):
        plot_robust(STEPS, "title", "subtitle", tmp_path / "nowhere" / "robust.png")
