"""IntensityCurve: how strong a step is from its beginning to its end.

Between two points the curve is a monotone cubic (PCHIP, slopes after Fritsch and Carlson 1980): it passes
through every point and never leaves the band between two neighbours, so what a person writes is the most
that anybody feels.
"""

from __future__ import annotations

from functools import cached_property
from itertools import pairwise
from typing import Annotated, Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    WithJsonSchema,
    model_validator,
)

Array = NDArray[np.float64]

MAX_POINTS = 64  # project's choice: more than one every second of a one-minute step
LONGEST_S = 3600.0  # project's choice: a sanity bound, three times the longest session (rule 84)

PRESETS: dict[str, tuple[tuple[float, float], ...]] = {
    "hold": ((0.0, 1.0), (1.0, 1.0)),
    "rise": ((0.0, 0.4), (1.0, 1.0)),
    "light-strong-light": ((0.0, 0.5), (0.4, 1.0), (0.6, 1.0), (1.0, 0.5)),
    "wave": ((0.0, 0.6), (0.17, 1.0), (0.33, 0.6), (0.5, 1.0), (0.67, 0.6), (0.83, 1.0), (1.0, 0.6)),
}

_Time = Annotated[float, Field(ge=0.0, le=LONGEST_S, strict=True, allow_inf_nan=False)]
_Level = Annotated[float, Field(ge=0.0, le=1.0, strict=True, allow_inf_nan=False)]


class IntensityCurve(BaseModel):
    """A level from 0 to 1 over a step, relative to the step's own level.

    `points` are pairs of time and level, times strictly rising; `unit` says whether times are a fraction of
    the step (0 to 1) or seconds from its beginning. Before the first and after the last point the curve
    holds.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    points: tuple[tuple[_Time, _Level], ...] = Field(min_length=2, max_length=MAX_POINTS)
    unit: Literal["fraction", "seconds"] = "fraction"

    @model_validator(mode="after")
    def _times_rise(self) -> IntensityCurve:
        times = [time for time, _ in self.points]
        # A thousandth of the unit apart, or the slope between two points would be a jump in disguise.
        if any(later - earlier < 1e-3 - 1e-9 for earlier, later in pairwise(times)):
            raise ValueError("the times of the points must rise, by 0.001 at least")
        if self.unit == "fraction" and times[-1] > 1.0:
            raise ValueError('times in step fraction end at 1 (write unit = "seconds" for seconds)')
        return self

    def __eq__(self, other: object) -> bool:
        # Not the model's own, which would compare the arrays that an evaluated curve keeps as well.
        if not isinstance(other, IntensityCurve):
            return NotImplemented
        return (self.points, self.unit) == (other.points, other.unit)

    def __hash__(self) -> int:
        return hash((self.points, self.unit))

    @classmethod
    def preset(cls, name: str) -> IntensityCurve:
        """Return one of the curves that have a name; KeyError for any other name."""
        return cls(points=PRESETS[name])

    def at(self, elapsed: Array, duration: float) -> Array:
        """Return the level at each time in seconds from the beginning of a step of `duration` seconds."""
        return self.evaluate(elapsed / duration if self.unit == "fraction" else elapsed)

    def stretched(self, factor: float) -> IntensityCurve:
        """Return the curve taking `factor` times as long; one in fractions as it is."""
        if self.unit == "fraction":
            return self
        points = tuple((round(time * factor, 3), level) for time, level in self.points)
        return type(self)(points=points, unit=self.unit)

    def evaluate(self, times: Array) -> Array:
        """Return the level at each time, in the curve's own unit."""
        x, y, slope = self._knots
        inside = np.clip(times, x[0], x[-1])
        k = np.clip(np.searchsorted(x, inside, side="right") - 1, 0, len(x) - 2)
        width = x[k + 1] - x[k]
        u = (inside - x[k]) / width
        v = 1.0 - u
        value = (
            v * v * (1.0 + 2.0 * u) * y[k]
            + u * u * (1.0 + 2.0 * v) * y[k + 1]
            + u * v * width * (v * slope[k] - u * slope[k + 1])
        )
        # Rounding may leave the band by a few parts in 10^16; the promise is that nothing leaves it.
        return np.asarray(np.clip(value, np.minimum(y[k], y[k + 1]), np.maximum(y[k], y[k + 1])))

    @property
    def peak(self) -> float:
        """The highest level that the curve reaches (it is a point: there is no overshoot)."""
        return max(level for _, level in self.points)

    @cached_property
    def _knots(self) -> tuple[Array, Array, Array]:
        x, y = np.array(self.points, dtype=np.float64).T
        return x, y, _slopes(x, y)


def _slopes(x: Array, y: Array) -> Array:
    """Return the slope at each point: zero at a turn, else a weighted harmonic mean of both chords."""
    h = np.diff(x)
    chord = np.diff(y) / h
    slope = np.empty_like(y)
    if len(x) == 2:
        slope[:] = chord[0]
        return slope
    before, after = chord[:-1], chord[1:]
    rising = before * after > 0.0
    w1, w2 = 2.0 * h[1:] + h[:-1], h[1:] + 2.0 * h[:-1]
    # Written as a product, so that neither a chord of nothing nor a tiny one divides by nothing.
    below = np.where(rising, w1 * after + w2 * before, 1.0)
    mean = (w1 + w2) * before * after / below
    slope[1:-1] = np.where(rising, mean, 0.0)
    slope[0] = _end_slope(h[0], h[1], chord[0], chord[1])
    slope[-1] = _end_slope(h[-1], h[-2], chord[-1], chord[-2])
    return slope


def _end_slope(h0: float, h1: float, chord0: float, chord1: float) -> float:
    slope = ((2.0 * h0 + h1) * chord0 - h0 * chord1) / (h0 + h1)
    if slope * chord0 <= 0.0:
        return 0.0
    limit = 3.0 * chord0
    return limit if chord0 * chord1 <= 0.0 and abs(slope) > abs(limit) else slope


def _read(value: Any) -> Any:
    if isinstance(value, str):
        if value not in PRESETS:
            raise ValueError(f"there is no curve '{value}'; presets are {', '.join(PRESETS)}")
        return {"points": PRESETS[value]}
    return {"points": value} if isinstance(value, list | tuple) else value


def _write(curve: IntensityCurve) -> Any:
    for name, points in PRESETS.items():
        if curve.unit == "fraction" and curve.points == points:
            return name
    points_list = [list(point) for point in curve.points]
    return points_list if curve.unit == "fraction" else {"unit": curve.unit, "points": points_list}


_POINTS_SCHEMA: dict[str, Any] = {
    "type": "array",
    "minItems": 2,
    "maxItems": MAX_POINTS,
    "items": {
        "type": "array",
        "prefixItems": [{"type": "number"}, {"type": "number"}],
        "minItems": 2,
        "maxItems": 2,
    },
}

Curve = Annotated[
    IntensityCurve,
    BeforeValidator(_read),
    PlainSerializer(_write),
    WithJsonSchema(
        {
            "description": "a preset's name, points in step fraction, or a table with unit and points",
            "anyOf": [
                {"type": "string", "enum": list(PRESETS)},
                _POINTS_SCHEMA,
                {
                    "type": "object",
                    "properties": {"unit": {"enum": ["fraction", "seconds"]}, "points": _POINTS_SCHEMA},
                    "required": ["points"],
                    "additionalProperties": False,
                },
            ],
        }
    ),
]
