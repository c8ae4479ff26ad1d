"""The sessions in the recording of a device that waits for them: from arming to disarming."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from firmware_bridge.recording.reader import End, Recording

OVER = frozenset({"disarmed", "tripped"})
"""States in which no session has the device; one that lost the link for a moment still has it."""


class SessionSpan(NamedTuple):
    """One session, in seconds of the recording; the last one may have no end yet (inf)."""

    start: float
    end: float
    state: str = ""
    """That in which it left the device, one of OVER; "" where it has no end."""
    reason: str = ""

    @property
    def closing(self) -> End | None:
        """How it ended, as the device tells it; None where it has no end."""
        return End(self.end, self.state != "tripped", self.reason) if self.state else None


def spans_of(recording: Recording) -> tuple[SessionSpan, ...]:
    """The sessions of a device's recording, in order of time; none where it does not tell its states."""
    return tuple(_spans(recording))


def _spans(recording: Recording) -> Iterator[SessionSpan]:
    if recording.header.source != "device" or recording.header.profile:
        return
    start: float | None = None
    for event in recording.events():
        if event.event != "state":
            continue
        state = event.fields.get("state")
        over = state in OVER
        if not over and start is None:
            start = event.t
        elif over and start is not None:
            yield SessionSpan(start, event.t, str(state), str(event.fields.get("reason", "")))
            start = None
    if start is not None:
        yield SessionSpan(start, float("inf"))
