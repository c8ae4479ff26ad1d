"""Which actuators of a placed device work the same point of the body.

Two do where the centre of each lies within the footprint of the other, and so on along a chain of them
(docs/wire.md, "Points and their span"; project's choice: rule 55 does not say how large a point is). The
device finds its points by itself.
"""

from collections.abc import Sequence
from math import hypot

from firmware_bridge.devices.layout import Actuator


def shared_points(actuators: Sequence[Actuator]) -> list[list[int]]:
    """The indices of actuators that share a point with others, point by point, in wire order."""
    left = [actuator for actuator in actuators if actuator.placed]
    points: list[list[int]] = []
    while left:
        point = [left.pop(0)]
        for member in point:  # grows while it is walked
            near = [other for other in left if _meet(member, other)]
            point += near
            left = [other for other in left if other not in near]
        if len(point) > 1:
            points.append(sorted(actuator.index for actuator in point))
    return points


def _meet(one: Actuator, other: Actuator) -> bool:
    apart = hypot(one.x_mm - other.x_mm, one.y_mm - other.y_mm)
    return apart <= min(one.radius_mm, other.radius_mm)
