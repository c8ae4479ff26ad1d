"""Virtual devices on a pseudo-terminal, in real time, for the real serial code to open (POSIX only)."""

import os
import re
import select
import tty
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Protocol

from firmware_bridge.clock import Clock
from firmware_bridge.wire.messages import DeviceState
from firmware_bridge.wire.terminal import terminal_of
from simulator.faults import FaultyLine
from simulator.link import LineEnd, PlayedDevice

FAULTY_S = 0.002
"""How long a device sleeps at most where its line is faulty: what that holds back is due at any time."""
IDLE_S = 0.1
"""How long one sleeps that is at rest and not armed: bytes wake it, and nothing else changes there."""
_READ_BYTES = 4096
_OURS = re.compile(r"/dev/(?:pts/\d+|ttys\d+)")
"""What a pseudo-terminal is called, on Linux and on macOS."""

SETTLED_S = 0.05
"""A full line that takes nothing for so long stays full."""
OUTPUT_MS = 20
"""How often what is put out is worked out and shown to whoever watches."""


class PtyError(OSError):
    """The pseudo-terminal or its link cannot be made."""


class Terminal:
    """A pseudo-terminal with a device at its far end; `path`, if given, becomes a symbolic link to it.

    The device's own side keeps it open, so that a host that dies looks to it as it does to a UART: like
    silence. Raises PtyError when the link's place is taken by something that is not the link of a pseudo-
    terminal that is gone; `replace` takes the place of any link, but of nothing else.
    """

    def __init__(self, path: Path | None = None, *, replace: bool = False) -> None:
        self._master, self._slave = os.openpty()
        self._open = [self._master, self._slave]
        tty.setraw(self._slave)
        os.set_blocking(self._master, False)
        self.port = os.ttyname(self._slave)
        self.path = path
        if path is not None:
            self._make_link(path, replace=replace)

    def wait(self, seconds: float) -> None:
        """Until something arrives, or that long."""
        select.select([self._master], [], [], seconds)

    def read(self) -> bytes:
        """What has arrived."""
        try:
            return os.read(self._master, _READ_BYTES)
        except BlockingIOError:
            return b""

    def write(self, data: bytes) -> None:
        """Send; where nobody reads the bytes are lost, as on a real line."""
        with suppress(BlockingIOError):
            if data:
                os.write(self._master, data)

    def clog(self, filler: bytes) -> None:
        """Fill the line to the device with what means nothing to it, so that a host can send nothing more."""
        os.set_blocking(self._slave, False)
        # The system moves some of it on after a moment, which makes room once more.
        while select.select([], [self._slave], [], SETTLED_S)[1]:
            with suppress(BlockingIOError):
                os.write(self._slave, filler)

    def close(self) -> None:
        """Remove the link and hang up. May be called twice."""
        if self.path is not None:
            with suppress(OSError):
                if os.readlink(self.path) == self.port:
                    self.path.unlink()
        while self._open:  # each once: its number may belong to another file by the next time
            os.close(self._open.pop())

    def _make_link(self, path: Path, *, replace: bool) -> None:
        try:
            refuse_link(path, replace=replace)
            if path.is_symlink():
                path.unlink()
            path.symlink_to(self.port)
        except PtyError:
            self.close()
            raise
        except OSError as error:
            self.close()
            raise PtyError(f"{path} cannot be made a link to the virtual device: {error.strerror}") from error


def refuse_link(path: Path, *, replace: bool) -> None:
    """PtyError for what lies at `path`, unless it is a link to a pseudo-terminal that is gone.

    `replace` takes the place of any link, and of nothing else.
    """
    if not path.is_symlink():
        if path.exists():
            raise PtyError(f"{path} is there already, and is no link")
        return
    if replace:
        return
    to = os.readlink(path)
    there = path.exists() and not terminal_of(str(path))  # else its name is used again
    if there or not _OURS.fullmatch(to):
        used = ", which is there: a virtual device may be running on it" if there else ""
        raise PtyError(f"{path} is a link to {to}{used}")


def pause_s(device: PlayedDevice, line: FaultyLine, now_ms: int) -> float:
    """How long `device` may sleep, seconds, when no bytes come: what it puts out next is due then."""
    if line.faulty:
        return FAULTY_S
    if device.output_sum == 0 and device.state in (DeviceState.DISARMED, DeviceState.TRIPPED):
        return IDLE_S
    return (OUTPUT_MS - now_ms % OUTPUT_MS) / 1000


class PtyCushion:
    """Serves `cushion` on a pseudo-terminal, with a `line` that may lose what it carries; PtyError."""

    def __init__(
        self,
        cushion: PlayedDevice,
        clock: Clock,
        path: Path | None = None,
        line: FaultyLine | None = None,
        *,
        replace: bool = False,
    ) -> None:
        self._cushion = cushion
        self._clock = clock
        self._line = line or FaultyLine()
        self._end = LineEnd(cushion, self._line)
        self._shown = 0
        self._born = clock.now()
        self._terminal = Terminal(path, replace=replace)
        self.port = self._terminal.port

    def serve(self, until: Callable[[], bool], each: Callable[[], None] = lambda: None) -> None:
        """Play the device until `until()` is true or the fault "unplug" strikes; `each` runs once a turn."""
        try:
            while not until() and not self._line.unplugged:
                self._terminal.wait(pause_s(self._cushion, self._line, self._now_ms()))
                self._turn()
                each()
        finally:
            self.close()

    def close(self) -> None:
        """Remove the link and hang up. May be called twice."""
        self._terminal.close()

    def _now_ms(self) -> int:
        return int((self._clock.now() - self._born) * 1000)

    def _turn(self) -> None:
        data = self._terminal.read()
        seconds = self._clock.now() - self._born  # once it was read: it may have waited
        now = int(seconds * 1000)
        if now // OUTPUT_MS != self._shown // OUTPUT_MS:
            self._cushion.play_out(now)
            self._shown = now
        self._end.put(data, seconds, now)
        self._terminal.write(self._end.take(seconds))


class Twin(Protocol):
    """A virtual device of another dialect: bytes in, answers out, and the levels (0 to 255) that follow."""

    @property
    def levels(self) -> bytes:
        """One for each motor."""
        ...

    def take(self, data: bytes) -> bytes:
        """Do what `data` says; what it answers."""
        ...


class Endpoint(Protocol):
    """Where a virtual device is found: a Terminal, or what is like one on a network."""

    port: str

    def wait(self, seconds: float) -> None:
        """Until something arrives, or that long."""
        ...

    def read(self) -> bytes:
        """What has arrived."""
        ...

    def write(self, data: bytes) -> None:
        """Send; where nobody reads the bytes are lost."""
        ...

    def close(self) -> None:
        """Give the place up. May be called twice."""
        ...


def serve_twin(
    twin: Twin, place: Endpoint, clock: Clock, show: Callable[[bytes, int], None], until: Callable[[], bool]
) -> None:
    """Serve `twin` until `until()` is true, then close its place.

    `show` is given its levels and since when, ms; it is called at least every OUTPUT_MS.
    """
    born = clock.now()
    try:
        while not until():
            place.wait(OUTPUT_MS / 1000)
            show(twin.levels, int((clock.now() - born) * 1000))
            place.write(twin.take(place.read()))
            show(twin.levels, int((clock.now() - born) * 1000))
    finally:
        place.close()
