"""ForeignSignal: what a foreign file comes to, whatever its format."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from kneadwave.exchange.envelope import Envelope

GRID_S: Final = 0.02
"""Seconds from sample to sample where a file says what plays at once; a frame of ours."""
GRID_MAX_S: Final = 1200.0
"""So much of it is looked at: no session is longer (rule 84)."""
PIECES_MAX: Final = 20_000
"""Events or effects that are laid over each other; project's choice: sixteen a second of a session."""


@dataclass(frozen=True)
class ForeignSignal:
    """An envelope, what was left out of it (`notes`, sentences), and what else the file tells.

    `lasts_s` is the file's own length, `strokes_cpm` how often a movement goes up and down a minute,
    `touched` the places that a contact passes in mm on the body, in order.
    """

    format: str
    envelope: Envelope
    lasts_s: float
    notes: tuple[str, ...] = ()
    strokes_cpm: float | None = None
    touched: tuple[tuple[float, float], ...] = ()


class Mixer:
    """Lays pieces over each other on a grid of time: at each time the strongest counts."""

    def __init__(self, lasts_s: float) -> None:
        count = int(np.ceil(min(lasts_s, GRID_MAX_S) / GRID_S)) + 1
        self.times: NDArray[np.float64] = np.arange(count, dtype=np.float64) * GRID_S
        self._levels = np.zeros(count)

    def add(self, times: NDArray[np.float64], levels: NDArray[np.float64], end: float) -> None:
        """Add a piece that is linear between its points and holds its last level until `end`, s."""
        first, after = np.searchsorted(self.times, (times[0] - 1e-9, end - 1e-9))
        part = slice(int(first), int(after))
        self._levels[part] = np.maximum(self._levels[part], np.interp(self.times[part], times, levels))

    def envelope(self, factor: NDArray[np.float64] | float = 1.0) -> Envelope:
        """What plays, times a factor for each time of the grid."""
        return Envelope(self.times, np.clip(self._levels * factor, 0.0, 1.0))
