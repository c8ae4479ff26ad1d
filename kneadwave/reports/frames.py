"""The ticks of a recording as frames at 50 Hz without gaps, a run of like frames at a time."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from firmware_bridge.errors import RecordingError
from firmware_bridge.limits import frames
from firmware_bridge.recording.reader import End, RecordedEvent, Recording, Tick
from profiles.waveform import FRAME_RATE_HZ

LONGEST_S = 43_200
"""Twelve hours, project's choice: a recording that claims more is refused before anything is filled in."""
HELD_FRAMES = frames(0.25)
"""Where ticks are missing, the last one counts as put out for so long, then silence; project's choice."""


class FrameRun(NamedTuple):
    """Frames `at` to `at + length - 1`, all alike: drives, rates, and what was asked for (None: unknown)."""

    at: int
    length: int
    drive: bytes
    rate: bytes
    asked: bytes | None

    @property
    def silent(self) -> bool:
        """Whether nothing was put out nor asked for."""
        return not any(self.drive) and not (self.asked and any(self.asked))


def runs(recording: Recording) -> Iterator[FrameRun | RecordedEvent | End]:
    """Frames in order of time, and between them events and the end, in file order.

    RecordingError where time goes back, or where a recording is longer or finer than a report is made for.
    """
    if recording.header.rate_hz > FRAME_RATE_HZ:
        raise RecordingError(
            f"{recording.path}: has {recording.header.rate_hz} ticks a second, "
            f"and a report reads {FRAME_RATE_HZ} at the most"
        )
    nothing = bytes(len(recording.header.actuators))
    last: Tick | None = None
    at = 0
    for item in recording:
        if not isinstance(item, Tick):
            yield item
            continue
        before, at = at, _frame_of(recording, item)
        if last is not None:
            if item.t < last.t:
                raise RecordingError(f"{recording.path}: time goes back from {last.t:g} s to {item.t:g} s")
            yield from _between(before, at, last, nothing)
        if last is None or at > before:
            yield FrameRun(at, 1, item.drive, item.rate, item.asked)
        last = item


def _frame_of(recording: Recording, tick: Tick) -> int:
    if tick.t > LONGEST_S:
        raise RecordingError(
            f"{recording.path}: goes on to {tick.t:g} s, and a report reads {LONGEST_S} s at the most"
        )
    return round(tick.t * FRAME_RATE_HZ)


def _between(before: int, at: int, last: Tick, nothing: bytes) -> Iterator[FrameRun]:
    """What stands for the frames between two ticks."""
    missing = at - before - 1
    held = min(missing, HELD_FRAMES)
    if held > 0:
        yield FrameRun(before + 1, held, last.drive, last.rate, last.asked)
    if missing > held:
        asked = None if last.asked is None else nothing
        yield FrameRun(before + 1 + held, missing - held, nothing, nothing, asked)
