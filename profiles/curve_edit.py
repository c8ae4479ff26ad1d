"""Ways to reshape an intensity curve: each returns a new one, and tells what it had to hold back.

Times are in the curve's own unit, levels 0 to 1. Points that an edit does not touch stay as they are to the
last bit; those that it moves are rounded, so that a file stays readable. ProfileError where no curve would
be left.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from math import isfinite

import numpy as np

from profiles.curve import LONGEST_S, MAX_POINTS, PRESETS, IntensityCurve
from profiles.errors import ProfileError
from profiles.near import did_you_mean

SMOOTHINGS_MAX = 100  # project's choice: by then what is left is a straight line

_APART = 1e-3  # the least distance between two points, in the curve's unit
_TIME_DIGITS = {"fraction": 4, "seconds": 3}
_LEVEL_DIGITS = 4

Point = tuple[float, float]


@dataclass(frozen=True)
class Reshaped:
    """A curve after an edit; `held` are the times of the points that were held at the edge of their range."""

    curve: IntensityCurve
    held: tuple[float, ...] = ()


def with_point(curve: IntensityCurve, t: float, level: float) -> Reshaped:
    """Return the curve with this level at a time: the point there is changed, or one is added."""
    t, wanted = _time(curve, t), _level(level)
    points = [point for point in curve.points if not _same(point[0], t)]
    # A point that is there keeps its time as it is written.
    t = next((time for time, _ in curve.points if _same(time, t)), t)
    return _reshaped(curve, sorted([*points, (t, wanted)]), (t,) if wanted != round(level, 4) else ())


def without_point(curve: IntensityCurve, t: float) -> Reshaped:
    """Return the curve without the point at a time."""
    points = [point for point in curve.points if not _same(point[0], t)]
    if len(points) == len(curve.points):
        listed = ", ".join(_shown(curve, time) for time, _ in curve.points)
        raise ProfileError(f"there is no point at {_shown(curve, t)}", hint=f"points are at {listed}")
    if len(points) < 2:
        raise ProfileError("a curve has two points at the least", hint="change the level of a point instead")
    return _reshaped(curve, points)


def with_added(curve: IntensityCurve, t: float, level: float | None = None) -> Reshaped:
    """Return the curve with one point more; without a level it lies on the curve, which keeps its shape."""
    t = _time(curve, t)
    if any(_same(time, t) for time, _ in curve.points):
        raise ProfileError(f"there is a point at {_shown(curve, t)} already", hint="set its level instead")
    on_curve = float(curve.evaluate(np.array([t]))[0])
    return with_point(curve, t, on_curve if level is None else level)


def shifted(curve: IntensityCurve, by_level: float) -> Reshaped:
    """Return the curve with every level raised by so much, lowered where it is negative; 0 to 1 hold."""
    return _each_level(curve, [level + _finite(by_level) for _, level in curve.points])


def scaled(curve: IntensityCurve, factor: float) -> Reshaped:
    """Return the curve with every level times a factor of 0 or more; 1 holds."""
    if _finite(factor) < 0.0:
        raise ProfileError(f"a level cannot be scaled by {factor:g}", hint="write 90% or 1.1")
    return _each_level(curve, [level * factor for _, level in curve.points])


def in_fractions(curve: IntensityCurve, duration_s: float) -> IntensityCurve:
    """Return the curve with times in fractions of a step of that length; what lies behind it is cut."""
    if curve.unit == "fraction":
        return curve
    inside = [(time / duration_s, level) for time, level in curve.points if time < duration_s]
    end = (1.0, float(curve.evaluate(np.array([duration_s]))[0]))
    digits = _TIME_DIGITS["fraction"]
    points = tuple((round(time, digits), round(level, _LEVEL_DIGITS)) for time, level in [*inside, end])
    return IntensityCurve(points=points)


def moved(curve: IntensityCurve, by_time: float, end: float | None = None) -> Reshaped:
    """Return the curve later by so much, earlier where it is negative.

    `end` is where the step ends, in the curve's unit. A point that would leave the step is held at its edge,
    with the level that the moved curve has there.
    """
    last = end if end is not None else 1.0 if curve.unit == "fraction" else LONGEST_S
    digits = _TIME_DIGITS[curve.unit]
    by = _finite(by_time)
    there = [(round(time + by, digits), level) for time, level in curve.points]
    inside = [point for point in there if 0.0 <= point[0] <= last]
    held = [time for time, _ in curve.points if not 0.0 <= round(time + by, digits) <= last]
    edges = []
    if there[0][0] < 0.0:
        edges.append(0.0)
    if there[-1][0] > last:
        edges.append(last)
    for edge in edges:
        if not any(abs(time - edge) < _APART for time, _ in inside):
            level = float(curve.evaluate(np.array([edge - by]))[0])
            inside.append((edge, round(level, _LEVEL_DIGITS)))
    if len(inside) < 2:
        raise ProfileError(
            f"moved by {_shown(curve, by)}, nothing of the curve is left within the step",
            hint="move it by less",
        )
    return _reshaped(curve, sorted(inside), held)


def smoothed(curve: IntensityCurve, times: int = 1) -> Reshaped:
    """Return the curve with each inner point half way to the straight line between its neighbours.

    First and last point stay; a straight line stays as it is. `times` repeats it.
    """
    if not 1 <= times <= SMOOTHINGS_MAX:
        raise ProfileError(f"a curve is smoothed 1 to {SMOOTHINGS_MAX} times, not {times}")
    t, level = (np.array(column) for column in zip(*curve.points, strict=True))
    for _ in range(times):
        share = (t[1:-1] - t[:-2]) / (t[2:] - t[:-2])
        between = level[:-2] + share * (level[2:] - level[:-2])
        level = np.concatenate((level[:1], 0.5 * level[1:-1] + 0.5 * between, level[-1:]))
    return _each_level(curve, [float(value) for value in level])


def preset(name: str) -> Reshaped:
    """Return one of the curves that have a name; ProfileError lists them."""
    if name not in PRESETS:
        mean = did_you_mean(name, PRESETS)
        raise ProfileError(f"there is no curve '{name}'", hint=f"{mean}presets are {', '.join(PRESETS)}")
    return Reshaped(IntensityCurve.preset(name))


def _each_level(curve: IntensityCurve, levels: list[float]) -> Reshaped:
    points: list[Point] = []
    held: list[float] = []
    for (time, before), level in zip(curve.points, levels, strict=True):
        wanted = round(level, _LEVEL_DIGITS)
        kept = min(max(wanted, 0.0), 1.0)
        if kept != wanted:
            held.append(time)
        # What differs by less than a file says is no change: such a point keeps its digits.
        points.append((time, before if abs(level - before) < 1e-9 else kept))
    return _reshaped(curve, points, held)


def _reshaped(
    curve: IntensityCurve, points: list[Point], held: list[float] | tuple[float, ...] = ()
) -> Reshaped:
    if len(points) > MAX_POINTS:
        raise ProfileError(f"a curve has {MAX_POINTS} points at most", hint="remove a point first")
    near = next((b for (a, _), (b, _) in pairwise(points) if b - a < _APART - 1e-9), None)
    if near is not None:
        raise ProfileError(
            f"two points at {_shown(curve, near)} would be closer than {_shown(curve, _APART)}",
            hint="change the point that is there",
        )
    return Reshaped(IntensityCurve(points=tuple(points), unit=curve.unit), tuple(held))


def _shown(curve: IntensityCurve, t: float) -> str:
    """A time as a person writes it on the command line."""
    return f"{t * 100.0:.5g}%" if curve.unit == "fraction" else f"{t:g}s"


def _same(a: float, b: float) -> bool:
    return abs(a - b) < 0.5 * _APART


def _time(curve: IntensityCurve, t: float) -> float:
    last = 1.0 if curve.unit == "fraction" else LONGEST_S
    if not 0.0 <= t <= last:  # false for what is not a number, too
        raise ProfileError(f"a time of {_shown(curve, t)} is outside 0 to {_shown(curve, last)}")
    return round(t, _TIME_DIGITS[curve.unit])


def _level(level: float) -> float:
    return min(max(round(_finite(level), _LEVEL_DIGITS), 0.0), 1.0)


def _finite(value: float) -> float:
    if not isfinite(value):
        raise ProfileError(f"{value} is not a number to change a curve by")
    return value
