"""Virtual devices of other dialects on a pseudo-terminal of this process, and what they were told when."""

import threading
from time import monotonic, sleep

from board_time import waits_for_nobody

from simulator.network import DatagramPort, WebSocketPort
from simulator.pty import Terminal
from simulator.twins import left_by

POLL_S = 0.005
DEADLINE_S = 120.0
CAUGHT_UP = 20
"""Looks at an empty line, POLL_S apart: what a full one held back has come by then."""
NOTHING = b"\r" * 64
"""Empty commands, in every dialect of lines."""


class ServedTwin:
    """`twin` on a port or on a network (udp, ws), served by a thread.

    `history` has its levels, and when they were seen to be so (monotonic); `soonest` when each of them can
    have arrived at the soonest: on a busy computer they are seen later. `least` is the level that some are
    told for a moment, so that they take what is off a second time.
    `reading` is cleared while it takes nothing.
    """

    def __init__(self, twin, network=""):
        self.twin = twin
        self.least = getattr(twin, "least", 0)
        self.history = [(monotonic(), twin.levels)]
        self.soonest = [self.history[0][0]]
        self.reading = threading.Event()
        self.reading.set()
        self._over = threading.Event()
        self._clogged = threading.Event()
        self._idle = 0
        self._on_line = not network
        self._terminal = {
            "": Terminal, "udp": DatagramPort, "ws": lambda: WebSocketPort(left=left_by(twin))
        }[network]()  # fmt: skip
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

    def has_caught_up(self):
        """Whether nothing came any more for a while, since it takes something again."""
        return self.reading.is_set() and self._idle >= CAUGHT_UP

    def unplug(self):
        """The port is gone."""
        self._over.set()
        self.reading.set()
        self._thread.join()
        self._terminal.close()

    def moved_since(self, moment):
        """When it was last told to move, after that moment; None if it was off by then, and stayed so."""
        moving = [at for at, levels in self.history[1:] if max(levels) > self.least]
        return max((at for at in moving if at > moment), default=None)

    def comes_to(self, condition):
        """Whether it comes to that, once what was written has reached it: that takes the thread a moment."""
        deadline = monotonic() + DEADLINE_S
        while not condition() and monotonic() < deadline:
            sleep(POLL_S)
        return condition()

    def comes_off(self):
        """Whether it is off in the end, by its history as well."""
        return self.comes_to(lambda: not any(self.twin.levels) and not any(self.levels))

    @property
    def moves(self):
        """Whether it is told more than the least."""
        return max(self.levels) > self.least

    def off_at(self):
        """Since when it is off; None while it moves."""
        since = None
        for at, levels in self.history:
            since = None if max(levels) > self.least else since or at
        return since

    def _serve(self):
        waits_for_nobody()
        looked = monotonic()
        while not self._over.is_set():
            if not self.reading.is_set():
                if self._on_line:
                    self._terminal.clog(NOTHING)
                self._idle = 0
                self._clogged.set()
                self.reading.wait()
            self._terminal.wait(POLL_S)
            before, looked = looked, monotonic()
            data = self._terminal.read()
            self._idle = 0 if data else self._idle + 1
            answers = self.twin.take(data)
            if self.twin.levels != self.levels:
                self.soonest.append(before)
                self.history.append((monotonic(), self.twin.levels))
            self._terminal.write(answers)
