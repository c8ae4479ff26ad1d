"""A grid of points over the body, a centimetre apart, and which of them lie in a zone."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from profiles.body import ExcludedZone
from profiles.geometry import Point, Polygon

Array = NDArray[np.float64]
Flags = NDArray[np.bool_]
Bounds = tuple[Point, Point]

GRID_MM = 10.0  # rule 115: each centimetre


def shape(region: Bounds) -> tuple[int, int]:
    """Return how many rows (up the body) and columns (across it) a region has."""
    (x_low, y_low), (x_high, y_high) = region
    return int((y_high - y_low) / GRID_MM) + 1, int((x_high - x_low) / GRID_MM) + 1


def _cut(polygon: Polygon, margin: float, region: Bounds) -> tuple[slice, slice, Array, Array]:
    """Return the rows and columns of the grid around a polygon, y of each row and x of each column."""
    rows, columns = shape(region)
    x_low, y_low = region[0]
    xs, ys = zip(*polygon, strict=True)
    down, up = _span(min(ys) - margin - y_low, max(ys) + margin - y_low, rows)
    left, right = _span(min(xs) - margin - x_low, max(xs) + margin - x_low, columns)
    y: Array = y_low + GRID_MM * np.arange(down, up, dtype=np.float64)[:, None]
    x: Array = x_low + GRID_MM * np.arange(left, right, dtype=np.float64)[None, :]
    return slice(down, up), slice(left, right), x, y


def _span(low: float, high: float, count: int) -> tuple[int, int]:
    first = min(max(0, int(low // GRID_MM)), count)
    return first, max(first, min(count, int(high // GRID_MM) + 2))


@lru_cache(maxsize=64)
def inside(outline: Polygon, region: Bounds) -> Flags:
    """Return which points of the grid lie inside a polygon (even-odd rule, as `geometry.contains`)."""
    flags = np.zeros(shape(region), dtype=np.bool_)
    rows, columns, x, y = _cut(outline, 0.0, region)
    ax, ay = outline[-1]
    for bx, by in outline:
        if ay != by:
            flags[rows, columns] ^= ((ay > y) != (by > y)) & (x < ax + (y - ay) * (bx - ax) / (by - ay))
        ax, ay = bx, by
    return flags


@lru_cache(maxsize=16)
def forbidden(excluded: ExcludedZone, region: Bounds) -> Flags:
    """Return which points of the grid lie in an excluded zone, its margin included."""
    flags = inside(excluded.outline, region).copy()
    rows, columns, x, y = _cut(excluded.outline, excluded.margin, region)
    ax, ay = excluded.outline[-1]
    for bx, by in excluded.outline:
        dx, dy = bx - ax, by - ay
        square = dx * dx + dy * dy
        along = np.clip(((x - ax) * dx + (y - ay) * dy) / square, 0.0, 1.0) if square else 0.0
        flags[rows, columns] |= np.hypot(x - ax - along * dx, y - ay - along * dy) <= excluded.margin
        ax, ay = bx, by
    return flags
