"""What a device says of itself: the table of its actuators and the hash of its limits."""

from dataclasses import dataclass, replace

from firmware_bridge.devices.footprint import footprint_limits
from firmware_bridge.devices.layout import Actuator, place_device
from firmware_bridge.devices.load import DeviceDescription
from firmware_bridge.wire.codec import limits_hash
from firmware_bridge.wire.framing import PAYLOAD_MAX
from firmware_bridge.wire.messages import NOWHERE_MM, PROTOCOL_VERSION, ActuatorInfo, Identity, Kind
from profiles.body import DEFAULT_STATURE_M
from profiles.technique import Modality
from profiles.waveform import FRAME_RATE_HZ

QUEUE_SLOTS = 32
"""Setpoints that the queue of a device holds that is built to a description."""

KIND_OF = {
    Modality.VIBRATION: Kind.VIBRATION,
    Modality.KNEADING: Kind.KNEADING,
    Modality.PRESSURE: Kind.PRESSURE,
}


@dataclass(frozen=True)
class DeviceSelf:
    """What a device told of itself, in wire order."""

    identity: Identity
    table: tuple[ActuatorInfo, ...]

    @property
    def agrees_with_itself(self) -> bool:
        """Whether the hash and the number in its identity are those of its table."""
        identity = self.identity
        hashed = limits_hash(self.table, identity.power_budget, identity.rest_s)
        return len(self.table) == identity.actuators and hashed == identity.limits_hash

    def is_built_to(self, description: DeviceDescription) -> bool:
        """Whether every limit that it tells is that of `description`."""
        identity = self.identity
        limits = (identity.power_budget, identity.rest_s)
        return limits == (description.power_budget, description.rest_s) and self.table == device_table(
            description
        )


def device_table(description: DeviceDescription) -> tuple[ActuatorInfo, ...]:
    """The actuators as the device itself reports them, in wire order, on a body of default stature.

    Off is what either of the two computations leaves off, and a ceiling is the lower of theirs: a device
    that is built with this table holds what only one of them finds.
    """
    actuators = place_device(description).actuators
    limits = footprint_limits(description.actuators, DEFAULT_STATURE_M)
    return tuple(
        actuator_info(
            replace(
                actuator,
                excluded=actuator.excluded or limit.off,
                ceiling=min(actuator.ceiling, limit.ceiling),
            )
        )
        for actuator, limit in zip(actuators, limits, strict=True)
    )


def actuator_info(actuator: Actuator) -> ActuatorInfo:
    """One placed actuator in the wire's integers."""
    return ActuatorInfo(
        index=actuator.index,
        kind=KIND_OF[actuator.kind],
        excluded=int(bool(actuator.excluded)),
        x_mm=actuator.x_mm if actuator.placed else NOWHERE_MM,
        y_mm=actuator.y_mm if actuator.placed else NOWHERE_MM,
        radius_mm=actuator.radius_mm,
        ceiling=actuator.ceiling,
        start=actuator.start,
        hold=actuator.hold,
        exponent_percent=round(actuator.exponent * 100),
        attack=actuator.attack,
        release=actuator.release,
        rate_min=actuator.rate_min,
        rate_max=actuator.rate_max,
        id=actuator.id,
    )


def expected_hash(description: DeviceDescription) -> int:
    """The hash that a device built to `description` reports."""
    return limits_hash(device_table(description), description.power_budget, description.rest_s)


def identity_of(description: DeviceDescription, *, firmware: int = 0, unit_id: int = 0) -> Identity:
    """The identity that a device built to `description` reports."""
    return Identity(
        protocol=PROTOCOL_VERSION,
        firmware=firmware,
        unit_id=unit_id,
        limits_hash=expected_hash(description),
        power_budget=description.power_budget,
        rest_s=description.rest_s,
        actuators=len(description.actuators),
        slots=QUEUE_SLOTS,
        rate=FRAME_RATE_HZ,
        payload=PAYLOAD_MAX,
        model=description.name,
    )
