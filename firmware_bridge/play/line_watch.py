"""What a session knows of its line: whether the device is heard, plays, and this computer keeps going."""

from collections import defaultdict
from math import inf
from typing import Final

from firmware_bridge.errors import CHECK_CABLE, LinkLost
from firmware_bridge.play.device import OpenedDevice
from firmware_bridge.play.health import Health, Losses, stood_still
from firmware_bridge.wire.messages import Status

LINK_LOST_S: Final = 1.0
"""Silence of the device after which the session is given up: the device has latched by then, too."""
FALTERED: Final = f"close other programs if this computer is busy, and {CHECK_CABLE}"
"""Where the link was lost for moments before."""
STALL_S: Final = 0.25
"""A turn of the loop that took so long: this computer stood still, and the device had nothing to play."""


class LineWatch:
    """Of one session on one device; times are those of its clock, seconds."""

    def __init__(self, device: OpenedDevice) -> None:
        self.losses = Losses()
        self._device = device
        self._health: defaultdict[int, Health] = defaultdict(Health)  # of each device that plays
        self._turned, self._stalled_s, self._stalled_at = 0.0, 0.0, -inf

    def begin(self, now: float) -> None:
        """Count stalls from now on."""
        self._turned = now

    def turn(self, now: float) -> None:
        """Note how long this computer stood still; LinkLost where the device switched off meanwhile."""
        stalled, self._turned = now - self._turned, now
        if stalled < STALL_S:
            return
        self._stalled_s, self._stalled_at = stalled, now
        for health in self._health.values():
            health.begin_anew()
        if stalled > self._device.capabilities.watchdog_s:
            raise stood_still(self._stalled_s)

    def refuse_silence(self, now: float) -> None:
        """LinkLost where the device has not been heard for LINK_LOST_S."""
        heard = self._device.status_at
        if heard is not None and now - heard > LINK_LOST_S:
            hint = FALTERED if self.losses.count else CHECK_CABLE
            raise LinkLost(f"{self._device.name} went silent", hint=hint)

    def count(self, status: Status) -> None:
        """Take each status in its turn: whether the link was lost for a moment."""
        self.losses.note(status)

    def look_at_each(self, now: float) -> None:
        """Look at the latest status of each device; LinkLost where one missed too much."""
        for number, own in enumerate(self._device.statuses):
            self._health[number].note(own, now)

    def lost(self, now: float) -> LinkLost:
        """What to raise where the device switched off because it had heard nothing."""
        if now - self._stalled_at < LINK_LOST_S:
            return stood_still(self._stalled_s)
        return LinkLost("the device lost the link and switched off", hint="wait until the line is calm")
