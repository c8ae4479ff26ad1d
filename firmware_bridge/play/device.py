"""What a session talks to: a device that somebody has opened."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NoReturn, Protocol

from firmware_bridge.clock import Files
from firmware_bridge.devices.layout import Layout
from firmware_bridge.wire.messages import Identity, Report, Setpoints, Status
from firmware_bridge.wire.setpoints import Burst

LOOKAHEAD_MS = 250
"""How far ahead of its clock a device is fed, where its queue is long enough; docs/wire.md."""


@dataclass(frozen=True)
class Capabilities:
    """What a device can do for a session.

    `watchdog_s`: the silence of the host, seconds, after which it switches off by itself; 0 if it never does.
    `clock`: whether setpoints wait in it until their time. `readback`: whether it reports what it puts out.
    `latency_s`: how long after its time a setpoint is put out.
    """

    watchdog_s: float
    clock: bool
    readback: bool
    latency_s: float


class OpenedDevice(Protocol):
    """One device, opened by somebody who also closes it. Times are host seconds unless they say `ms`."""

    @property
    def name(self) -> str:
        """Where it is, for people."""
        ...

    @property
    def capabilities(self) -> Capabilities:
        """What it can do."""
        ...

    @property
    def status(self) -> Status | None:
        """Its latest status."""
        ...

    @property
    def statuses(self) -> tuple[Status, ...]:
        """The latest status of each device that it consists of; of one device, its own."""
        ...

    @property
    def identities(self) -> tuple[Identity, ...]:
        """What each device that it consists of told that it is; empty before it was asked."""
        ...

    @property
    def status_at(self) -> float | None:
        """When that arrived."""
        ...

    @property
    def frames_sent(self) -> int:
        """Messages sent since it was identified."""
        ...

    @property
    def bytes_sent(self) -> int:
        """Their bytes."""
        ...

    @property
    def reports_read(self) -> int:
        """Reports that it sent since then."""
        ...

    def identify(self) -> object:
        """Begin to talk: ask for identity and limits, and give what it said. Nothing moves.

        Raises LinkTimeout when nothing answers and ProtocolMismatch when it speaks another version.
        """
        ...

    def arm(self, layout: Layout, seconds: float) -> None:
        """Be ready to move within the limits of `layout`, for `seconds` at most, pauses included.

        They guard everything sent from now on, and the device is told them before.

        Raises DeviceRefused, LimitsMismatch, LinkTimeout, or InterlockTrip for a device that is latched.
        """
        ...

    def prepare(self, layout: Layout, seconds: float) -> None:
        """All of `arm` that may take seconds: nothing is armed by it. Raises as `arm` does."""
        ...

    def arm_prepared(self) -> None:
        """The rest of `arm`, for what `prepare` was told last. Raises as `arm` does."""
        ...

    @property
    def ahead_ms(self) -> float:
        """How far ahead of its clock it is to be fed, ms: LOOKAHEAD_MS, less where its queue is short."""
        ...

    def time_ms(self, now: float) -> float:
        """The device's clock at `now`, its milliseconds."""
        ...

    def wait_for_room(self, setpoints: Setpoints, now: float) -> float:
        """Seconds until `setpoints` may be sent; 0 for now."""
        ...

    def send(self, setpoints: Setpoints, now: float, *, due_ms: int) -> None:
        """Put setpoints, to be reached at device time `due_ms`, among those that `flush` sends.

        They are checked in any case; a device that takes fewer than 50 a second gets every second or fifth.

        Raises InterlockTrip when they may not go out; nothing that waits goes out then.
        """
        ...

    @property
    def takes_bursts(self) -> bool:
        """Whether `send_burst` may be called."""
        ...

    def send_burst(self, burst: Burst, now: float, *, due_ms: Sequence[int]) -> bool:
        """Put all of a burst among what `flush` sends, each of its frames to be reached at its device time.

        Whether it was. Where it was not, nothing has happened, and its frames go by `send`, one by one.
        """
        ...

    def flush(self) -> None:
        """Send what waits; raises LinkLost or LinkTimeout."""
        ...

    def beat(self) -> None:
        """Tell the device that the host is alive, if nothing else has said so lately; raises LinkLost."""
        ...

    def read(self) -> list[Report]:
        """What the device has told since; raises LinkLost, and InterlockTrip where its clock runs wrong."""
        ...

    def waiting(self) -> bool:
        """Whether `read` would give something. Never raises."""
        ...

    @property
    def files(self) -> Files:
        """What can be read when `waiting` turns true."""
        ...

    def trip(self, reason: str) -> NoReturn:
        """Latch, so that nothing more goes out until a reset; raises InterlockTrip."""
        ...

    def begin_stop(self) -> None:
        """Forget what waits and tell the device to stop, once; wait for nothing, raise no link error."""
        ...

    def stop(self) -> bool:
        """Forget what waits, stop the device, wait until it says that nothing moves; whether it did."""
        ...
