"""A CurveView as rows of text: the plot with its levels, its times and its legend."""

from math import ceil
from typing import Final

import numpy as np
from numpy.typing import NDArray

from kneadwave.cli.terminal.bodymap import Span
from kneadwave.cli.terminal.canvas import PlotLine, legend, plot
from kneadwave.cli.terminal.columns import axis
from kneadwave.text import clock_text
from kneadwave.tuning.curves.view import CurveView

MARGIN: Final = 5
"""Columns before the plot: the level, and an edge."""
BELOW: Final = 4
"""Rows below the plot: its floor, two rows of times, the legend."""
PLOT_ROWS: Final = 12
"""Rows of the plot where nobody says how many: with its table it fits 24 lines."""
SAVED_EDITED: Final = ("saved", "edited")
BEFORE_AFTER: Final = ("before", "after")
"""What the curve before and the one after are called where both are shown."""
TICKS_S: Final = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600)

Array = NDArray[np.float64]


def curve_rows(
    view: CurveView,
    width: int,
    height: int = PLOT_ROWS + BELOW,
    ascii_only: bool = False,
    now: float | None = None,
    names: tuple[str, str] = SAVED_EDITED,
    now_level: float | None = None,
) -> list[list[Span]]:
    """Return the plot of a curve in `height` rows (6 at least) of `width` columns.

    The upper edge is the ceiling or the highest level, whichever is more, in whole tenths. `now` is a time
    in seconds at which a mark stands on the curve, or at `now_level`.
    """
    columns, rows = max(width - MARGIN, 8), max(height - BELOW, 2)
    top = top_of(view)
    lines = lines_of(view, columns, now, names, now_level)
    marks = _clock_ticks(view, columns)
    shares = [(round(n / 4 * (columns - 1)), f"{n * 25}%") for n in range(5)]
    drawn = plot(lines, columns, rows, top=top, ascii_only=ascii_only)
    edge, corner, floor = ("|", "+", "-") if ascii_only else ("│", "└", "─")
    labels = _level_labels(rows, top)
    result = [[Span(f"{labels.get(n, ''):>{MARGIN - 1}}{edge}"), *row] for n, row in enumerate(drawn)]
    result.append([Span(f"{'0%':>{MARGIN - 1}}{corner}{floor * columns}")])
    result += [[Span(" " * MARGIN + axis(ticks, columns))] for ticks in (shares, marks)]
    result.append([Span(" " * MARGIN), *legend(_named(lines, columns), ascii_only=ascii_only)])
    return result


def top_of(view: CurveView) -> float:
    """Return the level at the upper edge of the plot: a tenth that is above everything that is drawn."""
    highest = [float(np.nanmax(each)) for each in _levels(view)]
    return min(max(ceil(max(highest) * 10.0 - 1e-9) / 10.0, 0.1), 1.0)


def lines_of(
    view: CurveView,
    columns: int,
    now: float | None = None,
    names: tuple[str, str] = SAVED_EDITED,
    now_level: float | None = None,
) -> list[PlotLine]:
    """Return the lines of the plot: ceiling, before, after with its points, played, and the mark of now."""
    lines = []
    if np.isfinite(view.bound).any():
        lines.append(PlotLine("ceiling", view.bound, "ceiling"))
    before, after = names if view.drawn_before is not None else ("", "drawn")
    if view.drawn_before is not None:
        lines.append(PlotLine(before, view.drawn_before, "before"))
    lines.append(PlotLine(after, view.drawn, "after"))
    if view.played is not None:
        less = np.where(view.played < view.drawn - 1e-9, view.played, np.nan)
        lines.append(PlotLine(f"played on {view.device}", less, "played"))
    lines.append(PlotLine("point", _marks(view, [p.seconds for p in view.points], columns), "point"))
    if now is not None:
        lines.append(PlotLine("now", _marks(view, [now], columns, now_level), "now"))
    return lines


def _levels(view: CurveView) -> list[Array]:
    drawn = [view.drawn] if view.drawn_before is None else [view.drawn, view.drawn_before]
    return [*drawn, view.bound] if np.isfinite(view.bound).any() else drawn


def _marks(view: CurveView, seconds: list[float], columns: int, level: float | None = None) -> Array:
    marks = np.full(columns, np.nan)
    for t in seconds:
        if 0.0 <= t <= view.duration_s:
            column = round(t / view.duration_s * (columns - 1))
            marks[column] = float(np.interp(t, view.t, view.drawn)) if level is None else level
    return marks


def _level_labels(rows: int, top: float) -> dict[int, str]:
    """Labels at the upper edge and half way down, by row."""
    return {0: f"{top * 100:.0f}%", rows // 2: f"{top * (rows - rows // 2) / rows * 100:.0f}%"}


def _clock_ticks(view: CurveView, columns: int) -> list[tuple[int, str]]:
    every = next((s for s in TICKS_S if view.duration_s / s <= columns / 8), 1200)
    count = int(view.duration_s / every + 1e-9)
    return [
        (round(n * every / view.duration_s * (columns - 1)), clock_text(n * every)) for n in range(count + 1)
    ]


def _named(lines: list[PlotLine], columns: int) -> list[PlotLine]:
    """The lines with names as long as the legend has room for."""
    room = columns - sum(4 + len(line.name) for line in lines)
    if room >= 0:
        return lines
    short = [PlotLine(line.name.split()[0], line.values, line.style) for line in lines]
    return (
        short if sum(4 + len(line.name) for line in short) <= columns + 2 else short[: max(2, columns // 11)]
    )
