"""The Limiter's kernel: dwell, slew and power budget, which need the frame before.

Two ways lead to the same drives. `shape_exactly` is the definition: one frame after the other, all actuators
at once. `shape` gives the same result sooner: it looks at whole columns first, walks frame by frame only
through the ramps of an actuator, and falls back to the definition where the budget binds.

A point is worked in an interval between two frames when either of them drives one of its actuators: the
device interpolates. Its span begins with the first such interval and counts each one after it, work or not,
until it has rested. With a span of s intervals behind it and a release of r units a frame, a drive d costs
the interval that leads to it and ceil(d / r) more to come down. So d may be at most r * (limit - 1 - s): a
ceiling that sinks by exactly r a frame, and so never asks for a faster release than the slew limit allows.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt

from firmware_bridge.devices.response import IntArray
from firmware_bridge.limits import DWELL_LIMIT_FRAMES, DWELL_REST_FRAMES

BoolArray = npt.NDArray[np.bool_]
Points = Sequence[Sequence[int]]
"""Actuators that share a point, point by point; those alone at theirs are not named."""

# No chunk may be so long that an actuator could rest, work and rest again within it.
CHUNK_FRAMES = 100
assert CHUNK_FRAMES < DWELL_REST_FRAMES


@dataclass(frozen=True, slots=True)
class Slew:
    """Largest change from one frame to the next, in drive units, shape (actuators,)."""

    attack: IntArray
    release: IntArray


@dataclass(slots=True)
class Memory:
    """What shaping remembers from the frames before; every array has shape (actuators,)."""

    drive: IntArray  # last drive put out
    span: IntArray  # frame intervals since the point's first work after its last full rest; 0 after a rest
    rest: IntArray  # frame intervals that the point was at zero since then, counted up to DWELL_REST_FRAMES
    dwelling: BoolArray  # held back by the dwell limit since the last full rest
    points: Points = ()
    over_budget: bool = False

    @classmethod
    def silent(cls, count: int, points: Points = ()) -> Self:
        """The memory of `count` actuators that never worked; `points` are those that some of them share."""
        return cls(
            drive=np.zeros(count, dtype=np.int64),
            span=np.zeros(count, dtype=np.int64),
            rest=np.full(count, DWELL_REST_FRAMES, dtype=np.int64),
            dwelling=np.zeros(count, dtype=np.bool_),
            points=points,
        )

    def copy(self) -> Self:
        """An independent copy."""
        return type(self)(
            self.drive.copy(),
            self.span.copy(),
            self.rest.copy(),
            self.dwelling.copy(),
            self.points,
            self.over_budget,
        )


# Events: (frame index within the chunk, actuator or -1 for all, kind).
Held = tuple[int, int, str]


def shape_exactly(want: IntArray, memory: Memory, slew: Slew, budget: int) -> tuple[IntArray, list[Held]]:
    """Shape the wanted drives (frames, actuators) frame by frame; advances `memory`."""
    out = np.empty_like(want)
    held: list[Held] = []
    for index in range(len(want)):
        last = memory.drive
        free = np.minimum(want[index], last + slew.attack)
        cap = slew.release * np.maximum(DWELL_LIMIT_FRAMES - 1 - memory.span, 0)
        begins = (free > cap) & ~memory.dwelling
        if begins.any():
            memory.dwelling = memory.dwelling | begins
            held.extend((index, int(actuator), "dwell") for actuator in np.flatnonzero(begins))
        drive = np.maximum(np.minimum(free, cap), last - slew.release)
        over = bool(drive.sum() > budget)
        if over:
            drive = _within_budget(drive, last, budget)
            if not memory.over_budget:
                held.append((index, -1, "budget"))
        memory.over_budget = over
        worked = _at_points((drive > 0) | (last > 0), memory.points)
        memory.rest = np.where(worked, 0, np.minimum(memory.rest + 1, DWELL_REST_FRAMES))
        rested = memory.rest == DWELL_REST_FRAMES
        memory.span = np.where(rested, 0, memory.span + 1)
        memory.dwelling = memory.dwelling & ~rested
        memory.drive = drive
        out[index] = drive
    return out, held


def _within_budget(drive: IntArray, last: IntArray, budget: int) -> IntArray:
    """Scale the increases of one frame down to what the budget leaves; decreases stand.

    The last frame was within the budget, so something that is not negative is left.
    """
    rise = np.maximum(drive - last, 0)
    left = budget - int((drive - rise).sum())
    return np.asarray(drive - rise + rise * left // int(rise.sum()), dtype=np.int64)


def shape(want: IntArray, memory: Memory, slew: Slew, budget: int) -> tuple[IntArray, list[Held]]:
    """Shape the wanted drives of one chunk, at most CHUNK_FRAMES long; advances `memory`.

    Gives what `shape_exactly` gives.
    """
    before = memory.drive
    padded = np.concatenate((before[np.newaxis], want))
    jump = np.diff(padded, axis=0)
    steep = (jump > slew.attack) | (jump < -slew.release)
    # A column can meet its dwell ceiling only when even a span over the whole chunk would bring it there.
    # (Want is at most 255, and what a release still needs is bounded by the drive before it.)
    reach = (DWELL_LIMIT_FRAMES - 1 - memory.span - len(want)) * slew.release
    near_dwell = padded.max(axis=0) > reach
    near_dwell &= want.any(axis=0)
    if any(near_dwell[list(point)].any() for point in memory.points):
        return shape_exactly(want, memory, slew, budget)  # a walk looks at one actuator alone

    out = want.copy()
    for column in np.flatnonzero(steep.any(axis=0) & ~near_dwell).tolist():
        out[:, column] = _slewed(
            want[:, column].tolist(),
            int(before[column]),
            int(slew.attack[column]),
            int(slew.release[column]),
            np.flatnonzero(steep[:, column]).tolist(),
        )
    walks: dict[int, _Walk] = {}
    for column in np.flatnonzero(near_dwell).tolist():
        walk = walks[column] = _walk(want[:, column].tolist(), memory, slew, column)
        out[:, column] = walk.drives
    if out.sum(axis=1).max(initial=0) > budget:
        return shape_exactly(want, memory, slew, budget)
    _remember(out, memory)
    for column, walk in walks.items():
        memory.dwelling[column] = walk.dwelling
    return out, sorted((index, column, "dwell") for column, walk in walks.items() for index in walk.begins)


def slew_only(want: IntArray, slew: Slew) -> IntArray:
    """The wanted drives (frames, actuators) from rest, held by slew alone, however long; for comparison."""
    out = want.copy()
    steep = np.diff(want, axis=0, prepend=np.zeros((1, want.shape[1]), dtype=want.dtype))
    steep = (steep > slew.attack) | (steep < -slew.release)
    for column in np.flatnonzero(steep.any(axis=0)).tolist():
        places = np.flatnonzero(steep[:, column]).tolist()
        attack, release = int(slew.attack[column]), int(slew.release[column])
        out[:, column] = _slewed(want[:, column].tolist(), 0, attack, release, places)
    return out


def _slewed(want: list[int], last: int, attack: int, release: int, steep: list[int]) -> list[int]:
    """One column under its slew limits, walked only from each steep place to where it has caught up."""
    count = len(want)
    caught_up = 0
    for start in steep:
        if start < caught_up:
            continue
        drive = want[start - 1] if start else last
        index = start
        while index < count:
            wish = want[index]
            if wish > drive + attack:
                drive += attack
            elif wish < drive - release:
                drive -= release
            else:
                break  # caught up; the next steep place, if any, is further on
            want[index] = drive
            index += 1
        caught_up = index
    return want


@dataclass(frozen=True, slots=True)
class _Walk:
    """One column, frame by frame: its drives, where dwell begins to hold it, whether it still does."""

    drives: list[int]
    begins: list[int]
    dwelling: bool


def _walk(want: list[int], memory: Memory, slew: Slew, column: int) -> _Walk:
    """What `shape_exactly` does to one actuator, budget aside, in plain integers."""
    attack, release = int(slew.attack[column]), int(slew.release[column])
    last, span, rest = int(memory.drive[column]), int(memory.span[column]), int(memory.rest[column])
    dwelling = bool(memory.dwelling[column])
    drives: list[int] = []
    begins: list[int] = []
    for index, wish in enumerate(want):
        free = min(wish, last + attack)
        cap = release * max(DWELL_LIMIT_FRAMES - 1 - span, 0)
        if free > cap and not dwelling:
            dwelling = True
            begins.append(index)
        drive = max(min(free, cap), last - release)
        worked = drive > 0 or last > 0
        rest = 0 if worked else min(rest + 1, DWELL_REST_FRAMES)
        if rest == DWELL_REST_FRAMES:
            span, dwelling = 0, False
        else:
            span += 1
        drives.append(drive)
        last = drive
    return _Walk(drives, begins, dwelling)


def _remember(out: IntArray, memory: Memory) -> None:
    """Advance `memory` by a whole chunk that kept within the budget."""
    count = len(out)
    on = np.concatenate((memory.drive[np.newaxis], out)) > 0
    worked = _at_points(on[1:] | on[:-1], memory.points)
    idle = ~worked.any(axis=0)
    ahead = np.where(idle, count, worked.argmax(axis=0))
    behind = worked[::-1].argmax(axis=0)
    # A chunk is shorter than a rest, so a rest can only be completed by the zeros at its beginning.
    rested = memory.rest + ahead >= DWELL_REST_FRAMES
    memory.span = np.where(rested, count - ahead, memory.span + count)
    memory.rest = np.where(idle, np.minimum(memory.rest + count, DWELL_REST_FRAMES), behind)
    memory.dwelling = memory.dwelling & ~rested
    memory.drive = out[-1].copy()
    memory.over_budget = False


def _at_points(worked: BoolArray, points: Points) -> BoolArray:
    """`worked` (…, actuators) as it is for points: where one actuator of a point works, all of them do."""
    for point in points:
        worked[..., list(point)] = worked[..., list(point)].any(axis=-1, keepdims=True)
    return worked
