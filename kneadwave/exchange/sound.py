"""A simulated run as sound: a stereo WAV a zone, for ears, bass shakers and whatever else plays sound.

The carrier has the frequency of the step that plays, without a jump of phase; its amplitude is what the
motors make felt in the zone, on the left channel that of its left side.
"""

from __future__ import annotations

import wave
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from firmware_bridge.devices.layout import Layout
from profiles.body import zone_name
from profiles.score import Score
from profiles.waveform import FRAME_RATE_HZ
from simulator.motor import MotorBank
from simulator.run import OutputRun
from simulator.spread import Frames

Array = NDArray[np.float64]

SAMPLE_RATE_HZ: Final = 8000
"""Every sound card takes it, and it is twenty times the highest carrier."""
FULL: Final = 0.5
"""Amplitude of the full level, of full scale: two zones, or both sides, may be added up and do not clip."""
SAMPLES_A_FRAME: Final = SAMPLE_RATE_HZ // FRAME_RATE_HZ
FRAMES_AT_ONCE: Final = 1000
_SCALE: Final = 32767
_SIDES: Final = ("left", "right")


class RunSound:
    """The felt levels of a run, to be written as sound."""

    def __init__(self, run: OutputRun) -> None:
        frames, layout = run.taken(), run.layout
        felt = MotorBank(layout.actuators).step(frames.drive, frames.rate)
        self.seconds = len(felt) / FRAME_RATE_HZ
        self._zones = {name: _felt_in(name, felt, layout) for name in _zones_of(layout)}
        self._zones = {name: sides for name, sides in self._zones.items() if any(map(np.any, sides))}
        self._hz = _carriers(frames, run.session.score)

    @property
    def zones(self) -> list[str]:
        """The zones in which something is felt."""
        return list(self._zones)

    def write(self, folder: Path, progress: Callable[[float], None] = lambda _done: None) -> None:
        """Write ZONE.wav for each zone into a folder; `progress` is told how much of it is done."""
        turns = np.cumsum(np.repeat(self._hz / SAMPLE_RATE_HZ, SAMPLES_A_FRAME)) % 1.0
        with ExitStack() as stack:
            files = {zone: stack.enter_context(_opened(folder / f"{zone}.wav")) for zone in self._zones}
            for first in range(0, len(self._hz), FRAMES_AT_ONCE):
                part = slice(first * SAMPLES_A_FRAME, (first + FRAMES_AT_ONCE) * SAMPLES_A_FRAME)
                carrier = np.sin(2.0 * np.pi * turns[part]) * FULL * _SCALE
                for zone, sides in self._zones.items():
                    played = [carrier * _between(side[first : first + FRAMES_AT_ONCE + 1]) for side in sides]
                    files[zone].writeframes(np.stack(played, axis=1).astype("<i2").tobytes())
                progress(min(1.0, (first + FRAMES_AT_ONCE) / len(self._hz)))


def _opened(path: Path) -> wave.Wave_write:
    file = wave.open(str(path), "wb")  # noqa: SIM115  (whoever calls closes it)
    file.setnchannels(len(_SIDES))
    file.setsampwidth(2)
    file.setframerate(SAMPLE_RATE_HZ)
    return file


def _between(felt: Array) -> Array:
    """The levels at each sample, on lines from frame to frame; the last one only says where a line ends."""
    begin = felt[:FRAMES_AT_ONCE]
    step = np.append(felt[1:], begin[-1])[: len(begin)] - begin
    ramp = np.arange(SAMPLES_A_FRAME) / SAMPLES_A_FRAME
    return np.asarray((begin[:, None] + step[:, None] * ramp).ravel())


def _zones_of(layout: Layout) -> list[str]:
    return list(dict.fromkeys(zone_name(actuator.zone) for actuator in layout.allowed if actuator.zone))


def _felt_in(name: str, felt: Array, layout: Layout) -> tuple[Array, Array]:
    """The strongest that is felt on either side of a zone, a value a frame."""
    left, right = (
        np.max(felt[:, [a.index for a in layout.allowed if a.zone == f"{name}-{side}"]], axis=1, initial=0.0)
        for side in _SIDES
    )
    return left, right


def _carriers(frames: Frames, score: Score) -> Array:
    """The carrier of the step that plays, Hz, a value a frame."""
    by_step = np.array([cue.carrier_hz for cue in score.cues])
    return np.asarray(by_step[np.minimum(frames.step, len(by_step) - 1)])
