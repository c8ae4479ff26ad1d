"""The picture of a curve."""

import struct
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from kneadwave.reports.plots.curve import CurvePicture, plot_curve
from kneadwave.reports.plots.figure import PlotUnavailable

pytest.importorskip("matplotlib")

T = np.linspace(0.0, 150.0, 61)
PLAIN = CurvePicture(
    title="evening: 8 kneading $ upwards \\frac{",
    subtitle="2:30 min",
    t=T,
    drawn=0.25 + 0.2 * np.sin(T / 50.0),
    bound=np.where(T < 80.0, 0.5, 0.75),
    points=[(0.0, 0.25), (150.0, 0.28)],
)
FULL = replace(
    PLAIN,
    before=PLAIN.drawn + 0.1,
    played=np.minimum(PLAIN.drawn, 0.3),
    device="cushion",
    names=("saved", "new"),
)
BARE = replace(PLAIN, bound=np.full(61, np.nan), drawn=np.zeros(61), points=[(0.0, 0.0), (1.0, 0.0)])


@pytest.mark.parametrize("picture", [PLAIN, FULL, BARE])
def test_any_curve_is_drawn(figure_of: Callable[..., Any], picture: CurvePicture) -> None:
    figure = figure_of(plot_curve, picture, "curve.png")
    assert (figure.get_size_inches() * figure.dpi).tolist() == [1000, 560]
    lines = [line.get_ydata() for line in figure.axes[0].lines]
    for wanted in (picture.drawn, picture.before, picture.played):
        assert wanted is None or any(np.array_equal(line, wanted) for line in lines)


def test_the_lines_are_named_in_the_picture(tmp_path: Path) -> None:
    path = tmp_path / "curve.svg"
    plot_curve(FULL, path)
    text = path.read_text(encoding="utf-8")
    for words in ("ceiling", "saved", "new", "played on cushion", "felt level", "2:30 min"):
        assert f"<!-- {words} -->" in text
    plot_curve(PLAIN, path)
    text = path.read_text(encoding="utf-8")
    assert "<!-- drawn -->" in text
    assert "<!-- saved -->" not in text


def test_the_same_curve_gives_the_same_bytes(tmp_path: Path) -> None:
    paths = [tmp_path / "one.png", tmp_path / "two.png"]
    for path in paths:
        plot_curve(FULL, path)
        assert struct.unpack(">II", path.read_bytes()[16:24]) == (1000, 560)
    assert sorted(tmp_path.glob("*.*")) == paths
    assert paths[0].read_bytes() == paths[1].read_bytes()
    plot_curve(PLAIN, paths[1])
    assert paths[0].read_bytes() != paths[1].read_bytes()


@pytest.mark.parametrize("name", ["curve.gif", "curve", "nowhere/curve.png"])
def test_a_path_that_will_not_do_is_told(tmp_path: Path, name: str) -> None:
    with pytest.raises(PlotUnavailable):
        plot_curve(PLAIN, tmp_path / name)
    assert list(tmp_path.glob("*.*")) == []
