"""Gathers the frames of a recording: figures, a course over time, and how far asked and put out lie apart."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from firmware_bridge.devices.layout import Layout
from firmware_bridge.limits import FRAME_S, frames
from firmware_bridge.recording.decimate import CHUNK, Decimated
from firmware_bridge.recording.reader import RecordingHeader
from firmware_bridge.recording.summary import RunSummary
from kneadwave.reports.frames import FrameRun
from kneadwave.reports.recorded_device import FeltMeter, held_by_both, layout_of
from kneadwave.reports.report import Apart, RunColumns

COURSE_BYTES = 440_000
"""About what the course over time may take at a byte a value; project's choice: a page stays within 1 MB."""
COLUMNS_MAX = 4000
SERIES = 4
"""Asked for, put out, its peak, felt."""
TRIM_FRAMES, KEPT_FRAMES = frames(5.0), frames(2.0)
"""Longer silence than this at either end of a device's own time is cut to so much; project's choice."""


class Collector:
    """Takes frames in order of time; to be closed before anything is read."""

    def __init__(self, header: RecordingHeader, host: RecordingHeader | None = None) -> None:
        self._own = layout_of(header)
        self.layout = self._own if host is None else held_by_both(self._own, layout_of(host))
        actuators = self.layout.actuators
        self.meter = FeltMeter(header, actuators)
        self.summary = RunSummary(self.layout)
        m = len(actuators)
        columns = min(COLUMNS_MAX, COURSE_BYTES // (SERIES * m))
        self._columns = Decimated(3 * m, m, columns - columns % 2)
        self._nothing = bytes(m)
        self._origin: int | None = None  # the frame before the first one that counts
        self._idles = not header.profile  # a device that waits for runs records what lies between them, too
        self._quiet = 0  # silent frames that wait for something to follow
        self._asks = True  # whether every frame so far told what was asked for
        self._held = self._frames = 0
        self._drive, self._rate, self._asked = (np.zeros((CHUNK, m), dtype=np.uint8) for _ in range(3))
        self._apart_sum, self._apart_most, self._moved = np.zeros((3, m), dtype=np.int64)

    @property
    def start_s(self) -> float:
        """Where in the recording the first frame that counts begins, s."""
        return (self._origin or 0) * FRAME_S

    def take(self, run: FrameRun) -> None:
        """Take the next frames; silence counts once something follows it."""
        self._asks = self._asks and run.asked is not None
        if run.silent:
            self._quiet += run.length
            return
        if self._origin is None:
            self._shorten_quiet()
            self._origin = max(0, run.at - self._quiet - 1)
        self._add_quiet()
        self._add(run)

    def close(self) -> None:
        """Count what is still held; no frame may follow."""
        self._shorten_quiet()
        self._add_quiet()
        if self._held:
            self._absorb()
        self._columns.close()

    def course(self, by_device: bool) -> RunColumns:
        """The run in columns; the frames of a host are what was asked for."""
        used, m = slice(0, self._columns.used), len(self._nothing)
        asked, drive, felt = (self._columns.mean[used, i * m : (i + 1) * m] for i in range(3))
        column_s = self._columns.width * FRAME_S
        if by_device:
            return RunColumns(column_s, asked if self._asks else None, drive, self._columns.peak[used], felt)
        return RunColumns(column_s, drive, None, None, felt)

    def apart(self) -> tuple[Apart, ...]:
        """How far asked and put out lie apart, an actuator each."""
        means = self._apart_sum / np.maximum(self._moved, 1)
        return tuple(map(Apart, means.tolist(), self._apart_most.tolist()))

    def ceilings(self) -> tuple[float, ...]:
        """The highest felt level that each actuator is allowed."""
        return self._felt(self.layout)

    def device_ceilings(self) -> tuple[float, ...]:
        """The same by the recording itself: where that is a device's, it knows no person."""
        return self._felt(self._own)

    def _felt(self, layout: Layout) -> tuple[float, ...]:
        levels: list[float] = self.meter.steady(layout.ceilings[None, :])[0].tolist()
        return tuple(levels)

    def _shorten_quiet(self) -> None:
        if self._idles and self._quiet > TRIM_FRAMES:
            self._quiet = KEPT_FRAMES

    def _add_quiet(self) -> None:
        self._add(FrameRun(0, self._quiet, self._nothing, self._nothing, self._nothing))
        self._quiet = 0

    def _add(self, run: FrameRun) -> None:
        left = run.length
        while left > 0:
            here = slice(self._held, min(CHUNK, self._held + left))
            self._drive[here] = np.frombuffer(run.drive, dtype=np.uint8)
            self._rate[here] = np.frombuffer(run.rate, dtype=np.uint8)
            self._asked[here] = np.frombuffer(run.asked or self._nothing, dtype=np.uint8)
            left -= here.stop - here.start
            self._held = here.stop
            if self._held == CHUNK:
                self._absorb()

    def _absorb(self) -> None:
        n, self._held = self._held, 0
        drive, asked = self._drive[:n], self._asked[:n]
        felt = self.meter.step(drive, self._rate[:n])
        t: NDArray[np.float64] = np.arange(self._frames + 1, self._frames + n + 1, dtype=np.float64) * FRAME_S
        self._frames += n
        self.summary.add(float(t[0]), drive, self._rate[:n], felt)
        put: NDArray[np.float64] = drive.astype(np.float64)
        means: NDArray[np.float64] = np.concatenate((asked.astype(np.float64), put, felt), axis=1)
        self._columns.add(t, means, put)
        self._compare(drive, asked)

    def _compare(self, drive: NDArray[np.uint8], asked: NDArray[np.uint8]) -> None:
        apart = np.maximum(drive, asked) - np.minimum(drive, asked)
        self._apart_sum += apart.sum(axis=0, dtype=np.int64)
        self._apart_most = np.maximum(self._apart_most, apart.max(axis=0))
        self._moved += np.logical_or(drive, asked).sum(axis=0)
