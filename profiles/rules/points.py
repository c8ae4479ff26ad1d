"""How long each point of the body is worked, over a whole score, whatever the device.

Every hand of every step counts, cross-fades included, and so does the time between two touches that is too
short for a rest: who lies under the hands does not know which step they belong to. Points in excluded zones
are nowhere to work on, and are left out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from profiles.body import BodyMap
from profiles.rules.grid import GRID_MM, forbidden, shape
from profiles.rules.limits import POINT_MAX_S, POINT_SUM_MAX_S, STAY_MAX_S, STAY_MM, STAY_WINDOW_S
from profiles.rules.traces import PROBE_HZ, Trace, Track
from profiles.technique import POINT_REST_S

Array = NDArray[np.float64]
Ints = NDArray[np.int_]

# Of the contact's radius, around its middle; project's choice: hands further apart than their radius work two
# points, nearer ones share one. More than half of the strongest level is felt there.
CORE = 0.5


@dataclass(frozen=True)
class Stay:
    """Too much work on one point: seconds of it, when it began (s), and the step with most of it, from 0."""

    seconds: float
    start: float
    step: int


@dataclass(frozen=True)
class Touches:
    """The looks, `PROBE_HZ` a second, at which a hand was on each point: in order of points, then of looks.

    `core` is the part of a contact's radius within which a point is under it; 0 for all that the middle of
    its circles is within `STAY_MM` of.
    """

    traced: Sequence[Trace]
    body: BodyMap
    core: float
    point: Ints
    look: Ints

    def worst(self, seconds: Array, first: Ints, last: Ints, most: float) -> list[Stay]:
        """Return the worst stay of each step, of those with more seconds than `most`.

        Stays are given by the indices of their first and last touch. Of those at one time the worst is told.
        """
        found: dict[int, Stay] = {}
        left = np.flatnonzero(seconds > most)
        left = left[np.argsort(-seconds[left], kind="stable")]
        while left.size:
            a, b = first[left[0]], last[left[0]]
            begin, end = int(self.look[a]), int(self.look[b])
            step = self._busiest(int(self.point[a]), begin, end)
            found.setdefault(step, Stay(float(seconds[left[0]]), begin / PROBE_HZ, step))
            left = left[(self.look[first[left]] > end) | (self.look[last[left]] < begin)]
        return list(found.values())

    def _busiest(self, point: int, begin: int, end: int) -> int:
        """Return the step that touches a point most from `begin` to `end`; of several like it the first."""
        (x_low, y_low), columns = self.body.region[0], shape(self.body.region)[1]
        x, y = x_low + point % columns * GRID_MM, y_low + point // columns * GRID_MM
        counts = []
        for trace in self.traced:
            part = slice(max(begin - trace.first, 0), max(end + 1 - trace.first, 0))
            on = np.zeros(len(trace.level[part]), dtype=np.bool_)
            for track in trace.tracks:
                xs, ys, reach = _hand(track, self.core)
                near = np.hypot(xs[part] - x, ys[part] - y) < reach
                on |= near & (trace.level[part] > 0.0) & (track.weight[part] > 0.0)
            counts.append(int(on.sum()))
        return self.traced[int(np.argmax(np.array(counts) >= 0.9 * max(counts)))].cue.index


def too_long(touches: Touches) -> list[Stay]:
    """Return where a point is worked for too long between two rests (55)."""
    rest = round(POINT_REST_S * PROBE_HZ)
    begins = np.ones(len(touches.point), dtype=np.bool_)
    begins[1:] = (np.diff(touches.point) != 0) | (np.diff(touches.look) > rest)
    first, last = _stretches(begins)
    return touches.worst((touches.look[last] - touches.look[first] + 1) / PROBE_HZ, first, last, POINT_MAX_S)


def too_often(touches: Touches) -> list[Stay]:
    """Return where a hand stays at a point, or comes back to it, for too much of half a minute (54)."""
    window = round(STAY_WINDOW_S * PROBE_HZ)
    time = touches.point * (1 << 20) + touches.look  # no session has so many looks
    last = np.searchsorted(time, time + window) - 1
    count = last - np.arange(len(time)) + 1
    first = np.flatnonzero(count > STAY_MAX_S * PROBE_HZ)
    if not len(first):
        return []
    # Half minutes that overlap are one stay, as bad as the worst of them.
    opens, closes = _stretches(np.append(True, first[1:] > last[first[:-1]]))
    seconds = np.maximum.reduceat(count[first], opens) / PROBE_HZ
    return touches.worst(seconds, first[opens], last[first[closes]], STAY_MAX_S)


def too_much(touches: Touches) -> list[Stay]:
    """Return the point that gets too much in the whole session, if one does (54)."""
    first, last = _stretches(np.diff(touches.point, prepend=-1) != 0)
    return touches.worst((last - first + 1) / PROBE_HZ, first, last, POINT_SUM_MAX_S)[:1]


def _stretches(begins: NDArray[np.bool_]) -> tuple[Ints, Ints]:
    """Return the indices of the first and the last touch of each stretch, given where one begins."""
    return np.flatnonzero(begins), np.flatnonzero(np.append(begins[1:], True)[: len(begins)])


def touches_of(traced: Sequence[Trace], body: BodyMap, core: float) -> Touches:
    """Return when hands are on the points of a body; `core` as in `Touches`."""
    hands = [
        (trace.first + on, xs[on], ys[on], np.full(len(on), reach))
        for trace in traced
        for track in trace.tracks
        for xs, ys, reach in (_hand(track, core),)
        if len(on := np.flatnonzero((trace.level > 0.0) & (track.weight > 0.0)))
    ]
    if not hands:
        return Touches(traced, body, core, np.zeros(0, dtype=np.int_), np.zeros(0, dtype=np.int_))
    look, x, y, reach = (np.concatenate(part) for part in zip(*hands, strict=True))
    rows, columns = shape(body.region)
    x, y = (x - body.region[0][0]) / GRID_MM, (y - body.region[0][1]) / GRID_MM
    row, column = np.rint(y).astype(np.int_), np.rint(x).astype(np.int_)
    free = np.ones((rows, columns), dtype=np.bool_)
    for excluded in body.excluded:
        free &= ~forbidden(excluded, body.region)
    square = (reach / GRID_MM) ** 2
    far = int(np.sqrt(square.max()) + 1.0)
    points, looks = [], []
    for up in range(-far, far + 1):
        for aside in range(-far, far + 1):
            here, there = row + up, column + aside
            near = (here - y) ** 2 + (there - x) ** 2 < square
            near &= (here >= 0) & (here < rows) & (there >= 0) & (there < columns)
            on = np.flatnonzero(near)
            on = on[free[here[on], there[on]]]
            points.append(here[on] * columns + there[on])
            looks.append(look[on])
    # Two hands at one point at one time are one touch.
    time = np.sort(np.concatenate(points) * (1 << 20) + np.concatenate(looks))
    time = time[np.diff(time, prepend=-1) != 0]
    return Touches(traced, body, core, time >> 20, time & ((1 << 20) - 1))


def _hand(track: Track, core: float) -> tuple[Array, Array, float]:
    """Return where a hand is, and within how many mm of that: all of a core, or the middle of its circles."""
    if core:
        return track.x, track.y, core * track.contact.radius
    return *track.middle, STAY_MM
