"""The interlock's states: what is admitted when, and what latches."""

from typing import Any

import pytest
from interlocks import HASH, Make, admits, armed, points, refusal, rise

from firmware_bridge.devices.layout import Actuator
from firmware_bridge.errors import InterlockTrip
from firmware_bridge.safety.interlock import TRANSITIONS, Interlock, InterlockEvent, PermittedFrame, State
from firmware_bridge.wire.messages import (
    Arm,
    Describe,
    Heartbeat,
    Hello,
    Reset,
    Setpoints,
    Status,
    Stop,
)

# -- states -------------------------------------------------------------------------------------------

WAYS: dict[State, list[Any]] = {
    State.DISARMED: [],
    State.ARMING: [Arm(HASH)],
    State.ARMED: [Arm(HASH), InterlockEvent.ARM_CONFIRMED],
    State.PLAYING: [Arm(HASH), InterlockEvent.ARM_CONFIRMED, points(10)],
    State.STOPPING: [Arm(HASH), InterlockEvent.ARM_CONFIRMED, points(10), Stop()],
    State.TRIPPED: [Arm(HASH), InterlockEvent.ARM_CONFIRMED, points(10), points(99)],
}
MESSAGE_OF = {
    InterlockEvent.ARM_SENT: Arm(HASH),
    InterlockEvent.SETPOINTS_SENT: points(10),
    InterlockEvent.STOP_SENT: Stop(),
    InterlockEvent.RESET_SENT: Reset(),
}


def brought_to(state: State, actuators: list[Actuator]) -> Interlock:
    interlock = Interlock(actuators, 1000, HASH)
    for step in WAYS[state]:
        if isinstance(step, InterlockEvent):
            interlock.observe(step)
        else:
            admits(interlock, step)
    assert interlock.state is state
    return interlock


ALLOWED = {
    ("disarmed", "arm sent"): "arming",
    ("disarmed", "stop sent"): "disarmed",
    ("disarmed", "device disarmed"): "disarmed",
    ("disarmed", "fault"): "tripped",
    ("disarmed", "reset sent"): "disarmed",
    ("arming", "arm sent"): "arming",
    ("arming", "arm confirmed"): "armed",
    ("arming", "stop sent"): "stopping",
    ("arming", "device disarmed"): "disarmed",
    ("arming", "fault"): "tripped",
    ("armed", "setpoints sent"): "playing",
    ("armed", "stop sent"): "stopping",
    ("armed", "device disarmed"): "disarmed",
    ("armed", "fault"): "tripped",
    ("playing", "setpoints sent"): "playing",
    ("playing", "stop sent"): "stopping",
    ("playing", "device disarmed"): "disarmed",
    ("playing", "fault"): "tripped",
    ("stopping", "stop sent"): "stopping",
    ("stopping", "device disarmed"): "disarmed",
    ("stopping", "fault"): "tripped",
    ("tripped", "stop sent"): "tripped",
    ("tripped", "device disarmed"): "tripped",
    ("tripped", "fault"): "tripped",
    ("tripped", "reset sent"): "disarmed",
}


def test_the_table_is_the_one_that_was_reviewed() -> None:
    table = {(s.value, e.value): to.value for s, row in TRANSITIONS.items() for e, to in row.items()}
    assert table == ALLOWED


@pytest.mark.parametrize("event", InterlockEvent, ids=lambda e: e.value)
@pytest.mark.parametrize("state", State, ids=lambda s: s.value)
def test_an_event_moves_as_the_table_says_or_trips(
    actuator: Make, state: State, event: InterlockEvent
) -> None:
    interlock = brought_to(state, [actuator()])
    following = ALLOWED.get((state.value, event.value))
    if event is InterlockEvent.FAULT:
        with pytest.raises(InterlockTrip, match="wet"):
            interlock.fault("wet")
    elif following is None:
        with pytest.raises(InterlockTrip):
            interlock.admit(MESSAGE_OF[event]) if event in MESSAGE_OF else interlock.observe(event)
    elif event in MESSAGE_OF:
        assert admits(interlock, MESSAGE_OF[event])
    else:
        interlock.observe(event)
    assert interlock.state.value == (following or "tripped")


@pytest.mark.parametrize("state", State, ids=lambda s: s.value)
def test_stop_and_questions_are_admitted_in_every_state(actuator: Make, state: State) -> None:
    for message in (Hello(), Describe(0)):
        interlock = brought_to(state, [actuator()])
        assert interlock.admit(message) is not None
        assert interlock.state is state
    interlock = brought_to(state, [actuator()])
    for _ in range(3):
        frame = interlock.admit(Stop())
        assert isinstance(frame, PermittedFrame)
    assert interlock.state in (State.STOPPING, state)


@pytest.mark.parametrize("state", State, ids=lambda s: s.value)
def test_a_heartbeat_goes_out_only_while_a_session_lives(actuator: Make, state: State) -> None:
    alive = state not in (State.DISARMED, State.TRIPPED)
    interlock = brought_to(state, [actuator()])
    assert admits(interlock, Heartbeat(3)) is alive
    assert interlock.state is (state if alive else State.TRIPPED)


@pytest.mark.parametrize("state", State, ids=lambda s: s.value)
def test_an_arm_for_other_limits_trips_in_every_state(actuator: Make, state: State) -> None:
    interlock = brought_to(state, [actuator()])
    assert "other limits" in refusal(interlock, Arm(HASH + 1)).reason


@pytest.mark.parametrize("thing", [Status(2, 0, 32, 0, 0, 0, 0, 0), (b"\x01", b"\0"), b"\x06", None])
def test_what_is_no_message_to_a_device_trips(actuator: Make, thing: Any) -> None:
    assert "no message" in refusal(armed([actuator()]), thing).reason


def test_an_interlock_without_a_device_permits_no_motion() -> None:
    interlock = Interlock((), 0, 0)
    assert not admits(interlock, Setpoints(b"", b""))
    interlock = Interlock((), 0, 0)
    interlock.admit(Arm(0))
    interlock.observe(InterlockEvent.ARM_CONFIRMED)
    assert not admits(interlock, Setpoints(b"\x01", b"\0"))


def test_trip_latches_until_reset(actuator: Make) -> None:
    interlock = brought_to(State.TRIPPED, [actuator()])
    for message in (Arm(HASH), points(0), points(10), Heartbeat(1)):
        assert not admits(interlock, message)
    interlock.observe(InterlockEvent.DISARMED)
    assert interlock.state is State.TRIPPED
    interlock.admit(Stop())
    assert interlock.state is State.TRIPPED
    interlock.admit(Reset())
    assert interlock.state is State.DISARMED
    assert interlock.trip is None


def test_the_first_cause_of_a_trip_is_kept(actuator: Make) -> None:
    interlock = armed([actuator(ceiling=15)])
    cause = refusal(interlock, points(16))
    later = refusal(interlock, points(0))
    assert later is not cause
    assert interlock.trip is cause
    interlock.admit(Reset())
    second = refusal(interlock, points(0))
    assert interlock.trip is second


def test_reset_never_restarts(actuator: Make) -> None:
    interlock = brought_to(State.TRIPPED, [actuator()])
    interlock.admit(Reset())
    assert not admits(interlock, points(0))
    interlock.admit(Reset())
    assert not admits(interlock, Heartbeat(1))
    interlock.admit(Reset())
    with pytest.raises(InterlockTrip):
        interlock.observe(InterlockEvent.ARM_CONFIRMED)


@pytest.mark.parametrize("state", [State.ARMING, State.ARMED, State.PLAYING, State.STOPPING])
def test_a_reset_under_a_running_session_is_a_fault(actuator: Make, state: State) -> None:
    interlock = brought_to(state, [actuator()])
    assert "reset sent" in refusal(interlock, Reset()).reason


def test_after_a_trip_and_a_reset_drives_rise_from_zero(actuator: Make) -> None:
    interlock = armed([actuator()])
    rise(interlock, 80)
    refusal(interlock, points(200))
    interlock.admit(Reset())
    interlock.admit(Arm(HASH))
    interlock.observe(InterlockEvent.ARM_CONFIRMED)
    assert not admits(interlock, points(80))


def test_setpoints_out_of_turn_say_so_before_anything_else(actuator: Make) -> None:
    interlock = brought_to(State.STOPPING, [actuator()])
    assert refusal(interlock, points(255)).reason == "setpoints sent while stopping"
