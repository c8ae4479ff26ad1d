"""The lines that a hand follows over the body: closed routes through zones, led around what is excluded.

A route runs up through the zones and comes back, so that it can be followed for any time without a jump.
`weight` scales the level along it: lighter on the way back (rules 57, 165, 217), nothing where it would
cross an excluded zone. A corner of a route is a point and whether it lies on the way back (1) or not (0).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from itertools import pairwise, takewhile
from math import dist, sqrt
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from profiles.body import BodyMap, Direction, Zone
from profiles.geometry import Point, centroid, chords

Array = NDArray[np.float64]

ROW_MM = 45.0  # project's choice: closer than a contact is wide, so nothing between two rows is left out
INSET_MM = 12.0  # project's choice: a zigzag turns this far inside the outline
SAMPLE_MM = 10.0  # project's choice: how finely a route is tested against the excluded zones
LIGHTER_MM = 15.0  # project's choice: on this way a hand that turns back from a row grows lighter

Pattern = Literal["lanes", "sides", "rows", "diagonal", "ring", "outward", "inward"]
Corner = tuple[Point, float]
Row = tuple[Point, Point]


@dataclass(frozen=True)
class Route:
    """A closed line in mm: `arc` is the way along it, `weight` (0 to 1) scales the level at each corner.

    `back` tells how much of a corner (0 to 1) belongs to the way back.
    """

    arc: tuple[float, ...]
    x: tuple[float, ...]
    y: tuple[float, ...]
    weight: tuple[float, ...]
    back: tuple[float, ...]

    @property
    def length(self) -> float:
        """The way once round, in mm; 0 for a single point."""
        return self.arc[-1]

    @property
    def halves(self) -> tuple[Route, Route]:
        """The way there and the way back as two routes; each rests while the other is gone, none is lost."""
        return (
            replace(
                self, weight=tuple(w * sqrt(1.0 - b) for w, b in zip(self.weight, self.back, strict=True))
            ),
            replace(self, weight=tuple(w * sqrt(b) for w, b in zip(self.weight, self.back, strict=True))),
        )

    def at(self, arc: Array) -> tuple[Array, Array, Array]:
        """Return x, y and weight after each way along the route; the route repeats itself."""
        knots, x, y, weight = self._arrays
        inside = arc % self.length if self.length > 0.0 else np.zeros_like(arc)
        return np.interp(inside, knots, x), np.interp(inside, knots, y), np.interp(inside, knots, weight)

    @cached_property
    def _arrays(self) -> tuple[Array, Array, Array, Array]:
        return np.array(self.arc), np.array(self.x), np.array(self.y), np.array(self.weight)


def explicit_route(points: Sequence[Point], body: BodyMap, return_level: float = 1.0) -> Route:
    """Return the route along the given points and back again the same way, at a level of its own."""
    return _closed([*_there(points), *_back(points[-2::-1])], return_level, body)


@lru_cache(maxsize=256)
def zone_route(
    zones: tuple[Zone, ...], pattern: Pattern, away: bool, return_level: float, body: BodyMap
) -> Route:
    """Return the route through zones of one side, in the order given.

    "lanes" goes up the lane nearest the midline and back down the outermost; "sides" comes back down the
    flank; "rows" is a zigzag across, "diagonal" a slanting one; "ring" follows the rim of each zone;
    "outward" runs row by row from the midline to the side, "inward" on a slant from the side to the
    midline. `away` runs every zone from the neck downwards.
    """
    flank = body.zone(f"flank-{zones[0].side}").lanes[-1][0][0]
    corners = _corners(zones, pattern, away, flank, body)
    return _closed(_led_around([*corners, corners[0]], flank, body)[:-1], return_level, body)


def _corners(
    zones: tuple[Zone, ...], pattern: Pattern, away: bool, flank: float, body: BodyMap
) -> list[Corner]:
    match pattern:
        case "rows" | "diagonal":
            up = [point for zone in zones for point in _zigzag(zone, body, pattern == "diagonal", away)]
            return [*_there(up), *_back(up[-2::-1])]
        case "ring":
            return _there([point for zone in zones for point in _ring(zone, away, flank, body)])
        case "outward" | "inward":
            rows = _spans(zones, body, away) or [(zones[0].lanes[0][0], zones[0].lanes[-1][-1])]
            if pattern == "inward":
                # On a slant: from the side in one row to beside the spine in the next (90, 91).
                slants = zip(rows, rows[1:] or rows, strict=False)
                rows = [(outer, inner) for (_, outer), (inner, _) in slants]
            return _one_way(rows, flank, body)
    up = [point for zone in zones for point in zone.lanes[0][:: -1 if away else 1]]
    if pattern == "sides":
        return [*_there(up), *_back([*_down_the_side(zones, body, away), *up[:1]])]
    outer = [point for zone in reversed(zones) for point in zone.lanes[-1][:: 1 if away else -1]]
    return [*_there(up), *_back(outer)]


def _there(points: Sequence[Point]) -> list[Corner]:
    return [(point, 0.0) for point in points]


def _back(points: Sequence[Point]) -> list[Corner]:
    return [(point, 1.0) for point in points]


def runs_away(zones: Sequence[Zone], asked: str | None) -> bool:
    """Tell whether the main pass leaves the neck: as asked, else as the first zone wants it (4, 86)."""
    if asked is not None:
        return asked == "away"
    return zones[0].direction is Direction.AWAY


def _led_around(corners: list[Corner], flank: float, body: BodyMap) -> list[Corner]:
    """Return the corners with a detour by x = `flank` wherever the way from one to the next is not clear."""
    result = corners[:1]
    for ((ax, ay), a_back), ((bx, by), b_back) in pairwise(corners):
        parts = max(1, int(np.hypot(bx - ax, by - ay) / SAMPLE_MM))
        inner = (_between((ax, ay), (bx, by), k / parts) for k in range(1, parts))
        if not all(_clear(point, body) for point in inner):
            back = max(a_back, b_back)
            result += [((flank, ay), back), ((flank, by), back)]
        result.append(((bx, by), b_back))
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


def _zigzag(zone: Zone, body: BodyMap, slanting: bool, away: bool) -> list[Point]:
    points: list[Point] = []
    for number, (inner, outer) in enumerate(_spans((zone,), body, away=False)):
        ends = (inner, outer) if number % 2 == 0 else (outer, inner)
        # A slanting line joins one end of a row to the other end of the next one.
        points += ends[:1] if slanting else ends
    points = points or list(zone.lanes[0])
    return points[::-1] if away else points


def _spans(zones: Sequence[Zone], body: BodyMap, away: bool) -> list[Row]:
    """Return rows across the zones taken together, each from its end at the midline to its outer one."""
    heights = [y for zone in zones for _, y in zone.outline]
    low, high = min(heights) + INSET_MM, max(heights) - INSET_MM
    count = max(2, round((high - low) / ROW_MM) + 1)
    rows: list[Row] = []
    for y in np.linspace(low, high, count).tolist():
        spans = sorted(span for zone in zones for span in chords(zone.outline, y))
        spans = [span for span in spans if span[1] - span[0] > 2.0 * INSET_MM]
        if not spans:
            continue
        left, right = spans[0][0] + INSET_MM, max(end for _, end in spans) - INSET_MM
        across = np.linspace(left, right, max(2, int((right - left) / SAMPLE_MM))).tolist()
        row = sorted(((x, y) for x in across), key=lambda point: -abs(point[0]))
        # From the side on as far as nothing excluded lies in the way: the way round it leads by the side.
        clear = list(takewhile(lambda point: _clear(point, body), row))
        if clear:
            rows.append((clear[-1], clear[0]))
    return rows[::-1] if away else rows


def _one_way(rows: list[Row], flank: float, body: BodyMap) -> list[Corner]:
    """Return the rows one after another and back again, all in the same sense, the way between them light."""
    turn = rows + rows[-2:0:-1]
    corners: list[Corner] = []
    for (start, end), (following, _) in zip(turn, [*turn[1:], turn[0]], strict=True):
        near = min(LIGHTER_MM / max(dist(end, following), 1.0), 1.0 / 3.0)
        ways = [_between(end, following, f) for f in (near, 1.0 - near)]
        if not all(_clear(point, body) for point in ways):
            ways = [(flank, end[1]), (flank, following[1])]
        corners += [*_there((start, end)), *_back(ways)]
    return corners


def _between(a: Point, b: Point, f: float) -> Point:
    return a[0] + f * (b[0] - a[0]), a[1] + f * (b[1] - a[1])


def _ring(zone: Zone, away: bool, flank: float, body: BodyMap) -> list[Point]:
    """Return the rim of a zone, a little inside it: up beside the midline and down outside, or back again."""
    middle = centroid(zone.outline)
    corners = [
        _between(corner, middle, min(INSET_MM / max(dist(corner, middle), 1.0), 1.0))
        for corner in zone.outline
    ]
    first = min(range(len(corners)), key=lambda k: abs(corners[k][0]) + corners[k][1])
    corners = corners[first:] + corners[:first]
    outwards = abs(corners[1][0]) > abs(corners[-1][0])
    if outwards != away:
        corners = [corners[0], *corners[:0:-1]]
    rim: list[Point] = []
    for a, b in pairwise([*corners, corners[0]]):
        parts = max(1, int(dist(a, b) / SAMPLE_MM))
        rim += [_between(a, b, k / parts) for k in range(parts)]
    # Where something excluded lies between a part of the rim and the side, the way round it would cross that.
    rim = [point for point in rim if _is_open(point, flank, body)] or list(zone.lanes[0])
    return [*rim, rim[0]]


def _is_open(point: Point, flank: float, body: BodyMap) -> bool:
    parts = max(1, int(abs(point[0] - flank) / SAMPLE_MM))
    return all(_clear(_between(point, (flank, point[1]), k / parts), body) for k in range(parts + 1))


def _closed(corners: list[Corner], return_level: float, body: BodyMap) -> Route:
    first = corners[0][0]
    arc, xs, ys, backs = [0.0], [first[0]], [first[1]], [corners[0][1]]
    for ((ax, ay), a_back), ((bx, by), b_back) in pairwise([*corners, corners[0]]):
        span = float(np.hypot(bx - ax, by - ay))
        parts = max(1, int(np.ceil(span / SAMPLE_MM)))
        for part in range(1, parts + 1):
            f = part / parts
            arc.append(arc[-1] + span / parts)
            xs.append(ax + f * (bx - ax))
            ys.append(ay + f * (by - ay))
            backs.append(a_back + f * (b_back - a_back))
    weights = [
        (1.0 + back * (return_level - 1.0)) * _allowed((x, y), body)
        for x, y, back in zip(xs, ys, backs, strict=True)
    ]
    return Route(tuple(arc), tuple(xs), tuple(ys), tuple(weights), tuple(backs))


def _allowed(point: Point, body: BodyMap) -> float:
    return 0.0 if body.exclusion_at(*point) is not None else 1.0
