"""The device behind a guard that is built to place its motors: it takes pulses, and no session."""

from typing import TYPE_CHECKING

from firmware_bridge.clock import Clock
from firmware_bridge.devices.layout import Layout
from firmware_bridge.devices.placing import placing_layout
from firmware_bridge.play.wire_device import WireDevice
from firmware_bridge.safety.interlock import Interlock
from firmware_bridge.safety.placing_veto import PlacingVeto
from firmware_bridge.wire.identity import DeviceSelf
from firmware_bridge.wire.placing import placing_self

if TYPE_CHECKING:
    from firmware_bridge.wire.link import Link


class PlacingDevice(WireDevice):
    """The device behind `link`, an OpenedDevice of so many `channels`; one pulse each time that it is armed.

    `spent_s` are the seconds of pulses that it had in runs before. Whoever opened the link closes it.
    """

    def __init__(self, link: "Link", clock: Clock, channels: int, spent_s: float = 0.0) -> None:
        super().__init__(link, clock)
        self._built = placing_self(channels)
        self._pulses = PlacingVeto(channels, spent_s)

    @property
    def spent_s(self) -> float:
        """Seconds of pulses that it has had, those of earlier runs included."""
        return self._pulses.spent_s

    def turn(self, channel: int) -> Layout:
        """What to arm it with, so that one channel may move."""
        return placing_layout(len(self._built.table), channel)

    def _interlock(self, layout: Layout, expected: int) -> Interlock:
        return Interlock(layout.actuators, layout.power_budget, expected, placing=self._pulses)

    def _fits(self, told: DeviceSelf, layout: Layout) -> bool:  # noqa: ARG002  (its own, whatever was planned)
        return told == self._built
