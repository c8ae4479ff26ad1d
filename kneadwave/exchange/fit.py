"""From a foreign envelope, often of thousands of points, to a curve that a hand can follow, and its error."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from kneadwave.exchange.envelope import Envelope
from kneadwave.tuning.fit.simplify import Simplified, simplify
from profiles.curve import IntensityCurve
from profiles.errors import ProfileError

WITHIN: Final = 0.05
"""Where the error is larger more smoothing is tried; project's choice: a quarter of what is told apart."""
WITHIN_AT_MOST: Final = (0.02, WITHIN, 0.1, 0.2, 0.4, 1.0)
"""What is allowed in turn where no more may be smoothed."""
SMOOTH_S: Final = 2.0
"""The mean over so long is taken at first: a level that changes by a tenth takes a second (164)."""
SMOOTH_SHARE: Final = 8.0
"""At first no more than an eighth of a short file is smoothed over."""
LOOK_S: Final = 0.1
"""Seconds from sample to sample; a curve in seconds has no finer times."""
LOOKS_FINE: Final = 20_000
"""Looks at the file itself, to tell how far the curve lies from it."""


@dataclass(frozen=True)
class EnvelopeFit:
    """A curve in seconds for an envelope.

    `error` is the most by which it leaves the envelope smoothed over `smooth_s`; `off_most` and `off_mean`
    say how far it lies from the envelope as the file has it. All are shares of full level.
    """

    curve: IntensityCurve
    smooth_s: float
    error: float
    off_most: float
    off_mean: float


def fit_envelope(envelope: Envelope, smooth_s: float | None = None) -> EnvelopeFit:
    """Return a curve for an envelope, smoothed over `smooth_s` seconds, or no more than 64 points need.

    The envelope lasts half a second at least.
    """
    count = round(round(envelope.duration, 1) / LOOK_S)  # as many as the step has tenths of a second
    times = np.arange(count + 1, dtype=np.float64) * LOOK_S
    window = min(SMOOTH_S, envelope.duration / SMOOTH_SHARE) if smooth_s is None else smooth_s
    while True:
        levels = envelope.smoothed(np.minimum(times, envelope.duration), window)
        last = smooth_s is not None or window >= envelope.duration
        for within in WITHIN_AT_MOST if last else (WITHIN,):
            try:
                return _fit(envelope, simplify(times, levels, within), window)
            except ProfileError:
                continue
        if last:  # one of full level is kept by any two points
            raise AssertionError(f"no curve within {WITHIN_AT_MOST[-1]}")
        window *= 2.0


def _fit(envelope: Envelope, found: Simplified, window: float) -> EnvelopeFit:
    t = (np.arange(LOOKS_FINE) + 0.5) * envelope.duration / LOOKS_FINE
    off = np.abs(found.curve.evaluate(t) - envelope.at(t))
    return EnvelopeFit(found.curve, window, found.error, float(off.max()), float(off.mean()))
