"""The session's side of the wire without any I/O: bytes in, reports out; messages in, bytes out.

Holds what the two sides must agree on: epoch, sequence numbers, the device's clock, what is in flight.
"""

from collections.abc import Sequence
from math import inf

from firmware_bridge.errors import LinkLost
from firmware_bridge.play.device_clock import DeviceClock
from firmware_bridge.safety.encode import encode, encode_burst
from firmware_bridge.safety.interlock import Interlock
from firmware_bridge.wire.codec import burst_size
from firmware_bridge.wire.framing import BAUD, FRAME_OVERHEAD, STOP_ZEROS, FrameDecoder
from firmware_bridge.wire.messages import (
    EPOCH_ANY,
    Answer,
    Heartbeat,
    Hello,
    HostMessage,
    Identity,
    MessageError,
    Report,
    Setpoints,
    Status,
    Stop,
    unpack_report,
)
from firmware_bridge.wire.setpoints import Burst

IN_FLIGHT_MAX = 128
"""Bytes that may wait on the line: bytes queued in a tty are bytes that nobody can stop."""
_BYTES_PER_S = BAUD / 10  # 8N1: ten bits a byte
QUIET_S = 0.1
"""A host that has had nothing to say for so long sends a heartbeat, seconds; docs/wire.md."""


class Connection:
    """One device, from the host's side.

    `interlock` starts as one that permits no motion; `guard` replaces it once the device is known.
    """

    def __init__(self) -> None:
        self.interlock = Interlock((), 0, 0)
        self.status: Status | None = None
        self.status_at: float | None = None
        self.epoch = EPOCH_ANY
        self.bytes_sent = 0
        self.frames_sent = 0
        self.reports_read = 0
        self._decoder = FrameDecoder()
        self._seq = 0
        self._line_free_at = 0.0
        self._echo = 0  # the number of the status read last
        self._sent_at = 0.0
        self.clock = DeviceClock()
        self._round_trip_ms = inf  # until something was answered

    def guard(self, interlock: Interlock) -> None:
        """From now on `interlock` decides what goes out."""
        self.interlock = interlock

    def send(self, message: HostMessage, now: float, *, t_ms: int = 0) -> bytes:
        """`message` as bytes, through the interlock; raises InterlockTrip when it may not go out."""
        permitted = self.interlock.admit(message)
        epoch = EPOCH_ANY if isinstance(message, Hello) else self.epoch
        self._seq = (self._seq + 1) % 256
        data = encode(permitted, seq=self._seq, t_ms=t_ms, epoch=epoch, echo=self._echo)
        self._sent_at = now
        self.frames_sent += 1
        self.bytes_sent += len(data)
        self._line_free_at = max(self._line_free_at, now) + len(data) / _BYTES_PER_S
        return data

    def send_burst(self, burst: Burst, now: float, *, t_ms: Sequence[int]) -> bytes:
        """A burst as bytes, through the interlock, where all of it may go out, and finds room on the line.

        Nothing, and nothing is counted, where that cannot be said of all of it: then its frames go by `send`.
        """
        waiting_s = max(0.0, self._line_free_at - now)
        room = (
            IN_FLIGHT_MAX - burst_size(burst) - FRAME_OVERHEAD - 1
        )  # less a byte, for what rounding may take
        native = self.interlock.native
        if native is None or waiting_s > room / _BYTES_PER_S:
            return b""
        permitted = self.interlock.admit_burst(burst)
        if permitted is None:
            return b""
        first = (self._seq + 1) % 256
        data, sizes = encode_burst(native, permitted, seq=first, t_ms=t_ms, epoch=self.epoch, echo=self._echo)
        self._seq = (self._seq + burst.frames) % 256
        self._sent_at = now
        self.frames_sent += burst.frames
        self.bytes_sent += len(data)
        self._line_free_at = max(self._line_free_at, now)
        for size in sizes:
            self._line_free_at += size / _BYTES_PER_S
        return data

    def check(self, setpoints: Setpoints) -> None:
        """Have the interlock look at setpoints that the device is not sent; raises InterlockTrip."""
        self.interlock.admit(setpoints)

    def stop(self, now: float) -> bytes:
        """The bytes of a stop: zeros, which no traffic holds, then the STOP frame. Never refused."""
        self._line_free_at = now
        return bytes(STOP_ZEROS) + self.send(Stop(), now)

    @property
    def last_seq(self) -> int:
        """Sequence number of the last message sent."""
        return self._seq

    def wait_for_room(self, count: int, now: float) -> float:
        """Seconds until `count` more bytes may go out and no more than IN_FLIGHT_MAX wait; 0 for now."""
        return max(0.0, self._line_free_at - now - (IN_FLIGHT_MAX - count) / _BYTES_PER_S)

    def heartbeat(self, now: float) -> bytes:
        """A heartbeat, if nothing else went out for QUIET_S; every frame carries what it would say."""
        return b"" if now - self._sent_at < QUIET_S else self.send(Heartbeat(), now)

    def receive(self, data: bytes, now: float, *, timely: bool = True) -> list[Report]:
        """The reports that `data` completes. Noise is skipped; the time is told by what is `timely` alone.

        Raises LinkLost when the device restarted under us, which another epoch gives away.
        """
        reports: list[Report] = []
        for frame in self._decoder.feed(data):
            try:
                report = unpack_report(frame)
            except MessageError:
                continue
            if isinstance(report, Identity):
                self.epoch = frame.epoch if self.epoch == EPOCH_ANY else self.epoch
            if self.epoch == EPOCH_ANY:
                continue
            if frame.epoch != self.epoch:
                raise LinkLost(
                    "the device restarted in the middle of the session",
                    hint="check its power supply and cable",
                )
            if timely:
                self.clock.read(frame.t_ms, now)
            if isinstance(report, Status):
                self.status, self.status_at = report, now
                self._echo = frame.seq
            self.reports_read += 1
            reports.append(report)
        return reports

    def note_round_trip(self, seconds: float) -> None:
        """An answer came after `seconds`; half of the shortest is taken for the way of a status."""
        ms = seconds * 1000
        self._round_trip_ms = min(self._round_trip_ms, ms)

    def device_time(self, now: float) -> float:
        """The device's clock at host time `now`, in its milliseconds since it started."""
        way_ms = self._round_trip_ms / 2 if self._round_trip_ms < inf else 0.0
        return now * 1000 + self.clock.ahead_ms + way_ms


def is_answer(report: Report, request: int, seq: int) -> bool:
    """Whether `report` answers the request of that type and sequence number."""
    return isinstance(report, Answer) and report.request == request and report.seq == seq
