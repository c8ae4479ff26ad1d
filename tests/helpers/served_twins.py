"""Virtual devices of other dialects on a pseudo-terminal of this process, and what they were told when."""

import select
import socket
import threading
from time import monotonic, sleep

from simulator.pty import Terminal

POLL_S = 0.005
DEADLINE_S = 60.0
NOTHING = b"\r" * 64
"""Empty commands, in every dialect of lines."""


class Datagrams:
    """What a Terminal is, over datagrams: answers go to who spoke last."""

    def __init__(self):
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 0))
        self.port = f"udp://127.0.0.1:{self._socket.getsockname()[1]}"
        self._asker = None

    def wait(self, seconds):
        select.select([self._socket], [], [], seconds)

    def read(self):
        if not select.select([self._socket], [], [], 0)[0]:
            return b""
        data, self._asker = self._socket.recvfrom(4096)
        return data

    def write(self, data):
        if data:
            self._socket.sendto(data, self._asker)

    def close(self):
        self._socket.close()


class ServedTwin:
    """`twin` on a port or over datagrams, served by a thread.

    `history` has its levels, and since when they are so (monotonic).
    `reading` is cleared while it takes nothing.
    """

    def __init__(self, twin, *, network=False):
        self.twin = twin
        self.history = [(monotonic(), twin.levels)]
        self.reading = threading.Event()
        self.reading.set()
        self._over = threading.Event()
        self._clogged = threading.Event()
        self._terminal = Datagrams() if network else Terminal()
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

    def comes_off(self):
        """Whether it is off, once what was written has reached it: that takes the thread a moment."""
        deadline = monotonic() + DEADLINE_S
        while any(self.twin.levels) and monotonic() < deadline:
            sleep(POLL_S)
        return not any(self.twin.levels)

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
