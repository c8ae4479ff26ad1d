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
    """How a session stands: `drives` is one byte for each actuator.

    `elapsed` is how far in the score it is, seconds; `took` how long it has been going on, pauses included,
    and `left` how long it can still go on: it may skip a part of the score to end in time.
    """

    phase: Phase
    elapsed: float
    left: float
    step: int
    intensity: float
    drives: bytes
    rates: bytes
    status: Status | None
    took: float = 0.0


class Listener(Protocol):
    """Hears of each frame that was commanded, such as a Recorder."""

    def tick(self, t: float, drive: bytes, rate: bytes) -> None:
        """Take the frame that ends at t seconds."""
        ...
