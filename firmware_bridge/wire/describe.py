"""From what a device tells of itself to a description that a session can be planned on."""

from firmware_bridge.devices.description import (
    ActuatorSpec,
    DeviceDescription,
    MotorSpec,
    RateSpec,
    ResponseSpec,
)
from firmware_bridge.devices.load import load_device, shipped_devices
from firmware_bridge.errors import DeviceRefused, DeviceRemedy
from firmware_bridge.wire.identity import KIND_OF, DeviceSelf
from firmware_bridge.wire.messages import NOWHERE_MM, ActuatorInfo
from profiles.technique import Modality

TYPICAL_TAU_MS = 55
"""Time constant assumed for motors of a device that only describes itself; only pictures need it."""
_MODALITY_OF: dict[int, Modality] = {kind: modality for modality, kind in KIND_OF.items()}


def description_of(device: DeviceSelf) -> DeviceDescription:
    """The shipped description with the device's model and limits, else one built from its own table.

    Raises DeviceRefused when the device describes itself in a way that no description may.
    """
    model = device.identity.model
    if model in shipped_devices():
        shipped = load_device(model)
        if device.is_built_to(shipped):
            return shipped
    try:
        return DeviceDescription.model_validate(
            {
                "schema": 1,
                "name": model,
                "title": f"{model} (as the device describes itself)",
                "power_budget": device.identity.power_budget,
                "rest_s": device.identity.rest_s,
                "actuator": [_spec(info) for info in device.table],
            }
        )
    except (ValueError, KeyError) as error:
        raise DeviceRefused(
            f"the device describes itself as something that may not be driven: {error}",
            hint=DeviceRemedy.GIVE_DESCRIPTION,
        ) from error


def _spec(info: ActuatorInfo) -> ActuatorSpec:
    placed = info.x_mm != NOWHERE_MM
    return ActuatorSpec(
        id=info.id,
        kind=_MODALITY_OF[info.kind],
        x_mm=info.x_mm if placed else None,
        y_mm=info.y_mm if placed else None,
        radius_mm=info.radius_mm,
        # Half a unit more survives the rounding down; what the device excludes stays off wherever it lies.
        ceiling=0.0 if info.excluded or not info.ceiling else min(1.0, (info.ceiling + 0.5) / 255),
        attack_per_s=info.attack,
        release_per_s=info.release,
        response=ResponseSpec(start=info.start, hold=info.hold, exponent=info.exponent_percent / 100),
        rate=RateSpec(min=info.rate_min, max=info.rate_max) if info.rate_max else None,
        motor=MotorSpec(tau_ms=TYPICAL_TAU_MS),
    )
