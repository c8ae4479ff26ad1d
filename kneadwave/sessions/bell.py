"""Wakes a session that sleeps: from another thread, from a signal, from another process."""

import os
import weakref
from contextlib import suppress
from pathlib import Path

from firmware_bridge.clock import Files

_READ_BYTES = 4096


class Bell:
    """A pipe to oneself; `ring` may be called from anywhere, as often as one likes."""

    def __init__(self) -> None:
        self._out, self._in = os.pipe()
        for end in (self._out, self._in):
            os.set_blocking(end, False)
            weakref.finalize(self, os.close, end)

    def fileno(self) -> int:
        """What can be read once it rang."""
        return self._out

    @property
    def rung_by(self) -> int:
        """What rings it by being written to; for `signal.set_wakeup_fd`."""
        return self._in

    def ring(self) -> None:
        """Wake who waits for it."""
        with suppress(BlockingIOError):  # it rings already
            os.write(self._in, b"\0")

    def hush(self) -> None:
        """Forget that it rang."""
        with suppress(BlockingIOError):
            os.read(self._out, _READ_BYTES)


class Doorbell:
    """A bell at `place`, for other processes; where the system has no such thing, nobody hears it."""

    def __init__(self, place: Path) -> None:
        self._place = place
        self._end: int | None = None
        with suppress(OSError, AttributeError):  # Windows, and file systems without named pipes
            place.unlink(missing_ok=True)
            os.mkfifo(place, 0o600)
            # Its own writing end keeps it from being at its end, which would be told without end.
            self._end = os.open(place, os.O_RDWR | os.O_NONBLOCK)

    def files(self) -> Files:
        """What can be read once it rang; None where nobody can hear it."""
        return None if self._end is None else (self._end,)

    def hush(self) -> None:
        """Forget that it rang."""
        if self._end is not None:
            with suppress(BlockingIOError):
                os.read(self._end, _READ_BYTES)

    def close(self) -> None:
        """Take it away."""
        if self._end is not None:
            os.close(self._end)
            self._end = None
            with suppress(OSError):  # whoever took the folder away
                self._place.unlink(missing_ok=True)
