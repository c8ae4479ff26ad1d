"""A line to a device of another dialect: it takes what it can now and never waits.

For docs/wire.md there is `link`, whose writes are whole or fail.
"""

import os
import select
from contextlib import suppress

from firmware_bridge.errors import LinkLost
from firmware_bridge.wire.link import CAN_SELECT, READ_BYTES, foreign_errors, open_port


class SerialPipe:
    """A serial port, held exclusively; raises PortMissing, PortForbidden, PortBusy or another LinkError."""

    def __init__(self, url: str) -> None:
        self.name = url
        self._port = open_port(url)

    def fileno(self) -> int:
        """Its descriptor."""
        return int(self._port.fileno())

    def send(self, data: bytes) -> int:
        if not data:
            return 0
        with foreign_errors(self.name):
            if self._port.out_waiting or (CAN_SELECT and not select.select([], [self._port], [], 0)[1]):
                return 0  # the line has not taken what came before: the latest counts, so nothing queues
            return int(self._port.write(data) or 0)

    def receive(self) -> bytes:
        with foreign_errors(self.name):
            return bytes(self._port.read(READ_BYTES))

    def discard(self) -> None:
        with foreign_errors(self.name):
            self._port.reset_output_buffer()

    def close(self) -> None:
        with suppress(LinkLost), foreign_errors(self.name):
            self._port.close()


class SecondDescriptor:
    """The open port of another process, to be used when that is gone. POSIX only."""

    def __init__(self, fd: int, name: str) -> None:
        self.name = name
        self._fd = fd

    def send(self, data: bytes) -> int:
        with foreign_errors(self.name):
            try:
                return os.write(self._fd, data)
            except BlockingIOError:
                return 0

    def receive(self) -> bytes:
        """Nothing: whoever owns the port reads it."""
        return b""

    def discard(self) -> None:
        import termios

        with foreign_errors(self.name):
            termios.tcflush(self._fd, termios.TCOFLUSH)

    def close(self) -> None:
        with suppress(OSError):
            os.close(self._fd)
