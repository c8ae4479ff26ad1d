"""The sessions in the recording of a device that waits for them: from arming to disarming."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from firmware_bridge.recording.reader import Recording

MOVING = frozenset({"armed", "playing"})
"""States in which a session has the device."""


class SessionSpan(NamedTuple):
    """One session, in seconds of the recording; the last one may have no end yet (inf)."""

    start: float
    end: float


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
        moving = event.fields.get("state") in MOVING
        if moving and start is None:
            start = event.t
        elif not moving and start is not None:
            yield SessionSpan(start, event.t)
            start = None
    if start is not None:
        yield SessionSpan(start, float("inf"))
