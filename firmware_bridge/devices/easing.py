"""Which zone works now: the one that is eased when somebody says that it hurts."""

import numpy as np

from firmware_bridge.devices.layout import Layout
from firmware_bridge.devices.response import Response
from profiles.body import zone_name


def strongest_zone(layout: Layout, drives: bytes) -> str:
    """The zone ("shoulder") with the actuator that steady `drives` would make felt most; "" at rest."""
    if not any(drives):
        return ""
    wire = np.frombuffer(drives, dtype=np.uint8)
    felt = Response.felt_for(wire, layout.starts, layout.exponents)
    # A drive below the start of its motor is not felt, but it works: it counts a little.
    return zone_name(layout.actuators[int(np.argmax(np.where(wire > 0, felt + 1e-9, 0.0)))].zone)


def actuators_of(layout: Layout, name: str) -> list[int]:
    """The actuators of a zone, both sides of it."""
    return [actuator.index for actuator in layout.actuators if zone_name(actuator.zone) == name]
