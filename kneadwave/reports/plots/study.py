"""A picture of a study: routines against devices, how much of what was meant is felt on most of them.

matplotlib is imported inside the functions, and used through Figure objects alone.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence

import numpy as np

from kneadwave.reports.plots.figure import new_figure, save
from kneadwave.reports.plots.waves import INK

HEIGHT_IN, WIDTH_IN = 0.32, 1.5
"""Of a row and of a column."""
SIDES_IN = (4.0, 2.2)
"""What names and title take, across and down."""
DARK_FROM = 0.55


def plot_study(
    routines: Sequence[str],
    devices: Sequence[str],
    levels: Mapping[tuple[str, str], float | None],
    title: str,
    path: str | os.PathLike[str],
) -> None:
    """Draw to `path` the share of single levels that are kept (0 to 1), None where nothing is felt."""
    size = (SIDES_IN[0] + WIDTH_IN * len(devices), SIDES_IN[1] + HEIGHT_IN * len(routines))
    figure = new_figure(path, size)
    axes = figure.add_subplot()
    shares = np.array(
        [[_number(levels.get((routine, device))) for device in devices] for routine in routines], dtype=float
    )
    axes.imshow(np.ma.masked_invalid(shares), cmap="cividis", vmin=0.0, vmax=1.0, aspect="auto")
    for (row, column), share in np.ndenumerate(shares):
        text = "" if np.isnan(share) else f"{100 * share:.0f}"
        colour = INK if share > DARK_FROM else "white"
        axes.text(column, row, text, ha="center", va="center", color=colour, fontsize=9)
    axes.set_xticks(range(len(devices)), devices)
    axes.set_yticks(range(len(routines)), routines)
    axes.set_title(title, loc="left", color=INK)
    axes.set_xlabel("zones that are felt as meant, % of all (empty: nothing of it is felt)")
    save(figure, path)


def _number(share: float | None) -> float:
    return float("nan") if share is None else share
