"""What the editor does to single points of a curve: pure functions beside those of profiles.curve_edit."""

from collections.abc import Sequence
from typing import Final

from pydantic import ValidationError

from profiles.curve import IntensityCurve
from profiles.errors import ProfileError
from profiles.files.toml_model import in_words

APART: Final = 1e-3
"""The least distance between the times of two points, in the curve's unit; as IntensityCurve asks for."""
_TIME_DIGITS: Final = {"fraction": 4, "seconds": 3}
_LEVEL_DIGITS: Final = 4


def raised(curve: IntensityCurve, index: int, by: float) -> IntensityCurve:
    """Return the curve with the level of one point higher by so much, held within 0 to 1."""
    t, level = curve.points[index]
    return replaced(curve, index, t, min(max(level + by, 0.0), 1.0))[0]


def later(curve: IntensityCurve, index: int, by: float, end: float) -> IntensityCurve:
    """Return the curve with one point later by so much, held between its neighbours and within the step."""
    times = [time for time, _ in curve.points]
    first = times[index - 1] + APART if index else 0.0
    last = times[index + 1] - APART if index + 1 < len(times) else max(end, times[index])
    t = min(max(times[index] + by, first), last)
    return replaced(curve, index, t, curve.points[index][1])[0]


def replaced(curve: IntensityCurve, index: int, t: float, level: float) -> tuple[IntensityCurve, int]:
    """Return the curve with one point at another time and level, and the index that it has then.

    What does not change keeps its digits. ProfileError where another point is too close, or out of range.
    """
    before = curve.points[index]
    point = (
        _kept(t, before[0], _TIME_DIGITS[curve.unit]),
        _kept(level, before[1], _LEVEL_DIGITS),
    )
    others = [other for i, other in enumerate(curve.points) if i != index]
    if any(abs(time - point[0]) < APART - 1e-9 for time, _ in others):
        raise ProfileError(f"there is a point at {point[0]:g} already", hint="choose another time")
    points = sorted([*others, point])
    return _curve(points, curve), points.index(point)


def place_after(curve: IntensityCurve, index: int, end: float) -> float:
    """Return a time for a new point: half way to the next one, after the last one half way to the end.

    Where the last point lies at the end, half way to the one before it. ProfileError where there is no room.
    """
    times = [time for time, _ in curve.points]
    t = times[index]
    if index + 1 < len(times):
        other = times[index + 1]
    elif end - t > 2.0 * APART:
        other = end
    else:
        other = times[index - 1]
    if abs(other - t) < 2.0 * APART:
        raise ProfileError("there is no room for a point here", hint="choose another point, then add")
    return round((t + other) / 2.0, _TIME_DIGITS[curve.unit])


def _kept(value: float, before: float, digits: int) -> float:
    rounded = round(value, digits)
    return before if abs(rounded - before) < 0.5 * 10.0**-digits else rounded


def _curve(points: Sequence[tuple[float, float]], like: IntensityCurve) -> IntensityCurve:
    try:
        return IntensityCurve(points=tuple(points), unit=like.unit)
    except ValidationError as error:
        raise ProfileError(in_words(error.errors()[0])) from error
