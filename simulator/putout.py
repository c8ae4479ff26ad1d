"""What a cushion puts out for a score: played once through the whole chain, kept for motors to run over.

The drives of the host do not depend on the motors, so one run serves any number of variants of them.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from firmware_bridge.devices.layout import place_device
from firmware_bridge.devices.load import DeviceDescription
from firmware_bridge.guard.device import Cushion
from firmware_bridge.guard.observer import Unwatched
from firmware_bridge.guard.output_stage import Output
from firmware_bridge.play.session import Session, Update
from profiles.body import DEFAULT_STATURE_M, body_map
from profiles.score import Score
from profiles.waveform import FRAME_RATE_HZ
from simulator.clock import VirtualClock
from simulator.link import VirtualLink
from simulator.spread import Frames, Wire
from simulator.watch import TICK_MS


class _Taker(Unwatched):
    def __init__(self) -> None:
        self.drive: list[Wire] = []
        self.rate: list[Wire] = []
        self.step: list[NDArray[np.uint8]] = []
        self.frames = 0
        self.now = 0

    def output(self, output: Output) -> None:
        """Keep every twentieth millisecond of it."""
        skip = -output.start % TICK_MS
        drive = output.drive[skip::TICK_MS]
        if len(drive):
            self.drive.append(drive.copy())
            self.rate.append(output.rate[skip::TICK_MS].copy())
            self.step.append(np.full(len(drive), self.now, dtype=np.uint8))
            self.frames += len(drive)


class PutOut:
    """One run of `score` on a virtual cushion, its frames kept; the same arguments give the same frames.

    A frame counts to the step that played when it was put out, to within a quarter of a second.
    """

    def __init__(
        self, score: Score, description: DeviceDescription, *, stature_m: float = DEFAULT_STATURE_M
    ) -> None:
        self.layout = place_device(description, body_map(stature_m))
        self._clock = VirtualClock()
        self._taker = _Taker()
        self._link = VirtualLink(Cushion(description, observer=self._taker), self._clock)
        self.session = Session(score, self.layout, self._link, self._clock)

    @property
    def frames(self) -> int:
        """How many frames there are so far."""
        return self._taker.frames

    @property
    def expected(self) -> int:
        """About how many frames there will be."""
        return round(self.session.score.duration * FRAME_RATE_HZ)

    def play(self) -> Iterator[Update]:
        """Play to the end; raises what `Session.play` raises."""
        try:
            for update in self.session.play():
                self._taker.now = max(self._taker.now, update.step)  # after the end there is no step
                yield update
        finally:
            self._clock.sleep(TICK_MS / 1000)
            self._link.close()

    def taken(self) -> Frames:
        """Return all frames so far."""
        taker = self._taker
        if not taker.drive:
            nothing = np.zeros((0, len(self.layout.actuators)), dtype=np.uint8)
            return Frames(nothing, nothing, np.zeros(0, dtype=np.uint8))
        if len(taker.drive) > 1:
            taker.drive = [np.concatenate(taker.drive)]
            taker.rate = [np.concatenate(taker.rate)]
            taker.step = [np.concatenate(taker.step)]
        return Frames(taker.drive[0], taker.rate[0], taker.step[0])
