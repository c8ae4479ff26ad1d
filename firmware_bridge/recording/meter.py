"""One meter of work and levels, frame by frame, in memory that does not grow with the session.

The dose of the ledger and the summary of a run are read off it. They differ in what they feed it (levels as
commanded, or as the motors made them felt), in when a zone counts as active, and in how long a rest is.
"""

from __future__ import annotations

from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from firmware_bridge.devices.layout import Layout

Floats = NDArray[np.float64]
Counts = NDArray[np.int64]
Flags = NDArray[np.bool_]
Scalar = TypeVar("Scalar", bound=np.generic)


class DwellMeter:
    """How long each of `width` actuators works, in frames, and its longest span of work between two rests.

    A rest is `rest_frames` frames without work and without a break (rule 55); shorter pauses belong to the
    span, which goes from its first work to its last.
    """

    def __init__(self, width: int, rest_frames: int) -> None:
        self.worked: Counts
        self.longest: Counts
        self.worked, self.longest = np.zeros((2, width), dtype=np.int64)
        self._span = np.zeros(width, dtype=np.int64)  # since the first work after the last full rest
        self._rest = np.zeros(width, dtype=np.int64)  # without work up to now
        self._rest_frames = rest_frames

    def add(self, works: Flags) -> None:
        """Add n frames, (n, width); how frames fall into calls changes nothing."""
        step = self._rest_frames - 1
        for at in range(0, len(works), step):
            self._add_part(works[at : at + step])

    def _add_part(self, works: Flags) -> None:
        # A part is shorter than a rest, so only a rest that reaches in from before can end inside it.
        frames, count = len(works), works.sum(axis=0)
        ever = count > 0
        lead = np.where(ever, works.argmax(axis=0), frames)
        self._span[self._rest + lead >= self._rest_frames] = 0
        begun = self._span > 0
        self._span = np.where(begun, self._span + frames, np.where(ever, frames - lead, 0))
        self._rest = np.where(ever, works[::-1].argmax(axis=0), self._rest + frames)
        self.worked += count
        np.maximum(self.longest, np.where(ever, self._span - self._rest, 0), out=self.longest)


class ZoneMeter:
    """Peak, sum and time of each zone's level: in each frame that of the strongest of its allowed actuators.

    `zones` are those with an allowed actuator, in wire order; `peak`, `sum` and `active` have one entry each.
    """

    def __init__(self, layout: Layout) -> None:
        allowed = layout.allowed
        self.zones = tuple(dict.fromkeys(actuator.zone for actuator in allowed))
        by_zone = sorted(allowed, key=lambda actuator: (self.zones.index(actuator.zone), actuator.index))
        names = [actuator.zone for actuator in by_zone]
        self._columns = np.array([actuator.index for actuator in by_zone], dtype=np.intp)
        self._starts = np.array([names.index(zone) for zone in self.zones], dtype=np.intp)
        self.peak, self.sum = np.zeros((2, len(self.zones)))
        self.active: Counts = np.zeros(len(self.zones), dtype=np.int64)

    def add(self, strongest: Floats, active: Flags) -> None:
        """Add n frames: the level of each zone, from 0, and whether it counts, each (n, zones).

        `peak` is over all frames, `sum` and `active` (frames) over those that count.
        """
        self.peak = np.maximum(self.peak, strongest.max(axis=0, initial=0.0))
        self.sum += (strongest * active).sum(axis=0)
        self.active += active.sum(axis=0)

    def strongest(self, values: NDArray[Scalar]) -> NDArray[Scalar]:
        """Return the highest value of each zone's actuators: (n, actuators) to (n, zones)."""
        return np.asarray(np.maximum.reduceat(values[:, self._columns], self._starts, axis=1))

    def total(self, values: Floats) -> Floats:
        """Return the sum over each zone's actuators: (actuators,) to (zones,)."""
        return np.asarray(np.add.reduceat(values[self._columns], self._starts))
