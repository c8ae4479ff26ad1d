"""A placed device for one person: how strong it may get at most."""

from dataclasses import replace

import numpy as np

from firmware_bridge.devices.layout import Layout
from firmware_bridge.devices.response import Response


def limited(layout: Layout, limit: float) -> Layout:
    """`layout` with ceilings that make no more felt than the fraction `limit` (0 to 1), where they did."""
    if limit >= 1.0:
        return layout
    most = Response.drive_for(np.full(len(layout.actuators), limit), layout.starts, layout.exponents)
    actuators = (
        replace(actuator, ceiling=min(actuator.ceiling, drive))
        for actuator, drive in zip(layout.actuators, most.tolist(), strict=True)
    )
    return replace(layout, actuators=tuple(actuators))
