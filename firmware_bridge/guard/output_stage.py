"""The output stage of a guard: setpoints in, drives out, at 1 kHz, in integers.

Drives are kept in 1/256 of a drive unit (Q8). Between two keyframes the target is a straight line:
`(q0 * (t1 - t) + q1 * (t - t0)) // (t1 - t0)`, all terms non-negative, so C and Python round alike.
The stage clamps whatever it is told: ceilings, slew, power, and 10 s at any one point.
docs/wire.md, "Playout", is the law here. Nothing is shared with the host's limiter.
"""

from collections import deque
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from firmware_bridge.guard.points import Points
from firmware_bridge.wire.messages import ActuatorInfo

Ints = NDArray[np.int32]
"""Wide enough: a drive in Q8 times the length of a line in ms stays below 2**31."""

Rates = NDArray[np.uint8]

RAMP_MS = 250
"""A stop or a lost link takes every drive to zero in this time; the promise is 300 ms."""
DWELL_MS = 10_000
"""Longest span of work at one point; source article, rule 55."""
DWELL_RELEASE_MS = DWELL_MS - 300
"""Span after which the release begins, so that it is over before DWELL_MS."""
REST_MS = 2_000
"""Without a break, this ends a span; project's choice."""
CHUNK_MS = 1_000
assert CHUNK_MS < REST_MS  # so that a point cannot rest, work and rest again within one chunk


class Keyframe(NamedTuple):
    """Where every drive and rate shall be at device time `t`, milliseconds; a byte for each actuator."""

    t: int
    drives: bytes
    rates: bytes
    seq: int


class LineStart(NamedTuple):
    """Where a line began: device time, ms, and the drives (Q8) and rates there."""

    t: int
    drives: Ints
    rates: Rates


class OutputBlock(NamedTuple):
    """What was put out: row k at device time `start + k`, ms; drives and rates 0 to 255."""

    start: int
    drive: NDArray[np.uint8]
    rate: NDArray[np.uint8]
    silent: bool

    def split(self, at: int) -> tuple["OutputBlock", "OutputBlock"]:
        """What was put out up to and including device time `at`, and after it; either may be empty."""
        k = at - self.start + 1
        return (
            self._replace(drive=self.drive[:k], rate=self.rate[:k]),
            self._replace(start=at + 1, drive=self.drive[k:], rate=self.rate[k:]),
        )


class OutputStage:
    """The output stage for the actuators of `table`; all drives together stay within `power_budget`.

    Nothing moves until `cap` gives it ceilings, and no point for its first two seconds. `now` is the last
    millisecond played; its queue holds `slots` keyframes.
    """

    def __init__(self, table: Sequence[ActuatorInfo], power_budget: int, slots: int) -> None:
        count = len(table)
        self._power_budget = power_budget << 8
        self._slots = slots
        self.now = 0
        self.executed = 0
        self.points = Points(table)
        self.resting = np.ones(count, bool)
        """Which actuators are kept off to rest."""
        self.span_ms = self._rest_ms = np.zeros(self.points.count, np.int32)
        """How long each point has been worked, gaps included."""
        self.forced: list[tuple[int, int]] = []
        """When an actuator that worked had to rest, and which; whoever tells of it clears the list."""
        self._must_rest = np.ones(self.points.count, bool)
        self._attack = np.array([-(-(a.attack << 8) // 1000) for a in table], np.int32)
        self._release = np.array([-(-(a.release << 8) // 1000) for a in table], np.int32)
        self._ceiling = self._out = self._target = np.zeros(count, np.int32)
        self._rate = np.zeros(count, np.uint8)
        self._columns = np.arange(count)
        self._queue: deque[Keyframe] = deque()
        self._line = LineStart(0, self._out, self._rate)
        self._ramp: tuple[int, Ints] | None = None

    @property
    def free_slots(self) -> int:
        """Keyframes that still find room."""
        return self._slots - len(self._queue)

    @property
    def last_due(self) -> int:
        """Device time of the newest keyframe, or of the one played last."""
        return self._queue[-1].t if self._queue else self._line.t

    @property
    def still(self) -> bool:
        """Whether every output is zero now."""
        return not self._out.any()

    @property
    def output_sum(self) -> int:
        """All drives put out at this moment, added up."""
        return int((self._out >> 8).sum())

    @property
    def idle(self) -> bool:
        """Whether nothing is put out and nothing is waiting to be."""
        return not self._queue and self.still and (self._ramp is not None or not self._target.any())

    def cap(self, ceilings: bytes) -> None:
        """From now on no drive is above these."""
        self._ceiling = np.frombuffer(ceilings, np.uint8).astype(np.int32) << 8

    def push(self, keyframe: Keyframe) -> None:
        """Queue a keyframe later than all before it. Where none waits, the line starts where we are."""
        if not self._queue:
            self._ramp = None
            self._line = LineStart(self.now, self._out, self._rate)
        self._queue.append(keyframe)

    def ramp_down(self) -> None:
        """Forget what is queued and take every drive to zero within RAMP_MS."""
        if self._ramp is None:
            self._queue.clear()
            self._ramp = (self.now, self._out)

    def cut(self) -> None:
        """Every drive to zero at once: power off."""
        self._queue.clear()
        self._ramp = None
        self._out = np.zeros_like(self._out)
        self._target = self._out

    def advance(self, until: int) -> OutputBlock:
        """Play up to and including device time `until`, at most CHUNK_MS on."""
        start, count = self.now + 1, max(0, until - self.now)
        self.now += count
        if self.idle or not count:
            return self._rest_for(start, count)
        target, rate = self._targets(start, count)
        out = self._limited(np.minimum(target, self._ceiling), start)
        self._out = out[-1]
        drive = (out >> 8).astype(np.uint8)
        return OutputBlock(start, drive, rate * (drive > 0), silent=False)

    def _rest_for(self, start: int, count: int) -> OutputBlock:
        self._rest_ms = np.minimum(self._rest_ms + count, REST_MS)
        self._count(np.where(self.span_ms > 0, self.span_ms + count, 0))
        nothing = np.broadcast_to(np.zeros(1, np.uint8), (count, len(self._out)))
        return OutputBlock(start, nothing, nothing, silent=True)

    def _count(self, span_ms: Ints) -> None:
        """Take over what a span would be were it not over, and what follows from it."""
        rested = self._rest_ms >= REST_MS
        self.span_ms = np.where(rested, 0, span_ms).astype(np.int32)
        must_rest = ~rested & (self._must_rest | (self.span_ms >= DWELL_RELEASE_MS))
        if (must_rest != self._must_rest).any():
            self._must_rest, self.resting = must_rest, self.points.spread(must_rest)

    def _targets(self, start: int, count: int) -> tuple[Ints, Rates]:
        if self._ramp is not None:
            return self._ramp_targets(start, count)
        if not self._queue:
            shape = (count, len(self._out))
            return np.broadcast_to(self._target, shape), np.broadcast_to(self._rate, shape)
        # Times from the beginning of the line on: those of the device's life outgrow 32 bits in a month.
        zero = self._line.t
        ticks = np.arange(start - zero, start - zero + count, dtype=np.int32)
        times = np.array([0, *(key.t - zero for key in self._queue)], np.int32)
        drives = np.frombuffer(b"".join(key.drives for key in self._queue), np.uint8).astype(np.int32) << 8
        drives = np.concatenate((self._line.drives, drives)).reshape(len(times), -1)
        rates = self._held(drives, b"".join(key.rates for key in self._queue))
        # A line runs from just after one keyframe up to the next; after the last one its value holds.
        end = times[1:-1].searchsorted(ticks) + 1
        t0, t1 = times[end - 1, None], times[end, None]
        at = np.minimum(ticks[:, None], t1)
        spans = np.diff(times)
        span = int(spans[0]) if (spans == spans[0]).all() else t1 - t0  # one divisor for all is much faster
        target = (drives[end - 1] * (t1 - at) + drives[end] * (at - t0)) // span
        rate = rates[end]
        self._retire(drives, rates)
        self._target, self._rate = target[-1], rate[-1]
        return target, rate

    def _held(self, drives: Ints, rates: bytes) -> Rates:
        """`rates`, row by row, after the line's own, each held until another is given.

        A frame gives no rate to what it has off in `drives`; on its way there that keeps the rate it had.
        """
        rows = np.frombuffer(self._line.rates.tobytes() + rates, np.uint8).reshape(drives.shape)
        given = (drives > 0) * np.arange(len(rows))[:, None]
        return rows[np.maximum.accumulate(given), self._columns]

    def _retire(self, drives: Ints, rates: Rates) -> None:
        start, passed = self._line.t, 0
        while self._queue and self._queue[0].t <= self.now:
            key = self._queue.popleft()
            passed += 1
            start, self.executed = key.t, key.seq
        self._line = LineStart(start, drives[passed], rates[passed])

    def _ramp_targets(self, start: int, count: int) -> tuple[Ints, Rates]:
        assert self._ramp is not None
        began, height = self._ramp
        passed = np.arange(start - began, start - began + count, dtype=np.int32)
        left = np.maximum(0, RAMP_MS - passed)[:, None]
        target = height * left // RAMP_MS
        return target, np.broadcast_to(self._rate, target.shape)

    def _limited(self, target: Ints, start: int) -> Ints:
        """`target`, row 0 at device time `start`, as it may be put out.

        Takes the short way where nothing needs to be held back.
        """
        on = self.points.gather(target > 255)
        ever, length = on.any(0), len(on)
        leading = np.where(ever, on.argmax(0), length)
        running = self._rest_ms + leading < REST_MS  # what is rested has no span
        span_ms = np.where(running, self.span_ms + length, length - leading)
        tired = self._must_rest.any() or (span_ms >= DWELL_RELEASE_MS).any()
        if tired or self._must_hold_back(target):
            return np.array([self._limit_tick(row, now) for now, row in enumerate(target, start)])
        rest_ms = np.where(ever, on[::-1].argmax(0), self._rest_ms + length)
        self._rest_ms = np.minimum(rest_ms, REST_MS).astype(np.int32)
        self._count(span_ms)
        return target

    def _must_hold_back(self, target: Ints) -> bool:
        first = target[0] - self._out
        steps = target[1:] - target[:-1]
        if (first > self._attack).any() or (first < -self._release).any():
            return True
        return bool((steps > self._attack).any() or (steps < -self._release).any())

    def _within_budget(self, out: Ints) -> Ints:
        """`out` with what rises held back: lines keep the budget, but what is released lags behind them."""
        rise = np.maximum(out - self._out, 0)
        rises = int(rise.sum())
        share = ((self._power_budget - int(out.sum()) + rises) << 8) // rises
        held: Ints = out - rise + (rise * share >> 8)
        return held

    def _limit_tick(self, target: Ints, now: int) -> Ints:
        wanted = np.where(self.resting, 0, target)
        out = np.clip(wanted, self._out - self._release, self._out + self._attack)
        if int(out.sum()) > self._power_budget:
            out = self._within_budget(out)
        on = self.points.gather(out > 255)
        self._rest_ms = np.where(on, 0, np.minimum(self._rest_ms + 1, REST_MS))
        before = self.resting
        self._count(self.span_ms + (on | (self.span_ms > 0)))
        if self.resting is not before:
            self.forced += [(now, i) for i in np.flatnonzero(self.resting & ~before & (out > 255)).tolist()]
        self._out = out
        return out
