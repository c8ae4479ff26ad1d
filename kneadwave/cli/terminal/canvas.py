"""Curves as text: several lines in one plot, each with a glyph of its own: it reads without colour."""

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from kneadwave.cli.terminal.bodymap import Span
from kneadwave.cli.terminal.output import Output, may_style

Style = Literal["before", "after", "point", "played", "ceiling", "now"]
Array = NDArray[np.float64]

ANSI: Final[Mapping[str, str]] = {
    "before": "2",
    "after": "1",
    "point": "1",
    "played": "33",
    "ceiling": "2;35",
    "now": "1;36",
}
"""How a terminal shows a style; what is not named here is plain."""

GLYPHS: Final[Mapping[bool, Mapping[str, str]]] = {
    False: {"before": "·", "after": "█", "point": "●", "played": "×", "ceiling": "─", "now": "◆"},
    True: {"before": ".", "after": "#", "point": "o", "played": "x", "ceiling": "-", "now": "@"},
}
"""The glyph of each style, by whether only ASCII can be shown; lines in bold use half blocks."""

ORDER: Final[tuple[Style, ...]] = ("ceiling", "before", "played", "after", "point", "now")
"""Who is drawn over whom: the last one wins."""

UPPER, LOWER, BOTH = "▀", "▄", "█"


@dataclass(frozen=True)
class PlotLine:
    """A line of a plot: values over its whole width (not a number: nothing there), in one style."""

    name: str
    values: Sequence[float] | Array
    style: Style


def plot(
    lines: Sequence[PlotLine],
    width: int,
    height: int,
    *,
    top: float = 1.0,
    ascii_only: bool = False,
) -> list[list[Span]]:
    """Return `height` rows of `width` cells, the level `top` at the upper edge and 0 at the lower."""
    width, height = max(width, 1), max(height, 1)
    cells = [[Span(" ")] * width for _ in range(height)]
    for line in sorted(lines, key=lambda line: ORDER.index(line.style)):
        values = _resampled(line.values, width, line.style)
        if line.style == "after" and not ascii_only:
            _draw_halves(cells, values, height, top)
        else:
            _draw(cells, values, height, top, line.style, GLYPHS[ascii_only][line.style])
    return [_joined(row) for row in cells]


def legend(lines: Sequence[PlotLine], *, ascii_only: bool = False) -> list[Span]:
    """Return one row that names each line beside its glyph; lines without a name are left out."""
    row: list[Span] = []
    for line in lines:
        if line.name:
            row += [
                Span("  " if row else ""),
                Span(GLYPHS[ascii_only][line.style], line.style),
                Span(f" {line.name}"),
            ]
    return [span for span in row if span.text]


def say_plot(out: Output, rows: Sequence[Sequence[Span]]) -> None:
    """Print the rows of a plot; styles only where the terminal takes them."""
    styled = may_style(sys.stdout)
    for row in rows:
        out.say(text_of(row, styled=styled))


def text_of(row: Sequence[Span], *, styled: bool = False) -> str:
    """Return a row as text, with the escapes of its styles if wanted."""
    text = "".join(_ansi(span) if styled else span.text for span in row)
    return text if styled else text.rstrip()


def _ansi(span: Span) -> str:
    code = ANSI.get(span.style)
    return f"\x1b[{code}m{span.text}\x1b[0m" if code and span.text.strip() else span.text


def _resampled(values: Sequence[float] | Array, width: int, style: Style) -> Array:
    """Return a value for each column; marks (points, now) keep their own, as lines would blur them."""
    given = np.asarray(values, dtype=np.float64)
    if len(given) == width:
        return given
    result = np.full(width, np.nan)
    if not len(given):
        return result
    if style in ("point", "now"):
        for index in np.flatnonzero(np.isfinite(given)):
            result[round(index / max(len(given) - 1, 1) * (width - 1))] = given[index]
        return result
    at = np.linspace(0.0, len(given) - 1.0, width)
    below, above = given[np.floor(at).astype(int)], given[np.ceil(at).astype(int)]
    share = at - np.floor(at)
    between = below + share * (above - below)
    # At the edge of a gap the nearer value counts: between a value and none there is nothing.
    return np.asarray(np.where(np.isfinite(between), between, np.where(share < 0.5, below, above)))


def _cell(value: float, cells: int, top: float) -> int:
    """Return the cell, from the bottom, that a level lies in."""
    return min(max(int(value / top * cells), 0), cells - 1)


def _spans(values: Array, cells: int, top: float, *, joined: bool = True) -> list[tuple[int, int] | None]:
    """Return the lowest and highest cell of each column; `joined` ones leave no gap in a steep line."""
    found: list[tuple[int, int] | None] = []
    last: int | None = None
    for value in values.tolist():
        if not np.isfinite(value):
            found.append(None)
            last = None
            continue
        here = _cell(value, cells, top)
        low = high = here
        if joined and last is not None and abs(here - last) > 1:
            low, high = (last + 1, here) if here > last else (here, last - 1)
        found.append((low, high))
        last = here
    return found


def _draw(cells: list[list[Span]], values: Array, height: int, top: float, style: Style, glyph: str) -> None:
    if style in ("point", "now"):
        for column in np.flatnonzero(np.isfinite(values)).tolist():
            cells[height - 1 - _cell(float(values[column]), height, top)][column] = Span(glyph, style)
        return
    for column, span in enumerate(_spans(values, height, top, joined=style != "ceiling")):
        for row in range(span[0], span[1] + 1) if span else ():
            cells[height - 1 - row][column] = Span(glyph, style)


def _draw_halves(cells: list[list[Span]], values: Array, height: int, top: float) -> None:
    """Draw the line in bold at twice the height, with half blocks: a gentle slope is seen as one."""
    for column, span in enumerate(_spans(values, 2 * height, top)):
        if span is None:
            continue
        for row in range(span[0] // 2, span[1] // 2 + 1):
            lower, upper = span[0] <= 2 * row, span[1] >= 2 * row + 1
            glyph = BOTH if lower and upper else LOWER if lower else UPPER
            cells[height - 1 - row][column] = Span(glyph, "after")


def _joined(row: Sequence[Span]) -> list[Span]:
    return [
        Span("".join(span.text for span in group), style)
        for style, group in groupby(row, key=lambda span: span.style)
    ]
