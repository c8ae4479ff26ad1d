"""A sampler for finding out how a device answers: given drives on one actuator at a time, else silence.

It is played on a layout of `firmware_bridge.devices.calibration.probing`, where a level times 255 is the
drive.
"""

from collections.abc import Sequence

import numpy as np

from firmware_bridge.devices.layout import Actuator, Layout
from firmware_bridge.devices.response import IntArray
from firmware_bridge.limits import DRIVE_MAX
from profiles.technique import Modality
from profiles.waveform import Waveform

CARRIER_HZ = 40
"""Motors with a rate of their own are tried at it; project's choice: in the 33 to 83 Hz of cushions."""


class Probe:
    """Drives to come, frame by frame; whoever changes them calls `Session.refresh`.

    `gain` is the session's intensity: levels are given so that the drives come out whatever it is.
    """

    def __init__(self, layout: Layout, gain: float = 1.0) -> None:
        self.gain = gain
        self._width = len(layout.actuators)
        self._rates = [_rate(actuator) for actuator in layout.actuators]
        self._begin = 0
        self._column = 0
        self._drives: IntArray = np.zeros(0, dtype=np.int64)

    def play(self, begin: int, actuator: int, drives: Sequence[int]) -> None:
        """Drive one actuator from the frame `begin` on, and nothing before it or after."""
        self._begin, self._column = begin, actuator
        self._drives = np.array(drives, dtype=np.int64)

    def cut(self, frame: int) -> int:
        """Nothing from `frame` on; the number of frames that were driven until then."""
        self._drives = self._drives[: max(0, frame - self._begin)]
        return int(np.count_nonzero(self._drives))

    def render(self, start_frame: int, n_frames: int) -> Waveform:
        """Return `n_frames` frames from `start_frame` on."""
        level = np.zeros((n_frames, self._width))
        rate = np.zeros_like(level)
        first = max(start_frame, self._begin)
        last = min(start_frame + n_frames, self._begin + len(self._drives))
        if first < last and self.gain > 0.0:
            rows = slice(first - start_frame, last - start_frame)
            drives = self._drives[first - self._begin : last - self._begin]
            level[rows, self._column] = np.minimum(drives / DRIVE_MAX / self.gain, 1.0)
            rate[rows, self._column] = self._rates[self._column] * (drives > 0)
        return Waveform(start_frame, level, rate, np.zeros(n_frames, dtype=np.int_))


def _rate(actuator: Actuator) -> float:
    """The rate at which an actuator is tried; kneading as fast as it may, so that a turn is soon felt."""
    if actuator.kind is Modality.KNEADING:
        return float(actuator.rate_max)
    return float(min(max(CARRIER_HZ, actuator.rate_min), actuator.rate_max))
