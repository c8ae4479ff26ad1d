"""The virtual cushion stops, by any of the ways, and lets nothing work too long."""

import struct

import numpy as np
import pytest
from cushions import ceiling

from firmware_bridge.guard.output_stage import RAMP_MS
from firmware_bridge.guard.states import SESSION_MAX_S, UNHEARD_MS
from firmware_bridge.wire.messages import (
    ARM,
    SETPOINTS,
    DeviceState,
    Reason,
)

STOP_PROMISE_MS = 300


# -- stops -----------------------------------------------------------------------------------------------

STOPS = {
    "four zeros": (lambda host: host.raw(b"\0\0\0\0"), Reason.STOP_ZEROS),
    "zeros in two pieces": (lambda host: (host.raw(b"\0\0"), host.raw(b"\0\0")), Reason.STOP_ZEROS),
    "zeros after a cut frame": (lambda host: host.raw(b"\x05abc\0\0\0\0"), Reason.STOP_ZEROS),
    "a hundred zeros": (lambda host: host.raw(bytes(100)), Reason.STOP_ZEROS),
    "a break": (lambda host: host.cushion.line_break(host.now), Reason.LINE_BREAK),
    "a dropped line": (lambda host: host.cushion.line_dropped(host.now), Reason.LINE_DROPPED),
    "a frame": (lambda host: host.stop(), Reason.STOP_FRAME),
    "a frame of epoch 0": (lambda host: host.stop(epoch=0), Reason.STOP_FRAME),
    "a frame of a dead epoch": (lambda host: host.stop(epoch=host.cushion.epoch ^ 0x55), Reason.STOP_FRAME),
    "a frame of any sequence": (lambda host: host.stop(seq=0, t_ms=0xABCD, echo=0xFF), Reason.STOP_FRAME),
}


@pytest.mark.parametrize(
    "load", [{"sacrum": 1}, {"knead-l": 216, "press-r": 200, "upper-l": 200, "sacrum": 240}]
)
@pytest.mark.parametrize(("stop", "reason"), STOPS.values(), ids=STOPS)
def test_each_stop_by_itself_ramps_to_zero_and_disarms(raw_host, stop, reason, load):
    host = raw_host()
    load = {actuator: min(drive, ceiling(host, actuator)) for actuator, drive in load.items()}
    host.playing(load, ms=1400)
    assert host.trace.drives[-1].sum() == sum(load.values())
    now = host.now
    stop(host)
    assert host.state is DeviceState.STOPPING
    host.wait(STOP_PROMISE_MS)
    assert host.state is DeviceState.DISARMED
    assert host.cushion.reason is reason
    assert host.trace.last_moving() <= now + RAMP_MS
    falls = np.diff(host.trace.drives[now:].astype(int), axis=0)
    assert falls.max() <= 0, "it only goes down"
    assert -falls.min() <= 2, "and softly"
    assert [fields["reason"] for _, fields in host.trace.named("stop")] == [
        reason.name.lower().replace("_", " ")
    ]
    assert host.status.state == DeviceState.DISARMED
    assert host.status.output_sum == 0


@pytest.mark.parametrize("stop", [stop for stop, _ in STOPS.values()], ids=STOPS)
def test_a_stop_of_an_armed_cushion_at_rest_disarms_at_once(raw_host, stop):
    host = raw_host().ready()
    stop(host)
    assert host.state is DeviceState.DISARMED


@pytest.mark.parametrize("stop", [stop for stop, _ in STOPS.values()], ids=STOPS)
def test_a_stop_does_not_unlatch_a_trip(raw_host, stop):
    host = raw_host().playing()
    host.cushion.press_button(host.now)
    stop(host)
    assert host.state is DeviceState.TRIPPED
    assert host.cushion.reason is Reason.BUTTON


@pytest.mark.parametrize("stop", [stop for stop, _ in STOPS.values()], ids=STOPS)
def test_a_stop_begins_at_its_own_millisecond_even_if_nobody_watched(raw_host, stop):
    host = raw_host().playing({"sacrum": 100}, ms=1100)  # a status made it catch up at 1000
    stop(host)
    host.wait(STOP_PROMISE_MS)
    drives = host.trace.drives[:, 0]
    assert drives[1000:1101].tolist() == [100] * 101
    assert drives[1110] < 100
    assert [at for at, _ in host.trace.named("stop")] == [1100]


def test_the_button_cuts_at_its_own_millisecond_even_if_nobody_watched(raw_host):
    host = raw_host().playing({"sacrum": 100}, ms=1100)
    host.cushion.press_button(host.now)
    host.wait(10)
    assert host.trace.drives[1000:, 0].tolist() == [100] * 101 + [0] * 10


def test_what_comes_with_the_zeros_finds_a_cushion_that_stops(raw_host):
    """A violation in the same bytes is ignored, as any setpoints are: it comes down softly, unlatched."""
    host = raw_host().playing()
    host.raw(bytes(4) + host.frame(SETPOINTS, host.payload({"spine": 1}), t_ms=host.now + 100))
    assert host.state is DeviceState.STOPPING
    assert host.cushion.reason is Reason.STOP_ZEROS


def test_nothing_moves_after_a_stop_until_a_fresh_arm(raw_host):
    host = raw_host().playing()
    host.set({"sacrum": 100}, ahead=400)
    host.stop()
    now = host.now
    for _ in range(50):
        host.set({"sacrum": 100}, ahead=100)
        host.beat()
        host.wait(20)
    assert host.trace.last_moving() <= now + RAMP_MS
    assert host.state is DeviceState.DISARMED
    host.playing()
    assert host.state is DeviceState.PLAYING


def test_arming_is_refused_while_it_ramps_down(raw_host):
    host = raw_host().playing()
    host.stop()
    host.wait(100)
    host.arm()
    assert host.answers[-1].reason == Reason.BUSY
    assert host.state is DeviceState.STOPPING


def test_setpoints_in_the_same_bytes_do_not_outlive_the_stop(raw_host):
    host = raw_host().playing()
    now = host.now
    setpoints = host.frame(SETPOINTS, host.payload({"sacrum": 100}), t_ms=now + 150)
    host.raw(setpoints + b"\0\0\0\0" + setpoints)
    host.wait(600)
    assert host.trace.last_moving() <= now + RAMP_MS


def test_three_zeros_are_only_stray_delimiters(raw_host):
    host = raw_host().playing()
    host.set({"sacrum": 100}, ahead=100)
    host.raw(b"\0\0")  # with the delimiter of the frame before: three
    host.set({"sacrum": 100}, ahead=120)
    assert host.state is DeviceState.PLAYING
    host.raw(b"\0\0\0")  # four
    assert host.state is DeviceState.STOPPING


@pytest.mark.parametrize("state", ["disarmed", "armed", "playing", "holding", "stopping"])
def test_the_button_trips_in_every_state(raw_host, state):
    host = raw_host()
    host.greet()
    if state != "disarmed":
        host.ready()
    if state in ("playing", "holding", "stopping"):
        host.playing()
    if state == "holding":
        host.wait(360)
    if state == "stopping":
        host.stop()
    assert host.state is DeviceState[state.upper()]
    moving = host.trace.last_moving() if host.trace.drive_parts else -1
    host.cushion.press_button(host.now)
    assert host.state is DeviceState.TRIPPED
    host.wait(500)
    assert host.trace.last_moving() == moving
    assert host.status.reason == Reason.BUTTON


def test_a_second_reason_to_trip_does_not_hide_the_first(raw_host):
    host = raw_host().playing()
    host.set({"spine": 1}, ahead=100)
    host.cushion.press_button(host.now)
    assert host.cushion.reason is Reason.EXCLUDED
    assert len(host.trace.named("trip")) == 1


# -- time on one point, time of a session ----------------------------------------------------------------


def test_no_actuator_works_longer_than_ten_seconds_whatever_it_is_told(raw_host):
    host = raw_host().playing({"sacrum": 200, "knead-l": 100}, ms=30_000)
    for actuator in ("sacrum", "knead-l"):
        on = host.trace.drives[:, host.index[actuator]] > 0
        edges = np.flatnonzero(np.diff(on, prepend=False, append=False))
        works, rests = np.diff(edges)[::2], np.diff(edges)[1::2]
        assert works.max() <= 10_000
        assert rests.min() >= 2000
    assert host.state is DeviceState.PLAYING
    assert {fields["actuator"] for _, fields in host.trace.named("dwell")} == {"sacrum", "knead-l"}


def test_a_fresh_arm_does_not_clear_the_work_of_an_actuator(raw_host):
    host = raw_host().playing({"sacrum": 200}, ms=9000)
    host.stop()
    host.wait(300, each=20)
    host.playing({"sacrum": 200}, ms=1500)
    on = host.trace.drives[:, 0] > 0
    assert not on[-500:].any()
    assert 9700 <= on.sum() <= 10_000


@pytest.mark.parametrize("paused", [False, True])
def test_a_session_ends_when_its_seconds_are_over_pauses_included(raw_host, paused):
    host = raw_host()
    host.greet()
    host.limits(seconds=12)
    host.arm()
    armed = host.now
    while host.state is not DeviceState.DISARMED and host.now < armed + 15_000:
        at_work = host.now - armed < 3000 or (not paused and host.now - armed > 6000)
        host.set({"sacrum": 50} if at_work else {}, ahead=200)
        if host.state is DeviceState.PLAYING and host.now - armed == 9000:
            host.arm()  # renews nothing
        host.wait(100, each=100)
    assert host.cushion.reason is Reason.SESSION_OVER
    over = [at for at, fields in host.trace.named("stop") if fields["reason"] == "session over"]
    assert over == [armed + 12_000]
    assert host.trace.last_moving() <= armed + 12_000 + RAMP_MS


def test_no_host_gets_more_than_twenty_minutes(raw_host):
    host = raw_host()
    host.greet()
    host.limits(seconds=65_535)
    assert host.cushion.machine.limits.seconds == SESSION_MAX_S == 1200


@pytest.mark.parametrize(("late", "armed"), [(-1, False), (0, True), (1, True)])
def test_after_a_session_that_ran_out_it_rests(raw_host, late, armed):
    host = raw_host()
    host.greet()
    host.limits(seconds=1)
    host.arm()
    for _ in range(11):
        host.beat()
        host.wait(100, each=100)
    assert host.cushion.reason is Reason.SESSION_OVER
    host.wait(host.cushion.identity.rest_s * 1000 - 100 + late, each=500)
    host.limits()
    host.arm()
    assert host.answers[-1].reason == (Reason.NONE if armed else Reason.RESTING)


@pytest.mark.parametrize(("late", "cleared"), [(-1, False), (0, True), (1, True)])
def test_a_trip_is_cleared_once_no_host_was_heard_for_two_seconds(raw_host, late, cleared):
    host = raw_host().playing()
    host.set({"spine": 1}, ahead=100)
    host.wait(500)
    host.beat()
    host.wait(UNHEARD_MS + late)
    host.reset()
    assert host.state is (DeviceState.DISARMED if cleared else DeviceState.TRIPPED)


def test_zeros_stop_what_was_armed_in_the_same_bytes(raw_host):
    host = raw_host()
    host.greet()
    host.limits()
    session_hash = struct.pack("<I", host.cushion.machine.limits.hash)
    setpoints = host.payload({"sacrum": 50})
    host.raw(host.frame(ARM, session_hash) + host.frame(SETPOINTS, setpoints, t_ms=host.now + 20) + bytes(4))
    host.wait(400)
    assert host.state is DeviceState.DISARMED
    assert host.status.reason == Reason.STOP_ZEROS
    assert host.trace.last_moving() == -1
