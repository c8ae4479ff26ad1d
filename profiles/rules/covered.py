"""How much of its zones a step passes over, on a grid of a centimetre (115, 178)."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from profiles.body import BodyMap, ExcludedZone, Zone
from profiles.geometry import Point, Polygon
from profiles.rules.dwell import Trace

Array = NDArray[np.float64]
Flags = NDArray[np.bool_]
Region = tuple[Point, Point]

GRID_MM = 10.0  # rule 115: each centimetre


def covered(trace: Trace, zones: Sequence[Zone], body: BodyMap) -> float:
    """Return the share (0 to 1) of the grid over the zones that comes within a hand's radius at some time.

    Places where nothing may work are left out; 1 for zones that hold no other places.
    """
    wanted = np.zeros(_shape(body.region), dtype=np.bool_)
    for zone in zones:
        wanted |= _inside(zone.outline, body.region)
    for excluded in body.excluded:
        wanted &= ~_forbidden(excluded, body.region)
    whole = int(wanted.sum())
    return int((_passed(trace, body.region) & wanted).sum()) / whole if whole else 1.0


def _passed(trace: Trace, region: Region) -> Flags:
    """Return which points of the grid come within the radius of a hand; hands are rounded to the grid."""
    rows, columns = _shape(region)
    x_low, y_low = region[0]
    passed = np.zeros((rows, columns), dtype=np.bool_)
    for radius in sorted({track.contact.radius for track in trace.tracks}):
        reach = int(radius // GRID_MM)
        at = np.zeros((rows + 2 * reach, columns + 2 * reach), dtype=np.bool_)
        for track in (track for track in trace.tracks if track.contact.radius == radius):
            on = (trace.level > 0.0) & (track.weight > 0.0)
            row = np.rint((track.y[on] - y_low) / GRID_MM).astype(np.intp) + reach
            column = np.rint((track.x[on] - x_low) / GRID_MM).astype(np.intp) + reach
            near = (row >= 0) & (row < at.shape[0]) & (column >= 0) & (column < at.shape[1])
            at[row[near], column[near]] = True
        for up in range(-reach, reach + 1):
            band = at[reach + up : reach + up + rows]
            width = int((radius**2 - (up * GRID_MM) ** 2) ** 0.5 // GRID_MM)
            for aside in range(-width, width + 1):
                passed |= band[:, reach + aside : reach + aside + columns]
    return passed


def _shape(region: Region) -> tuple[int, int]:
    (x_low, y_low), (x_high, y_high) = region
    return int((y_high - y_low) / GRID_MM) + 1, int((x_high - x_low) / GRID_MM) + 1


def _cut(polygon: Polygon, margin: float, region: Region) -> tuple[slice, slice, Array, Array]:
    """Return the rows and columns of the grid around a polygon, y of each row and x of each column."""
    rows, columns = _shape(region)
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
def _inside(outline: Polygon, region: Region) -> Flags:
    """Return which points of the grid lie inside a polygon (even-odd rule, as `geometry.contains`)."""
    flags = np.zeros(_shape(region), dtype=np.bool_)
    rows, columns, x, y = _cut(outline, 0.0, region)
    ax, ay = outline[-1]
    for bx, by in outline:
        if ay != by:
            flags[rows, columns] ^= ((ay > y) != (by > y)) & (x < ax + (y - ay) * (bx - ax) / (by - ay))
        ax, ay = bx, by
    return flags


@lru_cache(maxsize=16)
def _forbidden(excluded: ExcludedZone, region: Region) -> Flags:
    """Return which points of the grid lie in an excluded zone, its margin included."""
    flags = _inside(excluded.outline, region).copy()
    rows, columns, x, y = _cut(excluded.outline, excluded.margin, region)
    ax, ay = excluded.outline[-1]
    for bx, by in excluded.outline:
        dx, dy = bx - ax, by - ay
        square = dx * dx + dy * dy
        along = np.clip(((x - ax) * dx + (y - ay) * dy) / square, 0.0, 1.0) if square else 0.0
        flags[rows, columns] |= np.hypot(x - ax - along * dx, y - ay - along * dy) <= excluded.margin
        ax, ay = bx, by
    return flags
