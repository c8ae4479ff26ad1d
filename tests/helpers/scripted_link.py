"""A device at the other end of a link that answers as a script says."""

from collections.abc import Callable
from typing import Any

from firmware_bridge.devices.load import load_device
from firmware_bridge.errors import (
    LinkLost,
)
from firmware_bridge.play.connection import Connection
from firmware_bridge.play.requests import (
    Dialogue,
)
from firmware_bridge.safety.interlock import Interlock
from firmware_bridge.wire.codec import encode_report
from firmware_bridge.wire.framing import Frame, FrameDecoder
from firmware_bridge.wire.identity import device_table, identity_of
from firmware_bridge.wire.messages import (
    Answer,
    DeviceState,
    Report,
    Status,
)
from simulator.clock import VirtualClock

PAD = load_device("seat-pad-8")
IDENTITY, TABLE = identity_of(PAD), device_table(PAD)
EPOCH = 5


def status(state: int = DeviceState.DISARMED, reason: int = 0, output: int = 0) -> Status:
    return Status(state, reason, 32, 0, 0, 0, output, b"\0")


class ScriptedLink:
    """A device that answers as `script` says: a function from the nth request of a type to its reports."""

    name = "scripted"

    def __init__(self, script: Callable[[Frame, int], list[Report]] | None = None) -> None:
        self.script = script or (lambda frame, _: well_behaved(frame))
        self.heard: list[Frame] = []
        self.raw = b""
        self.inbox = b""
        self.breaks = self.abandoned = 0
        self.dead = False
        self.noise = b""
        self._decoder = FrameDecoder()

    def write(self, data: bytes) -> None:
        if self.dead:
            raise LinkLost("gone")
        self.raw += data
        for frame in self._decoder.feed(data):
            nth = sum(old.type == frame.type for old in self.heard)
            self.heard.append(frame)
            for report in self.script(frame, nth):
                self.inbox += self.noise + encode_report(report, seq=1, t_ms=0, epoch=EPOCH) + self.noise

    def read(self) -> bytes:
        if self.dead:
            raise LinkLost("gone")
        data, self.inbox = self.inbox, b""
        return data

    def waiting(self) -> bool:
        return bool(self.inbox)

    @property
    def files(self) -> None:
        return None

    def abandon_output(self) -> None:
        self.abandoned += 1

    def signal_break(self) -> None:
        self.breaks += 1

    def close(self) -> None:
        pass

    def count(self, type: int) -> int:
        return sum(frame.type == type for frame in self.heard)


def well_behaved(frame: Frame) -> list[Report]:
    match frame.type:
        case 1:
            return [IDENTITY, status()]
        case 2:
            return [TABLE[frame.payload[0]]]
        case 6:
            return [status()]
        case _:
            return [Answer(frame.type, frame.seq, 0)]


def refusing(type: int, reason: int) -> Callable[[Frame, int], list[Report]]:
    return lambda frame, _: [Answer(type, frame.seq, reason)] if frame.type == type else well_behaved(frame)


def deaf_to(type: int, times: float, first: Any = None) -> Callable[[Frame, int], list[Report]]:
    """Silent (or answering `first`) to the first `times` requests of that type."""

    def script(frame: Frame, nth: int) -> list[Report]:
        if frame.type == type and nth < times:
            return first or []
        return well_behaved(frame)

    return script


def dialogue(link: Any) -> Dialogue:
    return Dialogue(link, VirtualClock(), Connection())


def guarded(link: Any) -> Dialogue:
    made = dialogue(link)
    made.identify()
    made.connection.guard(Interlock((), 0, IDENTITY.limits_hash))
    return made
