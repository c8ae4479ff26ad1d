"""A placed device for one person: how strong it may get at most."""

from dataclasses import replace
from typing import Final

import numpy as np

from firmware_bridge.devices.layout import Layout
from firmware_bridge.devices.response import Response

TINY: Final = 1e-9
"""What a computed level may be off by."""


def limited(layout: Layout, limit: float) -> Layout:
    """`layout` with ceilings that make no more felt than the fraction `limit` (0 to 1), where they did.

    A limit between two drives is held by the lower one.
    """
    if limit >= 1.0:
        return layout
    most = Response.drive_for(np.full(len(layout.actuators), limit), layout.starts, layout.exponents)
    above = Response.felt_for(most, layout.starts, layout.exponents) > limit + TINY
    most = np.where(above & (most > 0), most - 1, most)
    actuators = (
        replace(actuator, ceiling=min(actuator.ceiling, drive))
        for actuator, drive in zip(layout.actuators, most.tolist(), strict=True)
    )
    return replace(layout, actuators=tuple(actuators))
