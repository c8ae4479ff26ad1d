"""A device that speaks docs/wire.md: our firmware, a guard before another device, the virtual cushion."""

from collections.abc import Sequence
from contextlib import suppress
from ctypes import CDLL
from math import ceil
from typing import TYPE_CHECKING, Final, NoReturn

from firmware_bridge.clock import Clock, Files
from firmware_bridge.devices.footprint import footprint_limits
from firmware_bridge.devices.layout import Layout
from firmware_bridge.errors import DeviceRefused, DeviceRemedy, InterlockTrip, LimitsMismatch, LinkError
from firmware_bridge.limits import FRAME_S, SESSION_MAX_S
from firmware_bridge.play.connection import Connection
from firmware_bridge.play.device import LOOKAHEAD_MS, Capabilities
from firmware_bridge.play.requests import Dialogue
from firmware_bridge.safety.interlock import Interlock
from firmware_bridge.wire.codec import session_hash, setpoints_size
from firmware_bridge.wire.framing import FRAME_OVERHEAD
from firmware_bridge.wire.identity import DeviceSelf
from firmware_bridge.wire.messages import (
    CEILINGS_MAX,
    LIMITS_HEAD,
    Identity,
    LimitsHash,
    Report,
    Setpoints,
    Status,
)
from firmware_bridge.wire.setpoints import Burst
from profiles.waveform import FRAME_RATE_HZ

if TYPE_CHECKING:  # a simulation has no need of pyserial, which takes its time to import
    from firmware_bridge.wire.link import Link

WIRE: Final = Capabilities(watchdog_s=1.0, clock=True, readback=True, latency_s=0.0)
"""What docs/wire.md promises of every device that speaks it."""
REST_MAX_S: Final = 2.5
"""Longer than any actuator has to rest, seconds; docs/wire.md: 2 s."""
POLL_S: Final = 0.02
READ_MAX_S: Final = 0.05
"""What took longer to read, seconds, tells nothing of the time: this computer stood still."""
SLOTS_MIN: Final = 8
RATES: Final = (50, 25, 10)
"""Setpoints that the queue of a device holds at least, and how many it may take a second; docs/wire.md."""


class WireDevice:
    """The device behind `link`, an OpenedDevice. Whoever opened the link closes it.

    Nothing may move until `arm`: before it, the interlock knows no actuator. With `native`, the library of
    safety/veto.c, it takes bursts of frames.
    """

    capabilities = WIRE

    def __init__(self, link: "Link", clock: Clock, native: CDLL | None = None) -> None:
        self._native = native
        self.link = link
        self.clock = clock
        self._begin()

    def _begin(self) -> None:
        self.connection = Connection()
        self.told: DeviceSelf | None = None
        self._requests = Dialogue(self.link, self.clock, self.connection)
        self._unsent: list[bytes] = []
        self._slots, self._every = SLOTS_MIN, 1
        self._number = -1  # of setpoints that were handed in
        self._session_hash: int | None = None  # of the limits that it was told

    @property
    def name(self) -> str:
        return self.link.name

    @property
    def status(self) -> Status | None:
        return self.connection.status

    @property
    def statuses(self) -> tuple[Status, ...]:
        return () if self.status is None else (self.status,)

    @property
    def identities(self) -> tuple[Identity, ...]:
        return () if self.told is None else (self.told.identity,)

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

    def arm(self, layout: Layout, seconds: float) -> None:
        self.prepare(layout, seconds)
        self.arm_prepared()

    def prepare(self, layout: Layout, seconds: float) -> None:
        if self.told is None:
            raise DeviceRefused(f"{self.name} was not asked what it is, so it is not armed")
        identity = self.told.identity
        self._refuse_what_does_not_fit(self.told, layout)
        self._slots, self._every = identity.slots, FRAME_RATE_HZ // identity.rate
        whole_s = min(int(SESSION_MAX_S), ceil(seconds))
        ceilings = bytes(0 if one.excluded else one.ceiling for one in layout.actuators)
        expected = session_hash(identity.limits_hash, whole_s, ceilings)
        self.connection.guard(self._interlock(layout, expected))
        self._requests.clear_lost_link()
        self._await_rest()
        at_once = min(CEILINGS_MAX, identity.payload - LIMITS_HEAD)
        self._requests.tell_limits(whole_s, ceilings, at_once, LimitsHash(expected, whole_s))
        self._session_hash = expected

    def arm_prepared(self) -> None:
        if self._session_hash is None:
            raise DeviceRefused(f"{self.name} was not told its limits, so it is not armed")
        self._requests.arm(self._session_hash)

    def _interlock(self, layout: Layout, expected: int) -> Interlock:
        """What guards all that is sent once it is armed."""
        footprints = footprint_limits(layout.description.actuators, layout.stature_m)
        return Interlock(layout.actuators, layout.power_budget, expected, footprints, native=self._native)

    def _fits(self, told: DeviceSelf, layout: Layout) -> bool:
        """Whether the device holds the limits that `layout` was made for."""
        return told.is_built_to(layout.description)

    def _refuse_what_does_not_fit(self, told: DeviceSelf, layout: Layout) -> None:
        identity, description = told.identity, layout.description
        if not self._fits(told, layout):
            raise LimitsMismatch(
                "the device holds other limits than its description here",
                hint=DeviceRemedy.USE_ITS_DESCRIPTION,
            )
        needed = max(description.full_frame_bytes, LIMITS_HEAD + 1)  # or it could be told no ceiling
        if needed > identity.payload:
            raise DeviceRefused(
                f"{self.name} takes payloads of {identity.payload} bytes; "
                f"{needed} are needed for all its actuators"
            )
        if identity.slots < SLOTS_MIN or identity.rate not in RATES:
            raise DeviceRefused(
                f"{self.name} takes {identity.rate} setpoints a second and keeps {identity.slots}; "
                f"docs/wire.md knows of 50, 25 and 10, and of {SLOTS_MIN} kept at least"
            )

    def _await_rest(self) -> None:
        """Wait while the device keeps actuators off that have just worked, or that it does not know yet."""
        deadline = self.clock.now() + REST_MAX_S
        while any(self._requests.status().resting):
            if self.clock.now() >= deadline:
                raise DeviceRefused(f"{self.name} lets its actuators rest and does not end it")
            self.clock.sleep(POLL_S)
            self.read()

    def time_ms(self, now: float) -> float:
        return self.connection.device_time(now)

    def wait_for_room(self, setpoints: Setpoints, now: float) -> float:
        return self.connection.wait_for_room(setpoints_size(setpoints) + FRAME_OVERHEAD, now)

    @property
    def ahead_ms(self) -> float:
        queued_ms = (self._slots - 1) * self._every * FRAME_S * 1000
        return min(LOOKAHEAD_MS, queued_ms)

    def send(self, setpoints: Setpoints, now: float, *, due_ms: int) -> None:
        self._number += 1
        try:
            if self._number % self._every:
                self.connection.check(setpoints)
                return
            data = self.connection.send(setpoints, now, t_ms=due_ms)
        except InterlockTrip:
            self._unsent.clear()
            raise
        self._unsent.append(data)

    @property
    def takes_bursts(self) -> bool:
        return self._native is not None and self._every == 1

    def send_burst(self, burst: Burst, now: float, *, due_ms: Sequence[int]) -> bool:
        data = self.connection.send_burst(burst, now, t_ms=due_ms)
        if data:
            self._number += burst.frames
            self._unsent.append(data)
        return bool(data)

    def flush(self) -> None:
        if self._unsent:
            data = b"".join(self._unsent)
            self._unsent.clear()
            self.link.write(data)

    def beat(self) -> None:
        beat = self.connection.heartbeat(self.clock.now())
        if beat:
            self.link.write(beat)

    def read(self) -> list[Report]:
        began = self.clock.now()
        data = self.link.read()
        now = self.clock.now()
        timely = now - began < READ_MAX_S
        reports = self.connection.receive(data, now, timely=timely)
        fault = self.connection.clock.fault(now) if timely else ""
        if fault:
            self.trip(f"the device cannot be trusted: {fault}")
        return reports

    def waiting(self) -> bool:
        return self.link.waiting()

    @property
    def files(self) -> Files:
        return self.link.files

    def trip(self, reason: str) -> NoReturn:
        self.connection.interlock.fault(reason)

    def begin_stop(self) -> None:
        self._unsent.clear()
        self.link.abandon_output()
        with suppress(LinkError):
            self.link.write(self.connection.stop(self.clock.now()))

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
