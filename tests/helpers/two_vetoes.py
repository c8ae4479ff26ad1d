"""The veto in C beside the one in Python: the same bursts for both, and where they part."""

from collections.abc import Callable, Iterable, Iterator
from ctypes import CDLL
from random import Random
from typing import Any

from interlocks import HASH, anywhere, points

from firmware_bridge.devices.footprint import FootprintLimit
from firmware_bridge.devices.layout import Actuator
from firmware_bridge.errors import InterlockTrip
from firmware_bridge.safety.encode import encode, encode_burst
from firmware_bridge.safety.interlock import Interlock, InterlockEvent, PermittedFrame
from firmware_bridge.wire.messages import Arm, Reset, Setpoints
from firmware_bridge.wire.setpoints import Burst
from profiles.technique import Modality

PLACES_MM = ((0, 60), (100, 60), (16, 72), (200, 60), (300, 60))  # the first and the third are one point
KINDS = (Modality.VIBRATION, Modality.KNEADING, Modality.VIBRATION, Modality.PRESSURE, Modality.VIBRATION)
CEILINGS = (100, 120, 80, 200, 90)  # the last but one is excluded, whatever it claims to be
LOWEST, HIGHEST = (0, 10, 20, 0, 0), (0, 90, 80, 0, 0)
BUDGET = 190
COMMON: dict[str, Any] = {
    "radius_mm": 20,
    "placed": True,
    "zone": "sacrum",
    "start": 20,
    "hold": 10,
    "exponent": 1.0,
    "attack": 1000,
    "release": 2000,
    "tau_ms": 50,
    "vent_tau_ms": 50,
    "full_hz": 60.0,
}
ACTUATORS = [
    Actuator(
        index=i,
        id=f"a{i}",
        kind=KINDS[i],
        x_mm=x,
        y_mm=y,
        excluded="touches a kidney" if i == 3 else "",
        ceiling=CEILINGS[i],
        rate_min=LOWEST[i],
        rate_max=HIGHEST[i],
        **COMMON,
    )
    for i, (x, y) in enumerate(PLACES_MM)
]


def playing(native: CDLL | None, footprints: list[FootprintLimit] | None = None) -> Interlock:
    interlock = Interlock(ACTUATORS, BUDGET, HASH, footprints or anywhere(len(ACTUATORS)), native=native)
    arm(interlock)
    return interlock


def arm(interlock: Interlock) -> None:
    interlock.admit(Arm(HASH))
    interlock.observe(InterlockEvent.ARM_CONFIRMED)
    interlock.admit(points(*[0] * len(ACTUATORS)))


def outcome(
    interlock: Interlock, setpoints: Setpoints, permitted: list[PermittedFrame[Setpoints]] | None = None
) -> str | None:
    """What speaks against it; what is permitted goes there."""
    try:
        frame = interlock.admit(setpoints)
    except InterlockTrip as trip:
        return f"{trip.reason} (rule {trip.rule})"
    if permitted is not None:
        permitted.append(frame)
    return None


class Wishes:
    """Frames that mostly keep to the limits, go to each of them, and now and then one unit beyond."""

    def __init__(self, random: Random) -> None:
        self._random = random
        self._drives = [0] * len(ACTUATORS)
        self._one_by_one = 0

    def forget(self) -> None:
        self._drives = [0] * len(ACTUATORS)

    def burst(self) -> Iterator[Setpoints]:
        frames = self._random.choice((1, 2, 5, 5, 5, 60, 99, 100, 101, 250, 490))
        if self._one_by_one:  # after work that was nearly too long: the very frame counts
            self._one_by_one -= 1
            yield points(*self._drives, rates=self._rates(self._drives))
            return
        goals = [self._random.choice((0, 0, 1, ceiling // 2, ceiling)) for ceiling in CEILINGS]
        goals[3] = 0
        while sum(goals) > BUDGET:
            most = goals.index(max(goals))
            goals[most] = self._random.choice((0, max(0, goals[most] - (sum(goals) - BUDGET))))
        if self._random.random() < 0.3:
            goals = self._drives if self._random.random() < 0.7 else [0] * len(ACTUATORS)
        self._one_by_one = 20 if frames == 490 else 0
        fault = self._random.randrange(frames) if self._random.random() < 0.25 else -1
        for k in range(frames):
            now = [max(was - 40, min(was + 20, to)) for was, to in zip(self._drives, goals, strict=True)]
            rates = list(self._rates(now))
            if k == fault:
                self._spoil(now, rates)
            self._drives = now
            yield points(*now, rates=tuple(rates))

    def _rates(self, drives: list[int]) -> tuple[int, ...]:
        spans = zip(drives, LOWEST, HIGHEST, strict=True)
        return tuple(self._random.choice((low, min(high, 60))) if drive else 0 for drive, low, high in spans)

    def _spoil(self, drives: list[int], rates: list[int]) -> None:
        working = [i for i, drive in enumerate(drives) if drive] or [0]
        i = self._random.choice((self._random.randrange(len(ACTUATORS)), *working))
        match self._random.randrange(9):
            case 0:
                drives[i] = CEILINGS[i] + 1
            case 1:
                drives[i] = min(255, self._drives[i] + 21)
            case 2:
                drives[i] = max(0, self._drives[i] - 41)
            case 3:
                rates[i] = min(HIGHEST[i], 60) + 1
            case 4:
                rates[i] = max(0, LOWEST[i] - 1)
            case 5:
                drives[3] = 1
            case 6:
                rates[i] = self._random.choice((0, 1, 30))
            case 7:  # and so beyond the budget, by one unit where it can be
                drives[i] = min(drives[i] + 1, CEILINGS[i], self._drives[i] + 20)
            case 8:
                free = zip(self._drives, CEILINGS, strict=True)
                drives[:] = [min(was + 20, ceiling) for was, ceiling in free]
                drives[3] = 0
        if drives[3] == 0 and len(working) > 1:
            rates[:] = rates if self._random.random() < 0.5 else self._rates(drives)


def joined(frames: list[Setpoints]) -> Burst:
    drives, rates = (b"".join(each) for each in zip(*frames, strict=True))
    return Burst(drives, rates, len(frames), len(ACTUATORS))


def way_to(*goal: int, rates: tuple[int, ...]) -> list[Setpoints]:
    """From rest to these drives, as fast as the attack allows."""
    frames = range(1, (max(goal) + 19) // 20 + 1)
    return [points(*(min(20 * k, to) for to in goal), rates=rates) for k in frames]


def brinks() -> Iterator[list[list[Setpoints]]]:
    """For each limit, bursts that go up to it, and a last frame one unit beyond."""
    silent, first = points(0, 0, 0, 0, 0), points(20, 0, 0, 0, 0)
    for i, (ceiling, rate) in enumerate(zip(CEILINGS, (0, 60, 80, 0, 0), strict=True)):
        goal, rates = ([value if k == i else 0 for k in range(5)] for value in (ceiling, rate))
        yield [[points(*(min(1, to) for to in goal), rates=tuple(rates))]]  # the excluded one, too
        if i == 3:
            continue
        up = way_to(*goal, rates=tuple(rates))
        yield [up, [up[-1]], [points(*(to + (to > 0) for to in goal), rates=tuple(rates))]]
        for off in (1, min(rate, LOWEST[i]) - 1 - rate):
            yield [up, [points(*goal, rates=tuple(max(0, given + off * (given > 0)) for given in rates))]]
        yield [up, [points(*goal, rates=tuple(int(k == i) for k in range(5)))]]
        yield [[points(0, 0, 0, 0, 0, rates=tuple(rates))]]
        for down in (40, 41):
            yield [up, [points(*(max(0, to - down) for to in goal), rates=tuple(rates))]]
    for rise in (20, 21):
        yield [[points(rise, 0, 0, 0, 0)], [points(20 + rise, 0, 0, 0, 0)]]
    full = way_to(100, 0, 0, 0, 90, rates=(0, 0, 0, 0, 0))
    yield [full, [full[-1]], [points(100, 0, 1, 0, 90, rates=(0, 0, 20, 0, 0))]]
    other = points(0, 0, 20, 0, 0, rates=(0, 0, 20, 0, 0))
    yield [[first] * 500, [first]]
    yield [[first] * 250, [other] * 250, [first]]  # they work the same point
    for rest in (99, 100):
        yield [[first] * 400, [silent] * rest, [first], [first], [first] * 400]


def disagreement(library: CDLL, random: Random, bursts: int) -> str:
    """Where both vetoes part over so many random bursts; "" where they never do."""
    wishes = Wishes(random)
    return parting(library, random, (list(wishes.burst()) for _ in range(bursts)), wishes.forget)


def parting(
    library: CDLL,
    random: Random,
    bursts: Iterable[list[Setpoints]],
    refused: Callable[[], object] = lambda: None,
) -> str:
    """Where both vetoes part, and over what; "" where they never do."""
    native, plain = playing(library), playing(None)
    for number, frames in enumerate(bursts):
        permitted = native.admit_burst(joined(frames))
        one_by_one: list[PermittedFrame[Setpoints]] = []
        told = None
        for each in frames:
            told = outcome(plain, each, one_by_one)
            if told:
                break
        if permitted is not None:
            if told:
                return f"burst {number} passes in C, and not in Python: {told}"
            seq, due = random.randrange(256), [random.randrange(1 << 20) for _ in frames]
            epoch, echo = random.randrange(1, 256), random.randrange(256)
            expected = [
                encode(each, seq=(seq + k) % 256, t_ms=due[k], epoch=epoch, echo=echo)
                for k, each in enumerate(one_by_one)
            ]
            data, sizes = encode_burst(library, permitted, seq=seq, t_ms=due, epoch=epoch, echo=echo)
            if data != b"".join(expected) or list(sizes) != [len(each) for each in expected]:
                return f"burst {number} becomes other bytes in C"
            continue
        said = next((said for said in (outcome(native, each) for each in frames) if said), None)
        if said is None or said != told:
            return f"burst {number} in C: {said}, in Python: {told}"
        for interlock in (native, plain):
            interlock.admit(Reset())
            arm(interlock)
        refused()
    return ""
