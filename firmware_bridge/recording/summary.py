"""What a run came to: figures and a decimated history, in memory that does not grow with the session.

Frames are gathered in chunks of 64 before anything is computed, so that a call stays cheap however few frames
it brings, and how the frames fall into calls changes no figure.
"""

from __future__ import annotations

import copy
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from firmware_bridge.devices.layout import Layout
from firmware_bridge.limits import DWELL_REST_S, FELT_FLOOR, FRAME_S, frames
from firmware_bridge.recording.decimate import CHUNK, Decimated
from firmware_bridge.recording.meter import DwellMeter, ZoneMeter

COLUMNS = 1000  # of the history, at most
REST_FRAMES = frames(DWELL_REST_S)  # of unbroken zero end a dwell, as the veto counts it (rule 55)

Floats = NDArray[np.float64]
Frames = NDArray[np.generic]


@dataclass(frozen=True, slots=True)
class ActuatorRow:
    """One actuator over the run; drives 0 to 255, felt levels 0 to 1, seconds."""

    id: str
    zone: str
    kind: str
    peak_drive: int
    ceiling: int
    peak: float
    mean: float  # felt, over the whole run
    active_s: float  # driven
    felt_s: float  # felt: longer than driven by what a motor or a cell lingers
    longest_dwell_s: float
    peak_rate: int  # Hz for vibration, cycles a minute for kneading, 0 = none


@dataclass(frozen=True, slots=True)
class ZoneRow:
    """One zone over the run, by the strongest of its actuators in each frame."""

    zone: str
    peak: float
    mean: float  # felt, over the time in which the zone was felt at all
    active_s: float  # felt
    title: str  # what it is called: without a side where only the middle line is worked on
    energy: float  # s; felt level squared, all its actuators: what "Tactile Brush" sharing keeps


@dataclass(frozen=True, slots=True)
class RunHistory:
    """The run in at most 1000 columns, each `column_s` long (the last may be shorter); m actuators."""

    column_s: float
    t: Floats  # (k,) start of each column, s
    drive: Floats  # (k, m) mean, 0 to 255
    felt: Floats  # (k, m) mean, 0 to 1
    felt_peak: Floats  # (k, m)


class RunSummary:
    """Gathers a run frame by frame; read it at any time."""

    def __init__(self, layout: Layout) -> None:
        """Take the layout that the columns of every later call belong to."""
        self.layout = layout
        m = len(layout.actuators)
        self._held = 0
        self._t = np.zeros(CHUNK)
        self._rows = np.zeros((CHUNK, 3 * m))  # drive, felt, rate

        self._ticks = self._moved = 0
        self._peaks = np.zeros(3 * m)  # drive, felt, rate
        self._sum_felt, self._sum_square = np.zeros((2, m))
        self._felt_frames = np.zeros(m, dtype=np.int64)
        self._dwell = DwellMeter(m, REST_FRAMES)
        self._zones = ZoneMeter(layout)
        self._peak_total = self._sum_total = 0.0
        self._columns = Decimated(2 * m, m, COLUMNS)  # drive and felt; felt

    def add(self, t0: float, drive: Frames, rate: Frames, felt: Frames) -> None:
        """Add n frames at 50 Hz from `t0` (s): drives 0 to 255, rates, felt levels 0 to 1, each (n, m)."""
        n, m, at = len(drive), len(self.layout.actuators), 0
        while at < n:
            k = min(n - at, CHUNK - self._held)
            here, there = slice(self._held, self._held + k), slice(at, at + k)
            self._t[here] = np.arange(at, at + k) * FRAME_S + t0
            self._rows[here, :m] = drive[there]
            self._rows[here, m : 2 * m] = felt[there]
            self._rows[here, 2 * m :] = rate[there]
            self._held, at = self._held + k, at + k
            if self._held == CHUNK:
                self._absorb()

    def _absorb(self) -> None:
        n, m = self._held, len(self.layout.actuators)
        rows, felt = self._rows[:n], self._rows[:n, m : 2 * m]
        self._held = 0
        self._ticks += n
        self._peaks = np.maximum(self._peaks, rows.max(axis=0))
        self._sum_felt += felt.sum(axis=0)
        self._sum_square += np.square(felt).sum(axis=0)
        self._felt_frames += (felt >= FELT_FLOOR).sum(axis=0)
        works = rows[:, :m] > 0
        self._moved += int(works.any(axis=1).sum())
        self._dwell.add(works)
        strongest = self._zones.strongest(felt)
        self._zones.add(strongest, strongest >= FELT_FLOOR)
        total = strongest.max(axis=1, initial=0.0)
        self._peak_total = max(self._peak_total, float(total.max()))
        self._sum_total += float(total.sum())
        self._columns.add(self._t[:n], rows[:, : 2 * m], felt)

    def _settled(self) -> RunSummary:
        """Return this summary with the frames still held counted in; itself if there are none."""
        if not self._held and self._columns.open is None:
            return self
        settled = copy.deepcopy(self, {id(self.layout): self.layout})
        if settled._held:
            settled._absorb()
        settled._columns.close()
        return settled

    @property
    def ticks(self) -> int:
        """Frames added so far."""
        return self._ticks + self._held

    @property
    def duration(self) -> float:
        """Time covered by the frames, s."""
        return self.ticks * FRAME_S

    @property
    def moved_s(self) -> float:
        """Time in which anything was driven, s: what a ledger counts as worked, hands apart."""
        return self._settled()._moved * FRAME_S

    def actuators(self) -> list[ActuatorRow]:
        """Return one row an actuator, in the order of the layout, excluded ones too."""
        now = self._settled()
        ticks = max(now._ticks, 1)
        drive, felt, rate = now._peaks.reshape(3, -1)
        return [
            ActuatorRow(
                id=a.id,
                zone=a.zone,
                kind=str(a.kind),
                peak_drive=int(drive[i]),
                ceiling=a.ceiling,
                peak=float(felt[i]),
                mean=float(now._sum_felt[i]) / ticks,
                active_s=int(now._dwell.worked[i]) * FRAME_S,
                felt_s=int(now._felt_frames[i]) * FRAME_S,
                longest_dwell_s=int(now._dwell.longest[i]) * FRAME_S,
                peak_rate=int(rate[i]),
            )
            for i, a in enumerate(self.layout.actuators)
        ]

    def zones(self) -> list[ZoneRow]:
        """Return one row for each zone that has an allowed actuator, in the order of the layout."""
        now = self._settled()
        zones = now._zones
        energy = zones.total(now._sum_square) * FRAME_S
        return [
            ZoneRow(
                zone=zone,
                peak=float(zones.peak[k]),
                mean=float(zones.sum[k]) / max(int(zones.active[k]), 1),
                active_s=int(zones.active[k]) * FRAME_S,
                title=self.layout.zone_title(zone),
                energy=float(energy[k]),
            )
            for k, zone in enumerate(zones.zones)
        ]

    @property
    def longest_dwell(self) -> tuple[str, float]:
        """The actuator that worked longest without a full rest, and for how many s; ("", 0.0) if none did."""
        longest = max(self.actuators(), key=lambda row: row.longest_dwell_s)
        return (longest.id, longest.longest_dwell_s) if longest.longest_dwell_s else ("", 0.0)

    @property
    def levels(self) -> tuple[float, float]:
        """Peak and mean over the run of the strongest felt level."""
        now = self._settled()
        return now._peak_total, now._sum_total / max(now.ticks, 1)

    @property
    def excluded(self) -> list[tuple[str, str]]:
        """The actuators that must stay off: id and reason."""
        return [(a.id, a.excluded) for a in self.layout.actuators if a.excluded]

    @property
    def history(self) -> RunHistory:
        """The run decimated to at most 1000 columns."""
        columns, m = self._settled()._columns, len(self.layout.actuators)
        used = slice(0, columns.used)
        mean = columns.mean[used]
        return RunHistory(
            columns.width * FRAME_S, columns.t[used], mean[:, :m], mean[:, m:], columns.peak[used]
        )

    def as_dict(self) -> dict[str, Any]:
        """Return the figures without the history in types that JSON knows, rounded to 4 decimals."""
        now = self._settled()
        dwell_id, dwell_s = now.longest_dwell
        peak, mean = now.levels
        rows = now.actuators()
        peaks = {row.id: row.peak_drive for row in rows}
        return {
            "ticks": now.ticks,
            "duration_s": round(now.duration, 4),
            "moved_s": round(now.moved_s, 4),
            "peak": round(peak, 4),
            "mean": round(mean, 4),
            "longest_dwell": {"actuator": dwell_id, "s": round(dwell_s, 4)},
            "zones": [_rounded(asdict(row)) for row in now.zones()],
            "actuators": [_rounded(asdict(row)) for row in rows],
            "excluded": [{"id": i, "reason": why, "peak_drive": peaks[i]} for i, why in now.excluded],
        }


def _rounded(row: dict[str, Any]) -> dict[str, Any]:
    return {key: round(value, 4) if isinstance(value, float) else value for key, value in row.items()}
