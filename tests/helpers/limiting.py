"""Waveforms made by hand, and through a limiter in pieces."""

import numpy as np

from firmware_bridge.safety.limiter import Limiter
from profiles.waveform import Waveform


def block(level, rate=None, start=0):
    level = np.asarray(level, dtype=np.float64)
    rate = np.zeros_like(level) if rate is None else np.asarray(rate, dtype=np.float64)
    return Waveform(start, level, rate, np.zeros(len(level), dtype=np.int64))


def part(whole, first, last):
    return Waveform(
        whole.start + first, whole.level[first:last], whole.rate[first:last], whole.step[first:last]
    )


def limited(layout, whole, gain=1.0, sizes=(), **options):
    """The whole waveform through a new Limiter, in pieces of the given sizes (then the rest at once)."""
    limiter = Limiter(layout, **options)
    drives, rates, events = [], [], []
    first, sizes = 0, list(sizes)
    while first < len(whole.level):
        last = first + (sizes.pop(0) if sizes else len(whole.level))
        shaped, more = limiter.limit(
            part(whole, first, last), gain if np.ndim(gain) == 0 else gain[first:last]
        )
        assert shaped.start == whole.start + first
        drives.append(shaped.drive)
        rates.append(shaped.rate)
        events += more
        first = last
    return np.concatenate(drives), np.concatenate(rates), events
