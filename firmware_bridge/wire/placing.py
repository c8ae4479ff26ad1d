"""What a guard tells of itself that is built to place the motors of a device."""

from firmware_bridge.devices.placing import placing_layout
from firmware_bridge.wire.codec import limits_hash
from firmware_bridge.wire.identity import DeviceSelf, actuator_info, identity_of


def placing_self(channels: int) -> DeviceSelf:
    """Identity and table for so many channels: none has a place, and each may move, softly."""
    layout = placing_layout(channels)
    table = tuple(map(actuator_info, layout.actuators))
    identity = identity_of(layout.description)
    hashed = limits_hash(table, identity.power_budget, identity.rest_s)
    return DeviceSelf(identity._replace(limits_hash=hashed), table)
