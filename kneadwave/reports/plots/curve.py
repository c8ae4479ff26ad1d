"""A picture of an intensity curve: as it is drawn, as it was before, what a device makes of it, its ceiling.

matplotlib is imported inside the functions, and used through Figure objects alone.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from kneadwave.reports.plots.figure import new_figure, save
from kneadwave.reports.plots.waves import FAINT, GRID, INK
from kneadwave.text import clock_text

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

SIZE_IN = (10.0, 5.6)  # 1000 x 560 pixels
TICKS_S = (1, 2, 5, 10, 15, 30, 60, 120, 300)

# Okabe-Ito, told apart by every eye; dashes and dots tell them apart in grey as well.
AFTER, PLAYED, CEILING = "#0072b2", "#d55e00", "#a0336c"

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class CurvePicture:
    """What is drawn: times in seconds, felt levels 0 to 1; not a number where there is nothing.

    `points` are pairs of time and felt level; `before` and `played` are None where they are the same, as is
    `bound_person`, what `bound` is for `person`.
    """

    title: str
    subtitle: str
    t: Floats
    drawn: Floats
    bound: Floats
    points: Sequence[tuple[float, float]]
    before: Floats | None = None
    played: Floats | None = None
    device: str = ""
    names: tuple[str, str] = ("before", "after")
    person: str = ""
    bound_person: Floats | None = None


def plot_curve(picture: CurvePicture, path: str | os.PathLike[str]) -> None:
    """Draw a curve to `path` (.png, .svg or .pdf; 1000 x 560 pixels), written beside and then renamed.

    PlotUnavailable without matplotlib, or if the path will not do.
    """
    figure = new_figure(path, SIZE_IN)
    _compose(figure, picture)
    save(figure, path)


def _compose(figure: Figure, picture: CurvePicture) -> None:
    figure.text(0.03, 0.945, picture.title, size=15, weight="bold", color=INK, va="center", parse_math=False)
    figure.text(0.03, 0.89, picture.subtitle, size=10, color=FAINT, va="center", parse_math=False)
    axes = figure.add_axes((0.07, 0.115, 0.9, 0.69))
    _draw_lines(axes, picture)
    _dress(axes, picture)


def _draw_lines(axes: Axes, picture: CurvePicture) -> None:
    t = picture.t
    if np.isfinite(picture.bound).any():
        axes.plot(
            t, picture.bound, color=CEILING, lw=1.2, ls=(0, (2, 2)), label="ceiling", drawstyle="steps-mid"
        )
    if picture.bound_person is not None and np.isfinite(picture.bound_person).any():
        axes.plot(
            t,
            picture.bound_person,
            color=CEILING,
            lw=1.8,
            ls=(0, (1, 1)),
            label=f"ceiling for {picture.person}",
            drawstyle="steps-mid",
        )
    if picture.before is not None:
        axes.plot(t, picture.before, color=FAINT, lw=1.4, ls=(0, (6, 3)), label=picture.names[0])
    name = picture.names[1] if picture.before is not None else "drawn"
    axes.plot(t, picture.drawn, color=AFTER, lw=2.6, label=name, solid_capstyle="round")
    if picture.played is not None:
        axes.plot(t, picture.played, color=PLAYED, lw=1.6, ls="-.", label=f"played on {picture.device}")
    times, levels = zip(*picture.points, strict=True)
    axes.plot(times, levels, "o", color=AFTER, mec="white", mew=1.2, ms=8, label="_points", clip_on=False)


def _dress(axes: Axes, picture: CurvePicture) -> None:
    from matplotlib.ticker import MultipleLocator, PercentFormatter

    end = float(picture.t[-1])
    levels = [picture.drawn, picture.bound, *([] if picture.before is None else [picture.before])]
    highest = max(float(np.nanmax(each, initial=0.0)) for each in levels)
    axes.set_xlim(0.0, end)
    axes.set_ylim(0.0, min(max(np.ceil(highest * 10.0 + 0.5) / 10.0, 0.2), 1.05))
    axes.xaxis.set_major_locator(MultipleLocator(next((s for s in TICKS_S if end / s <= 16), 600)))
    axes.xaxis.set_major_formatter(lambda s, _: clock_text(s))
    axes.yaxis.set_major_formatter(PercentFormatter(1.0, decimals=0, symbol=" %"))
    axes.set_xlabel("time, min:s", size=9.5, color=INK)
    axes.set_ylabel("felt level", size=9.5, color=INK)
    axes.tick_params(labelsize=9, color=FAINT, labelcolor=INK)
    axes.grid(color=GRID, lw=0.6)
    axes.set_axisbelow(True)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    for side in ("left", "bottom"):
        axes.spines[side].set_color(FAINT)
    axes.legend(
        loc="lower left", bbox_to_anchor=(0.0, 1.005), ncols=4, fontsize=9, frameon=False, borderaxespad=0.2
    )
