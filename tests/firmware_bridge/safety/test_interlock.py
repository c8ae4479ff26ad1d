"""The interlock's states: what is admitted when, and what latches."""

from typing import Any

import pytest
from interlocks import HASH, Make, admits, anywhere, armed, points, refusal, rise

from firmware_bridge.devices.layout import Actuator
from firmware_bridge.errors import InterlockTrip
from firmware_bridge.safety.interlock import TRANSITIONS, Interlock, InterlockEvent, PermittedFrame, State
from firmware_bridge.wire.messages import (
    Arm,
    Describe,
    Heartbeat,
    Hello,
    Limits,
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
    State.PLACING: [Arm(HASH), InterlockEvent.ARM_CONFIRMED, InterlockEvent.PULSE_SENT],
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
    interlock = Interlock(actuators, 1000, HASH, anywhere(len(actuators)))
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
    ("armed", "pulse sent"): "placing",
    ("armed", "stop sent"): "stopping",
    ("armed", "device disarmed"): "disarmed",
    ("armed", "fault"): "tripped",
    ("playing", "setpoints sent"): "playing",
    ("playing", "stop sent"): "stopping",
    ("playing", "device disarmed"): "disarmed",
    ("playing", "fault"): "tripped",
    ("placing", "pulse sent"): "placing",
    ("placing", "stop sent"): "stopping",
    ("placing", "device disarmed"): "disarmed",
    ("placing", "fault"): "tripped",
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
    assert admits(interlock, Heartbeat()) is alive
    assert interlock.state is (state if alive else State.TRIPPED)


@pytest.mark.parametrize("state", State, ids=lambda s: s.value)
def test_an_arm_for_other_limits_trips_in_every_state(actuator: Make, state: State) -> None:
    interlock = brought_to(state, [actuator()])
    assert "other limits" in refusal(interlock, Arm(HASH + 1)).reason


# -- the limits of a session --------------------------------------------------------------------------


def told(first: int, *ceilings: int, seconds: int = 900) -> Limits:
    return Limits(first, seconds, bytes(ceilings))


@pytest.mark.parametrize("state", State, ids=lambda s: s.value)
def test_a_session_s_limits_go_out_only_before_it_is_armed(actuator: Make, state: State) -> None:
    interlock = brought_to(state, [actuator()])
    if state is State.DISARMED:
        assert admits(interlock, told(0, 100))
        assert interlock.state is state
    else:
        assert state.value in refusal(interlock, told(0, 100)).reason


@pytest.mark.parametrize("d", [-1, 0, 1])
def test_a_device_is_told_no_ceiling_above_the_session_s(actuator: Make, d: int) -> None:
    for first, ceilings in ((0, (100, 40 + d)), (1, (40 + d,)), (1, (40 + d, 60)), (2, (60 + d,))):
        interlock = Interlock(
            [actuator(i, ceiling=c) for i, c in enumerate((100, 40, 60))], 1000, HASH, anywhere(3)
        )
        assert admits(interlock, told(first, *ceilings)) is (d <= 0)


def test_a_ceiling_above_the_session_s_names_actuator_and_ceiling(actuator: Make) -> None:
    interlock = Interlock(
        [actuator(i, ceiling=c) for i, c in enumerate((100, 40, 60))], 1000, HASH, anywhere(3)
    )
    trip = refusal(interlock, told(1, 40, 61))
    assert "61 for actuator 'a2'" in trip.reason
    assert "60" in trip.reason
    assert trip.rule == 188


def test_a_device_is_told_that_what_is_excluded_is_off(actuator: Make) -> None:
    """Even where a layout gives it a ceiling by mistake."""
    spine = [actuator(0), actuator(1, excluded="touches the spine (rule 85)", ceiling=200)]
    assert admits(Interlock(spine, 1000, HASH, anywhere(2)), told(0, 100, 0))
    trip = refusal(Interlock(spine, 1000, HASH, anywhere(2)), told(0, 100, 1))
    assert "touches the spine (rule 85)" in trip.reason


@pytest.mark.parametrize(
    ("first", "count", "admitted"), [(0, 2, True), (1, 1, True), (0, 3, False), (1, 2, False), (2, 1, False)]
)
def test_limits_name_only_actuators_that_are_there(
    actuator: Make, first: int, count: int, admitted: bool
) -> None:
    interlock = Interlock([actuator(0), actuator(1)], 1000, HASH, anywhere(2))
    assert admits(interlock, told(first, *[10] * count)) is admitted


@pytest.mark.parametrize(
    "limits", [told(0), told(-1, 255), told(-2, 255, 255), Limits(0, 900, bytearray(b"\x0a"))]
)
def test_limits_that_name_none_or_could_still_change_do_not_go_out(actuator: Make, limits: Limits) -> None:
    assert not admits(Interlock([actuator(0), actuator(1)], 1000, HASH, anywhere(2)), limits)


@pytest.mark.parametrize("d", [-1, 0, 1])
def test_a_device_is_told_twenty_minutes_at_most(actuator: Make, d: int) -> None:
    interlock = Interlock([actuator()], 1000, HASH, anywhere(1))
    if d <= 0:
        assert admits(interlock, told(0, 10, seconds=1200 + d))
    else:
        trip = refusal(interlock, told(0, 10, seconds=1200 + d))
        assert "1201 s" in trip.reason
        assert trip.rule == 84


def test_limits_told_buy_neither_dwell_time_nor_an_arm(actuator: Make) -> None:
    interlock = Interlock([actuator()], 1000, HASH, anywhere(1))
    interlock.admit(told(0, 100))
    assert "setpoints sent while disarmed" in refusal(interlock, points(10)).reason


# -- trips --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("thing", [Status(2, 0, 32, 0, 0, 0, 0, b"\0"), (b"\x01", b"\0"), b"\x06", None])
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
    for message in (Arm(HASH), points(0), points(10), Heartbeat(), Limits(0, 900, b"\0")):
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
    assert not admits(interlock, Heartbeat())
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
