"""One session on two devices: the guard and the firmware's kernel, held against each other tick by tick."""

import ctypes
import json
import random
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from kernel import KernelDevice, Rows
from random_device import Fields, random_device
from random_host import RandomHost

from firmware_bridge.guard.device import Guard
from firmware_bridge.guard.output_stage import OutputBlock
from firmware_bridge.wire.messages import ActuatorInfo, DeviceState, Identity, Reason

STARTS = (0, 0, 64_001, 2**32 - 4999)
"""Device times to start at: some end a count of 16 or 32 bits on the way."""


class DrawnSession(NamedTuple):
    """A device, and what happens to it, in ticks from its start on, as in the vectors."""

    identity: Fields
    table: list[Fields]
    epoch: int
    start: int
    cuts: bool
    events: list[list[Any]]
    until: int

    def __str__(self) -> str:
        return json.dumps(self._asdict())


class Record(NamedTuple):
    """What a device made of it: a row for each tick from 1 on, and every byte that it sent.

    States are (state, reason) at the end of a tick, after what arrived in it.
    """

    drives: Rows
    rates: Rows
    states: Rows
    sent: bytes


def actuator_info(exponent: int, **fields: Any) -> ActuatorInfo:
    """An actuator by the names of docs/wire.md."""
    return ActuatorInfo(exponent_percent=exponent, **fields)


class GuardLife:
    """The guard, and what it did."""

    def __init__(self, session: DrawnSession) -> None:
        self._parts: list[OutputBlock] = []
        self._states = [(0, 0, 0)]
        self._sent: list[bytes] = []
        self._epochs = [session.epoch]
        self._start = self._born = self._now = session.start
        table = [actuator_info(**actuator) for actuator in session.table]
        self._guard = Guard(
            Identity(**session.identity),
            table,
            output=self,
            draw=self._epochs.pop,
            now=session.start,
            cuts=session.cuts,
        )

    def output(self, output: OutputBlock) -> None:
        """Keep what was put out."""
        self._parts.append(output)

    def accepted(self, due_ms: int, drives: bytes) -> None:
        """Nothing to keep."""

    def event(self, at_ms: int, event: str, **fields: Any) -> None:
        """Keep the states."""
        if event == "state":
            reason = (
                "NONE" if fields["reason"] == "device reset" else fields["reason"].upper().replace(" ", "_")
            )
            state = DeviceState[fields["state"].upper()]
            self._states.append((at_ms - self._start, int(state), int(Reason[reason])))

    @property
    def epoch(self) -> int:
        """Its epoch."""
        return self._guard.epoch

    @property
    def state(self) -> int:
        """What it is doing."""
        return int(self._guard.state)

    @property
    def t(self) -> int:
        """Ticks since the session began."""
        return self._now - self._start

    @property
    def own_time(self) -> int:
        """The time by its own clock."""
        return self._now - self._born if self._born != self._start else self._now

    def play(self, until: int) -> None:
        """Let time pass."""
        self._now = self._start + until
        self._guard.advance(self._now)

    def happen(self, what: str, of_it: Any = None) -> None:
        """An event of the vectors."""
        guard, now = self._guard, self._now
        if what == "frame":
            guard.receive(bytes.fromhex(of_it), now)
        elif what == "restart":
            self._epochs.append(of_it)
            guard.reset(now)
            self._born = now
        else:
            {"break": guard.line_break, "dtr": guard.line_dropped, "button": guard.press_button}[what](now)

    def transmit(self) -> bytes:
        """What it says."""
        self._sent.append(self._guard.transmit())
        return self._sent[-1]

    def record(self) -> Record:
        """All of it, up to now."""
        self._guard.play_out(self._now)
        self.transmit()
        drives, rates = (
            np.concatenate([getattr(part, key) for part in self._parts]) for key in ("drive", "rate")
        )
        states = np.zeros((self.t + 1, 2), np.uint8)
        for at, *values in self._states:
            states[at:] = values
        return Record(drives, rates, states[1:], b"".join(self._sent))


def guard_record(session: DrawnSession) -> Record:
    """What the guard makes of a session."""
    life = GuardLife(session)
    for t, *event in session.events:
        life.play(t)
        life.transmit()  # a restart loses what waits
        life.happen(*event)
    life.play(session.until)
    return life.record()


def kernel_record(library: ctypes.CDLL, session: DrawnSession) -> Record:
    """What the kernel makes of it."""
    named = (library, session.identity, session.table)
    device = KernelDevice(*named, session.epoch, now=session.start, cuts=session.cuts)
    parts: list[tuple[Rows, Rows, Rows]] = []
    sent: list[bytes] = []
    began, now = session.start, 0  # the device's time when `now` was 0
    for t, *event in [*session.events, [session.until, "end"]]:
        while now < t:
            parts.append(device.play(began + t))
            now += len(parts[-1][0])
            sent.append(device.transmit())
        what = event[0]
        if what == "frame":
            device.receive(bytes.fromhex(event[1]))
        elif what == "restart":
            began = -now
            device = KernelDevice(*named, event[1], cuts=session.cuts)
        elif what != "end":
            device.happen(what)
        sent.append(device.transmit())
        if parts:
            parts[-1][2][-1] = device.state
    drives, rates, states = (np.concatenate(rows) for rows in zip(*parts, strict=True))
    return Record(drives, rates, states[:, :2], b"".join(sent))


def difference(one: Record, other: Record) -> tuple[int, str] | None:
    """The first tick in which the two differ, and in what; None where they are equal in all."""
    found = []
    for key in ("drives", "rates", "states"):
        differs = np.flatnonzero(np.any(getattr(one, key) != getattr(other, key), axis=1))
        if len(differs):
            found.append((int(differs[0]) + 1, key))
    if not found and one.sent != other.sent:
        found.append((len(one.drives), "sent"))
    return min(found, default=None)


def drawn(seed: int, ticks: int) -> tuple[DrawnSession, Record]:
    """A session of about so many ticks, drawn from `seed`, and what the guard made of it."""
    rng = random.Random(seed)
    identity, table = random_device(rng)
    session = DrawnSession(
        identity,
        table,
        rng.randrange(1, 256),
        rng.choice(STARTS),
        seed % 3 == 0,
        events=[],
        until=ticks,
    )
    life = GuardLife(session)
    host = RandomHost(rng, identity, table, life)
    host.live(ticks)
    return session._replace(events=host.events, until=life.t), life.record()


def shortest(
    session: DrawnSession, differs: Callable[[DrawnSession], tuple[int, str] | None]
) -> DrawnSession:
    """A session that still `differs`, as short as can be found: cut, then taken apart event by event."""
    found = differs(session)
    assert found is not None
    session = _cut(session, found[0])
    size = max(1, len(session.events) // 2)
    while size:
        at = 0
        while at < len(session.events):
            less = session._replace(events=session.events[:at] + session.events[at + size :])
            found = differs(less)
            if found is None:
                at += size
            else:
                session = _cut(less, found[0])
        size //= 2
    return session


def _cut(session: DrawnSession, until: int) -> DrawnSession:
    return session._replace(events=[event for event in session.events if event[0] <= until], until=until)
