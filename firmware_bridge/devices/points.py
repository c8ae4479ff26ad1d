"""Which actuators of a placed device work the same point of the body.

Two do where the centre of each lies within the footprint of the other, and so on along a chain of them
(docs/wire.md, "Points and their span"; project's choice: rule 55 does not say how large a point is). The
device finds its points by itself.
"""

from collections.abc import Sequence

from firmware_bridge.devices.layout import Actuator
from profiles.geometry import meeting


def shared_points(actuators: Sequence[Actuator]) -> list[list[int]]:
    """The indices of actuators that share a point with others, point by point, in wire order."""
    placed = [actuator for actuator in actuators if actuator.placed]
    groups = meeting([(actuator.x_mm, actuator.y_mm, actuator.radius_mm) for actuator in placed])
    return [[placed[member].index for member in group] for group in groups if len(group) > 1]
