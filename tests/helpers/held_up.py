"""The clock of a process that is let run too seldom."""

from firmware_bridge.clock import MonotonicClock


class HeldUp(MonotonicClock):
    """Two seconds pass whenever somebody has looked at it."""

    def __init__(self) -> None:
        super().__init__()
        self._late = 0.0

    def now(self) -> float:
        self._late += 2.0
        return super().now() + self._late
