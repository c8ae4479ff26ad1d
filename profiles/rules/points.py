"""How long each point of the body is worked, over a whole score, whatever the device.

Every hand of every step counts, cross-fades included, and so does the time between two touches that is too
short for a rest: who lies under the hands does not know which step they belong to. A hand that rests and
goes on where it was has not left. Points in excluded zones are nowhere to work on, and are left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from math import ceil, pi

import numpy as np
from numpy.typing import NDArray

from profiles.body import BodyMap
from profiles.field import position
from profiles.rules.grid import GRID_MM, Flags, forbidden, shape
from profiles.rules.limits import (
    POINT_MAX_S,
    POINT_SUM_MAX_S,
    STAY_MAX_S,
    STAY_MM,
    STAY_REST_S,
    STAY_WINDOW_S,
)
from profiles.rules.traces import PROBE_HZ, Trace, Track
from profiles.technique import POINT_REST_S

Array = NDArray[np.float64]
Ints = NDArray[np.int_]
Halves = NDArray[np.int32]  # there are millions of them

# Of the contact's radius, around its middle; project's choice: hands further apart than their radius work two
# points, nearer ones share one. More than half of the strongest level is felt there.
CORE = 0.5

_LOOK_BITS = 20  # no session has so many looks
_BLOCK = 2048  # looks whose circles are drawn at once


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
    its circles is within `STAY_MM` of. Where hands are told apart, each has points of its own: the same
    numbers, as many further on as the body has points.
    """

    traced: Sequence[Trace]
    body: BodyMap
    core: float
    point: Halves
    look: Halves

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
        (x_low, y_low), (rows, columns) = self.body.region[0], shape(self.body.region)
        row, column = divmod(point % (rows * columns), columns)
        x, y = x_low + column * GRID_MM, y_low + row * GRID_MM
        counts = []
        for trace in self.traced:
            part = slice(max(begin - trace.first, 0), max(end + 1 - trace.first, 0))
            on = np.zeros(len(trace.t[part]), dtype=np.bool_)
            for track in trace.tracks:
                xs, ys, reach = _hand(track, self.core)
                near = np.hypot(xs[part] - x, ys[part] - y) < reach
                on |= near & trace.works[part] & (track.weight[part] > 0.0)
            counts.append(int(on.sum()))
        return self.traced[int(np.argmax(np.array(counts) >= 0.9 * max(counts)))].cue.index


def too_long(touches: Touches) -> list[Stay]:
    """Return where a point is worked for too long between two rests (55)."""
    return _spans(touches, round(POINT_REST_S * PROBE_HZ))


def too_still(stays: Touches) -> list[Stay]:
    """Return where a hand is too long at a point before it goes on, its rests there included (54)."""
    return _spans(stays, 1)


def _spans(touches: Touches, rest: int) -> list[Stay]:
    begins = np.ones(len(touches.point), dtype=np.bool_)
    begins[1:] = (np.diff(touches.point) != 0) | (np.diff(touches.look) > rest)
    first, last = _stretches(begins)
    return touches.worst((touches.look[last] - touches.look[first] + 1) / PROBE_HZ, first, last, POINT_MAX_S)


def too_often(touches: Touches) -> list[Stay]:
    """Return where a hand stays at a point, or comes back to it, for too much of half a minute (54)."""
    window, most = round(STAY_WINDOW_S * PROBE_HZ), round(STAY_MAX_S * PROBE_HZ)
    time = (touches.point.astype(np.int_) << _LOOK_BITS) + touches.look
    first = np.flatnonzero(time[most:] - time[:-most] < window)
    if not len(first):
        return []
    last = np.searchsorted(time, time[first] + window) - 1
    # Half minutes that overlap are one stay, as bad as the worst of them.
    opens, closes = _stretches(np.append(True, first[1:] > last[:-1]))
    seconds = np.maximum.reduceat(last - first + 1, opens) / PROBE_HZ
    return touches.worst(seconds, first[opens], last[closes], STAY_MAX_S)


def too_much(touches: Touches) -> list[Stay]:
    """Return the point that gets too much in the whole session, if one does (54)."""
    first, last = _stretches(np.diff(touches.point, prepend=-1) != 0)
    return touches.worst((last - first + 1) / PROBE_HZ, first, last, POINT_SUM_MAX_S)[:1]


def _stretches(begins: NDArray[np.bool_]) -> tuple[Ints, Ints]:
    """Return the indices of the first and the last touch of each stretch, given where one begins."""
    return np.flatnonzero(begins), np.flatnonzero(np.append(begins[1:], True)[: len(begins)])


def touches_of(traced: Sequence[Trace], body: BodyMap, core: float) -> Touches:
    """Return when hands are on the points of a body; `core` as in `Touches`."""
    parts = [
        np.array([trace.first + on, x, y, np.full(len(on), reach), np.zeros(len(on))])
        for trace in traced
        for track in trace.tracks
        for on in (_at_work(trace, track),)
        for x, y, reach in _passes(trace, track, core, on)
    ]
    return _touches(traced, body, core, parts)


def stays_of(traced: Sequence[Trace], body: BodyMap) -> Touches:
    """Return when each hand by itself is within `STAY_MM` of the points of a body, or rests there.

    A rest of up to `STAY_REST_S` is one there if the hand then goes on within `STAY_MM` of where it was.
    """
    hands: dict[tuple[int, int], list[Array]] = {}
    for trace, side in product(traced, (-1, 0, 1)):
        of_side = (track for track in trace.tracks if track.contact.side == side)
        for number, track in enumerate(of_side):
            on = _at_work(trace, track)
            xs, ys, reach = _hand(track, 0.0)
            part = np.array([trace.first + on, xs[on], ys[on], np.full(len(on), reach)])
            hands.setdefault((side, number), []).append(part)
    parts = []
    for number, of_hand in enumerate(hands.values()):
        way = np.concatenate(of_hand, axis=1)
        way = way[:, np.argsort(way[0], kind="stable")]
        looks, (x, y) = np.diff(way[0], append=np.inf), np.diff(way[1:3], append=np.inf)
        stays = (looks <= STAY_REST_S * PROBE_HZ) & (np.hypot(x, y) < STAY_MM)
        count = np.where(stays, np.maximum(looks, 1.0), 1.0).astype(np.int_)
        rests = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
        way = np.repeat(way, count, axis=1)
        way[0] += rests
        parts.append(np.vstack([way, np.full(way.shape[1], number)]))
    return _touches(traced, body, 0.0, parts)


def _at_work(trace: Trace, track: Track) -> Ints:
    """Return the looks of a trace at which a hand works."""
    return np.flatnonzero(trace.works & (track.weight > 0.0))


def _passes(trace: Trace, track: Track, core: float, on: Ints) -> Iterator[tuple[Array, Array, float]]:
    """Yield where a hand is at some looks, and as often in between as its core would else leave gaps."""
    xs, ys, reach = _hand(track, core)
    yield xs[on], ys[on], reach
    hand = track.contact
    way = (abs(hand.speed) + 2.0 * pi * hand.circle * hand.circle_hz) / PROBE_HZ
    times = ceil(way / (1.5 * reach)) if core else 1  # a core is two of its reaches wide
    for part in range(1, times):
        x, y, _ = position(trace.cue, hand, trace.t[on] + part / (times * PROBE_HZ))
        yield x, y, reach


def _hand(track: Track, core: float) -> tuple[Array, Array, float]:
    """Return where a hand is, and within how many mm of that: all of a core, or the middle of its circles."""
    if core:
        return track.x, track.y, core * track.contact.radius
    return *track.middle, STAY_MM


def _touches(traced: Sequence[Trace], body: BodyMap, core: float, parts: Sequence[Array]) -> Touches:
    """Return the touches of hands: looks, x, y, reach in mm, and the number of each that is told apart."""
    free = np.ones(shape(body.region), dtype=np.bool_)
    for excluded in body.excluded:
        free &= ~forbidden(excluded, body.region)
    # In blocks: the circles of all looks at once would take some 30 MB in a session of 20 minutes.
    blocks = (part[:, at : at + _BLOCK] for part in parts for at in range(0, part.shape[1], _BLOCK))
    time = np.concatenate([np.zeros(0, dtype=np.int_), *(_times(block, body, free) for block in blocks)])
    time.sort()
    # Two hands at one point at one time are one touch.
    time = time[np.diff(time, prepend=-1) != 0]
    look = np.bitwise_and(time, (1 << _LOOK_BITS) - 1).astype(np.int32)
    time >>= _LOOK_BITS
    return Touches(traced, body, core, time.astype(np.int32), look)


def _times(part: Array, body: BodyMap, free: Flags) -> Ints:
    """Return point and look, as one number, of each touch of a part of the hands at the `free` points."""
    look, x, y, reach, number = part
    rows, columns = free.shape
    x, y = ((v - low) / GRID_MM for v, low in zip((x, y), body.region[0], strict=True))
    # Row by row, from one end of the chord through the circle to the other.
    far = int(reach.max(initial=0.0) / GRID_MM) + 1
    row = np.rint(y)[:, None] + np.arange(-far, far + 1)
    square = (reach / GRID_MM)[:, None] ** 2 - (row - y[:, None]) ** 2
    half = np.sqrt(np.maximum(square, 0.0))
    low = np.maximum(np.floor(x[:, None] - half) + 1.0, 0.0)
    high = np.minimum(np.ceil(x[:, None] + half), columns)
    inside = (square > 0.0) & (row >= 0.0) & (row < rows)
    count = np.where(inside, np.maximum(high - low, 0.0), 0.0).astype(np.int_).ravel()
    ends = np.cumsum(count)
    along = np.arange(count.sum()) - np.repeat(ends - count, count)
    point = np.repeat((row * columns + low).astype(np.int_).ravel(), count) + along
    of_hand = (number * (rows * columns) * 2.0**_LOOK_BITS + look).astype(np.int_)
    time = (point << _LOOK_BITS) + np.repeat(np.repeat(of_hand, row.shape[1]), count)
    return np.asarray(time[free.ravel()[point]])
