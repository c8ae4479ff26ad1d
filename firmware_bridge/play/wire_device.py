"""A device that speaks docs/wire.md: our firmware, a guard before another device, the virtual cushion."""

from typing import TYPE_CHECKING, Final, NoReturn

from firmware_bridge.clock import Clock
from firmware_bridge.devices.layout import Layout
from firmware_bridge.errors import DeviceRefused, InterlockTrip
from firmware_bridge.play.connection import Connection
from firmware_bridge.play.device import Capabilities
from firmware_bridge.play.requests import Dialogue
from firmware_bridge.safety.interlock import Interlock
from firmware_bridge.wire.codec import setpoints_size
from firmware_bridge.wire.framing import FRAME_OVERHEAD
from firmware_bridge.wire.identity import DeviceSelf, expected_hash
from firmware_bridge.wire.messages import Report, Setpoints, Status

if TYPE_CHECKING:  # a simulation has no need of pyserial, which takes its time to import
    from firmware_bridge.wire.link import Link

WIRE: Final = Capabilities(watchdog_s=1.0, clock=True, readback=True, latency_s=0.0)
"""What docs/wire.md promises of every device that speaks it."""
HEARTBEAT_SIZE: Final = FRAME_OVERHEAD + 1
"""Bytes of a heartbeat, for which there is always room kept on the line."""


class WireDevice:
    """The device behind `link`, an OpenedDevice. Whoever opened the link closes it.

    Nothing may move until `arm`: before it, the interlock knows no actuator.
    """

    capabilities = WIRE

    def __init__(self, link: "Link", clock: Clock) -> None:
        self.link = link
        self.clock = clock
        self._begin()

    def _begin(self) -> None:
        self.connection = Connection()
        self.told: DeviceSelf | None = None
        self._requests = Dialogue(self.link, self.clock, self.connection)
        self._unsent: list[bytes] = []

    @property
    def name(self) -> str:
        return self.link.name

    @property
    def status(self) -> Status | None:
        return self.connection.status

    @property
    def status_at(self) -> float | None:
        return self.connection.status_at

    @property
    def frames_sent(self) -> int:
        return self.connection.frames_sent

    @property
    def bytes_sent(self) -> int:
        return self.connection.bytes_sent

    @property
    def reports_read(self) -> int:
        return self.connection.reports_read

    def identify(self) -> DeviceSelf:
        if self.told is not None:
            self._begin()  # another device may have been plugged in since, or this one restarted
        self.told = self._requests.identify()
        return self.told

    def arm(self, layout: Layout) -> None:
        if self.told is None:
            raise DeviceRefused(f"{self.name} was not asked what it is, so it is not armed")
        budget = min(layout.power_budget, self.told.identity.power_budget)
        limits_hash = expected_hash(layout.description)
        self.connection.guard(Interlock(layout.actuators, budget, limits_hash))
        self._requests.clear_lost_link()
        self._requests.arm(limits_hash)

    def time_ms(self, now: float) -> float:
        return self.connection.device_time(now)

    def wait_for_room(self, setpoints: Setpoints, now: float) -> float:
        return self.connection.wait_for_room(setpoints_size(setpoints) + HEARTBEAT_SIZE, now)

    def send(self, setpoints: Setpoints, now: float, *, due_ms: int) -> None:
        try:
            data = self.connection.send(setpoints, now, t_ms=due_ms)
        except InterlockTrip:
            self._unsent.clear()
            raise
        self._unsent.append(data)

    def flush(self) -> None:
        if self._unsent:
            data = b"".join(self._unsent)
            self._unsent.clear()
            self.link.write(data)

    def beat(self, now: float) -> None:
        beat = self.connection.heartbeat(now)
        if beat:
            self.link.write(beat)

    def read(self, now: float) -> list[Report]:
        return self.connection.receive(self.link.read(), now)

    def waiting(self) -> bool:
        return self.link.waiting()

    def trip(self, reason: str) -> NoReturn:
        self.connection.interlock.fault(reason)

    def stop(self) -> bool:
        self._unsent.clear()
        return self._requests.stop()

    def send_stop(self) -> None:
        """Send a stop and wait for nothing: three times, as nothing confirms it, and a line break after it.

        A line that loses bytes hardly loses all. Raises LinkLost or LinkTimeout.
        """
        for _ in range(3):
            self.link.write(self.connection.stop(self.clock.now()))
        self.link.signal_break()

    def reset(self) -> None:
        """Clear a latched trip; nothing starts by it. Raises DeviceRefused or LinkTimeout."""
        self._requests.reset()
