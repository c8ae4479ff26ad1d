"""The longest span of work, found by another way than what plans, limits or meters it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from profiles.rests import runs
from profiles.technique import POINT_REST_S

Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Work:
    """The longest span of work (s) between two rests of one place, gaps included, and when it began."""

    seconds: float
    start: float


def longest_work(on: Flags, rate_hz: float, rest_s: float = POINT_REST_S) -> list[Work]:
    """Return for each column the longest span of work between two rests of at least `rest_s` without a break.

    `on` has one row a sample. A span goes from its first work to its last; shorter pauses belong to it.
    """
    rest = round(rest_s * rate_hz)
    result = [Work(0.0, 0.0)] * on.shape[1]
    # All columns at once, one after the other with a rest between them.
    padded = np.zeros((on.shape[1], len(on) + max(rest, 1)), dtype=np.bool_)
    padded[:, : len(on)] = on.T
    starts, ends = runs(padded.ravel())
    rested = starts[1:] - ends[:-1] >= rest
    firsts, lasts = np.append(starts[:1], starts[1:][rested]), np.append(ends[:-1][rested], ends[-1:])
    for first, last in zip(firsts.tolist(), lasts.tolist(), strict=True):
        column, start = divmod(first, padded.shape[1])
        if last - first > result[column].seconds * rate_hz:
            result[column] = Work((last - first) / rate_hz, start / rate_hz)
    return result
