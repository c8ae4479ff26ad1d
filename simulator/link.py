"""A link to a virtual cushion in this very process; the host never knows."""

from typing import Protocol

from firmware_bridge.clock import Clock, Files
from firmware_bridge.errors import LinkLost
from firmware_bridge.wire.messages import DeviceState
from simulator.faults import FaultyLine


class PlayedDevice(Protocol):
    """A device at the end of a line, whatever plays it: `Guard` has what its methods mean."""

    @property
    def state(self) -> DeviceState: ...

    @property
    def output_sum(self) -> int: ...

    def advance(self, now: int) -> None: ...

    def play_out(self, now: int) -> None: ...

    def receive(self, data: bytes, now: int) -> None: ...

    def transmit(self) -> bytes: ...

    def line_break(self, now: int) -> None: ...

    def reset(self, now: int) -> None: ...


class LineEnd:
    """`cushion` at the end of `line`: what the line does to bytes, and to the power, happens here."""

    def __init__(self, cushion: PlayedDevice, line: FaultyLine) -> None:
        self._cushion = cushion
        self._line = line
        self._resets = 0

    def put(self, data: bytes, seconds: float, now_ms: int) -> None:
        """Send `data` and let time pass, up to `seconds` on the line and `now_ms` on the device."""
        data = self._line.carry("out", data, seconds)
        self._cushion.advance(now_ms)
        if self._line.resets != self._resets:
            self._resets = self._line.resets
            self._cushion.reset(now_ms)
        if data:
            self._cushion.receive(data, now_ms)

    def take(self, seconds: float) -> bytes:
        """What arrives from the cushion."""
        return self._line.carry("in", self._cushion.transmit(), seconds)


class VirtualLink:
    """The line between a session and `cushion`, under `clock`; `line` may lose what it carries."""

    def __init__(self, cushion: PlayedDevice, clock: Clock, line: FaultyLine | None = None) -> None:
        self.name = "sim:"
        self.cushion = cushion
        self.clock = clock
        self._line = line or FaultyLine()
        self._end = LineEnd(cushion, self._line)
        self._born = clock.now()

    def write(self, data: bytes) -> None:
        self._pass(data)

    def read(self) -> bytes:
        now = self._pass(b"")
        return self._end.take(now)

    def waiting(self) -> bool:
        return False

    @property
    def files(self) -> Files:
        """None: nothing arrives but as time passes."""
        return None

    def abandon_output(self) -> None:
        """Do nothing: what is written arrives at once, so nothing waits to be thrown away."""

    def signal_break(self) -> None:
        if not self._line.unplugged:
            self.cushion.line_break(self._now_ms())

    def close(self) -> None:
        """Let the cushion, and whoever watches it, see the end of what it was doing."""
        self.cushion.play_out(self._now_ms())

    def _pass(self, data: bytes) -> float:
        """Put `data` on the line and let time pass; gives the time."""
        now = self.clock.now()
        self._end.put(data, now, int((now - self._born) * 1000))
        if self._line.unplugged:
            raise LinkLost("the virtual cushion is unplugged", hint="the fault was asked for")
        return now

    def _now_ms(self) -> int:
        return int((self.clock.now() - self._born) * 1000)
