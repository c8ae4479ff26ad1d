"""Envelope: how strong something is over time. Nothing else is taken from a foreign file, or given to one."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Envelope:
    """Levels of 0 to 1 at times in seconds, linear in between; two nodes of one time are a jump.

    Times never fall; the first one is 0 or later. Before the first node nothing, after the last its level.
    """

    times: Array
    levels: Array

    @property
    def duration(self) -> float:
        """Seconds from 0 to the last node."""
        return float(self.times[-1])

    @property
    def peak(self) -> float:
        """The highest level."""
        return float(self.levels.max())

    def at(self, t: Array) -> Array:
        """Return the level at each time; at a jump that which comes after it."""
        return np.where(t < self.times[0], 0.0, self._between(np.searchsorted(self.times, t, "right"), t))

    def before(self, t: Array) -> Array:
        """Return the level just before each time."""
        return np.where(t <= self.times[0], 0.0, self._between(np.searchsorted(self.times, t, "left"), t))

    def smoothed(self, t: Array, window: float) -> Array:
        """Return the mean of the levels over `window` seconds around each time, as far as there are any."""
        if window <= 0.0:
            return self.at(t)
        low, high = np.maximum(t - window / 2.0, 0.0), np.minimum(t + window / 2.0, self.duration)
        width = high - low
        mean = (self._area(high) - self._area(low)) / np.where(width > 0.0, width, 1.0)
        return np.clip(np.where(width > 0.0, mean, self.at(t)), 0.0, 1.0)

    def cut(self, end: float) -> Envelope:
        """Return what lies before `end`."""
        if self.duration <= end:
            return self
        keep = self.times < end
        last = self.before(np.array([end]))
        return Envelope(np.append(self.times[keep], end), np.append(self.levels[keep], last))

    def thinned(self, within: float) -> Envelope:
        """Return nodes of this envelope from which straight lines miss no node by more than `within`."""
        keep = np.zeros(len(self.times), dtype=np.bool_)
        keep[[0, -1]] = True
        spans = [(0, len(self.times) - 1)]
        while spans:
            first, last = spans.pop()
            inner = slice(first + 1, last)
            line = _line(
                self.times[inner],
                (self.times[first], self.levels[first]),
                (self.times[last], self.levels[last]),
            )
            missed = np.abs(self.levels[inner] - line)
            if len(missed) and missed.max() > within:
                worst = first + 1 + int(missed.argmax())
                keep[worst] = True
                spans += [(first, worst), (worst, last)]
        return Envelope(self.times[keep], self.levels[keep])

    def _between(self, after: NDArray[np.intp], t: Array) -> Array:
        """The level at times that lie before the nodes `after` and not before those in front of them."""
        k = np.clip(after, 1, max(1, len(self.times) - 1))
        if len(self.times) == 1:
            return np.full(len(t), self.levels[0])
        (x0, y0), (x1, y1) = (self.times[k - 1], self.levels[k - 1]), (self.times[k], self.levels[k])
        width = x1 - x0
        share = np.where(width > 0.0, (t - x0) / np.where(width > 0.0, width, 1.0), 1.0)
        return np.asarray(y0 + np.clip(share, 0.0, 1.0) * (y1 - y0))

    def _area(self, t: Array) -> Array:
        """The area under the levels from 0 to each time."""
        steps = np.diff(self.times) * (self.levels[1:] + self.levels[:-1]) / 2.0
        sums = np.concatenate(([0.0], np.cumsum(steps)))
        k = np.clip(np.searchsorted(self.times, t, "right") - 1, 0, len(self.times) - 1)
        inside = np.maximum(t - self.times[k], 0.0)
        return np.asarray(sums[k] + inside * (self.levels[k] + self.at(t)) / 2.0 * (t >= self.times[0]))


def _line(t: Array, start: tuple[float, float], end: tuple[float, float]) -> Array:
    (x0, y0), (x1, y1) = start, end
    return np.asarray(y0 + (t - x0) / (x1 - x0) * (y1 - y0)) if x1 > x0 else np.full(len(t), y0)
