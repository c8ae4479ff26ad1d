"""What a session tells while it plays, and to whom."""

from enum import Enum
from typing import NamedTuple, Protocol

from firmware_bridge.wire.messages import Status


class Phase(Enum):
    """What a session is doing."""

    PLAYING = "playing"
    PAUSED = "paused"
    STOPPED = "stopped"
    DONE = "done"


class Update(NamedTuple):
    """How a session stands. Times in seconds of the score; `drives` one byte for each actuator."""

    phase: Phase
    elapsed: float
    left: float
    step: int
    intensity: float
    drives: bytes
    rates: bytes
    status: Status | None


class Listener(Protocol):
    """Hears of each frame that was commanded, such as a Recorder."""

    def tick(self, t: float, drive: bytes, rate: bytes) -> None:
        """Take the frame that ends at t seconds."""
        ...
