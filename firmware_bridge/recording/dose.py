"""The dose: what each zone was commanded, gathered frame by frame while a session plays."""

import numpy as np

from firmware_bridge.devices.layout import Layout
from firmware_bridge.devices.response import Response
from firmware_bridge.limits import DWELL_REST_FRAMES
from firmware_bridge.play.updates import Listener
from firmware_bridge.recording.meter import DwellMeter, ZoneMeter
from profiles.waveform import FRAME_RATE_HZ

CHUNK = 50
"""Frames gathered before anything is computed: a second of them."""
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
        self._moved = 0
        self._dwell = DwellMeter(len(layout.actuators), DWELL_REST_FRAMES)
        self._zones = ZoneMeter(layout)

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
        """What each zone that worked got: peak and mean level, seconds of work, longest stay at a place.

        The mean is over the frames in which the zone was driven; a stay ends with the host's own rest.
        """
        self._absorb()
        zones = self._zones
        longest = zones.strongest(self._dwell.longest[np.newaxis])[0]
        return {
            zone: {
                "peak": float(zones.peak[i]),
                "mean": float(zones.sum[i] / zones.active[i]),
                "active_s": float(zones.active[i] / FRAME_RATE_HZ),
                "dwell_s": float(longest[i] / FRAME_RATE_HZ),
            }
            for zone, i in sorted((zone, i) for i, zone in enumerate(zones.zones))
            if zones.active[i]
        }

    def _absorb(self) -> None:
        if not self._frames:
            return
        drive = np.frombuffer(b"".join(self._frames), dtype=np.uint8).reshape(len(self._frames), -1)
        self._frames.clear()
        works = drive > 0
        self._moved += int(works.any(axis=1).sum())
        self._dwell.add(works)
        felt = Response.felt_for(drive, self._layout.starts, self._layout.exponents)
        self._zones.add(self._zones.strongest(felt), self._zones.strongest(works))
