"""A line to a device of another dialect: it takes what it can now and never waits.

For docs/wire.md there is `link`, whose writes are whole or fail.
"""

import os
import select
import socket
from contextlib import suppress

from firmware_bridge.errors import LinkError, LinkLost
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

    def arrived(self) -> bool:
        """True: a port cannot tell."""
        return True

    def close(self) -> None:
        with suppress(LinkLost), foreign_errors(self.name):
            self._port.close()


class DatagramPipe:
    """Datagrams to `HOST:PORT`, a line of what is sent in each: there a line that is cut in two is lost.

    LinkError where there is no such place.
    """

    def __init__(self, place: str) -> None:
        host, _, port = place.rpartition(":")
        self.name = place
        try:
            if not 0 < int(port) < 1 << 16:
                raise ValueError(f"{port} is no port")
            where = socket.getaddrinfo(host.strip("[]"), port, type=socket.SOCK_DGRAM)[0]
            self._socket = socket.socket(where[0], socket.SOCK_DGRAM)
            self._socket.connect(where[4])
        except (OSError, ValueError, OverflowError) as error:
            raise LinkError(f"{place} cannot be reached: {error}", hint="say HOST:PORT") from error
        self._socket.setblocking(False)

    @classmethod
    def adopted(cls, fd: int, name: str) -> "DatagramPipe":
        """The open socket of another process."""
        pipe = cls.__new__(cls)
        pipe.name, pipe._socket = name, socket.socket(fileno=fd)
        return pipe

    def fileno(self) -> int:
        """Its descriptor."""
        return self._socket.fileno()

    def send(self, data: bytes) -> int:
        with foreign_errors(self.name):
            for line in data.splitlines(keepends=True):
                with suppress(BlockingIOError):  # the next update comes soon
                    if line.strip():
                        self._socket.send(line)
        return len(data)

    def receive(self) -> bytes:
        with foreign_errors(self.name):
            try:
                return self._socket.recv(READ_BYTES)
            except BlockingIOError:
                return b""

    def discard(self) -> None:
        """Do nothing: a datagram that was sent is on its way."""

    def arrived(self) -> bool:
        """True: datagrams are not answered."""
        return True

    def close(self) -> None:
        self._socket.close()


class SecondDescriptor:
    """The open port of another process, to be used when that is gone. POSIX only."""

    def __init__(self, fd: int, name: str) -> None:
        self.name = name
        self._fd = fd

    def fileno(self) -> int:
        """The descriptor."""
        return self._fd

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

    def arrived(self) -> bool:
        """True: a port cannot tell."""
        return True

    def close(self) -> None:
        with suppress(OSError):
            os.close(self._fd)
