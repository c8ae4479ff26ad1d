"""Why a session ended, as data; a front end makes the sentences."""

from enum import StrEnum
from typing import NamedTuple


class EndReason(StrEnum):
    """Why a session ended. The value is the word that recordings, the ledger and JSON carry."""

    COMPLETED = "completed"
    STOPPED = "stopped"
    TIME_OVER = "out of time"
    BY_DEVICE = "stopped by the device"
    BY_KEY = "stopped by a key"
    BY_CONTROL = "stopped by its controls"
    BY_ANSWER = "answered"
    BY_PAIN = "stopped for pain"
    BY_SIGNAL = "stopped by a signal"
    BY_REQUEST = "stopped from outside"
    BY_ABSENCE = "hung up"
    BY_FLOOD = "flooded by its controls"
    UNWRITTEN = "stopped because the ledger cannot be written"
    TRIPPED = "tripped"
    LINK = "link"
    OUTPUT_GONE = "the output went away"
    BROKEN_OFF = "broken off"


class SessionEnd(NamedTuple):
    """Why a session ended; `detail` is the device's own reason for BY_DEVICE, what tripped for TRIPPED."""

    reason: EndReason
    detail: str = ""

    def __str__(self) -> str:
        """The words that are written down, "stopped by the device: button"."""
        return f"{self.reason}: {self.detail}" if self.detail else str(self.reason)
