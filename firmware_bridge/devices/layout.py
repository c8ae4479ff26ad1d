"""A device placed on a body: every actuator in the wire's own integers, with its ceiling or why it is off."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from firmware_bridge.devices.description import ActuatorSpec, DeviceDescription
from firmware_bridge.devices.placement import DENY_BY_DEFAULT, Placement, placement_at
from firmware_bridge.devices.response import FloatArray, IntArray, Response
from firmware_bridge.limits import DRIVE_MAX
from profiles.body import BodyMap, body_map, zone_name
from profiles.technique import Modality
from profiles.waveform import Place


@dataclass(frozen=True, slots=True)
class Actuator:
    """One actuator on a body.

    Lengths in mm, `ceiling`, `start` and `hold` in drive units 0..255, `attack` and `release` in drive
    units per second, rates in Hz (vibration) or cycles per minute (kneading), 0 and 0 when the rate cannot
    be adjusted.
    """

    index: int
    id: str
    kind: Modality
    x_mm: int
    y_mm: int
    radius_mm: int
    placed: bool  # False: its place is unknown, x_mm and y_mm are 0 and mean nothing
    zone: str  # the one under its centre, "" outside every zone
    excluded: str  # "" when allowed, else the reason with its rule number
    ceiling: int  # 0 when excluded
    start: int
    hold: int
    exponent: float
    attack: int
    release: int
    rate_min: int
    rate_max: int
    tau_ms: int
    vent_tau_ms: int  # tau_ms where the description gives none
    full_hz: float  # 0.0 where the description gives none
    touched: tuple[str, ...] = ()  # every zone that its footprint touches, when it is not excluded


@dataclass(frozen=True)
class Layout:
    """A device description placed on a body of one stature (m)."""

    description: DeviceDescription
    stature_m: float
    actuators: tuple[Actuator, ...]
    power_budget: int

    @property
    def excluded(self) -> list[Actuator]:
        """The actuators that stay off, in wire order."""
        return [actuator for actuator in self.actuators if actuator.excluded]

    @property
    def allowed(self) -> list[Actuator]:
        """The actuators that may be driven, in wire order."""
        return [actuator for actuator in self.actuators if not actuator.excluded]

    def zone_title(self, zone: str) -> str:
        """What a zone is called here: without a side where only what lies on the middle line works on it."""
        here = [a for a in self.allowed if a.zone == zone] or [a for a in self.actuators if a.zone == zone]
        middle = all(actuator.x_mm == 0 for actuator in here)
        return zone_name(zone) if middle else zone

    def places(self) -> tuple[Place, ...]:
        """What a renderer samples: one place per actuator, in wire order."""
        return tuple(
            Place(
                id=actuator.id,
                kind=actuator.kind,
                x=float(actuator.x_mm),
                y=float(actuator.y_mm),
                radius=float(actuator.radius_mm),
                active=not actuator.excluded,
                rate_min=float(actuator.rate_min),
                rate_max=float(actuator.rate_max),
            )
            for actuator in self.actuators
        )

    @cached_property
    def ceilings(self) -> IntArray:
        """Ceilings in drive units, shape (actuators,)."""
        return np.array([actuator.ceiling for actuator in self.actuators], dtype=np.int64)

    @cached_property
    def starts(self) -> IntArray:
        """Start levels in drive units, shape (actuators,)."""
        return np.array([actuator.start for actuator in self.actuators], dtype=np.int64)

    @cached_property
    def exponents(self) -> FloatArray:
        """Response exponents, shape (actuators,)."""
        return np.array([actuator.exponent for actuator in self.actuators], dtype=np.float64)

    def felt_levels(self, drives: bytes) -> list[float]:
        """What each actuator makes felt if its drive stands still, 0 to 1; a byte for each in `drives`."""
        values = list(drives)
        levels: list[float] = Response.felt_for(values, self.starts, self.exponents).tolist()
        return [level if drive else 0.0 for level, drive in zip(levels, values, strict=True)]


def place_device(description: DeviceDescription, body: BodyMap | None = None) -> Layout:
    """Place a device on a body (default: the default stature), deciding what may be driven and how strongly.

    On another stature an actuator is excluded when it is excluded there or on the default body, and the
    lower of the two ceilings holds: the device's own table is made for the default body.
    """
    default = body_map()
    chosen = default if body is None else body
    return Layout(
        description=description,
        stature_m=chosen.stature_m,
        actuators=tuple(
            _place_actuator(index, spec, chosen, default) for index, spec in enumerate(description.actuators)
        ),
        power_budget=description.power_budget,
    )


def _ceiling_in(spec: ActuatorSpec, place: Placement) -> int:
    """The drive ceiling at a place: the lower of the description's and that of the strictest zone touched."""
    if place.excluded:
        return 0
    felt = int(Response.drive_for(place.ceiling, spec.response.start, spec.response.exponent))
    return min(spec.ceiling_drive, felt, DRIVE_MAX)


def _place_actuator(index: int, spec: ActuatorSpec, body: BodyMap, default: BodyMap) -> Actuator:
    here = placement_at(spec.x_mm, spec.y_mm, spec.radius_mm, body)
    usual = placement_at(spec.x_mm, spec.y_mm, spec.radius_mm, default)
    ceiling = min(_ceiling_in(spec, here), _ceiling_in(spec, usual))
    excluded = here.excluded or usual.excluded
    if spec.off:
        excluded = f"{spec.off} ({DENY_BY_DEFAULT})"
    if not excluded and ceiling == 0:
        excluded = f"ceiling is 0 ({DENY_BY_DEFAULT})"
    return Actuator(
        index=index,
        id=spec.id,
        kind=spec.kind,
        x_mm=spec.x_mm or 0,
        y_mm=spec.y_mm or 0,
        radius_mm=spec.radius_mm,
        placed=spec.x_mm is not None and spec.y_mm is not None,
        zone=here.zone.id if here.zone else "",
        excluded=excluded,
        ceiling=ceiling,
        start=spec.response.start,
        hold=spec.response.hold,
        exponent=spec.response.exponent,
        attack=spec.attack_per_s,
        release=spec.release_per_s,
        rate_min=spec.rate.min if spec.rate else 0,
        rate_max=spec.rate.max if spec.rate else 0,
        tau_ms=spec.motor.tau_ms,
        vent_tau_ms=spec.motor.vent_tau_ms or spec.motor.tau_ms,
        full_hz=spec.motor.full_hz or 0.0,
        touched=tuple(zone.id for zone in here.touched),
    )


def strongest_zone(layout: Layout, drives: bytes) -> str:
    """The zone ("shoulder") with the actuator that steady `drives` would make felt most; "" at rest."""
    if not any(drives):
        return ""
    wire = np.frombuffer(drives, dtype=np.uint8)
    felt = Response.felt_for(wire, layout.starts, layout.exponents)
    # A drive below the start of its motor is not felt, but it works: it counts a little.
    return zone_name(layout.actuators[int(np.argmax(np.where(wire > 0, felt + 1e-9, 0.0)))].zone)


def actuators_of(layout: Layout, name: str) -> list[int]:
    """The actuators that work on a zone, both sides of it: those that lie in it, and those that touch it."""
    return [
        actuator.index
        for actuator in layout.actuators
        if name in map(zone_name, (actuator.zone, *actuator.touched))
    ]
