"""Several opened devices that a session plays on as if they were one."""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import Final, NoReturn

import numpy as np

from firmware_bridge.clock import Files, together
from firmware_bridge.devices.join import parts_of
from firmware_bridge.devices.layout import Layout
from firmware_bridge.errors import CHECK_CABLE, DeviceRefused, InterlockTrip, LinkLost
from firmware_bridge.play.device import Capabilities, OpenedDevice
from firmware_bridge.play.health import doubt
from firmware_bridge.wire.messages import DeviceState, Identity, Reason, Report, Setpoints, Status
from firmware_bridge.wire.reasons import reason_text
from firmware_bridge.wire.setpoints import Burst

WORST_FIRST = (
    DeviceState.TRIPPED,
    DeviceState.STOPPING,
    DeviceState.DISARMED,
    DeviceState.HOLDING,
    DeviceState.ARMED,
    DeviceState.PLAYING,
)
"""Of the states of several devices the first of these is that of all."""
_RANKS: Final[dict[int, int]] = {state: rank for rank, state in enumerate(WORST_FIRST)}


class JoinedDevice:
    """The `devices`, each with its own link, clock and interlock; an OpenedDevice.

    All are armed before one plays. Where one is lost, trips or stops, the session ends, and so all stop.
    Times in device milliseconds are those of the first.
    """

    def __init__(self, devices: Sequence[OpenedDevice]) -> None:
        self._devices = tuple(devices)
        self._parts: tuple[Layout, ...] = ()
        self._last_due = [0] * len(self._devices)

    @property
    def name(self) -> str:
        return " and ".join(device.name for device in self._devices)

    @property
    def capabilities(self) -> Capabilities:
        able = [device.capabilities for device in self._devices]
        silences = [each.watchdog_s for each in able]
        return Capabilities(
            watchdog_s=max(silences) if all(silences) else 0.0,
            clock=all(each.clock for each in able),
            readback=all(each.readback for each in able),
            latency_s=max(each.latency_s for each in able),
        )

    @property
    def status(self) -> Status | None:
        """The statuses of all as one: the worst state, what all put out, the most that came late at one."""
        told = self.statuses
        return self._merged(told) if len(told) == len(self._parts) > 0 else None

    @property
    def statuses(self) -> tuple[Status, ...]:
        return tuple(status for device in self._devices for status in device.statuses)

    @property
    def identities(self) -> tuple[Identity, ...]:
        return tuple(identity for device in self._devices for identity in device.identities)

    @property
    def status_at(self) -> float | None:
        """When the one was heard that is silent longest."""
        heard = [device.status_at for device in self._devices]
        return None if None in heard else min(at for at in heard if at is not None)

    @property
    def frames_sent(self) -> int:
        return sum(device.frames_sent for device in self._devices)

    @property
    def bytes_sent(self) -> int:
        return sum(device.bytes_sent for device in self._devices)

    @property
    def reports_read(self) -> int:
        return sum(device.reports_read for device in self._devices)

    def identify(self) -> object:
        return tuple(device.identify() for device in self._devices)

    def arm(self, layout: Layout, seconds: float) -> None:
        self.prepare(layout, seconds)
        self.arm_prepared()

    def prepare(self, layout: Layout, seconds: float) -> None:
        self._parts = parts_of(layout)
        if len(self._parts) != len(self._devices):
            raise DeviceRefused(f"{len(self._devices)} devices are open, {len(self._parts)} are described")
        for device, part in zip(self._devices, self._parts, strict=True):
            device.prepare(part, seconds)

    def arm_prepared(self) -> None:
        """Arm one after the other; those that are armed hear from us meanwhile, or they would latch.

        And are heard: one that trips while another is armed latches all, before any of them plays.
        """
        for number, device in enumerate(self._devices):
            device.arm_prepared()
            for armed in range(number + 1):
                self._devices[armed].beat()
                for report in self._read(self._devices[armed]):
                    if isinstance(report, Status):
                        self._look_at(report, armed)
                        self._expect_armed(report, self._devices[armed].name)

    def _expect_armed(self, status: Status, name: str) -> None:
        """Raise what one means that is armed no longer while others are."""
        why = reason_text(status.reason)
        if status.state == DeviceState.TRIPPED and status.reason != Reason.LINK_LOST:
            self.trip(f"the device {name} tripped: {why}")
        if status.state == DeviceState.TRIPPED:
            raise LinkLost(f"{name} lost the link while others were armed", hint=CHECK_CABLE)
        if status.state in (DeviceState.DISARMED, DeviceState.STOPPING):
            raise DeviceRefused(f"{name} stopped while others were armed: {why}", hint="start again")

    @property
    def ahead_ms(self) -> float:
        return min(device.ahead_ms for device in self._devices)

    def time_ms(self, now: float) -> float:
        return self._devices[0].time_ms(now)

    def wait_for_room(self, setpoints: Setpoints, now: float) -> float:
        return max(device.wait_for_room(own, now) for device, own in self._each(setpoints))

    def send(self, setpoints: Setpoints, now: float, *, due_ms: int) -> None:
        """As one does; where one refuses, all are latched."""
        first = self.time_ms(now)
        try:
            for number, (device, own) in enumerate(self._each(setpoints)):
                due = round(due_ms - first + device.time_ms(now))  # clocks drift: it may fall on the last one
                self._last_due[number] = max(due, self._last_due[number] + 1)
                device.send(own, now, due_ms=self._last_due[number])
        except InterlockTrip as trip:
            self.trip(str(trip))

    @property
    def takes_bursts(self) -> bool:
        return False

    def send_burst(self, burst: Burst, now: float, *, due_ms: Sequence[int]) -> bool:
        raise NotImplementedError("what several devices play goes frame by frame")

    def flush(self) -> None:
        for device in self._devices:
            device.flush()

    def beat(self) -> None:
        for device in self._devices:
            device.beat()

    def read(self) -> list[Report]:
        """What they have told: statuses as those of one device, once all have told theirs."""
        reports: list[Report] = []
        fresh = False
        for number, device in enumerate(self._devices):
            for report in self._read(device):
                if isinstance(report, Status):
                    self._look_at(report, number)
                    fresh = True
                else:
                    reports.append(report)
        status = self.status if fresh else None
        return reports if status is None else [*reports, status]

    def _read(self, device: OpenedDevice) -> list[Report]:
        try:
            return device.read()
        except InterlockTrip as trip:
            self.trip(str(trip))

    def waiting(self) -> bool:
        return any(device.waiting() for device in self._devices)

    @property
    def files(self) -> Files:
        return together([device.files for device in self._devices])

    def trip(self, reason: str) -> NoReturn:
        """Latch all of them."""
        for device in self._devices[1:]:
            with suppress(InterlockTrip):
                device.trip(reason)
        self._devices[0].trip(reason)

    def begin_stop(self) -> None:
        for device in self._devices:
            device.begin_stop()

    def stop(self) -> bool:
        """Tell all to stop, and only then wait for one after the other."""
        self.begin_stop()
        return all([device.stop() for device in self._devices])  # noqa: C419  (a generator would leave some out)

    def _each(self, setpoints: Setpoints) -> Iterator[tuple[OpenedDevice, Setpoints]]:
        first = 0
        for device, part in zip(self._devices, self._parts, strict=True):
            last = first + len(part.actuators)
            yield device, Setpoints(setpoints.drives[first:last], setpoints.rates[first:last])
            first = last

    def _look_at(self, status: Status, number: int) -> None:
        part = self._parts[number]
        doubted = doubt(status, len(part.actuators), part.power_budget)
        if doubted:
            self.trip(f"the device {self._devices[number].name} cannot be trusted: {doubted}")

    def _merged(self, told: Sequence[Status]) -> Status:
        worst = min(told, key=lambda status: _RANKS.get(status.state, -1))  # what nobody knows is worse
        return worst._replace(
            free_slots=min(status.free_slots for status in told),
            late=max(status.late for status in told),
            bad=sum(status.bad for status in told) & 0xFFFF,
            output_sum=sum(status.output_sum for status in told),
            resting=self._resting(told),
        )

    def _resting(self, told: Sequence[Status]) -> bytes:
        """The bits of all actuators, without the gaps between those of one device and the next."""
        bits = [
            np.unpackbits(np.frombuffer(status.resting, np.uint8), bitorder="little")[: len(part.actuators)]
            for status, part in zip(told, self._parts, strict=True)
        ]
        return np.packbits(np.concatenate(bits), bitorder="little").tobytes()
