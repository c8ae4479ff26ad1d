"""Two virtual cushions that play one score as one device, and what they put out."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from firmware_bridge.devices.description import DeviceDescription
from firmware_bridge.devices.join import join
from firmware_bridge.devices.layout import place_device
from firmware_bridge.devices.load import load_device
from firmware_bridge.play.joined_device import JoinedDevice
from firmware_bridge.play.session import Session
from firmware_bridge.play.wire_device import WireDevice
from firmware_bridge.wire.messages import Report, Status
from profiles.score import Score
from simulator.clock import VirtualClock
from simulator.cushion import VirtualCushion
from simulator.faults import Fault, FaultyLine, parse_fault
from simulator.link import VirtualLink
from simulator.watch import Watch


def halves() -> tuple[DeviceDescription, DeviceDescription]:
    """The reference cushion as two devices: what lies below its middle, and what lies above."""
    whole = load_device("reference-cushion")
    upper = [spec for spec in whole.actuators if (spec.y_mm or 0) > 330]
    lower = [spec for spec in whole.actuators if spec not in upper]
    named = whole.model_dump(by_alias=True)
    return tuple(
        DeviceDescription(**named | {"name": name, "actuator": part, "power_budget": 900})
        for name, part in (("lower", lower), ("upper", upper))
    )


class LastMoved:
    """When a cushion drove anything last, and the most that it put out at once."""

    def __init__(self) -> None:
        self.ms = 0
        self.most = 0

    def output(self, output: Any) -> None:
        moving = np.flatnonzero(output.drive.any(axis=1))
        if len(moving):
            self.ms = output.start + int(moving[-1])
            self.most = max(self.most, int(output.drive.sum(axis=1).max()))


@dataclass
class RunsAt:
    """The clock of a device that runs so much faster."""

    speed: float
    clock: VirtualClock

    def now(self) -> float:
        return self.clock.now() * self.speed


Say = Callable[[Status, float], Status]


class Says(WireDevice):
    """A device that tells other statuses than it should, by when they came."""

    def __init__(self, number: int, says: dict[int, Say], link: VirtualLink, clock: VirtualClock) -> None:
        super().__init__(link, clock)
        self._which, self._says = number, says

    @property
    def status(self) -> Status | None:
        status, at = super().status, self.status_at
        return status if status is None or at is None else self._said(status, at)

    def read(self) -> list[Report]:
        reports = super().read()
        now = self.clock.now()
        return [self._said(each, now) if isinstance(each, Status) else each for each in reports]

    def _said(self, status: Status, at: float) -> Status:
        say = self._says.get(self._which)
        return status if say is None else say(status, at)


@dataclass
class Two:
    """Two cushions under one session."""

    clock: VirtualClock
    cushions: list[VirtualCushion]
    moved: list[LastMoved]
    devices: list[WireDevice]
    says: dict[int, Say]
    """What a device makes of its statuses, by its number."""
    session: Session

    def come_to_rest(self) -> None:
        for cushion in self.cushions:
            cushion.play_out(int(self.clock.now() * 1000) + 2000)


def make_two(
    score: Score,
    faults: tuple[str, ...] = (),
    warm: tuple[bool, bool] = (True, True),
    repeating: float = 0.0,
    speed: float = 1.0,
    **options: Any,
) -> Two:
    """The reference cushion as two; `faults` are those of the line of the second."""
    clock = VirtualClock()
    descriptions = halves()
    cushions, moved, devices = [], [], []
    says: dict[int, Say] = {}
    for number, description in enumerate(descriptions):
        watch, last = Watch(place_device(description), None), LastMoved()
        told = watch.output
        watch.output = lambda output, told=told, last=last: (told(output), last.output(output))
        cushion = VirtualCushion(description, seed=number, output=watch, warm=warm[number])
        own = [parse_fault(fault) for fault in faults] if number else []
        line = FaultyLine([*own, Fault("duplicate", repeating)] if repeating else own, 3)
        cushions.append(cushion)
        moved.append(last)
        own_clock: Any = RunsAt(speed, clock) if number else clock
        devices.append(Says(number, says, VirtualLink(cushion, own_clock, line), clock))
    layout = place_device(join(descriptions))
    joined = JoinedDevice(devices)
    session = Session(score, layout, joined, clock, **options)
    return Two(clock, cushions, moved, devices, says, session)
