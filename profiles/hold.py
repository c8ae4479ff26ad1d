"""Hold: some actuators at one level for a while, softly up and softly down; the plainest thing to feel."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from math import pi

import numpy as np

from profiles.score import CALM_CPM, CARRIER_HZ
from profiles.technique import Modality
from profiles.waveform import FRAME_RATE_HZ, Place, Waveform

RAMP_S = 1.0  # from nothing to the level, and back; ours
RAMP_SHARE = 0.25  # of a hold that is shorter than four ramps; ours


def ramp_of(seconds: float) -> float:
    """Return how long the level rises, and falls, in a hold of so many seconds."""
    return min(RAMP_S, RAMP_SHARE * seconds)


class Hold:
    """A Sampler: the places with the ids `held` rise to `level`, stay there, and fall, `seconds` in all.

    Rates are those of a calm hand, within what each place can be set to. Inactive places stay off.
    """

    def __init__(self, places: Sequence[Place], held: Collection[str], level: float, seconds: float) -> None:
        works = [place.active and place.id in held for place in places]
        self._level = np.where(works, min(max(level, 0.0), 1.0), 0.0)
        self._rate = np.where(works, [_rate(place) for place in places], 0.0)
        self._seconds = seconds
        self._ramp = ramp_of(seconds)

    def render(self, start_frame: int, n_frames: int) -> Waveform:
        """Return the frames; silence before the beginning and after the end."""
        count = max(0, int(n_frames))
        t = (start_frame + np.arange(count)) / FRAME_RATE_HZ
        edge = np.clip(np.minimum(t, self._seconds - t) / self._ramp, 0.0, 1.0)
        level = np.sin(0.5 * pi * edge)[:, None] * self._level
        rate = np.where(level > 0.0, self._rate, 0.0)
        return Waveform(start_frame, level, rate, np.zeros(count, dtype=np.int_))


def _rate(place: Place) -> float:
    if place.rate_max <= 0.0:
        return 0.0
    calm = CALM_CPM if place.kind is Modality.KNEADING else CARRIER_HZ["stroking"]
    return min(max(calm, place.rate_min), place.rate_max)
