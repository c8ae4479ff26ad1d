"""A fine mat of motors over the whole body, and what is felt on it."""

import numpy as np

from profiles.files.load import from_data
from profiles.rests import runs
from profiles.score import compose
from profiles.technique import Modality
from profiles.waveform import FRAME_RATE_HZ, Place, Renderer

BACK = ("lumbar", "upper-back")
LEVEL = 0.35
MAT = [
    Place(f"{x}/{y}", Modality.VIBRATION, float(x), float(y), 15.0, True)
    for x in range(-180, 181, 40)
    for y in range(-780, 641, 40)
]
X, Y = np.array([place.x for place in MAT]), np.array([place.y for place in MAT])


def score_of(kind, zones=BACK, **parameters):
    """Return a minute of one technique, without fades."""
    step = {"name": kind, "technique": {"kind": kind, **parameters}, "zones": list(zones)}
    step |= {"duration_s": 60.0, "level": LEVEL}
    return compose(from_data({"schema": 1, "name": "made", "step": [step], "fade_in_s": 0, "fade_out_s": 0}))


def rendered(score):
    """Return the levels on the mat, a row a frame."""
    return Renderer(score, MAT).render(0, round(score.duration * FRAME_RATE_HZ)).level


def overall(level):
    """Return the level of all places together, frame by frame."""
    return np.sqrt((level**2).sum(axis=1))


def gap_s(level):
    """Return the longest silence in seconds."""
    starts, ends = runs(~level.any(axis=1))
    return (ends - starts).max(initial=0) / FRAME_RATE_HZ


def reached(level):
    """Return how many places are felt at once, on average."""
    return (level > 0.0).sum(axis=1)[level.any(axis=1)].mean()


def centre(level, where):
    """Return where the work is, frame by frame: `where` is X or Y."""
    energy = level**2
    return (energy * where).sum(axis=1) / energy.sum(axis=1)
