"""What somebody did with + and - while a run was recorded, as a curve over the whole session."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from firmware_bridge.errors import RecordingError
from firmware_bridge.recording.reader import Damage, RecordedEvent, Tick, read_recording
from kneadwave.errors import Exit, KneadError, TuningRemedy
from kneadwave.text import clock_text
from kneadwave.tuning.fit.simplify import Simplified, simplify
from profiles.model import Profile

WITHIN = 0.03  # of full level; project's choice: well below what is just told apart
AROUND_S = 2.0  # seconds around a change in which the curve may differ, as it cannot jump; project's choice
LOOK_S = 0.1  # seconds from one look at the error to the next

Floats = NDArray[np.float64]


class OtherRecording(KneadError):
    """A recording that says nothing about this profile."""

    exit = Exit.INVALID


@dataclass(frozen=True)
class IntensityChange:
    """From `elapsed` (s of the session) on, `factor` (0 to 1) of the run's limit was played."""

    elapsed: float
    factor: float


@dataclass(frozen=True)
class RecordedIntensity:
    """What a recording says of live intensity; `notes` is what cannot be kept, in sentences."""

    changes: tuple[IntensityChange, ...]
    notes: tuple[str, ...] = ()

    @property
    def mark(self) -> str:
        """Tells this run from another in a history."""
        text = ";".join(f"{change.elapsed:.3f}={change.factor:.4f}" for change in self.changes)
        return f"{crc32(text.encode()):08x}"

    @property
    def changed(self) -> bool:
        """Whether anything but the run's limit was ever played."""
        return any(change.factor < 1.0 for change in self.changes)


def read_run(path: str | Path, profile: Profile) -> RecordedIntensity:
    """Return what was done in a recorded run of `profile`.

    OtherRecording for a run of another profile, and for one that does not hold live intensity; RecordingError
    for a file that is no recording.
    """
    recording = read_recording(path)
    if recording.header.profile != profile.name:
        raise OtherRecording(
            f"{path}: this is a run of '{recording.header.profile}', not of '{profile.name}'",
            hint=TuningRemedy.FIT_OTHER.of(profile=recording.header.profile, path=str(path)),
        )
    items = [item for item in recording if not isinstance(item, Tick)]
    events = [item for item in items if isinstance(item, RecordedEvent)]
    intensity = [event for event in events if event.event == "intensity"]
    if not intensity:
        raise OtherRecording(
            f"{path}: this recording does not say what was done with + and -",
            hint=TuningRemedy.RECORD_RUN,
        )
    changes = _changes(path, intensity)
    if changes[-1].elapsed > profile.duration_s + AROUND_S:
        raise OtherRecording(
            f"{path}: the run goes on after {clock_text(profile.duration_s)}, the end of '{profile.name}'",
            hint="the profile was longer when this was recorded",
        )
    notes = _notes(events, changes[-1].factor, recording.end)
    if any(isinstance(item, Damage) for item in items):
        notes.append("lines of the recording are damaged: changes of intensity may be missing")
    return RecordedIntensity(changes, tuple(notes))


def envelope_of(profile: Profile, run: RecordedIntensity, within: float = WITHIN) -> Simplified:
    """Return the session's curve, times what was done, in few points and in seconds.

    It stays `within` of that but for AROUND_S around each change; ProfileError where no curve does.
    """
    times = np.arange(0.0, profile.duration_s + LOOK_S / 2, LOOK_S)
    levels = profile.envelope.at(np.minimum(times, profile.duration_s), profile.duration_s)
    counted = np.ones(len(times), dtype=np.bool_)
    factor = np.ones(len(times))
    for change, before in zip(run.changes, (IntensityChange(0.0, 1.0), *run.changes), strict=False):
        factor[times >= change.elapsed] = change.factor
        if change.factor != before.factor:
            counted &= np.abs(times - change.elapsed) > AROUND_S
    return simplify(times, levels * factor, within, counted=counted)


def _changes(path: str | Path, events: Sequence[RecordedEvent]) -> tuple[IntensityChange, ...]:
    limit = _number(path, events[0], "limit")
    changes: list[IntensityChange] = []
    for event in events:
        factor = min(1.0, _number(path, event, "intensity") / limit)
        elapsed = _number(path, event, "elapsed", least=0.0)
        if changes and elapsed < changes[-1].elapsed:
            raise RecordingError(f"{path}: the session goes back at {clock_text(event.t)} of the recording")
        changes.append(IntensityChange(elapsed, round(factor, 4)))
    return tuple(changes)


def _number(path: str | Path, event: RecordedEvent, key: str, least: float = 1e-3) -> float:
    value = event.fields.get(key)
    if isinstance(value, bool) or not isinstance(value, int | float) or value < least:
        raise RecordingError(f"{path}: an intensity event at {clock_text(event.t)} has no usable {key}")
    return float(value)


def _notes(events: Sequence[RecordedEvent], last: float, end: object) -> list[str]:
    notes = []
    eased = sorted({str(e.fields.get("zone")) for e in events if e.event == "pain" and e.fields.get("zone")})
    if eased:
        notes.append(
            f"'p' eased {', '.join(eased)}: that is a matter of zones, which no curve over the session holds"
        )
    if end is None or not getattr(end, "ok", False):
        notes.append(f"the run was cut short: what comes after it keeps the last intensity, {last:.0%}")
    return notes
