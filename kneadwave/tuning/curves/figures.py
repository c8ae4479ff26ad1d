"""The figures of a curve: what is felt at each time, its peak, its mean, its slope, its felt steps."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from math import log
from typing import Final

import numpy as np
from numpy.typing import NDArray

from firmware_bridge.limits import FELT_FLOOR
from kneadwave.tuning.curves.select import Where, part_of
from profiles.curve import IntensityCurve
from profiles.model import Profile
from profiles.outline import Timed
from profiles.rules.limits import JND

Array = NDArray[np.float64]

SUBDIVIDED: Final = 24
"""Looks between two points of a curve for its steepest slope; project's choice."""


def first_of(rows: Sequence[Timed], profile: Profile, index: int) -> Timed:
    """Return what a step of the file stands for in the session: of one over an order the first region."""
    return rows[part_of(profile, index)]


def felt_at(profile: Profile, where: Where, rows: Sequence[Timed], t: Array) -> Array:
    """Return the felt level at times in seconds of a step's first repetition, or of the session.

    Level times curve times the session's envelope.
    """
    if where.index is not None:
        start = first_of(rows, profile, where.index).start
        envelope = profile.envelope.at(start + t, profile.duration_s)
        return np.asarray(where.level * where.curve.at(t, where.duration_s) * envelope)
    felt = np.zeros(len(t))
    for row in rows:
        inside = (t >= row.start) & ((t < row.end) | (row is rows[-1]))
        if row.step.moves and inside.any():
            elapsed = np.minimum(t[inside] - row.start, row.step.total_s - 1e-9) % row.step.duration_s
            felt[inside] = row.step.level * row.step.curve.at(elapsed, row.step.duration_s)
    return np.asarray(felt * where.curve.at(t, profile.duration_s))


def figures_of(profile: Profile, where: Where, rows: Sequence[Timed]) -> dict[str, float]:
    """Return peak, mean, lowest, steepest (per second), steepest_at (s) and felt_steps of the felt level.

    Felt steps are those that are just told apart, each a fifth more, from the lowest to the highest level.
    """
    t, begins = _close_looks(where, rows)
    felt = felt_at(profile, where, rows, t)
    slopes = np.abs(np.diff(felt)) / np.diff(t)
    # Where another step begins the level fades across; that is no slope of a curve.
    slopes[np.searchsorted(t, begins) - 1] = 0.0
    steepest = int(np.argmax(slopes))
    low, high = max(float(felt.min()), FELT_FLOOR), float(felt.max())
    return {
        "peak": high,
        "mean": float(((felt[1:] + felt[:-1]) / 2.0 * np.diff(t)).sum() / where.duration_s),
        "lowest": float(felt.min()),
        "steepest": float(slopes[steepest]),
        "steepest_at": float(t[steepest]),
        "felt_steps": float(int(log(high / low) / log(1.0 + JND) + 1e-9)) if high > low else 0.0,
    }


def _close_looks(where: Where, rows: Sequence[Timed]) -> tuple[Array, Array]:
    """Return times that miss no corner of the curve, and those of them at which another step begins."""
    end = where.duration_s
    corners, begins = {0.0, end, *np.linspace(0.0, end, 9).tolist()}, set()
    corners |= _corners(where.curve, 0.0, end)
    if where.index is None:
        for row in rows:
            for turn in range(row.step.repeats):
                begin = row.start + turn * row.step.duration_s
                begins.add(begin)
                corners |= {begin} | _corners(row.step.curve, begin, row.step.duration_s)
    knots = sorted(corner for corner in corners if corner <= end)
    knots = [knots[0], *(b for a, b in pairwise(knots) if b - a > 1e-6)]
    looks = [np.linspace(a, b, SUBDIVIDED, endpoint=False) for a, b in pairwise(knots)]
    inner = np.array([begin for begin in sorted(begins) if begin > 0.0])
    return np.concatenate([*looks, np.array(knots[-1:])]), inner


def _corners(curve: IntensityCurve, begin: float, duration: float) -> set[float]:
    """The points of a curve in seconds, from where it begins on, as far as its step goes."""
    unit = duration if curve.unit == "fraction" else 1.0
    return {begin + t * unit for t, _ in curve.points if t * unit <= duration}
