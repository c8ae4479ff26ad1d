"""What a second device does of its own accord, written from docs/wire.md alone: "States" and "Link loss".

What it did is kept as the vectors keep it: `drives`, `rates`, `states`, `out`.
"""

import struct
from collections.abc import Mapping
from typing import Any

from reference_playout import LINE, RAMP, RAMP_MS, STILL, Playout
from reference_wire import (
    ANSWER,
    ARMED,
    DISARMED,
    HOLDING,
    PLAYING,
    REASON,
    STATUS,
    STOPPING,
    TRIPPED,
    Receiver,
    WireFrame,
    encode,
)

STATUS_MS = 75
SOFT_MS = 250
HARD_MS = 1000
SILENCE_MS = 2000

MOVES = {PLAYING: LINE, HOLDING: RAMP, STOPPING: RAMP}
WATCHED = (ARMED, PLAYING, HOLDING)


class ReferenceStates:
    """What a device does of its own accord.

    Times are ticks: `now` counts on over a restart, `t` is the device's own.
    """

    def __init__(self, identity: Mapping[str, Any], table: list[dict[str, Any]], epoch: int) -> None:
        self.identity = identity
        self.table = table
        self.has_rate = [bool(actuator["rate_min"] or actuator["rate_max"]) for actuator in table]
        self.now = 0
        self.drives: list[list[int]] = []
        self.rates: list[list[int]] = []
        self.states: list[list[int]] = []
        self.out: list[tuple[int, bytes]] = []
        self.power_up(epoch)
        self.note_outputs()

    def power_up(self, epoch: int) -> None:
        """The device starts, now."""
        self.epoch = epoch
        self.started = self.now
        self.playout = Playout(self.identity, self.table)
        self.receiver = Receiver()
        self.state, self.reason = DISARMED, REASON["none"]
        self.seconds = 0
        self.greeted = False
        self.seq = 0
        self.late = 0
        self.status_sent = 0
        self.statuses: dict[int, int] = {}  # seq of each status that was not echoed yet: when it went out
        self.valid_at = self.live_at = self.newest = 0
        self.session_end = 0
        self.rest_owed, self.rest_until = False, 0
        self.stopping_since = 0
        self.silent_since, self.may_reset = 0, False
        self.note_state()

    @property
    def t(self) -> int:
        """Ticks of this life."""
        return self.now - self.started

    def note_state(self) -> None:
        """Keeps the state, if it is another one."""
        entry = [self.now, self.state, self.reason]
        if not self.states or self.states[-1][1:] != entry[1:]:
            self.states.append(entry)

    def note_outputs(self) -> None:
        """Keeps what is put out, if it is something else."""
        for log, values in ((self.drives, self.playout.drives), (self.rates, self.playout.rates)):
            if not log or log[-1][1:] != values:
                log.append([self.now, *values])

    # A tick: what is put out, then what is due

    def tick(self) -> None:
        """The next millisecond, but for what arrives in it."""
        self.now += 1
        self.playout.tick(self.t, MOVES.get(self.state, STILL))
        self.note_outputs()
        self.do_what_is_due()

    def do_what_is_due(self) -> None:
        """In the order of the page; each sees the state that the one before it left."""
        t = self.t
        if self.state in WATCHED and t - self.live_at >= HARD_MS:
            self.trip("link lost")
        if self.state in WATCHED and t >= self.session_end:
            self.rest_owed = True
            self.stop("session over")
        if self.state == PLAYING and (t - self.valid_at >= SOFT_MS or t - self.newest >= SOFT_MS):
            self.playout.begin_ramp(t)
            self.enter(HOLDING, "link lost")
        if self.state == STOPPING and t - self.stopping_since >= RAMP_MS:
            self.enter(DISARMED, self.reason)
        if self.state == TRIPPED and t - self.silent_since >= SILENCE_MS:
            self.may_reset = True
        if self.greeted and t - self.status_sent >= STATUS_MS:
            self.send_status()

    # States

    def enter(self, state: int, reason: str | int) -> None:
        """Another state: told at once."""
        self.state = state
        self.reason = reason if isinstance(reason, int) else REASON[reason]
        if state != PLAYING:
            self.playout.queue.clear()
        if state == DISARMED:
            self.seconds = 0
            self.playout.ceilings = [0] * len(self.table)
            if self.rest_owed:
                self.rest_owed = False
                self.rest_until = self.t + 1000 * self.identity["rest_s"]
        self.note_state()
        if self.greeted:
            self.send_status()

    def trip(self, reason: str) -> None:
        """Zero from the next tick on, latched."""
        self.silent_since = self.t
        self.may_reset = reason == "link lost"
        self.enter(TRIPPED, reason)

    def stop(self, reason: str) -> None:
        """A ramp to zero; at once where nothing is put out; nothing where nothing could move."""
        if self.state not in WATCHED:
            return
        if any(self.playout.output):
            if self.state != HOLDING:  # its ramp goes on
                self.playout.begin_ramp(self.t)
            self.stopping_since = self.t
            self.enter(STOPPING, reason)
        else:
            self.enter(DISARMED, reason)

    # What the device says

    def send(self, kind: int, payload: bytes) -> None:
        """One frame out; seq runs from 1 to 255."""
        self.seq = self.seq % 255 + 1
        self.out.append((self.now, encode(WireFrame(kind, self.seq, self.t % 65536, self.epoch, 0, payload))))

    def answer(self, frame: WireFrame, reason: str) -> None:
        """ANSWER to `frame`."""
        self.send(ANSWER, bytes([frame.type, frame.seq, REASON[reason]]))

    def send_status(self) -> None:
        """STATUS; the period begins anew."""
        playout = self.playout
        head = [self.state, self.reason, playout.free_slots, playout.executed]
        put_out = 0 if self.state == TRIPPED else sum(playout.drives)
        counts = [self.late % 65536, self.receiver.bad % 65536, put_out]
        resting = playout.resting.to_bytes((len(self.table) + 7) // 8, "little")
        self.send(STATUS, struct.pack("<BBBBHHH", *head, *counts) + resting)
        self.status_sent = self.t
        self.statuses[self.seq] = self.t
