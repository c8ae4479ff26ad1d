"""Whether a device plays what it is sent: three bad seconds in a row end a session."""

import pytest

from firmware_bridge.errors import LinkLost
from firmware_bridge.play.health import BAD_SECONDS, LATE_MAX, Health, Losses, doubt
from firmware_bridge.wire.messages import DeviceState, Status

TURN_S = 0.05


def told(
    seconds,
    *,
    holds=lambda _: False,
    late=lambda _: 0,
    stalls=(),
    waits=DeviceState.HOLDING,
    executed=lambda now: round(now * 50),
):
    """Statuses twenty times a second; when the session was ended, None if it was not."""
    health = Health()
    for k in range(round(seconds / TURN_S)):
        now = k * TURN_S
        if now in stalls:
            health.begin_anew()
        state = waits if holds(now) else DeviceState.PLAYING
        try:
            health.note(Status(state, 0, 20, executed(now) & 0xFF, late(now) & 0xFFFF, 0, 0, b"\0"), now)
        except LinkLost:
            return now
    return None


@pytest.mark.parametrize(("held_s", "ends"), [(0.0, False), (0.1, True), (1.0, True)])
def test_a_device_that_holds_for_more_than_a_twentieth_of_each_second_ends_it(held_s, ends):
    at = told(20, holds=lambda now: (now % 1.0) < held_s - 1e-6)
    assert (at is not None) is ends
    if ends:
        assert BAD_SECONDS - 0.2 <= at <= BAD_SECONDS + 1.2


@pytest.mark.parametrize("stall_s", [0.3, 1.0])
def test_one_stall_of_the_line_is_survived(stall_s):
    assert told(20, holds=lambda now: 5.3 <= now < 5.3 + stall_s) is None


@pytest.mark.parametrize(("a_second", "ends"), [(LATE_MAX, False), (LATE_MAX + 2, True)])
def test_setpoints_that_come_late_count_where_they_are_the_most(a_second, ends):
    at = told(20, late=lambda now: 65_000 + round(now * a_second))
    assert (at is not None) is ends


def test_what_this_computer_missed_itself_is_not_the_devices_fault():
    stalls = [k * TURN_S for k in range(0, 400, 15)]
    assert told(20, holds=lambda now: (now % 1.0) < 0.5, stalls=stalls) is None


def test_a_device_that_stays_armed_plays_nothing():
    assert BAD_SECONDS - 0.2 <= told(20, holds=lambda _: True, waits=DeviceState.ARMED) <= BAD_SECONDS + 1.2


def test_a_device_that_says_it_plays_and_executes_nothing_ends_it():
    assert 5 < told(20, executed=lambda now: round(min(now, 5.0) * 50)) <= 5 + BAD_SECONDS + 2.2


def test_a_device_that_takes_ten_setpoints_a_second_executes_them():
    assert told(20, executed=lambda now: round(now * 50) // 5 * 5) is None


@pytest.mark.parametrize(
    ("lie", "why"),
    [
        ({"state": 6}, "state that nobody knows"),
        ({"resting": b"\0"}, "rest of 8 actuators, where there are 9"),
        ({"resting": b"\0\0\0"}, "rest of 24 actuators, where there are 9"),
        ({"output_sum": 601}, "puts out 601 at once, where 600 is the most"),
    ],
)
def test_a_status_that_cannot_be_true_says_why(lie, why):
    honest = Status(DeviceState.PLAYING, 0, 20, 1, 0, 0, 600, b"\0\0")
    assert doubt(honest, actuators=9, power_budget=600) == ""
    assert why in doubt(honest._replace(**lie), actuators=9, power_budget=600)


PLAYS, HOLDS = DeviceState.PLAYING, DeviceState.HOLDING


@pytest.mark.parametrize(
    ("states", "count"),
    [
        ([DeviceState.ARMED, PLAYS, PLAYS], 0),
        ([PLAYS, HOLDS, HOLDS, PLAYS], 1),
        ([PLAYS, HOLDS, PLAYS, HOLDS, PLAYS], 2),
        ([PLAYS, HOLDS], 0),
        ([PLAYS, HOLDS, DeviceState.TRIPPED], 0),
        ([PLAYS, HOLDS, DeviceState.STOPPING, DeviceState.DISARMED], 0),
    ],
)
def test_each_loss_that_a_device_played_on_after_counts_once(states, count):
    losses = Losses()
    for number, state in enumerate(states):
        losses.note(Status(state, 0, 20, number, 0, 0, 0, b"\0"))
    assert losses.count == count
