"""The virtual cushion tells what it is, is armed, restarts, and is reset."""

from itertools import pairwise

import pytest
from cushions import armed_or_playing

from firmware_bridge.devices.load import load_device, shipped_devices
from firmware_bridge.guard.device import Guard
from firmware_bridge.guard.outbox import STATUS_MS
from firmware_bridge.guard.output_stage import DWELL_MS, DWELL_RELEASE_MS, RAMP_MS, REST_MS
from firmware_bridge.guard.setpoint_check import AHEAD_MAX_MS, KNEADING_MAX_CPM
from firmware_bridge.guard.states import HARD_LOSS_MS, SESSION_MAX_S, SOFT_LOSS_MS, UNHEARD_MS
from firmware_bridge.wire.identity import device_table, identity_of
from firmware_bridge.wire.messages import (
    ARM,
    DESCRIBE,
    HEARTBEAT,
    HELLO,
    RESET,
    SETPOINTS,
    ActuatorInfo,
    DeviceState,
    Identity,
    Reason,
)
from simulator.cushion import VirtualCushion


def test_its_figures_are_those_of_docs_wire():
    """The other tests reckon with these names, so they would follow a figure that slipped."""
    assert (SOFT_LOSS_MS, HARD_LOSS_MS) == (250, 1000)  # ms without a valid frame, without a live one
    assert UNHEARD_MS == 2000
    assert STATUS_MS == 75
    assert SESSION_MAX_S == 20 * 60  # rule 84
    assert AHEAD_MAX_MS == 500
    assert KNEADING_MAX_CPM == 60  # rule 64
    assert RAMP_MS == 250
    assert (DWELL_MS, DWELL_RELEASE_MS, REST_MS) == (10_000, 9_700, 2_000)  # rule 55


# -- who are you -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", shipped_devices())
def test_it_tells_what_it_is(raw_host, name):
    host = raw_host(load_device(name))
    host.greet()
    (identity,) = [report for report in host.reports if isinstance(report, Identity)]
    assert identity == host.cushion.identity
    assert identity.model == name
    assert identity.unit_id == 1, "the seed, as far as four bytes go"
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
    periodic = len(host.statuses) - 1
    assert 2000 // (STATUS_MS + 10) <= periodic <= 2000 // STATUS_MS
    assert len({frame.seq for frame in host.frames}) == len(host.frames)


def test_a_status_goes_out_at_its_very_millisecond(raw_host):
    host = raw_host()
    host.greet()
    host.wait(1300)
    told = [frame.t_ms for frame in host.frames[1:]]
    assert told == list(range(0, 1300, STATUS_MS))


def test_no_report_has_the_number_by_which_a_host_says_that_it_has_read_none(raw_host):
    host = raw_host()
    host.greet()
    host.wait(STATUS_MS * 300, each=STATUS_MS)
    numbers = [frame.seq for frame in host.frames]
    assert len(numbers) > 256
    assert numbers == [k % 255 + 1 for k in range(len(numbers))]


def test_an_older_host_is_answered_so_that_it_can_see_the_mismatch(raw_host):
    host = raw_host()
    host.send(HELLO, b"\x07", epoch=0)
    assert isinstance(host.reports[0], Identity)
    assert host.state is DeviceState.DISARMED


# -- arming ----------------------------------------------------------------------------------------------


def test_arming_needs_the_hash_of_its_limits(raw_host):
    host = raw_host()
    host.greet()
    host.limits()
    for wrong in (host.cushion.identity.limits_hash, host.cushion.machine.limits.hash ^ 1):
        host.arm(wrong)
        assert host.answers[-1] == (ARM, host.seq, Reason.WRONG_LIMITS)
        assert host.state is DeviceState.DISARMED
    host.arm()
    assert host.answers[-1] == (ARM, host.seq, Reason.NONE)
    assert host.state is DeviceState.ARMED


@pytest.mark.parametrize("again", [False, True])
def test_a_session_that_was_told_no_limits_cannot_be_armed(raw_host, again):
    host = raw_host()
    host.greet()
    if again:
        host.ready()
        host.stop()
    host.arm(host.cushion.machine.limits.hash)
    assert host.answers[-1] == (ARM, host.seq, Reason.WRONG_LIMITS)


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
    assert host.answers[-1].reason == Reason.BUSY
    assert host.state is DeviceState.PLAYING


def test_setpoints_before_arming_are_refused_and_move_nothing(raw_host):
    host = raw_host()
    host.greet()
    host.set({"sacrum": 100})
    assert host.answers[-1] == (SETPOINTS, host.seq, Reason.NOT_ARMED)
    host.wait(1000)
    assert host.trace.last_moving() == -1
    host.limits()
    host.arm()
    assert host.state is DeviceState.ARMED
    host.wait(500)
    assert host.trace.last_moving() == -1, "what came before the arm is not played after it"


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
        host.restart()
        epochs.append(host.cushion.epoch)
        assert host.state is DeviceState.DISARMED
        host.wait(1)
    assert all(a != b for a, b in pairwise(epochs))
    assert 0 not in epochs
    assert host.trace.last_moving() < 1100
    host.set({"sacrum": 100}, epoch=epochs[0])
    host.wait(500)
    assert host.trace.last_moving() < 1100


def test_the_epoch_before_is_one_that_a_device_may_have_kept():
    description = load_device("seat-pad-8")
    identity, table = identity_of(description), device_table(description)
    first = Guard(identity, table, seed=7).epoch
    assert Guard(identity, table, seed=7, kept_epoch=first).epoch != first
    assert Guard(identity, table, seed=7, kept_epoch=first ^ 1 or 2).epoch == first


def test_epochs_come_from_the_seed_alone():
    description = load_device("seat-pad-8")
    assert VirtualCushion(description, seed=0x1_0000_0003).identity.unit_id == 3
    assert len({VirtualCushion(description, seed=3).epoch for _ in range(5)}) == 1
    assert len({VirtualCushion(description, seed=seed).epoch for seed in range(50)}) > 30


def test_a_reset_of_the_device_is_told_to_who_watches(raw_host):
    host = raw_host().playing()
    host.restart()
    assert host.trace.named("state")[-1] == (host.now, {"state": "disarmed", "reason": "device reset"})


def test_who_watches_hears_of_each_state_and_why(raw_host):
    host = raw_host().playing()
    host.stop()
    host.wait(RAMP_MS)
    host.cushion.press_button(host.now)
    states = [(fields["state"], fields["reason"]) for _, fields in host.trace.named("state")]
    assert states == [
        ("armed", "none"),
        ("playing", "none"),
        ("stopping", "stop frame"),
        ("disarmed", "stop frame"),
        ("tripped", "button"),
    ]
    assert [at for at, _ in host.trace.named("state")] == [0, 0, 1000, 1000 + RAMP_MS, 1000 + RAMP_MS]


def test_a_reset_message_clears_a_trip_and_starts_nothing(raw_host):
    host = raw_host().playing()
    host.set({"spine": 1}, ahead=100)
    tripped = host.now
    host.set({"sacrum": 100}, ahead=200)
    host.reset()
    assert host.answers[-1] == (RESET, host.seq, Reason.TRIPPED), "nobody has looked yet"
    host.cushion.press_button(host.now)
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
