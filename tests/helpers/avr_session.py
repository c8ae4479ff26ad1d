"""A drawn session on a board in simavr, and on the guard with each byte in the tick in which it was taken."""

import random
from collections import deque
from typing import Any

import numpy as np
from avr_board import (
    BREAK_AT,
    BREAKS,
    CONSUMED,
    CYCLES_A_TICK,
    PERMIT,
    REASON,
    STATE,
    WAITING,
    AvrBoard,
    Played,
)
from differential import DrawnSession, GuardLife, Record, difference
from random_device import Fields, random_device
from random_host import RandomHost

from kneadwave.firmware.board import Board
from kneadwave.firmware.c_source import device_self

DRAIN_TICKS = 2000


def fields_of(board: Board) -> tuple[Fields, list[Fields]]:
    """Identity and table of a board, by the names of docs/wire.md."""
    told = device_self(board)
    table = [info._asdict() for info in told.table]
    for row in table:
        row["exponent"] = row.pop("exponent_percent")
    return told.identity._asdict(), table


def drawn_on(seed: int, ticks: int, told: tuple[Fields, list[Fields]] | None = None) -> DrawnSession:
    """A session of so many ticks on the device `told`, or on one drawn by lot that a board has room for."""
    rng = random.Random(seed)
    while told is None:
        told = random_device(rng)
        told = told if told[0]["actuators"] <= 16 else None
    identity, table = told
    session = DrawnSession(identity, table, rng.randrange(1, 256), 0, False, [], ticks)
    life = GuardLife(session)
    host = RandomHost(rng, identity, table, life)
    host.live(ticks)
    # No board with a UART hears of a drop of DTR; and a host may wait for a minute.
    events = [event for event in host.events if event[1] != "dtr" and event[0] <= ticks]
    return session._replace(events=events)


class BoardLife:
    """A board that lives through a session. `happened` is the session as the board met it, tick by tick.

    A press of the button opens it for `press_ticks`, and counts in the last of them. Where it is `paced`, a
    frame goes out after all that came of the one before: a small board has no room for more.
    """

    def __init__(
        self, board: AvrBoard, session: DrawnSession, *, paced: bool = True, press_ticks: int = 3
    ) -> None:
        self.board = board
        self.happened: list[list[Any]] = []
        self.parts: list[Played] = []
        self.sent = bytearray()
        self._fed = bytearray()
        self._taken = self._breaks = 0
        self._now = 0
        self._press_ticks = press_ticks
        coming = deque(session.events)
        while coming or self._now < session.until:
            self._play(max(1, (coming[0][0] if coming else session.until) - self._now))
            if coming and coming[0][0] <= self._now:
                self._happen(*coming.popleft()[1:], paced=paced)
        self._drain()

    def _happen(self, what: str, of_it: Any = None, *, paced: bool) -> None:
        if what == "frame":
            data = bytes.fromhex(of_it)
            self._fed += data
            self.board.feed(data)
            if paced:
                self._drain()
        elif what == "break":
            self.board.line_break()
            if paced:
                self._drain()
        elif what == "button":
            self._drain()
            self.board.button(open=True)
            self._play(self._press_ticks)
            self.board.button(open=False)
            self.happened.append([self._now, "button"])
        else:
            self._drain()
            self.board.keep_epoch_before(of_it)
            self.sent += self.board.sent()[0]
            self.board.reset()
            self.parts[-1].facts[-1, [STATE, REASON, PERMIT]] = 0  # that of the life that begins
            self.happened.append([self._now, "restart", of_it])

    def _drain(self) -> None:
        """Until all is taken that was fed, and all is sent that there was."""
        for _ in range(DRAIN_TICKS):
            self._play(1)
            if self._taken == len(self._fed) and self.parts[-1].facts[-1, WAITING] == 0:
                return
        raise AssertionError("bytes are lost, or never taken")

    def _play(self, ticks: int) -> None:
        played = self.board.play(ticks, cycles=ticks * CYCLES_A_TICK * 8 + 10**6)
        assert len(played.facts) == ticks, "it stands still"
        for row in played.facts[:, [CONSUMED, BREAKS, BREAK_AT]].tolist():
            self._now += 1
            self._took(*row)
        self.parts.append(played)

    def _took(self, consumed: int, breaks: int, break_at: int) -> None:
        if breaks != self._breaks:
            self._bytes(break_at)
            self.happened += [[self._now, "break"]] * (breaks - self._breaks)
            self._breaks = breaks
        self._bytes(consumed)

    def _bytes(self, until: int) -> None:
        if until > self._taken:
            self.happened.append([self._now, "frame", self._fed[self._taken : until].hex()])
            self._taken = until

    def record(self) -> Record:
        """What it made of it; no board puts out a rate."""
        drives = np.concatenate([part.drives for part in self.parts])
        facts = np.concatenate([part.facts for part in self.parts])
        self.sent += self.board.sent()[0]
        states = facts[:, [STATE, REASON]].astype(np.uint8)
        return Record(drives, np.zeros_like(drives), states, bytes(self.sent))

    def facts(self) -> Any:
        """A row of FACTS for each tick."""
        return np.concatenate([part.facts for part in self.parts])


def guard_of(session: DrawnSession, life: BoardLife) -> Record:
    """What the guard makes of what the board met."""
    guard = GuardLife(session)
    for t, *event in life.happened:
        guard.play(t)
        guard.transmit()
        guard.happen(*event)
    guard.play(len(life.facts()))
    return guard.record()


def differs(session: DrawnSession, life: BoardLife) -> tuple[int, str] | None:
    """Where board and guard differ; what the board has not sent yet is no difference."""
    of_board, of_guard = life.record(), guard_of(session, life)
    count = of_board.drives.shape[1]
    if of_guard.sent.startswith(of_board.sent):
        of_guard = of_guard._replace(sent=of_board.sent)
    width = min(count, of_guard.drives.shape[1])
    assert not of_board.drives[:, width:].any(), "a pin that belongs to no actuator"
    of_board = of_board._replace(drives=of_board.drives[:, :width])
    return difference(of_guard._replace(rates=of_board.rates), of_board)
