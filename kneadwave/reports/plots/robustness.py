"""A picture of how a profile stands real motors: what is felt in each step, and how often as it was meant.

matplotlib is imported inside the functions, and used through Figure objects alone.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kneadwave.reports.plots.figure import new_figure, save
from kneadwave.reports.plots.waves import FAINT, GRID, INK

if TYPE_CHECKING:
    from matplotlib.axes import Axes

WIDTH_IN = 12.0  # 1200 pixels
ROW_IN, REST_IN = 0.34, 2.1  # of the height: a row, and what is above and below all rows
NAME_MAX = 34  # characters of a step's name that fit

# Okabe-Ito, told apart by every eye; a hatch tells them apart in grey as well.
LEVELS, WHOLE = "#56b4e9", "#0072b2"


@dataclass(frozen=True)
class RobustStep:
    """A step for the picture: its number from 1, felt levels and shares from 0 to 1."""

    number: int
    name: str
    meant: float
    low: float
    high: float
    levels: float
    share: float


def plot_robust(steps: Sequence[RobustStep], title: str, subtitle: str, path: str | os.PathLike[str]) -> None:
    """Draw the steps to `path` (.png, .svg or .pdf; 1200 pixels wide), written beside and then renamed.

    PlotUnavailable without matplotlib, or if the path will not do.
    """
    height = REST_IN + ROW_IN * max(len(steps), 4)
    figure = new_figure(path, (WIDTH_IN, height))
    figure.text(0.03, 1 - 0.35 / height, title, size=16, weight="bold", color=INK, parse_math=False)
    figure.text(0.03, 1 - 0.66 / height, subtitle, size=10.5, color=FAINT, parse_math=False)
    bottom, tall = 0.85 / height, 1 - REST_IN / height
    felt = figure.add_axes((0.27, bottom, 0.33, tall))
    shares = figure.add_axes((0.64, bottom, 0.33, tall))
    _draw_felt(felt, steps)
    _draw_shares(shares, steps)
    for axes in (felt, shares):
        axes.set_ylim(len(steps) - 0.5, -0.5)
        axes.tick_params(labelsize=9, colors=INK, length=0)
        axes.xaxis.grid(True, color=GRID, lw=0.7)
        axes.set_axisbelow(True)
        for side in ("top", "right", "left"):
            axes.spines[side].set_visible(False)
        axes.spines["bottom"].set_color(FAINT)
    shares.set_yticks([])
    save(figure, path)


def _draw_felt(axes: Axes, steps: Sequence[RobustStep]) -> None:
    rows = range(len(steps))
    axes.barh(
        rows,
        [step.high - step.low for step in steps],
        left=[step.low for step in steps],
        height=0.5,
        color=LEVELS,
        label="felt on nine devices in ten",
    )
    axes.plot(
        [step.meant for step in steps], rows, "|", ms=13, mew=2.2, color=INK, label="meant", linestyle="none"
    )
    names = [name if len(name := step.name) <= NAME_MAX else name[: NAME_MAX - 1] + "…" for step in steps]
    axes.set_yticks(rows, [f"{name}  {step.number}" for step, name in zip(steps, names, strict=True)])
    for label in axes.get_yticklabels():
        label.set_parse_math(False)
    axes.set_xlim(0.0, max([step.high for step in steps] + [step.meant for step in steps], default=1.0) * 1.1)
    axes.set_xlabel("felt level, mean over the zones of a step", size=9.5, color=INK)
    axes.legend(loc="lower right", bbox_to_anchor=(1.0, 1.0), ncols=2, frameon=False, fontsize=8.5)


def _draw_shares(axes: Axes, steps: Sequence[RobustStep]) -> None:
    rows = range(len(steps))
    axes.barh(
        [row - 0.19 for row in rows],
        [100 * step.levels for step in steps],
        height=0.36,
        color=LEVELS,
        label="of its zones",
    )
    axes.barh(
        [row + 0.19 for row in rows],
        [100 * step.share for step in steps],
        height=0.36,
        color=WHOLE,
        hatch="///",
        edgecolor="white",
        linewidth=0.0,
        label="of devices: the whole step",
    )
    axes.set_xlim(0.0, 100.0)
    axes.set_xlabel("felt as meant (within what is hardly told apart), %", size=9.5, color=INK)
    axes.legend(loc="lower right", bbox_to_anchor=(1.0, 1.0), ncols=2, frameon=False, fontsize=8.5)
