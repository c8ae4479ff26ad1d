"""Two recordings of one run: where in the device's time the host's time begins.

The host counts the frames that it sent, the device the milliseconds of its life, and a device may have played
several sessions. What the host sent first is looked for in what the device was asked for.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from firmware_bridge.errors import RecordingError
from firmware_bridge.limits import FRAME_S, frames
from firmware_bridge.recording.reader import Recording
from kneadwave.reports.frames import FrameRun, runs

PATTERN_FRAMES = frames(5.0)
QUIET_FRAMES = frames(0.5)
"""A run may begin only after so much silence; project's choice: a run begins from rest."""
APART_MAX = 0.35
"""The most by which the two may differ (frames are lost, motors lag), as a share of the host's drives."""

Drives = NDArray[np.int64]


@dataclass(frozen=True)
class Aligned:
    """Frame k of the host is frame k + `shift` of the device.

    In the device's frames the host's end before `last`, and it drives nothing from `still` on.
    """

    shift: int
    still: int
    last: int


def paired(one: Recording, other: Recording) -> tuple[Recording, Recording]:
    """Tell the device's recording from the host's. RecordingError when they cannot be of one run."""
    by_source = {one.header.source: one, other.header.source: other}
    if len(by_source) < 2:
        raise RecordingError(
            f"{one.path} and {other.path} are both recordings of the {one.header.source}",
            hint="give one of the device and one of the host",
        )
    device, host = by_source["device"], by_source["host"]
    if [a.id for a in device.header.actuators] != [a.id for a in host.header.actuators]:
        raise RecordingError(
            f"{one.path} and {other.path} have other actuators",
            hint="give two recordings of the same run",
        )
    return device, host


def align(device: Recording, host: Recording) -> Aligned:
    """Find the run of `host` in `device`. RecordingError when it is not there.

    Of several that fit it is the one that began when the host says, or fits best where no times are told.
    """
    onset, still, length, pattern = _beginning(host)
    apart = {each.at - onset: each.apart_from(pattern) for each in _candidates(device, len(pattern))}
    fitting = [shift for shift, distance in apart.items() if distance <= APART_MAX]
    told = _told_shift(device, host)
    shift = min(
        reversed(fitting),
        key=lambda each: apart[each] if told is None else abs(each - told),
        default=None,
    )
    if shift is None:
        raise RecordingError(
            f"{device.path} does not hold the run of {host.path}", hint="give two recordings of the same run"
        )
    return Aligned(shift, shift + still, shift + length)


def _told_shift(device: Recording, host: Recording) -> float | None:
    """Where in the device's frames the host's begin, going by what both say of the time of day."""
    try:
        began, host_began = (datetime.fromisoformat(each.header.began or "") for each in (device, host))
        return (host_began - began).total_seconds() / FRAME_S
    except (ValueError, TypeError):  # no time, or one without its zone beside one with it
        return None


@dataclass
class _Candidate:
    at: int
    drives: list[bytes] = field(default_factory=list)

    def apart_from(self, pattern: Drives) -> float:
        """How far it lies from `pattern` on average, as a share of it."""
        mine = _array(self.drives, pattern.shape[1])[: len(pattern)]
        whole = np.zeros_like(pattern)
        whole[: len(mine)] = mine
        return float(np.abs(whole - pattern).sum() / pattern.sum())


def _beginning(host: Recording) -> tuple[int, int, int, Drives]:
    """Where the host began to drive, where it ended and where its frames end; what it sent at first."""
    onset, still, length, kept = 0, 0, 0, list[bytes]()
    for run in runs(host):
        if not isinstance(run, FrameRun):
            continue
        length = run.at + run.length
        if not run.silent:
            onset, still = onset if kept else run.at, length
        elif not kept:
            continue
        kept += [run.drive] * min(run.length, PATTERN_FRAMES - len(kept))
    if not kept:
        raise RecordingError(f"{host.path}: nothing was driven", hint="report it without a second recording")
    return onset, still, length, _array(kept, len(host.header.actuators))


def _candidates(device: Recording, length: int) -> Iterator[_Candidate]:
    """What followed each beginning in the device's recording, `length` frames of it at the most."""
    growing: list[_Candidate] = []
    quiet = QUIET_FRAMES
    for run in runs(device):
        if not isinstance(run, FrameRun):
            continue
        asked = run.drive if run.asked is None else run.asked
        if not any(asked):
            quiet += run.length
        else:
            if quiet >= QUIET_FRAMES:
                growing.append(_Candidate(run.at))
            quiet = 0
        for candidate in growing:
            candidate.drives += [asked] * min(run.length, length - len(candidate.drives))
        yield from (candidate for candidate in growing if len(candidate.drives) >= length)
        growing = [candidate for candidate in growing if len(candidate.drives) < length]
    yield from growing


def _array(drives: list[bytes], width: int) -> Drives:
    return np.frombuffer(b"".join(drives), dtype=np.uint8).reshape(-1, width).astype(np.int64)
