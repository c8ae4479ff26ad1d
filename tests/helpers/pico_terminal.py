"""The emulated Pico at a pseudo-terminal, as fast as time goes: what people flash, for `knead run`."""

import os
import threading
import time
import tty
from contextlib import suppress
from itertools import pairwise
from pathlib import Path
from queue import SimpleQueue
from typing import Any

from board_time import TURN_MS, little_by_little, waits_for_nobody
from pico import BRANCH_TO_ITSELF, ENUMERATED_MS, EmulatedPico, address_of

PERMIT = -1


class PicoAtTerminal:
    """A board in the emulator whose USB bytes go to and from `path`.

    It keeps up with the clock, or catches up with it where the machine was busy. `rows` hold its pins,
    whenever they change: [ms, 16 drives, permit].
    """

    def __init__(self, emulator: Path, path: Path) -> None:
        self.path = path
        self.rows: list[list[int]] = []
        self.heard_ms = 0  # the board's time when bytes of the host came last
        self.now_ms = 0
        self.resets = 0
        self._orders: SimpleQueue[tuple[str, Any]] = SimpleQueue()
        self._line, self._side = os.openpty()  # its own side stays open: a host that dies is silence
        tty.setraw(self._side)
        os.set_blocking(self._line, False)
        path.symlink_to(os.ttyname(self._side))
        self._over = threading.Event()
        self._is_cut = False
        self._unread = b""
        self._board = EmulatedPico(emulator)
        self._board.do(("start", {"noise": 77, "keep": False, "live": True}), ("tick", ENUMERATED_MS))
        self._begun = time.monotonic() - ENUMERATED_MS / 1000
        self._thread = threading.Thread(target=self._live)
        self._thread.start()

    def _live(self) -> None:
        waits_for_nobody()
        waits_for_nobody(self._board.pid)
        while not self._over.wait(TURN_MS / 1000):
            self._turn()
        self.rows += self._board.one("record")

    def _turn(self) -> None:
        try:
            data = os.read(self._line, 512)
        except BlockingIOError:
            data = b""
        if self._is_cut:
            data = b""
        now = int((time.monotonic() - self._begun) * 1000)
        orders = [self._orders.get() for _ in range(self._orders.qsize())]
        at, passes = self.now_ms, list[tuple[str, Any]]()
        for due, part in little_by_little(max(0, now - at), data):
            at += due
            passes += [("send", part.hex())] * bool(part) + [("tick", at)]
        *_, ticks, resets, rows, said = self._board.do(
            *orders, *passes, ("count_resets", None), ("record", None), ("take", None)
        )
        self.rows += rows
        self.now_ms = ticks
        if data:
            self.heard_ms = ticks
        if resets > self.resets:
            self.resets = resets
            self._board.one("rise", {"tick": now})
        if self._is_cut:
            return
        self._unread += bytes.fromhex(said)
        with suppress(BlockingIOError):  # nobody reads: USB keeps it
            self._unread = self._unread[os.write(self._line, self._unread) :]

    def cut(self) -> None:
        """From now on no byte goes either way."""
        self._is_cut = True

    def hang(self) -> None:
        """Let the kernel's tick never end: a fault of the program, which only the hardware watchdog ends."""
        self._orders.put(("poke", [[address_of("knead_advance"), BRANCH_TO_ITSELF]]))

    def works(self) -> bool:
        """Whether anything is put out now."""
        return bool(self.rows) and any(self.rows[-1][1:PERMIT])

    def is_off(self) -> bool:
        """Whether it is off now, after it was on."""
        return any(row[PERMIT] for row in self.rows) and not any(self.rows[-1][1:])

    def last_ms(self) -> int:
        """The last millisecond in which anything was put out."""
        ends = [after[0] for before, after in pairwise(list(self.rows)) if any(before[1:PERMIT])]
        return ends[-1] - 1

    def end(self) -> None:
        """Switch it off."""
        self._over.set()
        self._thread.join()
        self._board.__exit__(None, None, None)
        self.path.unlink()
        os.close(self._line)
        os.close(self._side)
