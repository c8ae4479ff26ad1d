"""What a guard's process and its player say to each other beside the wire: one JSON object a line.

guard to player    {"ready": true} once, with a descriptor of the port if it can be shared, and with
                   "sound", the fields of PlaysOn, where it plays on a sound card;
                   {"error": …} instead, or where it ends later; {"alive": true} every 50 ms;
                   {"off": true} last, when everything was told to be off
player to guard    {"break": true}: stop, as a line's BREAK does
"""

import json
import socket
from typing import Any, Final

ALIVE_S: Final = 0.05
START_S: Final = 10.0
"""The longest that a guard may take to start, with its imports and what the device is asked."""


def packed(**content: Any) -> bytes:
    """One line."""
    return json.dumps(content).encode() + b"\n"


class ChannelReader:
    """Whole lines out of what a socket gives; a descriptor that came with them is kept in `fd`."""

    def __init__(self, channel: socket.socket) -> None:
        self._channel = channel
        self._rest = b""
        self.fd: int | None = None
        self.ended = False

    def read(self) -> list[dict[str, Any]]:
        """What has arrived; `ended` is set where the other side is gone. Never raises."""
        try:
            data, fds = self._receive()
        except (BlockingIOError, InterruptedError):
            return []
        except OSError:
            data, fds = b"", []
        if not data:
            self.ended = True
        if fds:
            self.fd = fds[0]
        *whole, self._rest = (self._rest + data).split(b"\n")
        return [json.loads(line) for line in whole]

    def _receive(self) -> tuple[bytes, list[int]]:
        if not hasattr(socket, "recv_fds"):
            return self._channel.recv(4096), []
        data, fds, _, _ = socket.recv_fds(self._channel, 4096, 1)
        return data, fds
