"""Virtual devices on a network: what a Terminal is, over datagrams and over a WebSocket.

udp://HOST:PORT    datagrams; answers go to who spoke last
ws://HOST:PORT     a WebSocket; one host at a time, the next one waits
"""

import select
import socket
from collections.abc import Callable
from typing import Final

from firmware_bridge.errors import LinkLost

UDP: Final = "udp://"
WS: Final = "ws://"
READ_BYTES: Final = 4096


class NetworkError(OSError):
    """There is no such place, or another program has it."""


class DatagramPort:
    """Datagrams to `udp://HOST:PORT`, with port 0 to any; NetworkError."""

    def __init__(self, place: str = "udp://127.0.0.1:0") -> None:
        self._socket, self.port = _bound(place, socket.SOCK_DGRAM)
        self._asker: tuple[str, int] | None = None

    def wait(self, seconds: float) -> None:
        """Until something arrives, or that long."""
        select.select([self._socket], [], [], seconds)

    def read(self) -> bytes:
        """What has arrived: a datagram, or nothing."""
        try:
            data, self._asker = self._socket.recvfrom(READ_BYTES)
        except BlockingIOError:
            return b""
        return data

    def write(self, data: bytes) -> None:
        """Send, where somebody has spoken."""
        if data and self._asker is not None:
            self._socket.sendto(data, self._asker)

    def close(self) -> None:
        """Give the place up."""
        self._socket.close()


class WebSocketPort:
    """A WebSocket on `ws://HOST:PORT`, with port 0 on any; `left` is called when a host has gone.

    Each line that is written is a message, and each message that is read a line. NetworkError.
    """

    def __init__(self, place: str = "ws://127.0.0.1:0", left: Callable[[], None] = lambda: None) -> None:
        from firmware_bridge.wire.websocket import MessageSocket, accepted

        self._accept = accepted
        self._listener, self.port = _bound(place, socket.SOCK_STREAM)
        self._listener.listen()
        self._left = left
        self._host: MessageSocket | None = None

    def wait(self, seconds: float) -> None:
        """Until something arrives, or that long."""
        select.select([self._host or self._listener], [], [], seconds)

    def read(self) -> bytes:
        """What has arrived."""
        if self._host is None:
            try:
                self._host = self._accept(self._listener.accept()[0], self.port)
            except BlockingIOError:
                return b""
        try:
            return b"" if self._host is None else self._host.receive()
        except LinkLost:
            self._hang_up()
            return b""

    def write(self, data: bytes) -> None:
        """Send; what a host does not take is lost."""
        try:
            if self._host is not None:
                self._host.send(data)
        except LinkLost:
            self._hang_up()

    def close(self) -> None:
        """Hang up, and give the place up."""
        if self._host is not None:
            self._host.close()
        self._listener.close()

    def _hang_up(self) -> None:
        if self._host is not None:
            self._host.close()
            self._host = None
            self._left()


def _bound(place: str, kind: socket.SocketKind) -> tuple[socket.socket, str]:
    scheme, _, where = place.partition("://")
    host, _, port = where.partition("/")[0].rpartition(":")
    bound = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, kind)
    try:
        if kind is socket.SOCK_STREAM:
            bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind((host.strip("[]"), int(port)))
    except (OSError, ValueError, OverflowError) as error:
        bound.close()
        raise NetworkError(f"{place} cannot be served: {error}") from error
    bound.setblocking(False)
    return bound, f"{scheme}://{host}:{bound.getsockname()[1]}"
