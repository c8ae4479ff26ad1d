"""Watches a virtual cushion: what it put out, what a body would have felt, and what happened."""

from collections import deque
from typing import Any

import numpy as np
from numpy.typing import NDArray

from firmware_bridge.devices.layout import Layout
from firmware_bridge.guard.output_stage import OutputBlock
from firmware_bridge.recording.summary import RunSummary
from firmware_bridge.recording.writer import Recorder
from profiles.waveform import FRAME_RATE_HZ
from simulator.motor import MotorBank

TICK_MS = 1000 // FRAME_RATE_HZ
GATHER_TICKS = 250
"""So many ticks are looked at together: five seconds of them."""
LIVE_TICKS = 1
"""The same for a cushion in real time, whose recording others follow while it grows."""
IDLE_TICK_MS = 1000
"""While nothing is put out, a recording of a cushion that waits holds one tick in this time."""
LINE_MAX_MS = 250
"""No line joins setpoints further apart: some were lost, or the device stood still; project's choice."""
HEEDING = frozenset({"armed", "playing"})
"""States in which what was accepted is still asked for."""


class Watch:
    """Gathers figures of a run and records it, if there is a `recorder`.

    `thin` is for a cushion in real time: most ticks of long silences are left out, others written at once;
    without a recorder it gathers nothing.
    """

    def __init__(self, layout: Layout, recorder: Recorder | None = None, *, thin: bool = False) -> None:
        self.summary = RunSummary(layout)
        self.trips = 0
        self._motors = MotorBank(layout.actuators)
        self._recorder = recorder
        self._thin = thin
        self._gather = LIVE_TICKS if thin else GATHER_TICKS
        self._last_tick = -IDLE_TICK_MS
        self._was_silent = False
        self._pending: list[tuple[NDArray[np.uint8], NDArray[np.uint8]]] = []
        self._pending_from = 0
        self._pending_ticks = 0
        self._nothing = bytes(len(layout.actuators))
        self._asked = (0, self._nothing)  # since when, ms
        self._due: deque[tuple[int, bytes]] = deque()

    def accepted(self, due_ms: int, drives: bytes) -> None:
        """Keep setpoints that the device accepted, due at `due_ms` of its time, if there is a recorder."""
        if self._recorder is not None:
            self._due.append((due_ms, drives))

    def output(self, output: OutputBlock) -> None:
        """Take what was put out: every twentieth millisecond counts."""
        if self._thin and self._recorder is None:
            return
        skip = -output.start % TICK_MS
        drive = output.drive[skip::TICK_MS]
        if not len(drive):
            return
        if not self._pending:
            self._pending_from = output.start + skip
        self._pending.append((drive, output.rate[skip::TICK_MS]))
        self._pending_ticks += len(drive)
        if self._pending_ticks >= self._gather:
            self.flush()

    def event(self, at_ms: int, event: str, **fields: Any) -> None:
        """Record an event of the device at `at_ms` of its time, and count it if it is a trip."""
        self.trips += event == "trip"
        if self._recorder is not None:
            self.flush()
            self._recorder.event(at_ms / 1000, event, **fields)
            if event == "state" and fields.get("state") not in HEEDING:
                self._due.clear()
                self._asked = (at_ms, self._nothing)

    def remark(self, event: str, **fields: Any) -> None:
        """Record what the host does, at the time of the last tick that was put out."""
        if self._recorder is not None:
            self.flush()
            self._recorder.event(self._recorder.t, event, **fields)

    def flush(self) -> None:
        """Bring figures and recording up to the last tick that was put out."""
        if not self._pending:
            return
        drive, rate = map(np.concatenate, zip(*self._pending, strict=True))
        start = self._pending_from
        self._pending.clear()
        self._pending_ticks = 0
        self.summary.add(start / 1000, drive, rate, self._motors.step(drive, rate))
        if self._recorder is not None:
            times = range(start, start + len(drive) * TICK_MS, TICK_MS)
            asked = self._asked_at(times)
            kept = self._kept(times, drive, asked) if self._thin else list(range(len(times)))
            seconds = [times[k] / 1000 for k in kept]
            self._recorder.ticks(seconds, drive[kept], rate[kept], asked[kept])

    def _kept(self, times: range, drive: NDArray[np.uint8], asked: NDArray[np.uint8]) -> list[int]:
        """Which ticks of these times, ms, a thin recording holds."""
        kept = []
        for k, at_ms in enumerate(times):
            silent = not (drive[k].any() or asked[k].any())
            if not (silent and self._was_silent and at_ms - self._last_tick < IDLE_TICK_MS):
                self._last_tick = at_ms
                kept.append(k)
            self._was_silent = silent
        return kept

    def _asked_at(self, times: range) -> NDArray[np.uint8]:
        """What is asked for at each time: on the line from setpoint to setpoint, as docs/wire.md has it."""
        known = [self._asked, *self._due]
        due = np.array([due_ms for due_ms, _ in known])
        drives = np.frombuffer(b"".join([each for _, each in known]), np.uint8).reshape(len(known), -1)
        at = np.array(times)
        here = np.maximum(np.searchsorted(due, at, side="right") - 1, 0)
        there = np.minimum(here + 1, len(known) - 1)
        span = due[there] - due[here]
        joined = (span > 0) & (span <= LINE_MAX_MS)
        passed, whole = np.where(joined, at - due[here], 0)[:, np.newaxis], np.maximum(span, 1)[:, np.newaxis]
        asked: NDArray[np.uint8] = (
            (drives[here] * (whole - passed) + drives[there] * passed) // whole
        ).astype(np.uint8)
        for _ in range(here[-1]):
            self._asked = self._due.popleft()
        return asked
