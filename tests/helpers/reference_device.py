"""A second device, written from docs/wire.md alone: plain, slow, one millisecond after the other.

It is what tests/vectors/playout.json and states.json are written with, and what another device is held
against. Each tick has two halves: `tick()` puts out and does what is due, then `receive()` and the like bring
what arrives in it. Headings "Messages", "Soundness", "The limits of a session", "Setpoints" and "Stop".
"""

import struct
from collections.abc import Mapping
from typing import Any

from reference_playout import Keyframe
from reference_states import WATCHED, ReferenceStates
from reference_wire import (
    ACTUATOR,
    ACTUATOR_FIELDS,
    ARM,
    ARMED,
    DESCRIBE,
    DISARMED,
    HELLO,
    HOLDING,
    IDENTITY,
    IDENTITY_FIELDS,
    KNEADING,
    LENGTHS,
    LIMITS,
    LIMITS_HASH,
    PLAYING,
    PROTOCOL,
    RESET,
    SETPOINTS,
    STOP,
    STOPPING,
    TRIPPED,
    WireFrame,
    pack_fields,
    read_setpoints,
    session_hash,
    table_hash,
)

ACTUATORS_MAX = 64
SLOTS_MIN = 8
SLEW_MAX, RELEASE_MIN = 4000, 1020
ECHO_MS = 1000
AHEAD_MS = 500
SECONDS_MAX = 1200
LIMITS_MAX = 61
KNEADING_MAX = 60


def is_sound(identity: Mapping[str, Any], table: list[dict[str, Any]]) -> bool:
    """Whether a device may start that tells this of itself."""
    return (
        identity["protocol"] == PROTOCOL
        and 0 < identity["actuators"] <= ACTUATORS_MAX
        and identity["actuators"] == len(table)
        and identity["slots"] >= SLOTS_MIN
        and [actuator["index"] for actuator in table] == list(range(len(table)))
        and all(actuator["attack"] <= SLEW_MAX for actuator in table)
        and all(RELEASE_MIN <= actuator["release"] <= SLEW_MAX for actuator in table)
        and identity["limits_hash"] == table_hash(identity, table)
    )


class ReferenceDevice(ReferenceStates):
    """What a device does about what arrives."""

    # What arrives

    def receive(self, data: bytes) -> None:
        """Bytes of the line."""
        for frame in self.receiver.take(data):
            if frame is None:
                self.stop("stop zeros")
            else:
                self.handle(frame)

    def line_break(self) -> None:
        """A BREAK on the line."""
        self.stop("line break")

    def line_dropped(self) -> None:
        """DTR of a USB CDC line dropped."""
        self.stop("line dropped")

    def press_button(self) -> None:
        """The device's own button."""
        if self.state == TRIPPED:
            self.may_reset = True
        else:
            self.trip("button")

    def restart(self, epoch: int) -> None:
        """Power went and came; what is put out ends with this tick."""
        self.power_up(epoch)

    # Requests

    def handle(self, frame: WireFrame) -> None:
        """One frame: its epoch first, then its type and length, then its life, then its meaning."""
        if frame.type not in (HELLO, STOP) and frame.epoch != self.epoch:
            self.answer(frame, "wrong epoch")
            return
        well_formed = self.is_well_formed(frame)
        if well_formed and frame.epoch == self.epoch:
            self.note_life(frame.echo)
        if not well_formed and frame.type not in (SETPOINTS, LIMITS):
            self.answer(frame, "malformed")
        elif frame.type == HELLO:
            self.greet()
        elif frame.type == DESCRIBE:
            self.describe(frame)
        elif frame.type == ARM:
            self.arm(frame)
        elif frame.type == SETPOINTS:
            self.take_setpoints(frame)
        elif frame.type == STOP:
            sent = len(self.out)
            self.stop("stop frame")
            if len(self.out) == sent:
                self.send_status()
        elif frame.type == RESET:
            self.reset(frame)
        elif frame.type == LIMITS:
            self.take_limits(frame)

    def is_well_formed(self, frame: WireFrame) -> bool:
        """Whether its type is known and its payload has the right length."""
        payload = frame.payload
        if frame.type == STOP:  # with any payload
            return True
        if frame.type == HELLO:  # what follows the protocol of another version may have another length
            return len(payload) >= 1 and (payload[0] != PROTOCOL or len(payload) == 1)
        if frame.type == SETPOINTS:
            return read_setpoints(payload, self.has_rate) is not None
        if frame.type == LIMITS:
            return 4 <= len(payload) <= 3 + LIMITS_MAX
        return LENGTHS.get(frame.type) == len(payload)

    def note_life(self, echo: int) -> None:
        """A valid frame; live, when its echo names a fresh status for the first time."""
        self.valid_at = self.silent_since = self.t
        sent = self.statuses.pop(echo, None)
        if sent is not None and self.t - sent <= ECHO_MS:
            self.live_at = self.t

    def greet(self) -> None:
        """HELLO, of any protocol."""
        self.greeted = True
        self.send(IDENTITY, pack_fields(IDENTITY_FIELDS, self.identity))
        self.send_status()

    def describe(self, frame: WireFrame) -> None:
        """DESCRIBE."""
        index = frame.payload[0]
        if index < len(self.table):
            self.send(ACTUATOR, pack_fields(ACTUATOR_FIELDS, self.table[index]))
        else:
            self.answer(frame, "no such actuator")

    def take_limits(self, frame: WireFrame) -> None:
        """LIMITS: refused in the order of the page, then kept, lowered to the device's own."""
        if self.state == TRIPPED:
            self.answer(frame, "tripped")
        elif self.state != DISARMED:
            self.answer(frame, "busy")
        elif not self.is_well_formed(frame):
            self.answer(frame, "malformed")
        elif frame.payload[0] + len(frame.payload) - 3 > len(self.table):
            self.answer(frame, "no such actuator")
        else:
            first, seconds = struct.unpack("<BH", frame.payload[:3])
            self.seconds = min(seconds, SECONDS_MAX)
            for i, ceiling in enumerate(frame.payload[3:], first):
                own = 0 if self.table[i]["excluded"] else self.table[i]["ceiling"]
                self.playout.ceilings[i] = min(ceiling, own)
            self.send(LIMITS_HASH, struct.pack("<IH", self.session_hash(), self.seconds))

    def session_hash(self) -> int:
        """The hash at hand."""
        return session_hash(self.identity["limits_hash"], self.seconds, self.playout.ceilings)

    def arm(self, frame: WireFrame) -> None:
        """ARM: refused in the order of the page."""
        if self.state == TRIPPED:
            self.answer(frame, "tripped")
        elif self.state in (PLAYING, HOLDING, STOPPING):
            self.answer(frame, "busy")
        elif int.from_bytes(frame.payload, "little") != self.session_hash() or self.seconds == 0:
            self.answer(frame, "wrong limits")
        elif self.state == ARMED:
            self.answer(frame, "none")
        elif self.t < self.rest_until:
            self.answer(frame, "resting")
        else:
            self.answer(frame, "none")
            self.valid_at = self.live_at = self.t
            self.session_end = self.t + 1000 * self.seconds
            self.enter(ARMED, "none")

    def reset(self, frame: WireFrame) -> None:
        """RESET: does nothing but lift a trip, where it may."""
        if self.state == TRIPPED and not self.may_reset:
            self.answer(frame, "tripped")
            return
        self.answer(frame, "none")
        if self.state == TRIPPED:
            self.enter(DISARMED, "none")

    # Setpoints

    def take_setpoints(self, frame: WireFrame) -> None:
        """SETPOINTS: a violation trips, what is late is dropped, the rest waits in the queue."""
        if self.state == DISARMED:
            self.answer(frame, "not armed")
        if self.state not in WATCHED:
            return
        ahead = (frame.t_ms - self.t + 32768) % 65536 - 32768
        row = read_setpoints(frame.payload, self.has_rate)
        if ahead > AHEAD_MS:
            self.trip("too far ahead")
        elif row is None:
            self.trip("malformed")
        elif self.drives_an_excluded_one(row.drives):
            self.trip("excluded")
        elif any(drive > most for drive, most in zip(row.drives, self.playout.ceilings, strict=True)):
            self.trip("ceiling")
        elif sum(row.drives) > self.identity["power_budget"]:
            self.trip("power budget")
        elif not all(rate is None or self.allows_rate(i, rate) for i, rate in enumerate(row.rates)):
            self.trip("rate")
        elif ahead <= 0 or self.is_behind_queue(self.t + ahead) or not self.playout.free_slots:
            self.late += 1
        else:
            self.newest = self.t + ahead
            self.playout.take(Keyframe(self.newest, frame.seq, row), self.t)
            if self.state != PLAYING:
                self.enter(PLAYING, "none")

    def drives_an_excluded_one(self, drives: list[int]) -> bool:
        """Whether any drive goes to an excluded actuator."""
        return any(drive and actuator["excluded"] for drive, actuator in zip(drives, self.table, strict=True))

    def allows_rate(self, i: int, rate: int) -> bool:
        """Whether actuator `i` may have `rate`."""
        actuator = self.table[i]
        if actuator["kind"] == KNEADING and rate > KNEADING_MAX:
            return False
        return bool(actuator["rate_min"] <= rate <= actuator["rate_max"])

    def is_behind_queue(self, t: int) -> bool:
        """Whether the queue holds something as new, or newer."""
        return bool(self.playout.queue) and t <= self.playout.queue[-1].t
