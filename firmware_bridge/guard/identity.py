"""Whether a device is what docs/wire.md asks of one: one that is not never starts."""

from collections.abc import Iterator, Sequence
from typing import Final

from firmware_bridge.wire.codec import limits_hash
from firmware_bridge.wire.messages import PROTOCOL_VERSION, ActuatorInfo, Identity

ACTUATORS_MAX: Final = 64
SLOTS_MIN: Final = 8
SLEW_MAX: Final = 4000
"""Drive units a second."""
RELEASE_MIN: Final = 1020
"""Drive units a second: from full drive to zero in 250 ms, on which stops and the 10 s at a point count."""


class UnsoundDevice(ValueError):
    """The identity or the table of a device contradicts the other, or docs/wire.md."""


def require_sound(identity: Identity, table: Sequence[ActuatorInfo]) -> None:
    """Raises UnsoundDevice, which names the first fault that there is."""
    for fault in _faults(identity, table):
        raise UnsoundDevice(f"this device cannot be started: {fault}")


def _faults(identity: Identity, table: Sequence[ActuatorInfo]) -> Iterator[str]:
    if identity.protocol != PROTOCOL_VERSION:
        yield f"its protocol is {identity.protocol}, not {PROTOCOL_VERSION}"
    if not 1 <= identity.actuators == len(table) <= ACTUATORS_MAX:
        yield f"it tells of {identity.actuators} actuators and has {len(table)}; 1 to {ACTUATORS_MAX} can be"
    if identity.slots < SLOTS_MIN:
        yield f"its queue holds {identity.slots} setpoints, and {SLOTS_MIN} are the least"
    for place, info in enumerate(table):
        if info.index != place:
            yield f"actuator {place} of its table says that it is {info.index}"
        if info.attack > SLEW_MAX or not RELEASE_MIN <= info.release <= SLEW_MAX:
            yield (
                f"actuator {place} rises by {info.attack} a second and falls by {info.release}; "
                f"{SLEW_MAX} are the most, and a fall has to be {RELEASE_MIN} at least"
            )
    if identity.limits_hash != limits_hash(table, identity.power_budget, identity.rest_s):
        yield "the hash in its identity is not that of its table"
