"""Which actuators work the same point: the centre of each lies within the footprint of the other."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from firmware_bridge.wire.messages import NOWHERE_MM, ActuatorInfo

Flags = NDArray[np.bool_]


class Points:
    """The points of the actuators in `table`; those without a place are points of their own.

    Flags of actuators have them in the last axis, in wire order.
    """

    def __init__(self, table: Sequence[ActuatorInfo]) -> None:
        of = list(range(len(table)))
        for i, one in enumerate(table):
            for k in range(i):
                if _overlap(one, table[k]):
                    old = of[i]
                    of = [of[k] if point == old else point for point in of]
        points = sorted(set(of))
        self.count = len(points)
        self._of = np.array([points.index(point) for point in of])
        self._apart = self.count == len(table)
        self._order = np.argsort(self._of)
        self._starts = np.searchsorted(self._of[self._order], np.arange(self.count))

    def gather(self, flags: Flags) -> Flags:
        """For each point, whether any of its actuators has its flag set."""
        if self._apart:
            return flags
        gathered: Flags = np.logical_or.reduceat(flags[..., self._order], self._starts, axis=-1)
        return gathered

    def spread(self, flags: Flags) -> Flags:
        """For each actuator, the flag of its point."""
        spread: Flags = flags[self._of]
        return spread


def _overlap(one: ActuatorInfo, other: ActuatorInfo) -> bool:
    if NOWHERE_MM in (one.x_mm, one.y_mm, other.x_mm, other.y_mm):
        return False
    across, along = one.x_mm - other.x_mm, one.y_mm - other.y_mm
    return across * across + along * along <= min(one.radius_mm, other.radius_mm) ** 2
