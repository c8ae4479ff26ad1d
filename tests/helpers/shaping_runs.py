"""Wanted drives made by hand or drawn, and through the kernel of shaping in chunks."""

from itertools import pairwise

import numpy as np
from hypothesis import strategies as st

from firmware_bridge.safety.shaping import CHUNK_FRAMES, Memory, Slew, shape

UNLIMITED = 255 * 64


def slew(attack=16, release=32, count=1):
    return Slew(np.full(count, attack), np.full(count, release))


def run(want, limits, budget=UNLIMITED, points=(), shaper=shape, memory=None):
    """Any number of frames through the kernel, in chunks; events with frame numbers of the whole."""
    want = np.asarray(want, dtype=np.int64)
    memory = memory or Memory.silent(want.shape[1], points)
    drives, events = [], []
    for first in range(0, len(want), CHUNK_FRAMES):
        shaped, held = shaper(want[first : first + CHUNK_FRAMES], memory, limits, budget)
        drives.append(shaped)
        events += [(first + index, who, kind) for index, who, kind in held]
    return np.concatenate(drives), events, memory


def constant(frames, *drives):
    return np.tile(np.array(drives), (frames, 1))


@st.composite
def wanted(draw):
    """Some actuators with slews of their own: long plateaus, pulses, noise and silence in turn.

    Frames, slews, budget, and which of the actuators share a point.
    """
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    count = draw(st.integers(1, 5))
    pieces = []
    for _ in range(draw(st.integers(1, 6))):
        frames = draw(st.integers(1, 300))
        t = np.arange(frames)[:, np.newaxis]
        height = rng.integers(0, 256, count)
        plateau = np.broadcast_to(height, (frames, count))
        pulses = (t % rng.integers(2, 150, count) < rng.integers(1, 80, count)) * height
        noise = rng.integers(0, 256, (frames, count)) * (rng.random((frames, count)) < 0.3)
        kinds = np.stack([plateau, pulses, noise, np.zeros_like(plateau)])
        which = rng.choice(4, count, p=[0.4, 0.3, 0.1, 0.2])
        pieces.append(kinds[which[np.newaxis, :], t, np.arange(count)[np.newaxis, :]])
    limits = Slew(rng.integers(1, 81, count), rng.integers(20, 81, count))
    budget = draw(st.sampled_from([UNLIMITED, 500, 255, 40, 1]))
    point_of = rng.integers(0, count, count) if draw(st.booleans()) else np.arange(count)
    points = [np.flatnonzero(point_of == p).tolist() for p in range(count)]
    points = [point for point in points if len(point) > 1]
    return np.concatenate(pieces).astype(np.int64), limits, budget, points


def longest_span(drive, points, rest):
    """Most frame intervals from the first work of a point to its last, without `rest` of them idle between.

    Counted the plain way, one interval at a time; `points` as shaping has them, the others are alone.
    """
    alone = set(range(drive.shape[1])) - {i for point in points for i in point}
    longest = 0
    for point in [*points, *([i] for i in alone)]:
        on = (drive[:, list(point)] > 0).any(axis=1).tolist()
        began, last = None, None
        for interval, (before, after) in enumerate(pairwise([False, *on])):
            if not (before or after):
                continue
            if last is None or interval - last > rest:
                began = interval
            last = interval
            longest = max(longest, interval - began + 1)
    return longest
