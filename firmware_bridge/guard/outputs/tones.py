"""Drives and rates as sound: one sine for each channel, for shakers that an amplifier drives.

A rate is what is played: whole Hz, as the wire has them (u8, 1 to 255). A drive is the amplitude, 255 of it
0.9 of full scale. A tone bank opens nothing, and its time is the samples that it was asked for.
"""

from typing import Final

import numpy as np
import numpy.typing as npt

Sound = npt.NDArray[np.float32]
_Array = npt.NDArray[np.float64]

FULL_SCALE: Final = 0.9
"""Amplitude of drive 255 as a fraction of what a sample can hold: room for a card's own filters."""
GLIDE_S: Final = 0.02
"""From one update's amplitude and frequency to the next: the time between two updates of a guard."""
SILENT_AFTER_S: Final = 0.1
"""Samples without an update, in seconds, after which it fades out."""
FADE_S: Final = 0.01
LOWEST_HZ: Final = 10
"""Below it nothing is played, project's choice: a card's output passes little of it, and what is left would
move a seat where trunk and organs resonate (ISO 2631-1 weighs 4 to 8 Hz most)."""


class ToneBank:
    """Sines of so many channels at `rate` samples a second, without a jump: phases run on, amplitudes glide.

    `update` and `silence` may be called by another thread than `render`; the latest counts.
    """

    def __init__(self, channels: int, rate: float) -> None:
        self.rendered = 0
        """Samples of each channel so far."""
        self._rate = rate
        self._level: _Array = np.zeros(channels)
        self._hz: _Array = np.zeros(channels)
        self._phase: _Array = np.zeros(channels)  # in cycles
        self._level_aim, self._hz_aim = self._level, self._hz
        self._glide = 0  # samples until the aim is reached
        self._since = 0  # samples since the last update
        self._asked = self._taken = (self._level, self._hz)
        self._muted = True

    @property
    def silent(self) -> bool:
        """Whether what was rendered last was silence, and nothing else is asked for."""
        return self._muted and not self._level.any()

    def update(self, drives: bytes, rates: bytes) -> None:
        """From now on these drives (0 to 255) and rates (Hz); channels beyond them are silent."""
        level, hz = np.zeros(len(self._level)), np.zeros(len(self._level))
        level[: len(drives)] = np.frombuffer(drives, np.uint8)
        hz[: len(rates)] = np.frombuffer(rates, np.uint8)
        level[hz < LOWEST_HZ] = 0.0
        self._muted = False
        self._asked = (level * (FULL_SCALE / 255), hz)

    def silence(self) -> None:
        """Fade out, until there is an update."""
        self._muted = True

    def begin_anew(self) -> None:
        """What was rendered last was not heard to its end: rise from nothing. For the thread that renders."""
        self._level = np.zeros_like(self._level)
        self._aim(self._level_aim, self._hz_aim, GLIDE_S)

    def render(self, frames: int) -> Sound:
        """The next (frames, channels) samples, each within -FULL_SCALE to FULL_SCALE."""
        sound = np.empty((frames, len(self._level)), np.float32)
        if self._asked is not self._taken:
            self._since = 0
            self._taken = self._asked
            self._aim(*self._taken, GLIDE_S)
        at = 0
        while at < frames:
            left = round(SILENT_AFTER_S * self._rate) - self._since
            if (self._muted or left <= 0) and self._level_aim.any():
                self._aim(np.zeros_like(self._level), self._hz, FADE_S)
            runs = [frames - at, *(each for each in (left, self._glide) if each > 0)]
            count = min(runs)
            sound[at : at + count] = self._run(count)
            at += count
        self.rendered += frames
        return sound

    def _aim(self, level: _Array, hz: _Array, seconds: float) -> None:
        self._level_aim = level
        self._hz_aim = np.where(level > 0, hz, self._hz)  # what goes off has no rate: it keeps the one it had
        starts = self._level == 0
        self._hz = np.where(starts, self._hz_aim, self._hz)
        self._phase = np.where(starts, 0.0, self._phase)
        self._glide = round(seconds * self._rate)

    def _run(self, count: int) -> _Array:
        """So many samples, on one glide or beyond it."""
        self._since += count
        if self._glide:
            share = np.arange(1, count + 1)[:, np.newaxis] / self._glide
            level = self._level + (self._level_aim - self._level) * share
            hz = self._hz + (self._hz_aim - self._hz) * share
            self._glide -= count
            self._level, self._hz = level[-1], hz[-1]
            if not self._glide:
                self._level, self._hz = self._level_aim, self._hz_aim
        else:
            level, hz = (np.broadcast_to(each, (count, len(each))) for each in (self._level, self._hz))
        phase = self._phase + np.cumsum(hz, axis=0) / self._rate
        self._phase = phase[-1] % 1.0
        # A level is never above full scale; the clip is there for what nobody has thought of.
        return np.clip(np.sin(2 * np.pi * phase) * level, -FULL_SCALE, FULL_SCALE)
