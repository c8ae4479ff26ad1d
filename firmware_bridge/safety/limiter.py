"""The Limiter: shapes a waveform until it obeys every limit that the host keeps.

Order: not finite is off; response curve; exclusion and ceiling; dwell; slew; power budget; rates. The
interlock checks each finished frame again, so nothing here is the last word.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from firmware_bridge.devices.layout import Layout
from firmware_bridge.devices.points import shared_points
from firmware_bridge.devices.response import FloatArray, IntArray, Response
from firmware_bridge.limits import DRIVE_MAX, KNEADING_MAX_CPM
from firmware_bridge.safety.shaping import CHUNK_FRAMES, BoolArray, Held, Memory, Slew, shape, slew_only
from profiles.technique import Modality
from profiles.waveform import FRAME_RATE_HZ, Waveform

ByteArray = npt.NDArray[np.uint8]
Shaper = Callable[[IntArray, Memory, Slew, int], tuple[IntArray, list[Held]]]


@dataclass(frozen=True)
class DriveBlock:
    """Frames that obey the limits, in wire integers.

    `start` is the index of the first frame; `drive` (frames, actuators) is 0..255; `rate` (frames,
    actuators) is Hz for vibration and cycles per minute for kneading, 0 where there is none; `step`
    (frames,) is the step index.
    """

    start: int
    drive: ByteArray
    rate: ByteArray
    step: npt.NDArray[np.integer]


@dataclass(frozen=True, slots=True)
class LimitEvent:
    """The frame at which a limit begins to hold an actuator back (actuator -1: all of them).

    Kind is "excluded", "ceiling", "dwell", "budget" or "rate"; one event per unbroken run of holding back,
    for dwell one until its point has rested. Slew shapes nearly every onset and is not reported.
    """

    frame: int
    actuator: int
    kind: str


@dataclass(frozen=True, slots=True)
class LimiterState:
    """A Limiter's memory between two blocks, for `Limiter.restore`."""

    memory: Memory
    flags: dict[str, BoolArray]


class Limiter:
    """Shapes waveforms for one placed device. It remembers: feed it every frame once, in order."""

    def __init__(self, layout: Layout, *, shaper: Shaper = shape) -> None:
        actuators = layout.actuators
        self.layout = layout
        self._shaper = shaper
        self._excluded = np.array([bool(actuator.excluded) for actuator in actuators])
        # An excluded actuator has a ceiling of 0 already; this holds even if a layout says otherwise.
        self._ceiling: IntArray = np.where(self._excluded, 0, layout.ceilings)
        self._start = layout.starts
        self._exponent = layout.exponents
        self._slew = Slew(
            attack=_per_frame([actuator.attack for actuator in actuators]),
            release=_per_frame([actuator.release for actuator in actuators]),
        )
        self._rate_min = np.array([float(actuator.rate_min) for actuator in actuators])
        self._rate_max = np.array(
            [
                float(
                    min(actuator.rate_max, KNEADING_MAX_CPM)
                    if actuator.kind is Modality.KNEADING
                    else actuator.rate_max
                )
                for actuator in actuators
            ]
        )
        self._rate_min = np.minimum(self._rate_min, self._rate_max)
        self._rated = np.flatnonzero(self._rate_max > 0)
        self._memory = Memory.silent(len(actuators), shared_points(actuators))
        self._flags = {
            kind: np.zeros(len(actuators), dtype=np.bool_) for kind in ("excluded", "ceiling", "rate")
        }

    def limit(self, block: Waveform, gain: npt.ArrayLike = 1.0) -> tuple[DriveBlock, list[LimitEvent]]:
        """Shape the next block; `gain` (scalar or one per frame, clipped to 0..1) scales its felt level.

        Causal, and the same whatever the block sizes. Raises ValueError when a shape does not fit the device.
        """
        count, width = self._check(block)
        wish = self._wish(block.level, np.asarray(gain, dtype=np.float64), count)
        want = np.minimum(wish, self._ceiling)
        events: list[LimitEvent] = []
        above = wish > self._ceiling
        if above.any() or self._flags["excluded"].any() or self._flags["ceiling"].any():
            self._note("excluded", above & self._excluded, block.start, events)
            self._note("ceiling", above & ~self._excluded, block.start, events)
        drive = np.zeros((count, width), dtype=np.uint8)
        for first in range(0, count, CHUNK_FRAMES):
            chunk = want[first : first + CHUNK_FRAMES]
            shaped, held = self._shaper(chunk, self._memory, self._slew, self.layout.power_budget)
            drive[first : first + CHUNK_FRAMES] = shaped
            events.extend(LimitEvent(block.start + first + index, who, kind) for index, who, kind in held)
        rate = self._rates(block, drive, events)
        events.sort(key=lambda event: (event.frame, event.actuator, event.kind))
        return DriveBlock(block.start, drive, rate, block.step), events

    def slew_only(self, block: Waveform) -> IntArray:
        """The drives that `block` asks for, from rest, held by nothing but how fast each actuator changes.

        Neither ceiling nor dwell nor budget: to tell what those take away, never for a device. Its memory
        stays as it is.
        """
        wish = Response.drive_for(block.level, self._start, self._exponent)
        return slew_only(wish, self._slew)

    def snapshot(self) -> LimiterState:
        """The memory as it stands, independent of what follows."""
        return LimiterState(self._memory.copy(), dict(self._flags))

    def restore(self, state: LimiterState) -> None:
        """Go back to a snapshot of a Limiter for the same device; a snapshot may be restored many times."""
        if len(state.memory.drive) != len(self._ceiling):
            raise ValueError("the snapshot is of a device with another number of actuators")
        self._memory = state.memory.copy()
        self._flags = dict(state.flags)

    def _check(self, block: Waveform) -> tuple[int, int]:
        count, width = len(block.level), len(self._ceiling)
        if block.level.shape != (count, width) or block.rate.shape != (count, width):
            raise ValueError(
                f"level {block.level.shape} and rate {block.rate.shape} must both be (frames, {width})"
            )
        if block.step.shape != (count,):
            raise ValueError(f"step {block.step.shape} must be ({count},)")
        return count, width

    def _wish(self, level: FloatArray, gain: FloatArray, count: int) -> IntArray:
        """Drives before any limit: gain, then the response curve; whatever is not finite is off."""
        if gain.shape not in ((), (count,)):
            raise ValueError(f"gain {gain.shape} must be a scalar or ({count},)")
        held = np.clip(np.where(np.isfinite(gain), gain, 0.0), 0.0, 1.0)
        # Clipped before the product: a level of 1e308 is full strength, not a way past the gain.
        felt = np.clip(np.where(np.isfinite(level), level, 0.0), 0.0, 1.0) * held[..., np.newaxis]
        # Most actuators rest most of the time, and the power function is the dear part of this.
        busy = np.flatnonzero(felt.any(axis=0))
        wish = np.zeros(felt.shape, dtype=np.int64)
        wish[:, busy] = Response.drive_for(felt[:, busy], self._start[busy], self._exponent[busy])
        return wish

    def _rates(self, block: Waveform, drive: ByteArray, events: list[LimitEvent]) -> ByteArray:
        """Rates in range while driven, 0 otherwise; an adjustable actuator never runs at an unstated rate."""
        rate = np.zeros(drive.shape, dtype=np.uint8)
        rated = self._rated
        on = drive[:, rated] > 0
        if not (on.any() or self._flags["rate"].any()):
            return rate
        asked = block.rate[:, rated]
        asked = np.where(np.isfinite(asked), asked, 0.0)
        lowest, highest = self._rate_min[rated], self._rate_max[rated]
        rate[:, rated] = np.where(on, np.rint(np.clip(asked, lowest, highest)), 0.0)
        above = np.zeros(drive.shape, dtype=np.bool_)
        above[:, rated] = on & (asked > highest)
        self._note("rate", above, block.start, events)
        return rate

    def _note(self, kind: str, held: BoolArray, start: int, events: list[LimitEvent]) -> None:
        """Add an event wherever a run of holding back begins, also across blocks."""
        if not len(held):
            return
        before = np.concatenate((self._flags[kind][np.newaxis], held[:-1]))
        begins = np.argwhere(held & ~before)
        events.extend(LimitEvent(start + int(index), int(who), kind) for index, who in begins)
        self._flags[kind] = held[-1].copy()


def _per_frame(per_second: list[int]) -> IntArray:
    """Drive units per frame, rounded down, but never stuck at 0."""
    return np.clip(np.array(per_second, dtype=np.int64) // FRAME_RATE_HZ, 1, DRIVE_MAX)
