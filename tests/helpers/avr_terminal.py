"""A board in simavr at a pseudo-terminal, as fast as time goes: what people flash, for `knead run`."""

import ctypes
import os
import threading
import time
import tty
from contextlib import suppress
from itertools import pairwise
from pathlib import Path
from queue import SimpleQueue

from avr_board import CONSUMED, PERMIT, STATE, AvrBoard, Image
from board_time import TURN_MS, little_by_little, waits_for_nobody


class AvrAtTerminal:
    """A board whose UART goes to and from `path`.

    It keeps up with the clock, or catches up with it where the machine was busy. `rows` hold what it puts
    out, whenever that changes: [ms, each drive, permit, state].
    """

    def __init__(self, simulator: ctypes.CDLL, image: Image, button: str, path: Path) -> None:
        self.path = path
        self.rows: list[list[int]] = []
        self.heard_ms = 0
        """The board's time when it took a byte last."""
        self.now_ms = 0
        self.is_cut = False
        self._resets: SimpleQueue[int] = SimpleQueue()
        self._line, self._side = os.openpty()  # its own side stays open: a host that dies is silence
        tty.setraw(self._side)
        os.set_blocking(self._line, False)
        path.symlink_to(os.ttyname(self._side))
        self._over = threading.Event()
        self._board = AvrBoard(simulator, image, epoch=9, button=button)
        self._taken = 0
        self._begun = time.monotonic()
        self._thread = threading.Thread(target=self._live)
        self._thread.start()

    def _live(self) -> None:
        waits_for_nobody()
        while not self._over.wait(TURN_MS / 1000):
            self._turn()

    def _turn(self) -> None:
        try:
            data = os.read(self._line, 512)
        except BlockingIOError:
            data = b""
        while not self._resets.empty():
            self._resets.get()
            self._board.reset()
        due = max(0, int((time.monotonic() - self._begun) * 1000) - self.now_ms)
        for ticks, part in little_by_little(due, b"" if self.is_cut else data):
            if part:
                self._board.feed(part)
            if ticks:
                self._keep(ticks)
        said, _ = self._board.sent()
        if said and not self.is_cut:
            with suppress(BlockingIOError):  # nobody reads: a UART waits for nobody, and what it says is lost
                os.write(self._line, said)

    def _keep(self, ticks: int) -> None:
        played = self._board.play(ticks)
        for drives, facts in zip(played.drives.tolist(), played.facts.tolist(), strict=True):
            self.now_ms += 1
            if facts[CONSUMED] != self._taken:
                self._taken, self.heard_ms = facts[CONSUMED], self.now_ms
            row = [*drives, facts[PERMIT], facts[STATE]]
            if not self.rows or self.rows[-1][1:] != row:
                self.rows.append([self.now_ms, *row])

    def cut(self) -> None:
        """Cut the line, both ways."""
        self.is_cut = True

    def reset(self) -> None:
        """Press the board's reset."""
        self._resets.put(1)

    def works(self) -> bool:
        """Whether anything is put out now."""
        return bool(self.rows) and any(self.rows[-1][1:-2])

    def is_off(self) -> bool:
        """Whether it is off now, after it was on."""
        return any(row[-2] for row in self.rows) and not any(self.rows[-1][1:-1])

    def last_ms(self) -> int:
        """The last millisecond in which anything was put out."""
        ends = [after[0] for before, after in pairwise(list(self.rows)) if any(before[1:-2])]
        return ends[-1] - 1

    def end(self) -> None:
        """Power off."""
        self._over.set()
        self._thread.join()
        self.path.unlink()
        os.close(self._line)
        os.close(self._side)
