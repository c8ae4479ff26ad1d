"""The guard's states are one table, and it is the table of docs/wire.md."""

import pytest

from firmware_bridge.guard.states import DEADLINES, LISTENING, TRANSITIONS, Cause
from firmware_bridge.wire.messages import DeviceState

MOVING = [DeviceState.PLAYING, DeviceState.HOLDING, DeviceState.STOPPING]


def test_every_state_has_its_row_and_its_deadlines():
    assert set(TRANSITIONS) == set(DEADLINES) == set(DeviceState)


@pytest.mark.parametrize("state", DeviceState)
def test_what_falls_due_in_a_state_may_happen_in_it(state):
    stops = {Cause.SESSION_OVER: Cause.STOP}  # it stops as anything else would stop it
    assert {stops.get(cause, cause) for cause in DEADLINES[state]} <= set(TRANSITIONS[state])


@pytest.mark.parametrize("state", sorted(LISTENING))
def test_the_time_of_a_session_is_over_wherever_setpoints_are_heard(state):
    assert Cause.SESSION_OVER in DEADLINES[state]


def test_any_state_but_a_trip_can_trip():
    trips = {state for state in DeviceState if Cause.TRIP in TRANSITIONS[state]}
    assert trips == set(DeviceState) - {DeviceState.TRIPPED}


def test_a_trip_is_left_by_a_reset_alone_and_a_reset_starts_nothing():
    assert TRANSITIONS[DeviceState.TRIPPED] == {Cause.RESET: DeviceState.DISARMED}
    assert [state for state in DeviceState if Cause.RESET in TRANSITIONS[state]] == [DeviceState.TRIPPED]


def test_nothing_but_setpoints_in_an_armed_state_begins_to_play():
    ways = {
        (state, cause)
        for state, row in TRANSITIONS.items()
        for cause, following in row.items()
        if following is DeviceState.PLAYING
    }
    assert ways == {(state, Cause.SETPOINTS) for state in LISTENING}
    assert {DeviceState.ARMED, DeviceState.PLAYING, DeviceState.HOLDING} == LISTENING


def test_nothing_but_arming_leads_from_disarmed_towards_movement():
    assert set(TRANSITIONS[DeviceState.DISARMED]) == {Cause.ARM, Cause.TRIP}
    assert TRANSITIONS[DeviceState.DISARMED][Cause.ARM] is DeviceState.ARMED


@pytest.mark.parametrize("state", sorted(LISTENING))
def test_a_stop_is_heard_wherever_setpoints_are(state):
    assert TRANSITIONS[state][Cause.STOP] is DeviceState.STOPPING
    assert TRANSITIONS[state][Cause.STOP_AT_REST] is DeviceState.DISARMED


@pytest.mark.parametrize("state", sorted(LISTENING))
def test_a_lost_host_latches_wherever_setpoints_are_heard(state):
    assert DEADLINES[state][0] is Cause.LINK_LOST
    assert TRANSITIONS[state][Cause.LINK_LOST] is DeviceState.TRIPPED


@pytest.mark.parametrize("state", MOVING)
def test_whatever_moves_comes_to_rest_by_time_alone(state):
    assert DEADLINES[state]
