"""The dose: what each zone was commanded, gathered frame by frame while a session plays."""

import numpy as np

from firmware_bridge.devices.layout import Layout
from firmware_bridge.devices.response import Response
from firmware_bridge.limits import DWELL_REST_FRAMES
from firmware_bridge.play.updates import Listener
from profiles.waveform import FRAME_RATE_HZ

CHUNK = 50
"""Frames gathered before anything is computed: a second, and shorter than a rest."""
Figures = dict[str, float]


class Tee:
    """Hands every frame on to several listeners; None listens to nothing."""

    def __init__(self, *listeners: Listener | None) -> None:
        self._listeners = [listener for listener in listeners if listener is not None]

    def tick(self, t: float, drive: bytes, rate: bytes) -> None:
        """Hand it on."""
        for listener in self._listeners:
            listener.tick(t, drive, rate)


class DoseMeter:
    """Hears of every frame of one session. Levels are felt levels as commanded, 0 to 1."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self._frames: list[bytes] = []
        working = [actuator for actuator in layout.actuators if not actuator.excluded]
        self._zones = sorted({actuator.zone for actuator in working})
        self._columns = [np.array([a.index for a in working if a.zone == zone]) for zone in self._zones]
        width, count = len(layout.actuators), len(self._zones)
        self._moved = 0
        self._peak, self._sum = np.zeros(count), np.zeros(count)
        self._active = np.zeros(count, dtype=np.int64)
        self._work, self._longest = np.zeros((2, width), dtype=np.int64)
        self._rest = np.full(width, DWELL_REST_FRAMES, dtype=np.int64)

    def tick(self, t: float, drive: bytes, rate: bytes) -> None:  # noqa: ARG002  (what a Recorder hears)
        """Take a frame."""
        self._frames.append(drive)
        if len(self._frames) == CHUNK:
            self._absorb()

    @property
    def moved_s(self) -> float:
        """Seconds in which anything was driven."""
        self._absorb()
        return self._moved / FRAME_RATE_HZ

    def zones(self) -> dict[str, Figures]:
        """What each zone that worked got: peak and mean level, seconds of work, longest stay at a place."""
        self._absorb()
        return {
            zone: {
                "peak": float(self._peak[i]),
                "mean": float(self._sum[i] / self._active[i]),
                "active_s": float(self._active[i] / FRAME_RATE_HZ),
                "dwell_s": float(self._longest[columns].max() / FRAME_RATE_HZ),
            }
            for i, (zone, columns) in enumerate(zip(self._zones, self._columns, strict=True))
            if self._active[i]
        }

    def _absorb(self) -> None:
        if not self._frames:
            return
        drive = np.frombuffer(b"".join(self._frames), dtype=np.uint8).reshape(len(self._frames), -1)
        self._frames.clear()
        works = drive > 0
        self._moved += int(works.any(axis=1).sum())
        self._count_work(works)
        felt = Response.felt_for(drive, self._layout.starts, self._layout.exponents)
        for i, columns in enumerate(self._columns):
            level, active = felt[:, columns].max(axis=1), works[:, columns].any(axis=1)
            self._peak[i] = max(self._peak[i], level.max())
            self._sum[i] += level[active].sum()
            self._active[i] += active.sum()

    def _count_work(self, works: np.ndarray[tuple[int, ...], np.dtype[np.bool_]]) -> None:
        # A chunk is shorter than a rest, so only a rest that reaches in from before can end inside it.
        frames, worked = len(works), works.sum(axis=0)
        before = np.where(worked > 0, works.argmax(axis=0), frames)
        rested = self._rest + before >= DWELL_REST_FRAMES
        self._work = np.where(rested, 0, self._work) + worked
        self._rest = np.where(worked > 0, works[::-1].argmax(axis=0), self._rest + frames)
        self._longest = np.maximum(self._longest, self._work)
