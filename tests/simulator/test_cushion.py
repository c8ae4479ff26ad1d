"""The virtual cushion guards itself against a host that knows no limit."""

import random
import struct
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from firmware_bridge.device import load_device, shipped_devices
from firmware_bridge.messages import (
    ARM,
    DESCRIBE,
    HEARTBEAT,
    HELLO,
    RESET,
    SETPOINTS,
    STOP,
    ActuatorInfo,
    DeviceState,
    Identity,
    Reason,
)
from simulator.cushion import HARD_LOSS_MS, SESSION_MS, SOFT_LOSS_MS, STATUS_MS, Cushion
from simulator.inspection import AHEAD_MAX_MS
from simulator.playout import QUEUE_SLOTS, RAMP_MS

STOP_PROMISE_MS = 300
ALL_ZERO_MS = 550
LATCHED_MS = 1100


def ceiling(host, actuator):
    return host.cushion.table[host.index[actuator]].ceiling


def words(reason):
    return reason.name.lower().replace("_", " ")


# -- who are you -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", shipped_devices())
def test_it_tells_what_it_is(raw_host, name):
    host = raw_host(load_device(name))
    host.greet()
    (identity,) = [report for report in host.reports if isinstance(report, Identity)]
    assert identity == host.cushion.identity
    assert identity.model == name
    for index in range(identity.actuators):
        host.send(DESCRIBE, bytes([index]))
    table = tuple(report for report in host.reports if isinstance(report, ActuatorInfo))
    assert table == host.cushion.table


def test_an_actuator_that_is_not_there_is_refused(raw_host):
    host = raw_host()
    host.send(DESCRIBE, b"\x10")
    assert host.answers[-1] == (DESCRIBE, host.seq, Reason.NO_SUCH_ACTUATOR)


def test_it_says_nothing_unasked_before_it_is_greeted(raw_host):
    host = raw_host()
    host.wait(3000, each=10)
    assert not host.reports
    host.greet()
    host.wait(2000, each=10)
    assert 1 + 2000 // (STATUS_MS + 10) <= len(host.statuses) <= 1 + 2000 // STATUS_MS


def test_an_older_host_is_answered_so_that_it_can_see_the_mismatch(raw_host):
    host = raw_host()
    host.send(HELLO, b"\x07", epoch=0)
    assert isinstance(host.reports[0], Identity)
    assert host.state is DeviceState.DISARMED


# -- arming ----------------------------------------------------------------------------------------------


def test_arming_needs_the_hash_of_its_limits(raw_host):
    host = raw_host()
    host.greet()
    host.arm(host.cushion.identity.limits_hash ^ 1)
    assert host.answers[-1] == (ARM, host.seq, Reason.WRONG_LIMITS)
    assert host.state is DeviceState.DISARMED
    host.arm()
    assert host.answers[-1] == (ARM, host.seq, Reason.NONE)
    assert host.state is DeviceState.ARMED


def test_arming_again_is_confirmed_again_so_that_a_lost_answer_does_no_harm(raw_host):
    host = raw_host().ready()
    host.arm()
    assert host.answers[-1].reason == Reason.NONE
    assert host.state is DeviceState.ARMED


@pytest.mark.parametrize("wrong_hash", [False, True])
def test_a_tripped_cushion_cannot_be_armed(raw_host, wrong_hash):
    host = raw_host().ready()
    host.cushion.press_button(host.now)
    host.arm(0 if wrong_hash else None)
    assert host.answers[-1].reason == Reason.TRIPPED
    assert host.state is DeviceState.TRIPPED


def test_arming_while_it_plays_is_refused_and_changes_nothing(raw_host):
    host = raw_host().playing()
    host.arm()
    assert host.answers[-1].reason == Reason.NOT_ARMED
    assert host.state is DeviceState.PLAYING


def test_setpoints_before_arming_are_refused_and_move_nothing(raw_host):
    host = raw_host()
    host.greet()
    host.set({"sacrum": 100})
    assert host.answers[-1] == (SETPOINTS, host.seq, Reason.NOT_ARMED)
    host.wait(1000)
    assert host.trace.last_moving() == -1
    host.arm()
    host.wait(500)
    assert host.trace.last_moving() == -1, "what came before the arm is not played after it"


# -- violations ------------------------------------------------------------------------------------------


def armed_or_playing(host, playing):
    if playing:
        host.playing({"upper-r": 90}, ms=400, rates={"upper-r": 50})
    else:
        host.ready()
    return host


def assert_tripped_at_once(host, reason):
    now = host.now
    assert host.state is DeviceState.TRIPPED
    assert host.cushion.reason is reason
    host.wait(50)
    assert host.trace.last_moving() <= now
    assert host.status.state == DeviceState.TRIPPED
    assert host.status.reason == reason
    assert host.status.output_sum == 0
    assert [fields["reason"] for _, fields in host.trace.named("trip")] == [
        reason.name.lower().replace("_", " ")
    ]


@pytest.mark.parametrize("playing", [False, True])
@pytest.mark.parametrize("actuator", ["sacrum", "upper-r", "knead-l", "press-r"])
@pytest.mark.parametrize("above", [-1, 0, 1])
def test_a_drive_above_its_ceiling_trips(raw_host, playing, actuator, above):
    host = armed_or_playing(raw_host(), playing)
    host.set({actuator: ceiling(host, actuator) + above}, ahead=200)
    if above > 0:
        assert_tripped_at_once(host, Reason.CEILING)
    else:
        assert host.state is DeviceState.PLAYING


@pytest.mark.parametrize("playing", [False, True])
@pytest.mark.parametrize("actuator", ["spine", "kidney-l", "kidney-r"])
@pytest.mark.parametrize("drive", [1, 255])
def test_any_drive_on_an_excluded_actuator_trips(raw_host, playing, actuator, drive):
    host = armed_or_playing(raw_host(), playing)
    host.set({actuator: drive, "sacrum": 50}, ahead=200)
    assert_tripped_at_once(host, Reason.EXCLUDED)


@pytest.mark.parametrize("playing", [False, True])
@pytest.mark.parametrize(
    ("actuator", "rate", "trips"),
    [
        ("knead-r", 59, False),
        ("knead-r", 60, False),
        ("knead-r", 61, True),
        ("knead-r", 255, True),
        ("knead-r", 21, False),
        ("knead-r", 20, False),
        ("knead-r", 19, True),
        ("knead-r", 0, True),
        ("upper-l", 80, False),
        ("upper-l", 81, True),
        ("upper-l", 20, False),
        ("upper-l", 19, True),
    ],
)
def test_a_rate_out_of_range_trips(raw_host, playing, actuator, rate, trips):
    host = armed_or_playing(raw_host(), playing)
    host.set({actuator: 80}, {actuator: rate}, ahead=200)
    if trips:
        assert_tripped_at_once(host, Reason.RATE)
    else:
        assert host.state is DeviceState.PLAYING


def test_a_kneader_whose_own_table_allows_more_is_still_held_to_sixty(raw_host):
    description = load_device("reference-cushion")
    fast = [
        actuator.model_copy(update={"rate": actuator.rate.model_copy(update={"max": 90})})
        if actuator.id == "knead-r"
        else actuator
        for actuator in description.actuators
    ]
    for rate, state in ((60, DeviceState.PLAYING), (61, DeviceState.TRIPPED), (90, DeviceState.TRIPPED)):
        host = raw_host(description.model_copy(update={"actuators": tuple(fast)})).ready()
        host.set({"knead-r": 80}, {"knead-r": rate})
        assert host.state is state


@pytest.mark.parametrize("playing", [False, True])
@pytest.mark.parametrize("ahead", [AHEAD_MAX_MS - 1, AHEAD_MAX_MS, AHEAD_MAX_MS + 1, 0x7FFF])
def test_setpoints_too_far_ahead_trip(raw_host, playing, ahead):
    host = armed_or_playing(raw_host(), playing)
    host.set({"sacrum": 60}, ahead=ahead)
    if ahead > AHEAD_MAX_MS:
        assert_tripped_at_once(host, Reason.TOO_FAR_AHEAD)
    else:
        assert host.state is DeviceState.PLAYING
        assert host.cushion._playout.last_due == host.now + ahead


MALFORMED = {
    "empty": b"",
    "half a mask": b"\x01",
    "mask without drives": b"\x01\x00",
    "a drive too many": b"\x01\x00\x32\x32",
    "no rate": b"\x00\x10\x32",
    "a rate too many": b"\x01\x00\x32\x32",
    "drive 0 named": b"\x01\x00\x00",
    "64 bytes": bytes(range(64)),
}


@pytest.mark.parametrize("playing", [False, True])
@pytest.mark.parametrize("payload", MALFORMED.values(), ids=MALFORMED)
def test_malformed_setpoints_trip(raw_host, playing, payload):
    host = armed_or_playing(raw_host(), playing)
    host.send(SETPOINTS, payload, t_ms=host.now + 200)
    assert_tripped_at_once(host, Reason.MALFORMED)


def test_a_mask_beyond_the_actuators_trips(raw_host):
    host = raw_host(load_device("seat-pad-8")).ready()
    host.send(SETPOINTS, b"\x01\x32", t_ms=20)
    assert host.state is DeviceState.PLAYING
    # Nine or more actuators would need a second mask byte; sixteen fill theirs. One of twelve leaves room.
    twelve = load_device("reference-cushion")
    twelve = twelve.model_copy(update={"actuators": twelve.actuators[:12]})
    for bit in range(12, 16):
        host = raw_host(twelve).ready()
        host.send(SETPOINTS, (1 << bit).to_bytes(2, "little") + b"\x32\x32", t_ms=20)
        assert_tripped_at_once(host, Reason.MALFORMED)


def test_a_late_violation_is_still_a_violation(raw_host):
    host = raw_host().playing()
    host.set({"sacrum": 255}, ahead=-1000)
    assert_tripped_at_once(host, Reason.CEILING)


@pytest.mark.parametrize("over", [-1, 0, 1])
def test_drives_above_the_power_budget_trip(raw_host, over):
    """Two drives of 50 each against a budget of 100, and one unit beside it."""
    cushion = load_device("reference-cushion").model_copy(update={"power_budget": 100})
    host = raw_host(cushion).ready()
    host.set({"sacrum": 50, "lumbar-l": 50 + over})
    if over > 0:
        assert_tripped_at_once(host, Reason.POWER)
    else:
        assert host.state is DeviceState.PLAYING


def test_violations_of_another_epoch_are_none_of_its_business(raw_host):
    host = raw_host().playing()
    host.set({"spine": 255}, epoch=host.cushion.epoch ^ 1)
    assert host.state is DeviceState.PLAYING
    assert host.answers[-1].reason == Reason.WRONG_EPOCH


@pytest.mark.parametrize("state", ["disarmed", "tripped"])
def test_setpoints_cannot_make_a_cushion_trip_that_does_not_listen(raw_host, state):
    host = raw_host()
    host.greet()
    if state == "tripped":
        host.cushion.press_button(0)
    host.set({"spine": 255})
    assert host.state is DeviceState[state.upper()]
    assert host.cushion.reason is (Reason.BUTTON if state == "tripped" else Reason.NONE)


# -- late, twice, out of order ---------------------------------------------------------------------------


def test_late_setpoints_are_dropped_and_counted(raw_host):
    host = raw_host().playing()
    for ahead in (0, -1, -500, -0x8000):
        host.set({"lumbar-l": 100}, ahead=ahead)
    host.drive({"sacrum": 100}, 400)
    assert host.state is DeviceState.PLAYING
    assert host.status.late == 4
    assert host.trace.drives[:, host.index["lumbar-l"]].max() == 0
    assert host.trace.drives[-400:, 0].min() == 100


def test_duplicates_and_frames_out_of_order_are_dropped_and_counted(raw_host):
    host = raw_host().ready()
    one = host.frame(SETPOINTS, host.payload({"sacrum": 50}), t_ms=100)
    two = host.frame(SETPOINTS, host.payload({"sacrum": 60}), t_ms=120)
    other = host.frame(SETPOINTS, host.payload({"sacrum": 10, "lumbar-l": 100}), t_ms=110)
    for frame in (one, one, two, other, one):
        host.raw(frame)
    host.wait(130)
    host.stop()
    assert host.status.late == 3
    assert host.trace.drives[100, 0] == 50
    assert host.trace.drives[120, 0] == 60
    assert host.trace.drives[:, host.index["lumbar-l"]].max() == 0


def test_more_setpoints_than_it_can_hold_are_dropped_and_counted(raw_host):
    host = raw_host().ready()
    for k in range(QUEUE_SLOTS + 5):
        host.set({"sacrum": 50}, ahead=10 * (k + 1))
    host.wait(5)
    host.stop()
    assert host.status.late == 5
    assert host.status.free_slots == QUEUE_SLOTS, "a stop forgets what is queued"


def test_the_status_tells_room_and_the_frame_played_last(raw_host):
    host = raw_host().ready()
    for k in range(10):
        host.set({"sacrum": 50}, ahead=20 * (k + 1), seq=100 + k)
    host.wait(190, each=10)
    host.greet()  # which is answered with a status at once
    assert host.status.state == DeviceState.PLAYING
    assert (host.status.free_slots, host.status.executed) == (QUEUE_SLOTS - 1, 108)
    assert host.status.output_sum == host.trace.sums[190] == 50
    assert host.status.reason == Reason.NONE


def test_device_time_wraps_without_harm(raw_host):
    host = raw_host()
    host.wait(65_000, each=500)
    host.playing({"sacrum": 100}, ms=3000)
    assert host.state is DeviceState.PLAYING
    assert host.status.late == 0
    assert host.trace.drives[66_000:68_000, 0].min() == 100


def test_the_status_counts_frames_that_fail_their_check(raw_host):
    host = raw_host().playing()
    bad = bytearray(host.frame(SETPOINTS, host.payload({"sacrum": 50}), t_ms=host.now + 100))
    bad[5] ^= 1 if bad[5] != 1 else 2
    host.raw(bytes(bad))
    host.wait(STATUS_MS, each=10)
    assert host.status.bad == 1


def test_the_status_names_who_must_rest(raw_host):
    host = raw_host().playing({"lumbar-l": 100}, ms=9600)
    assert host.status.resting == 0
    host.drive({"lumbar-l": 100}, 600)
    assert host.status.resting == 1 << host.index["lumbar-l"]
    assert [fields["actuator"] for _, fields in host.trace.named("dwell")][:1] == [
        "sacrum"
    ] or host.trace.named("dwell")
    host.drive({"upper-r": 50}, 2400)
    assert host.status.resting == 0


# -- epochs and resets -----------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", [DESCRIBE, ARM, SETPOINTS, HEARTBEAT, RESET])
def test_a_frame_of_another_epoch_is_refused(raw_host, kind):
    host = raw_host().ready()
    for epoch in {0, 1, 255, host.cushion.epoch ^ 0x80} - {host.cushion.epoch}:
        host.send(kind, b"\x00", epoch=epoch)
        assert host.answers[-1] == (kind, host.seq, Reason.WRONG_EPOCH)
    assert host.state is DeviceState.ARMED


def test_a_reset_of_the_device_draws_another_epoch_and_forgets_being_armed(raw_host):
    host = raw_host().playing()
    epochs = [host.cushion.epoch]
    for _ in range(300):
        now = host.now
        host.cushion.reset(now)
        epochs.append(host.cushion.epoch)
        assert host.state is DeviceState.DISARMED
        host.wait(1)
    assert all(a != b for a, b in pairwise(epochs))
    assert 0 not in epochs
    assert host.trace.last_moving() < 1100
    host.set({"sacrum": 100}, epoch=epochs[0])
    host.wait(500)
    assert host.trace.last_moving() < 1100


def test_epochs_come_from_the_seed_alone():
    description = load_device("seat-pad-8")
    assert {Cushion(description, seed=3).epoch for _ in range(5)} == {Cushion(description, seed=3).epoch}
    assert len({Cushion(description, seed=seed).epoch for seed in range(50)}) > 30


def test_a_reset_message_clears_a_trip_and_starts_nothing(raw_host):
    host = raw_host().playing()
    host.set({"spine": 1}, ahead=100)
    tripped = host.now
    host.set({"sacrum": 100}, ahead=200)
    host.reset()
    assert host.answers[-1] == (RESET, host.seq, Reason.NONE)
    assert host.state is DeviceState.DISARMED
    host.set({"sacrum": 100}, ahead=100)
    host.wait(1000)
    assert host.state is DeviceState.DISARMED
    assert host.trace.last_moving() <= tripped
    host.playing()
    assert host.trace.last_moving() == host.now


@pytest.mark.parametrize("playing", [False, True])
def test_a_reset_message_without_a_trip_changes_nothing(raw_host, playing):
    host = armed_or_playing(raw_host(), playing)
    state = host.state
    host.reset()
    assert host.answers[-1].reason == Reason.NONE
    assert host.state is state


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
    "a frame of any sequence": (lambda host: host.stop(seq=0, t_ms=0xABCD, flags=0xFF), Reason.STOP_FRAME),
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
    assert host.answers[-1].reason == Reason.NOT_ARMED
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


# -- loss of the link ------------------------------------------------------------------------------------


@pytest.mark.parametrize("ahead", [20, 100, 250, 500])
def test_silence_holds_and_then_latches(raw_host, ahead):
    host = raw_host().playing(ms=600)
    host.beat()
    assert host.beaten == host.now
    host.set({"sacrum": 100}, ahead=ahead)
    last = host.now
    host.wait(SOFT_LOSS_MS - 1)
    assert host.state is DeviceState.PLAYING
    host.wait(max(0, ALL_ZERO_MS - SOFT_LOSS_MS + 1))
    assert host.state is DeviceState.HOLDING
    assert host.cushion.reason is Reason.LINK_LOST
    assert host.trace.last_moving() <= last + ALL_ZERO_MS
    host.wait(HARD_LOSS_MS - ALL_ZERO_MS - 1)
    assert host.state is DeviceState.HOLDING
    host.wait(1)
    assert host.state is DeviceState.TRIPPED
    assert host.cushion.reason is Reason.LINK_LOST
    assert [at for at, _ in host.trace.named("trip")] == [last + HARD_LOSS_MS]


def test_the_hold_begins_at_the_very_millisecond(raw_host):
    host = raw_host().playing(ms=600)
    host.set({"sacrum": 100}, ahead=300)
    last = host.now
    host.wait(400)
    assert host.trace.named("link") == [(last + SOFT_LOSS_MS, {"state": "lost"})]
    assert host.trace.drives[last + SOFT_LOSS_MS, 0] == 100
    assert host.trace.drives[last + SOFT_LOSS_MS + 3, 0] < 100


@pytest.mark.parametrize("phase", range(0, 200, 7))
@pytest.mark.parametrize("each", [1, 5, 20, 100])
def test_whenever_the_host_dies_all_is_zero_and_then_latched_in_time(raw_host, phase, each):
    """The host sends what the player sends: five frames each 100 ms, 250 ms ahead; then it is gone."""
    host = raw_host().ready()
    due = 150
    last = 0
    while host.now < 1000 + phase:
        if host.now % 100 == 0:
            host.beat()
            while due - host.now < 250:
                host.set({"sacrum": 200, "knead-r": 150, "press-l": 150}, ahead=due - host.now)
                due += 20
            last = host.now
        host.wait(1)
    host.wait(1500, each=each)
    drives = host.trace.drives
    assert drives[last + 1 : last + 200].any()
    assert not drives[last + ALL_ZERO_MS :].any()
    (trip,) = host.trace.named("trip")
    assert trip[0] <= last + LATCHED_MS
    assert trip[1] == {"reason": "link lost"}
    assert host.state is DeviceState.TRIPPED


@pytest.mark.parametrize("late", [0, 1, 49, 250, 400, 500])
def test_it_recovers_by_ramping_up_when_frames_return(raw_host, late):
    host = raw_host().playing(ms=1000)
    host.beat()
    last = host.now
    # The last frame is due 100 ms on, but it is the last byte that starts the 250 ms.
    host.wait(SOFT_LOSS_MS + late)
    assert host.state is DeviceState.HOLDING
    host.beat()
    host.drive({"sacrum": 100}, 600)
    assert host.state is DeviceState.PLAYING
    assert host.status.reason == Reason.NONE
    assert host.trace.drives[-1, 0] == 100
    rises = np.diff(host.trace.drives[last:, 0].astype(int))
    assert rises.max() <= 1, "800 drive units a second"
    assert not host.trace.named("trip")


def test_a_host_that_beats_but_sends_no_setpoints_is_held(raw_host):
    """A heartbeat shows that somebody lives; with nothing left to play the output still comes down."""
    host = raw_host().playing(ms=600)
    last_due = host.cushion._playout.last_due
    for _ in range(20):
        host.beat()
        host.wait(100)
    assert host.state is DeviceState.HOLDING
    assert host.trace.last_moving() <= last_due + SOFT_LOSS_MS + RAMP_MS


def test_setpoints_without_heartbeats_latch(raw_host):
    host = raw_host().playing(ms=600)
    for _ in range(100):
        host.set({"sacrum": 100}, ahead=100)
        host.wait(20)
    assert host.state is DeviceState.TRIPPED
    assert host.trace.named("trip") == [(host.beaten + HARD_LOSS_MS, {"reason": "link lost"})]


def test_an_armed_cushion_latches_when_its_host_is_gone(raw_host):
    host = raw_host().ready()
    host.wait(HARD_LOSS_MS - 1)
    assert host.state is DeviceState.ARMED
    host.wait(1)
    assert host.state is DeviceState.TRIPPED


def test_heartbeats_alone_keep_an_armed_cushion_armed(raw_host):
    host = raw_host().ready()
    for _ in range(50):
        host.beat()
        host.wait(100)
    assert host.state is DeviceState.ARMED


@pytest.mark.parametrize("echo", ["never sent", "stale"])
def test_a_heartbeat_with_an_echo_that_is_not_fresh_keeps_nothing_alive(raw_host, echo):
    host = raw_host().ready()
    old = host.echo
    while host.echo == old:  # a status that was never answered
        host.wait(10, each=10)
    for _ in range(15):
        host.beat()
        host.wait(100)
    host.beat()
    beaten = host.beaten
    for _ in range(15):
        host.beat(echo=old if echo == "stale" else (host.echo + 100) % 256)
        host.set({"sacrum": 50}, ahead=100)
        host.wait(100)
    assert host.state is DeviceState.TRIPPED
    assert host.trace.named("trip")[0][0] <= beaten + HARD_LOSS_MS


def test_a_replayed_heartbeat_counts_once(raw_host):
    """Bytes that some buffer repeats must not keep a dead host alive."""
    host = raw_host().playing(ms=600)
    fresh = host.echo
    host.beat(fresh)
    beaten = host.beaten
    for _ in range(30):
        host.beat(fresh)
        host.set({"sacrum": 50}, ahead=100)
        host.wait(50)
    assert host.state is DeviceState.TRIPPED
    assert host.trace.named("trip")[0][0] == beaten + HARD_LOSS_MS


@pytest.mark.parametrize("kind", [HEARTBEAT, SETPOINTS, HELLO, ARM])
def test_a_cushion_that_looks_late_still_sees_what_was_lost_before(raw_host, kind):
    """Nobody let time pass before the bytes came: the loss of the link took place all the same."""
    for silence in (SOFT_LOSS_MS, 600, HARD_LOSS_MS, 5000):
        host = raw_host().playing(ms=600)
        host.beat()
        last = host.now
        host.now += silence
        payload = {HEARTBEAT: bytes([host.echo]), HELLO: b"\x01", ARM: bytes(4)}.get(kind)
        if payload is None:
            payload = host.payload({"sacrum": 100})
        host.send(kind, payload, t_ms=host.now + 100)
        assert host.trace.named("link") == [(last + SOFT_LOSS_MS, {"state": "lost"})]
        if silence >= HARD_LOSS_MS:
            assert host.trace.named("trip") == [(last + HARD_LOSS_MS, {"reason": "link lost"})]
            assert host.state is DeviceState.TRIPPED
        host.wait(50)
        assert not host.trace.drives[last + ALL_ZERO_MS : last + silence].any()


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


def test_a_session_ends_after_twenty_minutes_of_output(raw_host):
    host = raw_host().ready()
    actuators = ["sacrum", "lumbar-l", "lumbar-r"]
    for k in range(SESSION_MS // 5000 + 2):
        if host.state is DeviceState.DISARMED:
            break
        for _ in range(50):  # setpoints each 100 ms are enough; each actuator works 5 s in 15
            host.beat()
            host.set({actuators[k % 3]: 50}, ahead=200)
            host.wait(100, each=100)
    assert host.state is DeviceState.DISARMED
    assert host.cushion.reason is Reason.SESSION_OVER
    moving = int((host.trace.sums > 0).sum())
    assert SESSION_MS <= moving <= SESSION_MS + 1000
    assert host.trace.last_moving() < host.now
    assert [fields["reason"] for _, fields in host.trace.named("stop")] == ["session over"]


# -- whatever the bytes ----------------------------------------------------------------------------------


@st.composite
def hostile_bytes(draw):
    """Noise, zeros, and frames whose check passes but which need not make sense."""
    frame = st.tuples(
        st.integers(0, 255),
        st.integers(0, 255),
        st.integers(0, 0xFFFF),
        st.binary(max_size=64),
        st.booleans(),
    )
    return draw(st.lists(st.one_of(st.binary(max_size=100), frame), max_size=20))


KINDS_WITHOUT_ARM = [HELLO, DESCRIBE, SETPOINTS, HEARTBEAT, STOP, RESET, 0x81, 0x00, 0xFF]


@settings(max_examples=150)
@given(hostile_bytes(), st.integers(1, 400))
def test_a_disarmed_cushion_never_moves_and_never_raises(raw_host, stream, pause):
    host = raw_host()
    host.greet()
    for item in stream:
        if isinstance(item, bytes):
            host.cushion.receive(item, host.now)
        else:
            kind, epoch, t_ms, payload, right = item
            kind = KINDS_WITHOUT_ARM[kind % len(KINDS_WITHOUT_ARM)]
            host.send(kind, payload, t_ms=t_ms, epoch=host.cushion.epoch if right else epoch)
        host.wait(pause, each=50)
    assert host.state in (DeviceState.DISARMED,)
    assert host.trace.last_moving() == -1


def limits_kept(host):
    """Ceilings, exclusions, rate caps and slew on every millisecond that was traced."""
    drives, rates = host.trace.drives.astype(int), host.trace.rates
    table = host.cushion.table
    assert (drives.max(axis=0) <= [0 if a.excluded else a.ceiling for a in table]).all()
    assert (rates.max(axis=0) <= [a.rate_max for a in table]).all()
    steps = np.diff(drives, axis=0, prepend=0)
    assert (steps.max(axis=0) <= [-(-(a.attack * 256) // 1000) // 256 + 1 for a in table]).all()


@settings(max_examples=60)
@given(hostile_bytes(), st.integers(1, 200))
def test_an_armed_cushion_keeps_its_limits_whatever_comes(raw_host, stream, pause):
    host = raw_host().ready()
    host.set({"sacrum": 200, "knead-l": 200}, ahead=150)
    for item in stream:
        if isinstance(item, bytes):
            host.raw(item)
        else:
            kind, epoch, t_ms, payload, right = item
            kind = (SETPOINTS, HEARTBEAT, STOP, HELLO)[kind % 4]
            host.send(
                kind, payload, t_ms=host.now + t_ms % 700 - 100, epoch=host.cushion.epoch if right else epoch
            )
        host.wait(pause, each=50)
    limits_kept(host)
    host.wait(2000, each=100)
    assert host.cushion.output_sum == 0


def mutated(rng, frame):
    """A valid frame, damaged in one of several ways, or left alone."""
    match rng.randrange(6):
        case 0:
            return frame
        case 1:
            at = rng.randrange(len(frame))
            return frame[:at] + bytes([rng.randrange(256)]) + frame[at + 1 :]
        case 2:
            return frame[: rng.randrange(len(frame))]
        case 3:
            at = rng.randrange(len(frame))
            return frame[:at] + rng.randbytes(rng.randrange(1, 40)) + frame[at:]
        case 4:
            return frame[:-1]
        case _:
            return frame + frame


def test_a_million_bytes_of_damaged_frames_neither_move_it_nor_break_it(raw_host):
    """No arm request among them is whole; whatever else comes, a disarmed cushion stays still."""
    rng = random.Random(20240501)
    host = raw_host()
    host.greet()
    count = 0
    while count < 1_000_000:
        burst = b""
        while len(burst) < 4000:
            kind = rng.choice(KINDS_WITHOUT_ARM)
            payload = rng.choice(
                [
                    b"",
                    b"\x01",
                    host.payload({"sacrum": 100}),
                    rng.randbytes(rng.randrange(65)),
                    struct.pack("<I", 7),
                ]
            )
            epoch = rng.choice([0, host.cushion.epoch, rng.randrange(256)])
            burst += mutated(rng, host.frame(kind, payload, t_ms=host.now + rng.randrange(600), epoch=epoch))
            if rng.random() < 0.1:
                burst += rng.randbytes(rng.randrange(200))
        host.cushion.receive(burst, host.now)
        host.cushion.transmit()
        host.now += 7
        host.cushion.advance(host.now)
        count += len(burst)
    assert host.state is DeviceState.DISARMED
    host.wait(1000, each=100)
    assert host.trace.last_moving() == -1
    host.playing({"sacrum": 100}, ms=400)
    assert host.state is DeviceState.PLAYING, "and it still works"


def test_the_same_bytes_cut_anywhere_have_the_same_effect(raw_host):
    host = raw_host()
    stream = host.frame(HELLO, b"\x01", epoch=0) + host.frame(
        ARM, struct.pack("<I", host.cushion.identity.limits_hash)
    )
    for k in range(10):
        stream += host.frame(SETPOINTS, host.payload({"sacrum": 10 * k + 10}), t_ms=20 * (k + 1))
    outputs = []
    for size in (1, 2, 3, 7, 50, len(stream)):
        other = raw_host()
        for at in range(0, len(stream), size):
            other.raw(stream[at : at + size])
        other.wait(400)
        outputs.append(other.trace.drives.tolist())
    assert all(output == outputs[0] for output in outputs)
    assert max(map(max, outputs[0])) > 50


def test_nobody_needs_to_watch():
    cushion = Cushion(load_device("seat-pad-8"))
    cushion.advance(5000)
    cushion.press_button(5000)
    assert cushion.state is DeviceState.TRIPPED
    assert cushion.output_sum == 0
