"""What the interlock holds against setpoints: every limit once more, in the wire's own integers.

Looks at finished frames only and remembers what it let through; shares nothing with the limiter that shaped
them but the table of constants. It does not believe the placed device alone: a second computation, from the
raw millimetres, has to allow each drive, too. Written for speed where all is well, for a good message where
it is not.
"""

from collections.abc import Sequence
from operator import add, gt
from typing import NamedTuple

from firmware_bridge.devices.footprint import FootprintLimit
from firmware_bridge.devices.layout import Actuator
from firmware_bridge.limits import DWELL_MAX_S, DWELL_REST_S, KNEADING_MAX_CPM, SESSION_MAX_S, frames
from firmware_bridge.wire.messages import Setpoints
from firmware_bridge.wire.setpoints import mask_of
from profiles.technique import Modality
from profiles.waveform import FRAME_RATE_HZ

DWELL_FRAMES = frames(DWELL_MAX_S)
REST_FRAMES = frames(DWELL_REST_S)
SESSION_FRAMES = frames(SESSION_MAX_S)
"""Frames from the first one on in which anything may be driven, silent ones included; rule 84."""
_NEVER = 1 << 62
_UNKNOWN = FootprintLimit(0, "nothing says where it lies (deny by default, rule 188)")


class Objection(NamedTuple):
    """Why setpoints may not go out, and the rule of the source article behind it, if there is one."""

    reason: str
    rule: int | None = None


class Veto:
    """Checks the setpoints of one device, frame after frame at 50 Hz.

    `footprints` are those of `firmware_bridge.devices.footprint`, one for each actuator; without them all
    are off.
    """

    def __init__(
        self, actuators: Sequence[Actuator], power_budget: int, footprints: Sequence[FootprintLimit]
    ) -> None:
        self._actuators = actuators
        self._power_budget = power_budget
        same = len(footprints) == len(actuators)
        self._footprints = footprints if same else [_UNKNOWN] * len(actuators)
        self._ceilings = [
            0 if a.excluded or limit.off else min(a.ceiling, limit.ceiling)
            for a, limit in zip(actuators, self._footprints, strict=True)
        ]
        self._rate_max = [_rate_ceiling(a) for a in actuators]
        self._rated = [(i, a.rate_min) for i, a in enumerate(actuators) if a.rate_max]
        self._attack = [max(1, a.attack // FRAME_RATE_HZ) for a in actuators]
        self._release = [max(1, a.release // FRAME_RATE_HZ) for a in actuators]
        self._last = bytes(len(actuators))
        self._points = points_of(actuators)
        self._spans = SpanLog(self._points)
        self._frames = 0

    def at_rest(self) -> None:
        """The device confirmed that nothing moves. What was worked stays counted: no stop buys time."""
        self._last = bytes(len(self._actuators))

    def objection(self, setpoints: Setpoints) -> Objection | None:
        """What speaks against `setpoints`; None lets them pass, and remembers them."""
        drives, rates = setpoints
        last = self._last
        if type(drives) is not bytes or type(rates) is not bytes:
            # A buffer that its owner fills again would be compared with itself: no jump would ever show.
            return Objection("setpoints that could still change")
        if len(drives) != len(last) or len(rates) != len(last):
            return Objection(f"setpoints for {len(drives)} actuators on a device with {len(last)}")
        if any(map(gt, drives, self._ceilings)):
            return self._over_ceiling(drives)
        if any(map(gt, rates, self._rate_max)):
            return self._over_rate(rates)
        for i, least in self._rated:
            if rates[i] < least if drives[i] else rates[i]:
                return Objection(
                    f"actuator '{self._actuators[i].id}' at drive {drives[i]} with rate {rates[i]}"
                )
        if drives != last:
            rises = map(gt, drives, map(add, last, self._attack))
            falls = map(gt, last, map(add, drives, self._release))
            if any(rises) or any(falls):
                return self._too_steep(drives)
            if sum(drives) > self._power_budget:
                return Objection(
                    f"drives add up to {sum(drives)}, the power budget is {self._power_budget}", 163
                )
        return self._too_long(drives)

    def above_ceiling(self, first: int, ceilings: bytes) -> Objection | None:
        """What speaks against telling a device these ceilings, of the actuators from `first` on."""
        if type(ceilings) is not bytes:
            return Objection("limits that could still change")
        end = first + len(ceilings)
        if not 0 <= first < end <= len(self._ceilings):
            return Objection(
                f"limits for {len(ceilings)} actuators from number {first} on, "
                f"on a device with {len(self._ceilings)}"
            )
        if any(map(gt, ceilings, self._ceilings[first:end])):
            return self._over_ceiling(bytes(first) + ceilings + bytes(len(self._ceilings) - end))
        return None

    def _too_long(self, drives: bytes) -> Objection | None:
        mask = mask_of(drives)
        tired = self._spans.count(mask)
        if tired is not None:
            first = self._points[tired] & mask
            worked = self._actuators[(first & -first).bit_length() - 1].id
            return Objection(f"the point of actuator '{worked}' is worked longer than {DWELL_MAX_S:g} s", 55)
        self._frames += 1
        if mask and self._frames > SESSION_FRAMES:
            return Objection(f"the session is longer than {SESSION_MAX_S / 60:g} minutes", 84)
        self._last = drives
        return None

    def _over_ceiling(self, drives: bytes) -> Objection:
        i = next(i for i, drive in enumerate(drives) if drive > self._ceilings[i])
        actuator = self._actuators[i]
        off = actuator.excluded or self._footprints[i].off
        why = f"which is off: {off}" if off else f"whose ceiling is {self._ceilings[i]}"
        return Objection(f"drive {drives[i]} for actuator '{actuator.id}', {why}", 188)

    def _over_rate(self, rates: bytes) -> Objection:
        i = next(i for i, rate in enumerate(rates) if rate > self._rate_max[i])
        kneads = self._actuators[i].kind is Modality.KNEADING
        reason = (
            f"rate {rates[i]} for actuator '{self._actuators[i].id}', which goes up to {self._rate_max[i]}"
        )
        return Objection(reason, 64 if kneads else 188)

    def _too_steep(self, drives: bytes) -> Objection:
        steps = enumerate(zip(self._last, drives, self._attack, self._release, strict=True))
        i, old, new = next((i, a, b) for i, (a, b, up, down) in steps if b - a > up or a - b > down)
        return Objection(
            f"actuator '{self._actuators[i].id}' jumps from drive {old} to {new} in one frame", 164
        )


class SpanMemory(NamedTuple):
    """What a SpanLog remembers: frames so far, which actuators were on in the last, since when of each point.

    A point `began` to be worked in one frame, and was at rest from another on.
    """

    now: int
    mask: int
    began: tuple[int, ...]
    ended: tuple[int, ...]


class SpanLog:
    """How long each point is worked: from its first frame until it has rested DWELL_REST_S without a break.

    `points` are masks: bit i stands for actuator i. Nothing is counted while no actuator goes on or off: the
    frame at which the first point will have been worked for too long is known from the last change.
    """

    def __init__(self, points: Sequence[int]) -> None:
        self._points = points
        self._began = [0] * len(points)
        self._ended = [-REST_FRAMES] * len(points)
        self._mask = 0
        self._now = 0
        self._deadline = _NEVER

    def snapshot(self) -> "SpanMemory":
        """What it remembers, independent of what follows."""
        return SpanMemory(self._now, self._mask, tuple(self._began), tuple(self._ended))

    def restore(self, memory: "SpanMemory") -> None:
        """Remember that instead."""
        self._now, self._mask = memory.now, memory.mask
        self._began, self._ended = list(memory.began), list(memory.ended)
        working = [p for p, point in enumerate(self._points) if point & memory.mask]
        self._deadline = min((self._began[p] + DWELL_FRAMES for p in working), default=_NEVER)

    def count(self, mask: int) -> int | None:
        """One more frame in which the actuators in `mask` are on; the point that was worked for too long."""
        self._now += 1
        if mask != self._mask:
            self._change(mask)
        if self._now < self._deadline:
            return None
        return next(p for p, point in enumerate(self._points) if mask & point and self._over(p))

    def _change(self, mask: int) -> None:
        self._deadline = _NEVER
        for p, point in enumerate(self._points):
            on, was_on = bool(mask & point), bool(self._mask & point)
            if was_on and not on:
                self._ended[p] = self._now
            elif on and not was_on and self._now - self._ended[p] >= REST_FRAMES:
                self._began[p] = self._now
            if on:
                self._deadline = min(self._deadline, self._began[p] + DWELL_FRAMES)
        self._mask = mask

    def _over(self, p: int) -> bool:
        return self._now >= self._began[p] + DWELL_FRAMES


def points_of(actuators: Sequence[Actuator]) -> list[int]:
    """Masks of the actuators whose centres lie within each other's footprint, along chains of them too."""
    masks = [1 << i for i in range(len(actuators))]
    for i, one in enumerate(actuators):
        for k in range(i):
            other = actuators[k]
            reach = min(one.radius_mm, other.radius_mm)
            if not (one.placed and other.placed):
                continue
            if (one.x_mm - other.x_mm) ** 2 + (one.y_mm - other.y_mm) ** 2 <= reach * reach:
                both = masks[i] | masks[k]
                masks = [both if mask & both else mask for mask in masks]
    return sorted(set(masks), key=lambda mask: mask & -mask)


def _rate_ceiling(actuator: Actuator) -> int:
    if actuator.kind is Modality.KNEADING:
        return min(actuator.rate_max, KNEADING_MAX_CPM)
    return actuator.rate_max
