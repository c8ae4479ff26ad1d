"""From many samples of a level to a curve of few points that stays within a stated error of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from profiles.curve import MAX_POINTS, IntensityCurve
from profiles.errors import ProfileError

Array = NDArray[np.float64]
Flags = NDArray[np.bool_]
Point = tuple[float, float]

_DIGITS = {"fraction": 4, "seconds": 1}  # of a time; so that a person can read what was fitted
_LEVEL_DIGITS = 3
_APART = {"fraction": 1e-3, "seconds": 0.1}  # the least distance between two points


@dataclass(frozen=True)
class Simplified:
    """A curve and the most by which it differs from the samples that count."""

    curve: IntensityCurve
    error: float


def simplify(
    times: Array,
    levels: Array,
    within: float,
    *,
    unit: Literal["fraction", "seconds"] = "seconds",
    counted: Flags | None = None,
    most: int = MAX_POINTS,
) -> Simplified:
    """Return a curve of few points that stays `within` of the samples that are `counted` (default: all).

    `times` rise, in the unit of the curve; levels are 0 to 1. Points are added where the error is largest,
    then those are taken out again that are not needed. ProfileError where `most` points are not enough.
    """
    counts = np.ones(len(times), dtype=np.bool_) if counted is None else counted
    samples = _Samples(times, np.clip(levels, 0.0, 1.0), counts, unit)
    chosen = [0, len(times) - 1]
    while (found := samples.error(chosen)) > within:
        worst = samples.worst(chosen)
        if worst is None or len(chosen) >= most:
            raise ProfileError(
                f"{len(chosen)} points keep the curve within {found:.1%} of it, not within {within:.1%}",
                hint=f"allow an error of {np.ceil(found * 200) / 200:.1%} or more",
            )
        chosen = sorted([*chosen, worst])
    chosen = _thinned(samples, chosen, within)
    return Simplified(samples.curve(chosen), samples.error(chosen))


def _thinned(samples: _Samples, chosen: list[int], within: float) -> list[int]:
    """Return the points without those that can be left out; the first and the last stay."""
    while len(chosen) > 2:
        without = {k: samples.error(chosen[:k] + chosen[k + 1 :]) for k in range(1, len(chosen) - 1)}
        least = min(without, key=lambda k: without[k])
        if without[least] > within:
            break
        chosen = chosen[:least] + chosen[least + 1 :]
    return chosen


class _Samples:
    """What a curve is held against; a curve is a list of the numbers of samples that are its points."""

    def __init__(
        self, times: Array, levels: Array, counted: Flags, unit: Literal["fraction", "seconds"]
    ) -> None:
        self._times, self._levels, self._unit = times, levels, unit
        self._counted = np.flatnonzero(counted)
        # A point is written rounded, so it is judged rounded.
        self._written = np.round(times, _DIGITS[unit])

    def curve(self, chosen: list[int]) -> IntensityCurve:
        points = tuple(
            (float(self._written[k]), round(float(self._levels[k]), _LEVEL_DIGITS)) for k in chosen
        )
        return IntensityCurve(points=points, unit=self._unit)

    def error(self, chosen: list[int]) -> float:
        return float(self._errors(chosen).max(initial=0.0))

    def worst(self, chosen: list[int]) -> int | None:
        """The sample with the largest error at which a point can be; None where all are taken."""
        errors = self._errors(chosen)
        taken = self._written[chosen]
        for k in np.argsort(-errors):
            sample = int(self._counted[k])
            if np.abs(taken - self._written[sample]).min() >= _APART[self._unit] - 1e-9:
                return sample
        return None

    def _errors(self, chosen: list[int]) -> Array:
        drawn = self.curve(chosen).evaluate(self._times[self._counted])
        return np.asarray(np.abs(drawn - self._levels[self._counted]))
