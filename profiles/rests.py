"""The rests of a device's points: where a score would work one for too long, and what is left out for it.

A point is worked from its first level above 0 until it has rested for a while without a break (rule 55).
Hands reach further on a device of few motors than on a body, steps follow each other, and people are of all
sizes: so rests are planned where all of that is known, when a score is rendered. What is left out is what is
felt least, mostly the edge of a hand that passes by, and the limiter has nothing to hold back.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from math import pi
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from profiles.geometry import meeting

Array = NDArray[np.float64]
Flags = NDArray[np.bool_]
Columns = NDArray[np.intp]

# Frames of 20 ms. Work and rest leave room for the slowest release that a device may have (0.25 s) within
# what the host's limiter allows, spans of 9.6 s ended by rests of 2.2 s (rule 55; firmware_bridge/limits.py).
WORK_FRAMES = 460  # 9.2 s from the beginning to the end of the work on a point, at most
REST_FRAMES = 125  # 2.5 s without a level, at least
LIFT_FRAMES = 20  # 0.4 s in which a level sinks before a rest and comes back after it; project's choice
AHEAD_FRAMES = 1500  # 30 s, three spans; project's choice: what comes later has no say in where a rest lies
LOOK_FRAMES = 5  # rests begin and end on a tenth of a second of their span; project's choice


class Footprint(Protocol):
    """Where a place lies: centre and radius in mm."""

    @property
    def x(self) -> float:
        """To the side."""

    @property
    def y(self) -> float:
        """Toward the head."""

    @property
    def radius(self) -> float:
        """Of the footprint."""


@dataclass(frozen=True)
class Rest:
    """A planned rest of the places in some columns: no level from frame `start` to before `end`.

    `taken` is the highest level left out.
    """

    columns: Columns
    start: int
    end: int
    taken: float

    def gate(self, first: int, count: int) -> Array:
        """Return what becomes of the levels (times 0 to 1) of `count` frames from `first` on."""
        t = np.arange(first, first + count)
        away = np.maximum(self.start - t, t - self.end + 1)
        return np.asarray(np.sin(0.5 * pi * np.clip(away / LIFT_FRAMES, 0.0, 1.0)))


class RestPlan:
    """The rests of a score, found as it is rendered, chunk by chunk, with one chunk of looking ahead.

    `asked` gives the levels (frames, places) of a chunk by its number, `chunk` frames each; all before the
    chunk `first` are silent.
    """

    def __init__(
        self, asked: Callable[[int], Array], places: Sequence[Footprint], chunk: int, first: int
    ) -> None:
        assert chunk > AHEAD_FRAMES + REST_FRAMES
        self._asked = asked
        self._chunk = chunk
        self._next = first
        self._points = points_of(places)
        self._order = np.concatenate(self._points)
        self._offsets = np.cumsum([0, *map(len, self._points[:-1])])
        # Where the next span of each point may begin: it has rested until then.
        self._rested = [first * chunk] * len(self._points)
        self._rests: list[Rest] = []

    def within(self, start: int, end: int) -> list[Rest]:
        """Return the rests that change a level from frame `start` to before `end`."""
        while self._next * self._chunk < end:
            self._plan(self._next * self._chunk, (self._asked(self._next), self._asked(self._next + 1)))
            self._next += 1
        return [
            rest for rest in self._rests if rest.start - LIFT_FRAMES < end and start < rest.end + LIFT_FRAMES
        ]

    def _plan(self, first: int, chunks: tuple[Array, Array]) -> None:
        """Plan the rests for all spans that begin in the first of two chunks, which begins at a frame."""
        on = np.concatenate([chunk.T[self._order] > 0.0 for chunk in chunks], axis=1)
        if len(self._points) < len(on):
            on = np.logical_or.reduceat(on, self._offsets, axis=0)
        for point, begin, end in _long_spans(on):
            if begin >= self._chunk:
                continue
            columns = self._points[point]
            level = np.concatenate([chunk[:, columns] for chunk in chunks])
            # The square is the energy: rather long and weak than short and strong is left out.
            energy = np.square(level).sum(axis=1)
            begin = max(begin, self._rested[point] - first)
            while begin < self._chunk and end - begin > WORK_FRAMES:
                ahead = energy[begin : min(end, begin + AHEAD_FRAMES)]
                a, b = _first_rest(ahead, whole=end - begin <= AHEAD_FRAMES)
                a, b = begin + a, begin + b
                self._rests.append(Rest(columns, first + a, first + b, float(level[a:b].max())))
                begin = b + int(np.argmax(energy[b:end] > 0.0)) if b < end else end
            self._rested[point] = first + begin


def points_of(places: Sequence[Footprint]) -> list[Columns]:
    """Return which places work one point: each lies with its centre in the other's footprint, in a chain."""
    groups = meeting([(place.x, place.y, place.radius) for place in places])
    return [np.array(group, dtype=np.intp) for group in groups]


def runs(flags: Flags) -> tuple[NDArray[np.int_], NDArray[np.int_]]:
    """Return where each run of true samples begins, and where it has ended."""
    # Bytes throughout: a whole session of every actuator is looked at in one go.
    off = np.zeros(1, dtype=np.int8)
    edges = np.flatnonzero(np.diff(np.concatenate((off, flags.astype(np.int8), off))))
    return edges[::2], edges[1::2]


def _long_spans(on: Flags) -> Iterator[tuple[int, int, int]]:
    """Yield point (row), first frame and end of each span that is too long for one."""
    # All points at once, one after the other with a rest between them.
    padded = np.zeros((len(on), on.shape[1] + REST_FRAMES), dtype=np.bool_)
    padded[:, : on.shape[1]] = on
    starts, ends = runs(padded.ravel())
    rested = starts[1:] - ends[:-1] >= REST_FRAMES
    firsts, lasts = np.append(starts[:1], starts[1:][rested]), np.append(ends[:-1][rested], ends[-1:])
    for start, end in zip(firsts, lasts, strict=True):
        if end - start > WORK_FRAMES:
            point, begin = divmod(int(start), padded.shape[1])
            yield point, begin, begin + int(end - start)


def _first_rest(energy: Array, *, whole: bool) -> tuple[int, int]:
    """Return the first of the rests that take the least energy from a span, as frames of it.

    Of one that is not `whole` nobody knows how it goes on.
    """
    work, rest = WORK_FRAMES // LOOK_FRAMES, REST_FRAMES // LOOK_FRAMES
    count = -(-len(energy) // LOOK_FRAMES)
    before = np.concatenate(([0.0], np.cumsum(energy)))[::LOOK_FRAMES]
    # Rounded, so that what takes the same is the same; then a rest comes as late as it may.
    before = np.round(np.append(before, energy.sum())[: count + 1], 9)
    # What it takes at least to begin to work at each look: all before it is left out, or what is left out
    # since some earlier beginning of work, which lasted as long as it may or less.
    least, came = before.copy(), np.full(count + 1, -1)
    for look in range(rest, count + 1):
        low = max(0, look - rest - work)
        start = look - rest - int(np.argmin(least[low : look - rest + 1][::-1]))
        takes = least[start] + before[look] - before[look - rest]
        if takes < least[look]:
            least[look], came[look] = takes, start
    stops = np.minimum(np.arange(count + 1) + work, count)
    total = np.where(whole | (stops == count), least + before[count] - before[stops], np.inf)
    look, then = count - int(np.argmin(total[::-1])), count
    while came[look] >= 0:
        look, then = int(came[look]), look
    if look > 0:
        return 0, look * LOOK_FRAMES
    if then < count:
        return (then - rest) * LOOK_FRAMES, then * LOOK_FRAMES
    return WORK_FRAMES, len(energy)
