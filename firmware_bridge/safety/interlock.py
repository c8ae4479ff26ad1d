"""The interlock: the one gate between anything Kneadwave wants and the wire.

States are one table. `admit` lets a message through as a `PermittedFrame`, the only thing the encoder
takes, or trips. `veto` checks every setpoint again: it trusts neither the profile nor the limiter. A trip
latches until a reset is sent, and a reset starts nothing.
"""

from collections.abc import Sequence
from ctypes import CDLL
from enum import StrEnum
from typing import Final, Generic, NoReturn, TypeVar, final

from firmware_bridge.devices.footprint import FootprintLimit
from firmware_bridge.devices.layout import Actuator
from firmware_bridge.errors import InterlockTrip
from firmware_bridge.limits import SESSION_MAX_S
from firmware_bridge.safety.native_veto import NativeVeto
from firmware_bridge.safety.placing_veto import PlacingVeto
from firmware_bridge.safety.veto import Veto
from firmware_bridge.wire.messages import (
    Arm,
    Describe,
    Heartbeat,
    Hello,
    HostMessage,
    Limits,
    Reset,
    Setpoints,
    Stop,
)
from firmware_bridge.wire.setpoints import Burst


class State(StrEnum):
    """What the host permits itself."""

    DISARMED = "disarmed"
    ARMING = "arming"
    ARMED = "armed"
    PLAYING = "playing"
    PLACING = "placing"
    STOPPING = "stopping"
    TRIPPED = "tripped"


class InterlockEvent(StrEnum):
    """What moves the interlock from state to state."""

    ARM_SENT = "arm sent"
    ARM_CONFIRMED = "arm confirmed"
    SETPOINTS_SENT = "setpoints sent"
    PULSE_SENT = "pulse sent"
    STOP_SENT = "stop sent"
    DISARMED = "device disarmed"
    FAULT = "fault"
    RESET_SENT = "reset sent"


TRANSITIONS: Final[dict[State, dict[InterlockEvent, State]]] = {
    State.DISARMED: {
        InterlockEvent.ARM_SENT: State.ARMING,
        InterlockEvent.STOP_SENT: State.DISARMED,
        InterlockEvent.DISARMED: State.DISARMED,
        InterlockEvent.FAULT: State.TRIPPED,
        InterlockEvent.RESET_SENT: State.DISARMED,
    },
    State.ARMING: {
        InterlockEvent.ARM_SENT: State.ARMING,
        InterlockEvent.ARM_CONFIRMED: State.ARMED,
        InterlockEvent.STOP_SENT: State.STOPPING,
        InterlockEvent.DISARMED: State.DISARMED,
        InterlockEvent.FAULT: State.TRIPPED,
    },
    State.ARMED: {
        InterlockEvent.SETPOINTS_SENT: State.PLAYING,
        InterlockEvent.PULSE_SENT: State.PLACING,
        InterlockEvent.STOP_SENT: State.STOPPING,
        InterlockEvent.DISARMED: State.DISARMED,
        InterlockEvent.FAULT: State.TRIPPED,
    },
    State.PLAYING: {
        InterlockEvent.SETPOINTS_SENT: State.PLAYING,
        InterlockEvent.STOP_SENT: State.STOPPING,
        InterlockEvent.DISARMED: State.DISARMED,
        InterlockEvent.FAULT: State.TRIPPED,
    },
    State.PLACING: {
        InterlockEvent.PULSE_SENT: State.PLACING,
        InterlockEvent.STOP_SENT: State.STOPPING,
        InterlockEvent.DISARMED: State.DISARMED,
        InterlockEvent.FAULT: State.TRIPPED,
    },
    State.STOPPING: {
        InterlockEvent.STOP_SENT: State.STOPPING,
        InterlockEvent.DISARMED: State.DISARMED,
        InterlockEvent.FAULT: State.TRIPPED,
    },
    State.TRIPPED: {
        InterlockEvent.STOP_SENT: State.TRIPPED,
        InterlockEvent.DISARMED: State.TRIPPED,
        InterlockEvent.FAULT: State.TRIPPED,
        InterlockEvent.RESET_SENT: State.DISARMED,
    },
}

_ALIVE: Final = frozenset({State.ARMING, State.ARMED, State.PLAYING, State.PLACING, State.STOPPING})

M_co = TypeVar("M_co", bound=HostMessage | Burst, covariant=True)
_SEAL: Final = object()


@final
class PermittedFrame(Generic[M_co]):
    """A message, or a burst, that the interlock let through. Only an `Interlock` can make one."""

    __slots__ = ("message",)
    message: M_co

    def __init__(self, message: M_co, seal: object) -> None:
        if seal is not _SEAL:
            raise TypeError("only the interlock makes permitted frames")
        object.__setattr__(self, "message", message)

    def __init_subclass__(cls) -> None:
        raise TypeError("only the interlock makes permitted frames")  # a subclass could bring its own message

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError("a permitted frame does not change")

    def __delattr__(self, name: str) -> None:
        raise AttributeError("a permitted frame does not change")


M = TypeVar("M", bound=HostMessage)


class Interlock:
    """Guards one session on one device.

    `actuators` are the placed actuators in wire order, `power_budget` the most that their drives may add up
    to, `session_hash` the hash that an arm request must echo. `footprints` say what the second computation of
    their places allows (`firmware_bridge.devices.footprint`); without them all are off. With `placing` it
    guards no session: whatever the rest says, setpoints are pulses that find out where motors lie. With
    `native`, the library of veto.c, it can look at a burst of frames at once.
    """

    def __init__(
        self,
        actuators: Sequence[Actuator],
        power_budget: int,
        session_hash: int,
        footprints: Sequence[FootprintLimit] = (),
        placing: PlacingVeto | None = None,
        native: CDLL | None = None,
    ) -> None:
        self.state = State.DISARMED
        self.trip: InterlockTrip | None = None
        self._session_hash = session_hash
        self._native = None
        if native is not None and placing is None:
            self._native = NativeVeto(native, actuators, power_budget, footprints)
        self._veto = placing or self._native or Veto(actuators, power_budget, footprints)
        self._driving = InterlockEvent.PULSE_SENT if placing else InterlockEvent.SETPOINTS_SENT

    def admit(self, message: M) -> PermittedFrame[M]:
        """`message`, permitted; raises InterlockTrip, and latches, when it may not go out.

        A stop is admitted in every state.
        """
        match message:
            case Setpoints():
                # First: what is refused for its state is never counted.
                self._move(self._driving)
                objection = self._veto.objection(message)
                if objection is not None:
                    self.fault(*objection)
            case Stop():
                self._move(InterlockEvent.STOP_SENT)
            case Hello() | Describe():
                pass  # questions: they move nothing
            case Heartbeat():
                if self.state not in _ALIVE:
                    self.fault(f"a heartbeat while {self.state.value} would keep a dead session alive")
            case Limits():
                self._check_limits(message)
            case Arm():
                if message.session_hash != self._session_hash:
                    self.fault("an arm request for other limits than the session's")
                self._move(InterlockEvent.ARM_SENT)
            case Reset():
                self._move(InterlockEvent.RESET_SENT)
                self.trip = None
                self._veto.at_rest()
            case _:
                self.fault(f"{type(message).__name__} is no message to a device")
        return PermittedFrame(message, _SEAL)

    @property
    def native(self) -> CDLL | None:
        """The library of veto.c, where a burst may be admitted by it."""
        return None if self._native is None else self._native.library

    def admit_burst(self, burst: Burst) -> PermittedFrame[Burst] | None:
        """`burst`, permitted, where all of its frames may go out in the midst of a session.

        None, and nothing is counted, where that cannot be said of all: then each has to be admitted alone.
        """
        if self._native is None or self.state is not State.PLAYING or not self._native.passes(burst):
            return None
        return PermittedFrame(burst, _SEAL)

    def observe(self, event: InterlockEvent) -> None:
        """Take note of what the device confirmed."""
        self._move(event)
        if event is InterlockEvent.DISARMED:
            self._veto.at_rest()

    def fault(self, reason: str, rule: int | None = None) -> NoReturn:
        """Latch. Always raises InterlockTrip; `trip` keeps the first until the reset."""
        self.state = TRANSITIONS[self.state][InterlockEvent.FAULT]
        trip = InterlockTrip(reason, rule=rule)
        self.trip = self.trip or trip
        raise trip

    def _check_limits(self, told: Limits) -> None:
        """A device is told nothing that lies above what this session may do, and only before it is armed."""
        if self.state is not State.DISARMED:
            self.fault(f"limits of a session while {self.state.value}")
        above = self._veto.above_ceiling(told.first, told.ceilings)
        if above is not None:
            self.fault(*above)
        if told.seconds > SESSION_MAX_S:
            self.fault(f"limits of a session of {told.seconds} s; {SESSION_MAX_S:g} s is the most", 84)

    def _move(self, event: InterlockEvent) -> None:
        following = TRANSITIONS[self.state].get(event)
        if following is None:
            self.fault(f"{event.value} while {self.state.value}")
        self.state = following
