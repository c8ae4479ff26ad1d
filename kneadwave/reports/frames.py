"""The ticks of a recording as frames at 50 Hz without gaps, a run of like frames at a time."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from firmware_bridge.errors import RecordingError
from firmware_bridge.limits import frames
from firmware_bridge.recording.reader import Damage, End, RecordedEvent, Recording, Tick
from profiles.waveform import FRAME_RATE_HZ

LONGEST_S = 43_200
"""Twelve hours, project's choice: a recording that claims more is refused before anything is filled in."""
HELD_FRAMES = frames(0.25)
"""Where ticks are missing, the last one counts as put out for so long, then silence; project's choice."""


IDLE_FRAMES = frames(1.05)
"""A device that waits records a tick a second; a gap that is no longer than so says nothing."""


class Gap(NamedTuple):
    """Ticks are missing between two times (s); what was put out there is not known."""

    start: float
    end: float


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


def runs(recording: Recording) -> Iterator[FrameRun | RecordedEvent | End | Gap | Damage]:
    """Frames in order of time, and between them gaps, damage, events and the end, in file order.

    RecordingError where a recording is longer or finer than a report is made for.
    """
    if recording.header.rate_hz > FRAME_RATE_HZ:
        raise RecordingError(
            f"{recording.path}: has {recording.header.rate_hz} ticks a second, "
            f"and a report reads {FRAME_RATE_HZ} at the most"
        )
    nothing = bytes(len(recording.header.actuators))
    last: Tick | None = None
    at, apart = 0, round(FRAME_RATE_HZ / recording.header.rate_hz)
    for item in recording:
        if isinstance(item, End) and last is not None and not _silent(last) and _over(item.t - last.t, apart):
            yield Gap(last.t, item.t)
        if not isinstance(item, Tick):
            yield item
            continue
        before, at = at, _frame_of(recording, item)
        if last is None and not _silent(item) and _over(item.t, apart):
            yield Gap(0.0, item.t)
        elif last is not None and _over(item.t - last.t, IDLE_FRAMES if _silent(last) else apart):
            yield Gap(last.t, item.t)
        if last is not None:
            yield from _between(before, at, last, nothing)
        if last is None or at > before:
            yield FrameRun(at, 1, item.drive, item.rate, item.asked)
        last = item


def _silent(tick: Tick) -> bool:
    return not any(tick.drive) and not (tick.asked and any(tick.asked))


def _over(seconds: float, apart: int) -> bool:
    """Whether ticks are further apart than they may be, by more than what the last one is held for."""
    return round(seconds * FRAME_RATE_HZ) > apart + (HELD_FRAMES if apart < IDLE_FRAMES else 0)


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
