"""Several scores in one sitting: pieces of them laid side by side, or one giving way to the next.

Each piece runs on its own score's time, so two pieces of equal steps are alike to the last frame wherever in
the sitting they lie.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from math import pi

import numpy as np
from numpy.typing import NDArray

from profiles.waveform import FELT_FLOOR, FRAME_RATE_HZ, Sampler, Waveform

Array = NDArray[np.float64]

EDGE_S = 0.5  # seconds of a sitting's fades where its pieces fade; project's choice: shorter than theirs


@dataclass(frozen=True)
class TapePiece:
    """`seconds` of a sampler from its own time `origin_s` on, heard from `start_s` of the sitting on.

    It comes in over `fade_in_s` and goes, after its seconds, over `fade_out_s`. `step` is the number, from 0,
    of the step of the sitting that it stands for.
    """

    sampler: Sampler
    start_s: float
    seconds: float
    step: int
    origin_s: float = 0.0
    fade_in_s: float = 0.0
    fade_out_s: float = 0.0


class Tape:
    """A sitting that is rendered beforehand, as a sampler; silence before its beginning and after its end."""

    def __init__(self, level: Array, rate: Array, step: NDArray[np.int_]) -> None:
        self.substitutions: tuple[str, ...] = ()
        """Sentences for what the device plays otherwise than is asked."""
        self._level = level
        self._rate = rate
        self._step = step

    def render(self, start_frame: int, n_frames: int) -> Waveform:
        """Return `n_frames` frames from `start_frame` on."""
        count = max(0, int(n_frames))
        level = np.zeros((count, self._level.shape[1]))
        rate = np.zeros_like(level)
        wanted = start_frame + np.arange(count)
        there = (wanted >= 0) & (wanted < len(self._level))
        level[there], rate[there] = self._level[wanted[there]], self._rate[wanted[there]]
        level.flags.writeable = rate.flags.writeable = False
        step = self._step[np.clip(wanted, 0, len(self._step) - 1)]
        return Waveform(start_frame, level, rate, step)


def splice(pieces: Sequence[TapePiece], width: int, seconds: float) -> Tape:
    """Lay the pieces down over `seconds` of silence for `width` actuators.

    Where two overlap they share the energy, as two steps of a session do: never stronger than the stronger
    one of them, whose rate counts.
    """
    frames = round(seconds * FRAME_RATE_HZ)
    energy = np.zeros((frames, width))
    strongest, most, rate = np.zeros_like(energy), np.zeros_like(energy), np.zeros_like(energy)
    step = np.zeros(frames, dtype=np.int_)
    for piece in sorted(pieces, key=lambda piece: piece.start_s):
        first = round(piece.start_s * FRAME_RATE_HZ)
        last = min(frames, round((piece.start_s + piece.seconds + piece.fade_out_s) * FRAME_RATE_HZ))
        wave = piece.sampler.render(round(piece.origin_s * FRAME_RATE_HZ), last - first)
        level = wave.level * _gain(piece, last - first)[:, None]
        here = slice(first, last)
        energy[here] += level * level
        stronger = level > strongest[here]
        rate[here] = np.where(stronger, wave.rate, rate[here])
        strongest[here] = np.maximum(strongest[here], level)
        most[here] = np.maximum(most[here], wave.level)
        step[first:] = piece.step
    level = np.minimum(np.sqrt(energy), most)
    level = np.where(level >= FELT_FLOOR, level, 0.0)
    return Tape(level, np.where(level > 0.0, rate, 0.0), step)


def substitutions(tape: Tape, label: str) -> list[str]:
    """What the device plays otherwise than the step `label` asks, a sentence each."""
    return [re.sub(r"step 1 '[^']*'", lambda _: f"step {label}", text) for text in tape.substitutions]


def _gain(piece: TapePiece, frames: int) -> Array:
    t = np.arange(frames) / FRAME_RATE_HZ
    gain = np.ones(frames)
    if piece.fade_in_s > 0.0:
        gain = np.sin(0.5 * pi * np.clip(t / piece.fade_in_s, 0.0, 1.0))
    if piece.fade_out_s > 0.0:
        gain = gain * np.cos(0.5 * pi * np.clip((t - piece.seconds) / piece.fade_out_s, 0.0, 1.0))
    return np.asarray(gain)
