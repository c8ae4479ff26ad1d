"""From felt level to drive, and back.

A motor answers drive unevenly: it does not start below `start`, and what is felt grows with a power of what
is above it (an ERM's acceleration goes with the square of its speed, so its exponent is about one half).
"""

import numpy as np
import numpy.typing as npt

from firmware_bridge.limits import DRIVE_MAX, FELT_FLOOR

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]


class Response:
    """The response curve drive = start + (255 - start) * level ** exponent, and its inverse.

    Arguments broadcast against one another, so (frames, actuators) goes with per-actuator `start`,
    `exponent`.
    """

    @staticmethod
    def drive_for(level: npt.ArrayLike, start: npt.ArrayLike, exponent: npt.ArrayLike) -> IntArray:
        """Drive 0..255 for a felt level 0..1; levels below FELT_FLOOR and anything not finite are off."""
        felt = np.asarray(level, dtype=np.float64)
        on = np.isfinite(felt) & (felt >= FELT_FLOOR)
        held = np.minimum(np.where(on, felt, 0.0), 1.0)
        first = np.asarray(start, dtype=np.float64)
        raw = np.rint(first + (DRIVE_MAX - first) * held ** np.asarray(exponent, dtype=np.float64))
        return np.asarray(np.where(on, raw, 0.0), dtype=np.int64)

    @staticmethod
    def felt_for(drive: npt.ArrayLike, start: npt.ArrayLike, exponent: npt.ArrayLike) -> FloatArray:
        """Felt level 0..1 of a steady drive 0..255; 0 up to the start level."""
        first = np.asarray(start, dtype=np.float64)
        above = (np.asarray(drive, dtype=np.float64) - first) / (DRIVE_MAX - first)
        return np.asarray(np.clip(above, 0.0, 1.0) ** (1.0 / np.asarray(exponent, dtype=np.float64)))
