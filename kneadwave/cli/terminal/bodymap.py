"""The body as text: a layout drawn on the recipient's back, seen from behind, for terminals.

The recipient's right is on the right, the head above. Everything reads without colour; `body_spans` names a
style for each stretch of text so that a caller may colour it. Heights and widths are true to each other on
terminals whose cells are twice as high as wide.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby

from firmware_bridge import FELT_FLOOR, Actuator, Layout
from profiles.body import BodyMap, Zone, body_map

FULL = (44, 22)  # columns, rows at most
COMPACT = (26, 12)
LABELLED_FROM = 36  # columns; narrower maps leave the zone names out
LABEL_COLUMNS = 15
MIN_COLUMNS, MIN_ROWS = 9, 4

ARM = "arm"  # zone name
EXCLUDED = "x"
LEVELS = {False: "▁▂▃▄▅▆▇█", True: ":-=+*#%@"}  # eight felt levels: steps that a back can tell apart
OFF = {False: "·", True: "."}
SPINE = {False: "┊", True: "!"}
KIDNEY = {False: "░", True: "~"}
EDGES = {False: "╱╲│", True: "/\\|"}

ANSI = {
    "outline": "2",
    "excluded-zone": "2;35",
    "excluded": "1;35",
    "off": "2",
    "actuator": "1;36",
    "label": "2",
    **{
        f"level-{i}": code
        for i, code in enumerate(("34", "34", "36", "36", "32", "32", "1;33", "1;33"), start=1)
    },
}


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of one line in one style: "" or a key of `ANSI`."""

    text: str
    style: str = ""


@dataclass(frozen=True, slots=True)
class _Frame:
    """How millimetres fall on cells."""

    top: float  # mm, upper edge of the first row
    cell: float  # mm, width of a cell; its height is twice that
    columns: int
    rows: int
    arms: bool  # whether they are drawn: only where they have an actuator, for they take a third of the width

    def column(self, x: float) -> int:
        # Rounded away from zero on both sides, so that a symmetric device is drawn symmetric.
        steps = math.copysign(math.floor(abs(x) / self.cell + 0.5), x)
        return min(max(self.columns // 2 + int(steps), 0), self.columns - 1)

    def row(self, y: float) -> int:
        return min(max(math.floor((self.top - y) / (2 * self.cell)), 0), self.rows - 1)

    def place(self, column: int, row: int) -> tuple[float, float]:
        return (column - self.columns // 2) * self.cell, self.top - (2 * row + 1) * self.cell


def draw_body(
    layout: Layout,
    levels: Sequence[float] | None = None,
    width: int = FULL[0],
    colour: bool = False,
    *,
    height: int | None = None,
    ascii_only: bool = False,
) -> list[str]:
    """Return the lines of the map, each `width` columns wide; see `body_spans`. `colour` adds ANSI codes."""
    return [
        "".join(_ansi(span) if colour else span.text for span in line)
        for line in body_spans(layout, levels, width=width, height=height, ascii_only=ascii_only)
    ]


def body_spans(
    layout: Layout,
    levels: Sequence[float] | None = None,
    *,
    width: int = FULL[0],
    height: int | None = None,
    ascii_only: bool = False,
) -> list[list[Span]]:
    """Return the map as styled stretches, a list for each line; at most `height` lines, `width` columns each.

    `levels` holds a felt level (0 to 1) for each actuator of the layout, in its order; without it each
    allowed actuator shows the first letter of its kind. Where several share a cell, the strongest allowed
    one is shown. Excluded ones are an x whatever their level; those without a place are not drawn.
    ValueError if the number of levels is not that of the actuators.
    """
    actuators = layout.actuators
    if levels is not None and len(levels) != len(actuators):
        raise ValueError(f"{len(levels)} levels for {len(actuators)} actuators")
    width = max(width, MIN_COLUMNS)
    labelled = width >= LABELLED_FROM
    drawn = width - LABEL_COLUMNS if labelled else width
    rows = max(height or (FULL[1] if labelled else COMPACT[1]), MIN_ROWS)
    placed = [(i, a) for i, a in enumerate(actuators) if a.placed]
    lowest = min((a.y_mm - a.radius_mm for _, a in placed), default=0)
    widest = max((abs(a.x_mm) + a.radius_mm for _, a in placed), default=0)
    arms = any(a.zone.startswith(ARM) for _, a in placed)
    frame = _frame(layout.stature_m, lowest, widest, drawn, rows, arms)
    cells = [list(row) for row in _background(layout.stature_m, frame, ascii_only)]

    # Weakest first, so that the strongest is drawn last; an excluded one never covers an allowed one.
    order = sorted(placed, key=lambda item: (not item[1].excluded, levels[item[0]] if levels else 0.0))
    for i, actuator in order:
        glyph = _glyph(actuator, None if levels is None else levels[i], ascii_only)
        cells[frame.row(actuator.y_mm)][frame.column(actuator.x_mm)] = glyph
    labels = _labels(layout, levels, frame, ascii_only) if labelled else {}
    pad = (drawn - frame.columns) // 2
    lines = []
    for r, row in enumerate(cells):
        line = [Span(" " * pad), *_joined(row), Span(" " * (drawn - frame.columns - pad))]
        if labelled:
            line.append(Span(f" {labels.get(r, ''):<{LABEL_COLUMNS - 1}}"[:LABEL_COLUMNS], "label"))
        lines.append([span for span in line if span.text])
    return lines


def legend(*, levels: bool, ascii_only: bool = False) -> str:
    """Return one line that explains the glyphs of a map drawn with or without levels."""
    zone = f"{SPINE[ascii_only]} spine  {KIDNEY[ascii_only]} kidneys  {EXCLUDED} excluded"
    if not levels:
        return f"v vibration  k kneading  p pressure  {zone}"
    scale = LEVELS[ascii_only]
    return f"{OFF[ascii_only]} off  {scale} weak to strong  {zone}"


def level_glyph(level: float, *, ascii_only: bool = False) -> str:
    """Return the glyph of a felt level; what is not a number in 0 to 1 is drawn as off or full."""
    return (OFF[ascii_only] + LEVELS[ascii_only])[_level_step(level)]


def _level_step(level: float) -> int:
    if not level >= FELT_FLOOR:  # NaN too
        return 0
    return min(math.ceil(min(level, 1.0) * 8), 8)


def _glyph(actuator: Actuator, level: float | None, ascii_only: bool) -> Span:
    if actuator.excluded:
        return Span(EXCLUDED, "excluded")
    if level is None:
        return Span(str(actuator.kind)[0], "actuator")
    step = _level_step(level)
    return Span(level_glyph(level, ascii_only=ascii_only), f"level-{step}" if step else "off")


@lru_cache(maxsize=32)
def _frame(stature_m: float, lowest: float, widest: float, columns: int, rows: int, arms: bool) -> _Frame:
    body = body_map(stature_m)
    top = max(y for zone in body.zones for _, y in zone.outline)
    bottom = min(lowest, *(y for zone in body.zones_named("gluteal") for _, y in zone.outline))
    zones = [zone for zone in body.zones if arms or zone.name != ARM]
    inside = [abs(x) for zone in zones for x, y in zone.outline if y >= bottom]
    half = max(widest, *inside)
    columns -= 1 - columns % 2  # odd, so that the spine has a column of its own
    cell = max((top - bottom) / (2 * rows), 2 * half / (columns - 2))
    return _Frame(top, cell, columns, max(math.ceil((top - bottom) / (2 * cell) - 1e-9), 1), arms)


@lru_cache(maxsize=32)
def _background(stature_m: float, frame: _Frame, ascii_only: bool) -> tuple[tuple[Span, ...], ...]:
    body = body_map(stature_m)
    grid = [
        [_cell(body, *frame.place(c, r), frame.arms, ascii_only) for c in range(frame.columns)]
        for r in range(frame.rows)
    ]
    runs = [_runs([cell is not None for cell in row]) for row in grid]
    drawn = [[cell or Span(" ") for cell in row] for row in grid]
    falling, rising, upright = EDGES[ascii_only][1], EDGES[ascii_only][0], EDGES[ascii_only][2]
    for r, here in enumerate(runs):
        below = runs[min(r + 1, frame.rows - 1)]
        for left, right in here:
            under = [run for run in below if run[0] <= right and run[1] >= left] or [(left, right)]
            for column, shift in ((left, under[0][0] - left), (right, under[-1][1] - right)):
                edge = upright if shift == 0 else falling if shift > 0 else rising
                drawn[r][column] = Span(edge, "outline")
    return tuple(tuple(row) for row in drawn)


def _cell(body: BodyMap, x: float, y: float, arms: bool, ascii_only: bool) -> Span | None:
    excluded = body.exclusion_at(x, y)
    if excluded is not None and excluded.id.startswith("kidney"):
        return Span(KIDNEY[ascii_only], "excluded-zone")
    if excluded is not None and x == 0:
        return Span(SPINE[ascii_only], "excluded-zone")
    # Zones are mirror images: looked up on one side, a point right on an edge falls alike on both.
    zone = body.zone_at(abs(x), y)
    return Span(" ") if excluded is not None or (zone is not None and (arms or zone.name != ARM)) else None


def _runs(inside: Sequence[bool]) -> list[tuple[int, int]]:
    runs, at = [], 0
    for value, group in groupby(inside):
        n = len(list(group))
        if value:
            runs.append((at, at + n - 1))
        at += n
    return runs


def _labels(
    layout: Layout, levels: Sequence[float] | None, frame: _Frame, ascii_only: bool
) -> dict[int, str]:
    """Return labels by row: a zone's name at its height and, with levels, the strongest left and right."""
    body = body_map(layout.stature_m)
    bottom = frame.top - 2 * frame.cell * frame.rows
    by_height = sorted(
        (
            (_middle(zone), zone)
            for zone in body.zones
            if zone.side == "right" and _middle(zone) >= bottom and (frame.arms or zone.name != ARM)
        ),
        key=lambda item: -item[0],
    )
    labels: dict[int, str] = {}
    for y, zone in by_height:
        free = [r for r in range(frame.rows) if r not in labels]
        if not free:
            break
        wanted = frame.row(y)
        # The nearest row below first: names then keep the order of heights.
        row = min(free, key=lambda r: (r < wanted, abs(r - wanted)))
        name = f"{zone.name[:10]:<10}"
        if levels is not None:
            sides = [
                _strongest(layout, levels, twin.id) for twin in _left_then_right(body.zones_named(zone.name))
            ]
            name += " " + "".join(" " if s is None else level_glyph(s, ascii_only=ascii_only) for s in sides)
        labels[row] = name
    return labels


def _left_then_right(zones: Sequence[Zone]) -> list[Zone]:
    return sorted(zones, key=lambda zone: zone.side != "left")


def _middle(zone: Zone) -> float:
    heights = [y for _, y in zone.outline]
    return (min(heights) + max(heights)) / 2


def _strongest(layout: Layout, levels: Sequence[float], zone_id: str) -> float | None:
    mine = [levels[i] for i, a in enumerate(layout.actuators) if a.zone == zone_id and not a.excluded]
    return max(mine, default=None)


def _joined(row: Sequence[Span]) -> list[Span]:
    return [
        Span("".join(s.text for s in group), style)
        for style, group in groupby(row, key=lambda span: span.style)
    ]


def _ansi(span: Span) -> str:
    code = ANSI.get(span.style)
    return f"\x1b[{code}m{span.text}\x1b[0m" if code else span.text
