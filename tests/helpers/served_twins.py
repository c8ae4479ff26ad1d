"""Virtual devices of other dialects on a pseudo-terminal of this process, and what they were told when."""

import threading
from time import monotonic

from simulator.pty import Terminal

POLL_S = 0.005
NOTHING = b"\r" * 64
"""Empty commands, in every dialect of lines."""


class ServedTwin:
    """`twin` on a port, served by a thread; `history` has its levels, and since when they are so (monotonic).

    `reading` is cleared while it takes nothing.
    """

    def __init__(self, twin):
        self.twin = twin
        self.history = [(monotonic(), twin.levels)]
        self.reading = threading.Event()
        self.reading.set()
        self._over = threading.Event()
        self._clogged = threading.Event()
        self._terminal = Terminal()
        self.port = self._terminal.port
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.unplug()

    @property
    def levels(self):
        return self.history[-1][1]

    def take_nothing(self):
        """From now on nothing is read, and nothing more fits the line."""
        self.reading.clear()
        self._clogged.wait()

    def unplug(self):
        """The port is gone."""
        self._over.set()
        self.reading.set()
        self._thread.join()
        self._terminal.close()

    def moved_since(self, moment):
        """When it was last told to move, after that moment; None if it was off by then, and stayed so."""
        moving = [at for at, levels in self.history[1:] if any(levels)]
        return max((at for at in moving if at > moment), default=None)

    def off_at(self):
        """Since when it is off; None while it moves."""
        return None if any(self.levels) else self.history[-1][0]

    def _serve(self):
        while not self._over.is_set():
            if not self.reading.is_set():
                self._terminal.clog(NOTHING)
                self._clogged.set()
                self.reading.wait()
            self._terminal.wait(POLL_S)
            answers = self.twin.take(self._terminal.read())
            if self.twin.levels != self.levels:
                self.history.append((monotonic(), self.twin.levels))
            self._terminal.write(answers)
