"""What a guard may be doing, what moves it from one state to the next, and what falls due in each.

docs/wire.md, "States", is the law here. Shares nothing with the states of the host's interlock.
"""

from enum import StrEnum
from typing import Final

from firmware_bridge.wire.messages import DeviceState

SOFT_LOSS_MS: Final = 250
"""Without a valid frame for so long: ramp to zero, recover when frames return."""
HARD_LOSS_MS: Final = 1000
"""Without a live frame for so long: latched, power off."""
SESSION_MAX_S: Final = 1200
"""Seconds from ARM on, pauses included, whatever a host allows; source article, rule 84."""
UNHEARD_MS: Final = 2000
"""So long without a host, and somebody has looked: a trip of another reason than a lost link is cleared."""


class Cause(StrEnum):
    """What moves a guard from state to state."""

    ARM = "arm"
    SETPOINTS = "setpoints"
    STOP = "stop"
    STOP_AT_REST = "stop while nothing moves"
    RAMPED = "the ramp of a stop is over"
    STARVED = "no valid frame, or nothing left to play"
    SESSION_OVER = "the session's time is over"
    LINK_LOST = "no live frame"
    TRIP = "trip"
    RESET = "reset"


TRANSITIONS: Final[dict[DeviceState, dict[Cause, DeviceState]]] = {
    DeviceState.DISARMED: {
        Cause.ARM: DeviceState.ARMED,
        Cause.TRIP: DeviceState.TRIPPED,
    },
    DeviceState.ARMED: {
        Cause.ARM: DeviceState.ARMED,
        Cause.SETPOINTS: DeviceState.PLAYING,
        Cause.STOP: DeviceState.STOPPING,
        Cause.STOP_AT_REST: DeviceState.DISARMED,
        Cause.LINK_LOST: DeviceState.TRIPPED,
        Cause.TRIP: DeviceState.TRIPPED,
    },
    DeviceState.PLAYING: {
        Cause.SETPOINTS: DeviceState.PLAYING,
        Cause.STOP: DeviceState.STOPPING,
        Cause.STOP_AT_REST: DeviceState.DISARMED,
        Cause.STARVED: DeviceState.HOLDING,
        Cause.LINK_LOST: DeviceState.TRIPPED,
        Cause.TRIP: DeviceState.TRIPPED,
    },
    DeviceState.HOLDING: {
        Cause.SETPOINTS: DeviceState.PLAYING,
        Cause.STOP: DeviceState.STOPPING,
        Cause.STOP_AT_REST: DeviceState.DISARMED,
        Cause.LINK_LOST: DeviceState.TRIPPED,
        Cause.TRIP: DeviceState.TRIPPED,
    },
    DeviceState.STOPPING: {
        Cause.RAMPED: DeviceState.DISARMED,
        Cause.TRIP: DeviceState.TRIPPED,
    },
    DeviceState.TRIPPED: {
        Cause.RESET: DeviceState.DISARMED,
    },
}
"""What is not named changes nothing."""

DEADLINES: Final[dict[DeviceState, tuple[Cause, ...]]] = {
    DeviceState.DISARMED: (),
    DeviceState.ARMED: (Cause.LINK_LOST, Cause.SESSION_OVER),
    DeviceState.PLAYING: (Cause.LINK_LOST, Cause.SESSION_OVER, Cause.STARVED),
    DeviceState.HOLDING: (Cause.LINK_LOST, Cause.SESSION_OVER),
    DeviceState.STOPPING: (Cause.RAMPED,),
    DeviceState.TRIPPED: (),
}
"""What happens by the passing of time alone; of two that fall due at once the first counts."""

LISTENING: Final = frozenset(state for state, causes in TRANSITIONS.items() if Cause.SETPOINTS in causes)
"""States in which setpoints are heard."""
