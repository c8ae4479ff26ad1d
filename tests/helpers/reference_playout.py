"""What a second device puts out, tick by tick: docs/wire.md, heading "Playout", line by line."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from reference_wire import NO_PLACE, Row

RAMP_MS = 250
SPAN_TICKS = 9700
REST_TICKS = 2000

STILL, LINE, RAMP = "still", "line", "ramp"
"""What moves, by state: nothing, the setpoints, a ramp to zero."""


class Keyframe(NamedTuple):
    """Setpoints that wait in the queue."""

    t: int
    seq: int
    row: Row


class Point:
    """Actuators that work one point, and the span of that work."""

    def __init__(self, members: list[int]) -> None:
        self.members = members
        # After the device has started, every point must rest as if it had just been released.
        self.span = SPAN_TICKS
        self.without_work = 0
        self.must_rest = True

    def count(self, drives: list[int]) -> None:
        """One tick more."""
        if any(drives[i] for i in self.members):
            self.without_work = 0
        elif self.span:
            self.without_work += 1
        else:
            return
        self.span += 1
        if self.without_work >= REST_TICKS:
            self.span = 0
            self.must_rest = False
        if self.span >= SPAN_TICKS:
            self.must_rest = True


def are_one(a: Mapping[str, Any], b: Mapping[str, Any]) -> bool:
    """Whether the centre of each lies within the footprint of the other."""
    if NO_PLACE in (a["x_mm"], a["y_mm"], b["x_mm"], b["y_mm"]):
        return False
    reach = min(a["radius_mm"], b["radius_mm"])
    return bool((a["x_mm"] - b["x_mm"]) ** 2 + (a["y_mm"] - b["y_mm"]) ** 2 <= reach**2)


def points_of(table: list[dict[str, Any]]) -> list[Point]:
    """Every actuator is in one of them; chains are one point."""
    left = list(range(len(table)))
    points = []
    while left:
        members = [left.pop(0)]
        for i in members:  # grows while it is walked along: a chain
            near = [j for j in left if are_one(table[i], table[j])]
            members += near
            left = [j for j in left if j not in near]
        points.append(Point(members))
    return points


class Playout:
    """The output stage and its queue. Times are ticks of the device's life, outputs Q8."""

    def __init__(self, identity: Mapping[str, Any], table: list[dict[str, Any]]) -> None:
        none = [0] * len(table)
        self.budget = 256 * identity["power_budget"]
        self.slots = identity["slots"]
        self.up = [-(-256 * actuator["attack"] // 1000) for actuator in table]
        self.down = [-(-256 * actuator["release"] // 1000) for actuator in table]
        self.points = points_of(table)
        self.ceilings = none[:]
        """Of the session, as kept."""
        self.queue: list[Keyframe] = []
        self.start = (0, none)
        """Where the line begins: tick and output."""
        self.rate = none[:]
        """The rate of the line, kept on the way to off."""
        self.ramp = (0, none)
        """Where the ramp began: tick and output."""
        self.output = none[:]
        self.drives = none[:]
        self.rates = none[:]
        self.executed = 0

    @property
    def free_slots(self) -> int:
        """How many setpoints more the queue takes."""
        return int(self.slots) - len(self.queue)

    def take(self, keyframe: Keyframe, now: int) -> None:
        """Queues it. From rest, from a ramp, from a dry queue the line begins at the present output."""
        if not self.queue:
            self.start = (now, self.output[:])
        self.queue.append(keyframe)

    def tick(self, t: int, moves: str) -> None:
        """Puts out tick `t`."""
        if moves == STILL:
            self.output = [0] * len(self.output)
        else:
            target = self.along_line(t) if moves == LINE else self.along_ramp(t)
            self.output = self.within_power(self.slewed(self.rested(self.below_ceiling(target))))
        self.drives = [output >> 8 for output in self.output]
        self.rates = [rate if drive else 0 for rate, drive in zip(self.rate, self.drives, strict=True)]
        for point in self.points:
            point.count(self.drives)

    # 1. Line

    def along_line(self, t: int) -> list[int]:
        """The target of the line; a keyframe that is reached leaves the queue."""
        t0, begin = self.start
        if not self.queue:
            return begin
        end = self.queue[0]
        t1 = end.t
        goal = [256 * drive for drive in end.row.drives]
        for i, rate in enumerate(end.row.rates):
            if rate is not None:
                self.rate[i] = rate
        if t == t1:
            self.start = (t1, goal)
            self.executed = end.seq
            self.queue.pop(0)
        return [(q0 * (t1 - t) + q1 * (t - t0)) // (t1 - t0) for q0, q1 in zip(begin, goal, strict=True)]

    def begin_ramp(self, t: int) -> None:
        """From the output of tick `t` to zero."""
        self.ramp = (t, self.output[:])

    def along_ramp(self, t: int) -> list[int]:
        """The target in the k-th tick of the ramp, which takes the place of the line."""
        began, outputs = self.ramp
        left = max(0, RAMP_MS - (t - began))
        return [q * left // RAMP_MS for q in outputs]

    # 2. Ceiling

    def below_ceiling(self, target: list[int]) -> list[int]:
        """At most the ceiling of the session."""
        return [min(q, 256 * ceiling) for q, ceiling in zip(target, self.ceilings, strict=True)]

    # 3. Rest

    def rested(self, target: list[int]) -> list[int]:
        """0 while the actuator's point must rest."""
        off = {i for point in self.points if point.must_rest for i in point.members}
        return [0 if i in off else q for i, q in enumerate(target)]

    # 4. Slew

    def slewed(self, target: list[int]) -> list[int]:
        """As far towards the target as one tick allows."""
        return [
            min(q, was + up) if q > was else max(q, was - down)
            for q, was, up, down in zip(target, self.output, self.up, self.down, strict=True)
        ]

    # 5. Power

    def within_power(self, wanted: list[int]) -> list[int]:
        """Rises are scaled by one factor where all would add up to more than the budget."""
        if sum(wanted) <= self.budget:
            return wanted
        without_rises = [min(q, was) for q, was in zip(wanted, self.output, strict=True)]
        rises = [q - low for q, low in zip(wanted, without_rises, strict=True)]
        left = self.budget - sum(without_rises)
        factor = 256 * left // sum(rises)
        return [low + (rise * factor >> 8) for low, rise in zip(without_rises, rises, strict=True)]

    # Points and their span

    @property
    def resting(self) -> int:
        """Bit i for each actuator that is kept off to rest."""
        return sum(1 << i for point in self.points if point.must_rest for i in point.members)
