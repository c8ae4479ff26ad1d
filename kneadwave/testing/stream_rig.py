"""A virtual device behind an output of bytes, under a clock of its own; an OutputRig."""

from collections.abc import Callable
from typing import Final

from firmware_bridge.errors import LinkLost
from firmware_bridge.guard.outputs.output import GuardOutput
from firmware_bridge.guard.outputs.stream import Dialect, Pipe, StreamOutput
from kneadwave.testing.rig import Ability
from simulator.clock import VirtualClock
from simulator.pty import Twin

MakeOutput = Callable[[Dialect, Pipe, Callable[[], float], Callable[[float], None]], GuardOutput]
LEFT_BYTES: Final = 5
"""A line that fills up takes so much of the next update: a command is cut in two."""


class StreamRig:
    """A StreamOutput of `dialect`, or what `output` makes, on a line to `device`.

    A device that stops by itself reads the rig's `clock`, which is made beforehand then.
    """

    timed = True
    abilities = frozenset(Ability)

    def __init__(
        self,
        dialect: Dialect,
        device: Twin,
        clock: VirtualClock | None = None,
        output: MakeOutput = StreamOutput,
    ) -> None:
        self.clock = clock or VirtualClock()
        self.heard: list[tuple[float, bytes]] = []
        self._device = device
        self._line = _VirtualLine(device, self.clock, self.heard)
        self.output = output(dialect, self._line, self.clock.now, self.clock.sleep)

    @property
    def levels(self) -> bytes:
        return self._device.levels

    @property
    def highest(self) -> bytes:
        return b"\xff" * len(self.levels)

    @property
    def rates(self) -> bytes:
        return bytes(len(self.levels))

    def mute(self) -> None:
        self._line.answers = False

    def say(self, data: bytes) -> None:
        self._line.said += data

    def take_nothing(self) -> None:
        self._line.room = LEFT_BYTES

    def take_again(self) -> None:
        self._line.room = None

    def vanish(self) -> None:
        self._line.gone = True


class _VirtualLine:
    """A Pipe to `device`; it takes `room` bytes more, all where that is None."""

    def __init__(self, device: Twin, clock: VirtualClock, heard: list[tuple[float, bytes]]) -> None:
        self.room: int | None = None
        self.answers, self.gone, self.said = True, False, b""
        self._device, self._clock, self._heard = device, clock, heard

    def send(self, data: bytes) -> int:
        self._refuse_if_gone()
        taken = data[: self.room]
        if self.room is not None:
            self.room -= len(taken)
        before = len(self._heard)
        for byte in taken:  # as they arrive: what is told and then taken back was told
            levels = self._device.levels
            answer = self._device.take(bytes([byte]))
            self.said += answer if self.answers else b""
            if self._device.levels != levels:
                self._hear()
        if taken and len(self._heard) == before:
            self._hear()
        return len(taken)

    def _hear(self) -> None:
        self._heard.append((self._clock.now(), self._device.levels))

    def receive(self) -> bytes:
        self._refuse_if_gone()
        said, self.said = self.said, b""
        return said

    def discard(self) -> None:
        self._refuse_if_gone()

    def arrived(self) -> bool:
        """What was sent is read at once."""
        return True

    def close(self) -> None:
        """Nothing is held."""

    def _refuse_if_gone(self) -> None:
        if self.gone:
            raise LinkLost("the virtual device is gone")
