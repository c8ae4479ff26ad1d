"""What a session commands, frame by frame, to a pipe: for a front end that draws it.

A frame is little-endian: time of the session at which it ends, ms (4 bytes), how many actuators (2), how
many frames were dropped before it (2), then one drive and one rate for each actuator. A session hands its
frames out up to 250 ms before they are felt. Who reads too slowly misses frames; the session waits for
nobody.
"""

import os
import stat
import struct
from contextlib import suppress
from typing import Final

from kneadwave.errors import UsageError

HEADER: Final = struct.Struct("<IHH")
"""Milliseconds, actuators, frames dropped since the frame before."""
_MOST_DROPPED = 0xFFFF
_FIRST_FREE = 3


class FrameStream:
    """Hears of every frame of one session (a `Listener`) and writes it to an open pipe, which it owns."""

    def __init__(self, fd: int) -> None:
        """Take the descriptor of a pipe or a socket; UsageError for anything else."""
        if fd < _FIRST_FREE or not _is_pipe(fd):
            raise UsageError(
                f"no pipe for frames is open at {fd}",
                hint="give the end of a pipe that this program inherits",
            )
        os.set_blocking(fd, False)
        os.set_inheritable(fd, False)  # a guard would keep it open
        self._fd: int | None = fd
        self._dropped = 0

    def tick(self, t: float, drive: bytes, rate: bytes) -> None:
        """Write the frame that ends at t seconds, or drop it where the pipe is full."""
        if self._fd is None:
            return
        dropped = min(self._dropped, _MOST_DROPPED)
        frame = HEADER.pack(round(t * 1000), len(drive), dropped) + drive + rate
        try:
            whole = os.write(self._fd, frame) == len(frame)
        except BlockingIOError:
            self._dropped += 1
            return
        except OSError:  # nobody reads any more
            whole = False
        self._dropped = 0
        if not whole:
            self.close()

    def close(self) -> None:
        """Nothing follows."""
        fd, self._fd = self._fd, None
        if fd is not None:
            with suppress(OSError):
                os.close(fd)


def _is_pipe(fd: int) -> bool:
    try:
        mode = os.fstat(fd).st_mode
    except OSError:
        return False
    return stat.S_ISFIFO(mode) or stat.S_ISSOCK(mode)
