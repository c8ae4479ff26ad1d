"""A hostile host: it makes its frames by hand, so no interlock of ours stands between it and the cushion."""

import struct
from functools import cache

import numpy as np

from firmware_bridge.devices.load import load_device
from firmware_bridge.wire.framing import Frame, FrameDecoder, pack_frame
from firmware_bridge.wire.messages import (
    ARM,
    HEARTBEAT,
    HELLO,
    LIMITS,
    RESET,
    SETPOINTS,
    STOP,
    Answer,
    DeviceState,
    LimitsHash,
    Status,
    unpack_report,
)
from simulator.cushion import VirtualCushion


class Trace:
    """Keeps all that a cushion put out, a row each millisecond from 1 on, and all that happened."""

    def __init__(self, width):
        self.width = width
        self.drive_parts, self.rate_parts, self.events, self.accepted_parts = [], [], [], []
        self.next_ms = 1

    def output(self, output):
        assert output.start == self.next_ms, "in order and without gaps"
        self.next_ms += len(output.drive)
        self.drive_parts.append(np.array(output.drive))
        self.rate_parts.append(np.array(output.rate))

    def accepted(self, due_ms, drives):
        self.accepted_parts.append((due_ms, drives))

    def event(self, at_ms, event, **fields):
        self.events.append((at_ms, event, fields))

    def named(self, event):
        return [(at, fields) for at, name, fields in self.events if name == event]

    @property
    def drives(self):
        """Row t is millisecond t; row 0, before the first, is silent."""
        return np.vstack((np.zeros((1, self.width), np.uint8), *self.drive_parts))

    @property
    def rates(self):
        return np.vstack((np.zeros((1, self.width), np.uint8), *self.rate_parts))

    @property
    def sums(self):
        return self.drives.sum(axis=1, dtype=int)

    def last_moving(self):
        """The last millisecond at which anything was driven, -1 when nothing ever was."""
        moving = np.flatnonzero(self.sums)
        return int(moving[-1]) if len(moving) else -1


@cache
def reference_cushion():
    """Read once: it does not change."""
    return load_device("reference-cushion")


class RawHost:
    """Bytes to a cushion and back, every millisecond by hand. Knows no limit."""

    def __init__(self, description=None, seed=1, make=VirtualCushion, **options):
        description = description or reference_cushion()
        self._trace = Trace(len(description.actuators))
        self.cushion = make(description, seed=seed, output=self._trace, warm=True, **options)
        self.index = {info.id: info.index for info in self.cushion.table}
        self.now = self.born = 0
        self.seq = 0
        self.reports = []
        self.frames = []
        self.echo = 0
        self.mute = False
        self._decoder = FrameDecoder()

    # -- time and bytes --

    def wait(self, ms, each=1):
        """Let `ms` milliseconds pass, looked after every `each` of them; what comes back is kept."""
        end = self.now + ms
        while self.now < end:
            self.now = min(end, self.now + each)
            self.cushion.advance(self.now)
            self.listen()

    def restart(self):
        """The cushion loses its power for a moment; its clock begins anew."""
        self.cushion.reset(self.now)
        self.born = self.now

    def listen(self):
        for frame in self._decoder.feed(self.cushion.transmit()):
            report = unpack_report(frame)
            self.frames.append(frame)
            self.reports.append(report)
            if isinstance(report, Status):
                self.echo = frame.seq

    def listen_anew(self):
        """Wait for the next status; what is sent now echoes one of this very millisecond."""
        last = self.echo
        while self.echo == last:
            self.wait(1)

    def raw(self, data):
        self.cushion.receive(data, self.now)
        self.listen()

    def frame(self, kind, payload=b"", *, t_ms=0, epoch=None, seq=None, echo=None):
        self.seq = (self.seq + 1) % 256
        return pack_frame(
            Frame(
                kind,
                self.seq if seq is None else seq,
                t_ms & 0xFFFF,
                self.cushion.epoch if epoch is None else epoch,
                self._echo_of(echo),
                payload,
            )
        )

    def _echo_of(self, echo):
        """By default the number of the newest status, of a host that is not `mute`."""
        if echo is not None:
            return echo
        return 0 if self.mute else self.echo

    def send(self, kind, payload=b"", **header):
        self.raw(self.frame(kind, payload, **header))

    # -- messages --

    def payload(self, drives, rates=None):
        """Setpoints of {index or id: drive}; rates default to each actuator's lowest."""
        table = self.cushion.table
        by_index = {self.index.get(key, key): drive for key, drive in drives.items()}
        given = {self.index.get(key, key): rate for key, rate in (rates or {}).items()}
        on = sorted(by_index)
        mask = sum(1 << i for i in on).to_bytes((len(table) + 7) // 8, "little")
        turning = [given.get(i, table[i].rate_min) for i in on if table[i].rate_max]
        return mask + bytes(by_index[i] for i in on) + bytes(turning)

    def set(self, drives, rates=None, ahead=20, **header):
        self.send(SETPOINTS, self.payload(drives, rates), t_ms=self.now - self.born + ahead, **header)

    def greet(self):
        self.send(HELLO, b"\x02", epoch=0)

    def limits(self, ceilings=None, seconds=1200):
        """Tell what the session may do: as much as there is, unless `ceilings` say otherwise."""
        chosen = bytes([255] * len(self.cushion.table)) if ceilings is None else ceilings
        for first in range(0, len(chosen), 61):
            self.send(LIMITS, struct.pack("<BH", first, seconds) + chosen[first : first + 61])

    def arm(self, session_hash=None):
        """Arm under the limits that the device has told last."""
        told = [report.session_hash for report in self.reports if isinstance(report, LimitsHash)]
        chosen = (told or [0])[-1] if session_hash is None else session_hash
        self.send(ARM, struct.pack("<I", chosen))

    def beat(self, echo=None):
        self.send(HEARTBEAT, echo=echo)

    def stop(self, **header):
        self.send(STOP, **header)

    def reset(self):
        self.send(RESET)

    def ready(self):
        """Greeted and armed."""
        self.greet()
        self.limits()
        self.arm()
        assert self.state is DeviceState.ARMED
        return self

    def playing(self, drives=None, ms=1000, rates=None):
        """Driven for `ms` (a multiple of 20) with setpoints each 20 ms."""
        if self.state in (DeviceState.DISARMED, DeviceState.TRIPPED):
            self.ready()
        self.drive({"sacrum": 100} if drives is None else drives, ms, rates)
        return self

    def drive(self, drives, ms, rates=None, ahead=100):
        for _ in range(ms // 20):
            self.set(drives, rates, ahead=ahead)
            self.wait(20, each=20)

    # -- what came of it --

    @property
    def trace(self):
        """Everything up to now: the cushion plays late what it knows already, so it is asked to catch up."""
        self.cushion.play_out(self.now)
        return self._trace

    @property
    def state(self):
        return self.cushion.state

    @property
    def answers(self):
        return [report for report in self.reports if isinstance(report, Answer)]

    @property
    def statuses(self):
        return [report for report in self.reports if isinstance(report, Status)]

    @property
    def status(self):
        return self.statuses[-1]
