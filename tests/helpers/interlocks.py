"""Interlocks in the states that tests need, and whether they admit."""

from collections.abc import Callable, Iterable

import pytest

from firmware_bridge.devices.footprint import FootprintLimit
from firmware_bridge.devices.layout import Actuator
from firmware_bridge.errors import InterlockTrip
from firmware_bridge.safety.interlock import Interlock, InterlockEvent, State
from firmware_bridge.wire.messages import (
    Arm,
    HostMessage,
    Setpoints,
    Stop,
)

HASH = 0x1234
STEP_UP, STEP_DOWN = 20, 40  # drive units a frame of the actuators made here
Make = Callable[..., Actuator]


def anywhere(count: int) -> list[FootprintLimit]:
    """What actuators may do whose places are made up: anything that they may themselves."""
    return [FootprintLimit(255, "")] * count


def armed(actuators: Iterable[Actuator], budget: int = 1000) -> Interlock:
    made = list(actuators)
    interlock = Interlock(made, budget, HASH, anywhere(len(made)))
    interlock.admit(Arm(HASH))
    interlock.observe(InterlockEvent.ARM_CONFIRMED)
    return interlock


def disarm_and_arm(interlock: Interlock) -> None:
    interlock.admit(Stop())
    interlock.observe(InterlockEvent.DISARMED)
    interlock.admit(Arm(HASH))
    interlock.observe(InterlockEvent.ARM_CONFIRMED)


def hold(interlock: Interlock, frames: int, *drives: int) -> None:
    """Admit the same setpoints again and again."""
    for _ in range(frames):
        interlock.admit(points(*drives))


def points(*drives: int, rates: tuple[int, ...] = ()) -> Setpoints:
    return Setpoints(bytes(drives), bytes(rates or (0,) * len(drives)))


def rise(interlock: Interlock, *targets: int, rates: tuple[int, ...] = ()) -> int:
    """Take the drives to `targets` as fast as the attack allows; how many frames that took."""
    now, frames = [0] * len(targets), 0
    while now != list(targets):
        now = [min(n + STEP_UP, t) for n, t in zip(now, targets, strict=True)]
        used = tuple(r if n else 0 for r, n in zip(rates, now, strict=True)) if rates else ()
        interlock.admit(points(*now, rates=used))
        frames += 1
    return frames


def admits(interlock: Interlock, message: HostMessage) -> bool:
    """Whether `message` goes out; when it does not, the interlock has latched."""
    try:
        assert interlock.admit(message).message is message
    except InterlockTrip:
        assert interlock.state is State.TRIPPED
        assert interlock.trip is not None
        return False
    return True


def refusal(interlock: Interlock, message: HostMessage) -> InterlockTrip:
    with pytest.raises(InterlockTrip) as caught:
        interlock.admit(message)
    assert interlock.state is State.TRIPPED
    return caught.value
