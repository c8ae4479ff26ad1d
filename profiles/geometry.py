"""Plane geometry of the body map: points, polygons, discs and the distance between them, in millimetres."""

from __future__ import annotations

from collections.abc import Sequence
from math import hypot

Point = tuple[float, float]
Polygon = tuple[Point, ...]
Disc = tuple[float, float, float]
"""Centre and radius."""


def contains(polygon: Sequence[Point], x: float, y: float) -> bool:
    """Tell whether the point lies inside the polygon (even-odd rule; on the edge it may go either way)."""
    inside = False
    ax, ay = polygon[-1]
    for bx, by in polygon:
        if (ay > y) != (by > y) and x < ax + (y - ay) * (bx - ax) / (by - ay):
            inside = not inside
        ax, ay = bx, by
    return inside


def distance(polygon: Sequence[Point], x: float, y: float) -> float:
    """Return the distance in mm from the point to the polygon, 0 inside it."""
    if contains(polygon, x, y):
        return 0.0
    nearest = float("inf")
    ax, ay = polygon[-1]
    for bx, by in polygon:
        dx, dy = bx - ax, by - ay
        square = dx * dx + dy * dy
        along = 0.0 if square == 0 else max(0.0, min(1.0, ((x - ax) * dx + (y - ay) * dy) / square))
        nearest = min(nearest, hypot(x - ax - along * dx, y - ay - along * dy))
        ax, ay = bx, by
    return nearest


def centroid(polygon: Sequence[Point]) -> Point:
    """Return the mean of the corners: good enough to name a place inside a convex zone."""
    return (sum(p[0] for p in polygon) / len(polygon), sum(p[1] for p in polygon) / len(polygon))


def chords(polygon: Sequence[Point], y: float) -> list[tuple[float, float]]:
    """Return the spans of x, left to right, in which the horizontal line at `y` runs inside the polygon."""
    cuts: list[float] = []
    ax, ay = polygon[-1]
    for bx, by in polygon:
        if (ay > y) != (by > y):
            cuts.append(ax + (y - ay) * (bx - ax) / (by - ay))
        ax, ay = bx, by
    cuts.sort()
    return list(zip(cuts[::2], cuts[1::2], strict=True))


def meeting(discs: Sequence[Disc]) -> list[list[int]]:
    """Return which discs hold each other's centres, along chains of them too: groups of their indices."""
    left = list(range(len(discs)))
    groups: list[list[int]] = []
    while left:
        group = [left.pop(0)]
        for member in group:  # grows while it is walked
            near = [other for other in left if _meet(discs[member], discs[other])]
            group += near
            left = [other for other in left if other not in near]
        groups.append(sorted(group))
    return groups


def _meet(one: Disc, other: Disc) -> bool:
    return hypot(one[0] - other[0], one[1] - other[1]) <= min(one[2], other[2])
