"""The watchdog: when a host counts as lost."""

from firmware_bridge.guard.states import HARD_LOSS_MS, SOFT_LOSS_MS


class Watchdog:
    """Device times, ms, at which the host was heard last: any valid frame, and a sign that it reads."""

    def __init__(self, now: int) -> None:
        self.valid_at = now
        self.live_at = now

    def restart(self, now: int) -> None:
        """The host armed the device: it is there."""
        self.valid_at = self.live_at = now

    def starves_at(self, last_due: int) -> int:
        """When the link counts as lost, softly: no valid frame, or nothing left to play, for too long."""
        return min(self.valid_at, last_due) + SOFT_LOSS_MS

    def lost_at(self) -> int:
        """When the link counts as lost for good."""
        return self.live_at + HARD_LOSS_MS
