"""The lines that a hand follows over the body: closed routes through zones, led around what is excluded.

A route runs up through the zones and comes back, so that it can be followed for any time without a jump.
`weight` scales the level along it: lighter on the way back (rules 57, 165, 217), nothing where it would
cross an excluded zone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import pairwise
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from profiles.body import BodyMap, Direction, Zone
from profiles.geometry import Point, chords

Array = NDArray[np.float64]

ROW_MM = 45.0  # ours: rows of a zigzag lie closer than a contact is wide, so nothing between them is left out
INSET_MM = 12.0  # ours: a zigzag turns this far inside the outline
SAMPLE_MM = 10.0  # ours: how finely a route is tested against the excluded zones

Pattern = Literal["lanes", "sides", "rows", "diagonal"]


@dataclass(frozen=True)
class Route:
    """A closed line in mm: `arc` is the way along it, `weight` (0 to 1) scales the level at each corner."""

    arc: tuple[float, ...]
    x: tuple[float, ...]
    y: tuple[float, ...]
    weight: tuple[float, ...]

    @property
    def length(self) -> float:
        """The way once round, in mm; 0 for a single point."""
        return self.arc[-1]

    def at(self, arc: Array) -> tuple[Array, Array, Array]:
        """Return x, y and weight after each way along the route; the route repeats itself."""
        knots, x, y, weight = self._arrays
        inside = arc % self.length if self.length > 0.0 else np.zeros_like(arc)
        return np.interp(inside, knots, x), np.interp(inside, knots, y), np.interp(inside, knots, weight)

    @cached_property
    def _arrays(self) -> tuple[Array, Array, Array, Array]:
        return np.array(self.arc), np.array(self.x), np.array(self.y), np.array(self.weight)


def explicit_route(points: Sequence[Point], body: BodyMap) -> Route:
    """Return the route along the given points and back again the same way."""
    return _closed(list(points), list(points[-2::-1]), 1.0, body)


@lru_cache(maxsize=256)
def zone_route(
    zones: tuple[Zone, ...], pattern: Pattern, away: bool, return_level: float, body: BodyMap
) -> Route:
    """Return the route through zones of one side, in the order given.

    "lanes" goes up the lane nearest the midline and back down the outermost; "sides" comes back down the
    flank; "rows" is a zigzag across, "diagonal" a slanting one. `away` runs every zone from the neck
    downwards.
    """
    up: list[Point] = []
    back: list[Point] = []
    for zone in zones:
        if pattern in ("rows", "diagonal"):
            points = _rows(zone, body, slanting=pattern == "diagonal") or list(zone.lanes[0])
            up += points[::-1] if away else points
        else:
            up += zone.lanes[0][::-1] if away else zone.lanes[0]
            outer = zone.lanes[-1]
            back = list(outer if away else outer[::-1]) + back
    if pattern in ("rows", "diagonal"):
        back = up[-2::-1]
    elif pattern == "sides":
        back = _down_the_side(zones, body, away) + up[:1]
    flank = body.zone(f"flank-{zones[0].side}").lanes[-1][0][0]
    up = _led_around(up, flank, body)
    back = _led_around([up[-1], *back, up[0]], flank, body)[1:-1]
    return _closed(up, back, return_level, body)


def runs_away(zones: Sequence[Zone], asked: str | None) -> bool:
    """Tell whether the main pass leaves the neck: as asked, else as the first zone wants it (4, 86)."""
    if asked is not None:
        return asked == "away"
    return zones[0].direction is Direction.AWAY


def _led_around(corners: list[Point], flank: float, body: BodyMap) -> list[Point]:
    """Return the corners with a detour by x = `flank` wherever the way from one to the next is not clear."""
    result = corners[:1]
    for (ax, ay), (bx, by) in pairwise(corners):
        parts = max(1, int(np.hypot(bx - ax, by - ay) / SAMPLE_MM))
        inner = ((ax + (bx - ax) * k / parts, ay + (by - ay) * k / parts) for k in range(1, parts))
        if not all(_clear(point, body) for point in inner):
            result += [(flank, ay), (flank, by)]
        result.append((bx, by))
    return result


def _clear(point: Point, body: BodyMap) -> bool:
    # One kidney lies lower than the other; testing both sides keeps the routes of two hands mirror images.
    x, y = point
    return body.exclusion_at(x, y) is None and body.exclusion_at(-x, y) is None


def _down_the_side(zones: Sequence[Zone], body: BodyMap, away: bool) -> list[Point]:
    flank = body.zone(f"flank-{zones[0].side}").lanes[-1]
    heights = [y for zone in zones for lane in zone.lanes for _, y in lane]
    points = [point for point in flank if min(heights) <= point[1] <= max(heights)]
    return points if away else points[::-1]


def _rows(zone: Zone, body: BodyMap, slanting: bool) -> list[Point]:
    heights = [y for _, y in zone.outline]
    low, high = min(heights) + INSET_MM, max(heights) - INSET_MM
    count = max(2, round((high - low) / ROW_MM) + 1)
    points: list[Point] = []
    outwards = True
    for y in np.linspace(low, high, count):
        spans = [span for span in chords(zone.outline, float(y)) if span[1] - span[0] > 2.0 * INSET_MM]
        if not spans:
            continue
        left, right = spans[0][0] + INSET_MM, spans[-1][1] - INSET_MM
        across = np.linspace(left, right, max(2, int((right - left) / SAMPLE_MM)))
        row = [(float(x), float(y)) for x in across if _clear((float(x), float(y)), body)]
        row = sorted(row, key=lambda point: abs(point[0]))
        if not row:
            continue
        ends = [row[0], row[-1]] if outwards else [row[-1], row[0]]
        # A slanting line joins one end of a row to the other end of the next one.
        points += ends[:1] if slanting else ends
        outwards = not outwards
    return points


def _closed(up: list[Point], back: list[Point], return_level: float, body: BodyMap) -> Route:
    corners = [(point, 1.0) for point in up] + [(point, return_level) for point in back]
    corners.append((up[0], 1.0))
    arc, xs, ys, weights = [0.0], [corners[0][0][0]], [corners[0][0][1]], [_allowed(corners[0][0], body)]
    for ((ax, ay), wa), ((bx, by), wb) in pairwise(corners):
        span = float(np.hypot(bx - ax, by - ay))
        parts = max(1, int(np.ceil(span / SAMPLE_MM)))
        for part in range(1, parts + 1):
            f = part / parts
            point = (ax + f * (bx - ax), ay + f * (by - ay))
            arc.append(arc[-1] + span / parts)
            xs.append(point[0])
            ys.append(point[1])
            weights.append((wa + f * (wb - wa)) * _allowed(point, body))
    return Route(tuple(arc), tuple(xs), tuple(ys), tuple(weights))


def _allowed(point: Point, body: BodyMap) -> float:
    return 0.0 if body.exclusion_at(*point) is not None else 1.0
