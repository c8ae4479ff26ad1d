"""The virtual cushion guards itself against a host that knows no limit."""

import pytest
from cushions import armed_or_playing, assert_tripped_at_once, ceiling

from firmware_bridge.devices.load import load_device
from firmware_bridge.guard.outbox import STATUS_MS
from firmware_bridge.guard.setpoint_check import AHEAD_MAX_MS, SetpointCheck
from firmware_bridge.wire.identity import QUEUE_SLOTS
from firmware_bridge.wire.messages import (
    SETPOINTS,
    DeviceState,
    Reason,
    Setpoints,
)

# -- violations ------------------------------------------------------------------------------------------


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


def test_a_kneader_whose_own_table_allows_less_is_held_to_that(raw_host):
    description = load_device("reference-cushion")
    slow = [
        actuator.model_copy(update={"rate": actuator.rate.model_copy(update={"max": 40})})
        if actuator.id == "knead-r"
        else actuator
        for actuator in description.actuators
    ]
    for rate, state in ((39, DeviceState.PLAYING), (40, DeviceState.PLAYING), (41, DeviceState.TRIPPED)):
        host = raw_host(description.model_copy(update={"actuators": tuple(slow)})).ready()
        host.set({"knead-r": 80}, {"knead-r": rate})
        assert host.state is state


@pytest.mark.parametrize("drive", [1, 200, 255])
def test_an_excluded_actuator_is_refused_even_if_its_table_gives_it_a_ceiling(raw_host, drive):
    host = raw_host()
    loose = [info._replace(ceiling=200) for info in host.cushion.table]
    check = SetpointCheck(loose, power_budget=1000)
    check.cap(bytes([200] * len(loose)))
    assert check.inspect(check.unpack(host.payload({"spine": drive})), ahead_ms=20) is Reason.EXCLUDED
    assert isinstance(check.inspect(check.unpack(host.payload({"sacrum": 200})), ahead_ms=20), Setpoints)


@pytest.mark.parametrize("playing", [False, True])
@pytest.mark.parametrize("ahead", [AHEAD_MAX_MS - 1, AHEAD_MAX_MS, AHEAD_MAX_MS + 1, 0x7FFF])
def test_setpoints_too_far_ahead_trip(raw_host, playing, ahead):
    host = armed_or_playing(raw_host(), playing)
    host.set({"sacrum": 60}, ahead=ahead)
    if ahead > AHEAD_MAX_MS:
        assert_tripped_at_once(host, Reason.TOO_FAR_AHEAD)
    else:
        assert host.state is DeviceState.PLAYING
        assert host.cushion.machine.stage.last_due == host.now + ahead


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


def test_setpoints_for_the_very_next_tick_are_played(raw_host):
    host = raw_host().ready()
    assert host.now == 0, "in its first tick already"
    host.set({"lumbar-l": 9}, ahead=1)
    host.wait(20)
    assert host.cushion.machine.late == 0
    assert host.trace.drives[:, host.index["lumbar-l"]].max() == 9


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


@pytest.mark.parametrize("greeted", [False, True])
def test_what_is_already_played_takes_no_room_in_the_queue(raw_host, greeted):
    """Half a second ahead is 25 frames of 32; those that are due count no longer, even if nobody looked."""
    host = raw_host()
    if greeted:
        host.greet()
    host.limits()
    host.arm()
    for _ in range(45):
        host.set({"sacrum": 100}, ahead=AHEAD_MAX_MS)
        host.wait(20, each=20)
    host.greet()
    assert host.status.late == 0


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
    assert host.status.resting == bytes(2)
    host.drive({"lumbar-l": 100}, 600)
    assert int.from_bytes(host.status.resting, "little") == 1 << host.index["lumbar-l"]
    assert [fields["actuator"] for _, fields in host.trace.named("dwell")] == ["lumbar-l"]
    host.drive({"upper-r": 50}, 2400)
    assert host.status.resting == bytes(2)


def test_an_observer_hears_of_what_was_accepted_and_when_it_is_due_only(raw_host):
    host = raw_host().ready()
    host.set({"sacrum": 50}, ahead=200)
    host.set({"sacrum": 60}, ahead=100)  # before the one that is queued: too late
    host.set({"sacrum": 70}, ahead=240)
    host.set({"sacrum": 255}, ahead=280)  # above its ceiling
    sacrum = host.index["sacrum"]
    assert [(due - host.now, drives[sacrum]) for due, drives in host.trace.accepted_parts] == [
        (200, 50),
        (240, 70),
    ]
