"""What the interlock holds against setpoints: every limit once more, in the wire's own integers.

Looks at finished frames only and remembers what it let through; shares nothing with the limiter that shaped
them but the table of constants. Written for speed where all is well, for a good message where it is not.
"""

from collections.abc import Sequence
from operator import add, gt
from typing import NamedTuple

from firmware_bridge.devices.layout import Actuator
from firmware_bridge.limits import DWELL_MAX_S, DWELL_REST_S, KNEADING_MAX_CPM, SESSION_MAX_S, frames
from firmware_bridge.wire.messages import Setpoints, mask_of
from profiles.technique import Modality
from profiles.waveform import FRAME_RATE_HZ

_DWELL_FRAMES = frames(DWELL_MAX_S)
_REST_FRAMES = frames(DWELL_REST_S)
SESSION_FRAMES = frames(SESSION_MAX_S)
"""Frames of a session in which anything may be driven; rule 84."""
_NEVER = 1 << 62


class Objection(NamedTuple):
    """Why setpoints may not go out, and the rule of the source article behind it, if there is one."""

    reason: str
    rule: int | None = None


class Veto:
    """Checks the setpoints of one device, frame after frame at 50 Hz."""

    def __init__(self, actuators: Sequence[Actuator], power_budget: int) -> None:
        self._actuators = actuators
        self._power_budget = power_budget
        self._ceilings = [0 if a.excluded else a.ceiling for a in actuators]
        self._rate_max = [_rate_ceiling(a) for a in actuators]
        self._rated = [(i, a.rate_min) for i, a in enumerate(actuators) if a.rate_max]
        self._attack = [max(1, a.attack // FRAME_RATE_HZ) for a in actuators]
        self._release = [max(1, a.release // FRAME_RATE_HZ) for a in actuators]
        self._last = bytes(len(actuators))
        self._work = WorkLog(len(actuators))
        self._played = 0

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

    def _too_long(self, drives: bytes) -> Objection | None:
        mask = mask_of(drives)
        tired = self._work.count(mask)
        if tired is not None:
            return Objection(
                f"actuator '{self._actuators[tired].id}' works longer than {DWELL_MAX_S:g} s", 55
            )
        if mask:
            self._played += 1
            if self._played > SESSION_FRAMES:
                return Objection(f"the session is longer than {SESSION_MAX_S / 60:g} minutes", 84)
        self._last = drives
        return None

    def _over_ceiling(self, drives: bytes) -> Objection:
        i = next(i for i, drive in enumerate(drives) if drive > self._ceilings[i])
        actuator = self._actuators[i]
        if actuator.excluded:
            return Objection(
                f"drive {drives[i]} for actuator '{actuator.id}', which is off: {actuator.excluded}", 188
            )
        return Objection(
            f"drive {drives[i]} for actuator '{actuator.id}', whose ceiling is {actuator.ceiling}", 188
        )

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


class WorkLog:
    """Frames of work of each actuator: they add up until it has rested for DWELL_REST_S without a break.

    Nothing is counted while no actuator goes on or off: the frame at which the first one will have worked too
    long is known from the last change.
    """

    def __init__(self, count: int) -> None:
        self._work = [0] * count
        self._since = [-_REST_FRAMES] * count  # frame at which it went on, or off
        self._mask = 0
        self._now = 0
        self._deadline = _NEVER

    def count(self, mask: int) -> int | None:
        """One more frame in which the actuators in `mask` are on; the index of one that worked too long."""
        self._now += 1
        if mask != self._mask:
            self._change(mask)
        if self._now < self._deadline:
            return None
        return min(_bits(mask), key=self._ends_at)

    def _change(self, mask: int) -> None:
        for i in _bits(mask ^ self._mask):
            if not mask >> i & 1:
                self._work[i] += self._now - self._since[i]
            elif self._now - self._since[i] >= _REST_FRAMES:
                self._work[i] = 0
            self._since[i] = self._now
        self._mask = mask
        self._deadline = min(map(self._ends_at, _bits(mask)), default=_NEVER)

    def _ends_at(self, i: int) -> int:
        """The first frame that would be one too many."""
        return self._since[i] + _DWELL_FRAMES - self._work[i]


def _bits(mask: int) -> list[int]:
    return [i for i in range(mask.bit_length()) if mask >> i & 1]


def _rate_ceiling(actuator: Actuator) -> int:
    if actuator.kind is Modality.KNEADING:
        return min(actuator.rate_max, KNEADING_MAX_CPM)
    return actuator.rate_max
