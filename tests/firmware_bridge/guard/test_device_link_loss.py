"""The virtual cushion comes to rest when its host falls silent."""

from itertools import product

import numpy as np
import pytest
from depth import thinned

from firmware_bridge.guard.output_stage import RAMP_MS
from firmware_bridge.guard.states import HARD_LOSS_MS, SOFT_LOSS_MS
from firmware_bridge.wire.messages import (
    ARM,
    HEARTBEAT,
    HELLO,
    SETPOINTS,
    DeviceState,
    Reason,
)

ALL_ZERO_MS = 550
LATCHED_MS = 1100


@pytest.mark.parametrize("ahead", [20, 100, 250, 500])
def test_silence_holds_and_then_latches(raw_host, ahead):
    host = raw_host().playing(ms=600)
    host.listen_anew()
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


@pytest.mark.no_cover
@pytest.mark.parametrize(("phase", "each"), thinned(product(range(0, 200, 7), [1, 5, 20, 100])))
def test_whenever_the_host_dies_all_is_zero_and_then_latched_in_time(raw_host, phase, each):
    """The host sends what the player sends: five frames each 100 ms, 250 ms ahead; then it is gone."""
    host = raw_host().ready()
    due = 150
    last = 0
    while host.now < 1000 + phase:
        if host.now % 100 == 0:
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
    host.listen_anew()
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
    last_due = host.cushion.machine.stage.last_due
    for _ in range(20):
        host.beat()
        host.wait(100)
    assert host.state is DeviceState.HOLDING
    assert host.trace.last_moving() <= last_due + SOFT_LOSS_MS + RAMP_MS


def test_setpoints_without_an_echo_latch(raw_host):
    host = raw_host().playing(ms=600)
    host.listen_anew()
    host.beat()
    heard = host.now
    host.mute = True
    for _ in range(100):
        host.set({"sacrum": 100}, ahead=100)
        host.wait(20)
    assert host.state is DeviceState.TRIPPED
    assert host.trace.named("trip") == [(heard + HARD_LOSS_MS, {"reason": "link lost"})]


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


@pytest.mark.parametrize("echo", ["never sent", "stale", "none"])
def test_an_echo_that_is_not_fresh_keeps_nothing_alive(raw_host, echo):
    host = raw_host().ready()
    old = host.echo
    host.mute = True
    host.listen_anew()  # a status that is never answered while it is fresh
    host.mute, stale = False, host.echo
    for _ in range(15):
        host.listen_anew()
        host.beat()
        host.wait(100)
    host.listen_anew()
    host.beat()
    heard = host.now
    for _ in range(15):
        wrong = {"stale": stale, "never sent": (host.echo + 100) % 256, "none": 0}[echo]
        host.beat(echo=wrong)
        host.set({"sacrum": 50}, ahead=100, echo=old)
        host.wait(100)
    assert host.state is DeviceState.TRIPPED
    assert host.trace.named("trip")[0][0] == heard + HARD_LOSS_MS


@pytest.mark.parametrize(("late", "alive"), [(-1, True), (0, True), (1, False)])
def test_a_status_may_be_a_second_old_when_it_is_echoed(raw_host, late, alive):
    age = HARD_LOSS_MS + late
    host = raw_host().ready()
    host.listen_anew()
    echo, sent = host.echo, host.now
    while host.now < sent + age - 500:
        host.listen_anew()
        host.beat()
    beaten = host.now
    host.mute = True
    host.wait(sent + age - host.now)
    host.beat(echo=echo)
    host.wait(beaten + HARD_LOSS_MS - host.now)
    assert host.state is (DeviceState.ARMED if alive else DeviceState.TRIPPED)


def test_an_echo_that_is_replayed_counts_once(raw_host):
    """Bytes that some buffer repeats must not keep a dead host alive."""
    host = raw_host().playing(ms=600)
    host.listen_anew()
    fresh = host.echo
    host.beat()
    heard = host.now
    for _ in range(30):
        host.set({"sacrum": 50}, ahead=100, echo=fresh)
        host.wait(50)
    assert host.state is DeviceState.TRIPPED
    assert host.trace.named("trip")[0][0] == heard + HARD_LOSS_MS


@pytest.mark.parametrize("kind", [HEARTBEAT, SETPOINTS, HELLO, ARM])
def test_a_cushion_that_looks_late_still_sees_what_was_lost_before(raw_host, kind):
    """Nobody let time pass before the bytes came: the loss of the link took place all the same."""
    for silence in (SOFT_LOSS_MS, 600, HARD_LOSS_MS, 5000):
        host = raw_host().playing(ms=600)
        host.listen_anew()
        host.set({"sacrum": 100}, ahead=100)
        last = host.now
        host.now += silence
        payload = {HEARTBEAT: b"", HELLO: b"\x02", ARM: bytes(4)}.get(kind)
        if payload is None:
            payload = host.payload({"sacrum": 100})
        host.send(kind, payload, t_ms=host.now + 100)
        assert host.trace.named("link") == [(last + SOFT_LOSS_MS, {"state": "lost"})]
        if silence >= HARD_LOSS_MS:
            assert host.trace.named("trip") == [(last + HARD_LOSS_MS, {"reason": "link lost"})]
            assert host.state is DeviceState.TRIPPED
        host.wait(50)
        assert not host.trace.drives[last + ALL_ZERO_MS : last + silence].any()


def test_what_fell_due_in_a_leap_of_time_happened_in_its_own_tick(raw_host):
    """Nobody has greeted it, so that no status makes it look in between."""
    host = raw_host()
    host.limits()
    host.arm()
    host.drive({"sacrum": 100}, 600)
    host.now += 3000
    host.cushion.advance(host.now)
    lost = 580 + SOFT_LOSS_MS
    assert host.trace.named("link") == [(lost, {"state": "lost"})]
    assert host.trace.named("trip") == [(HARD_LOSS_MS, {"reason": "link lost"})]
    drives = host.trace.drives[:, 0]
    assert drives[lost] == 100
    assert 0 < drives[HARD_LOSS_MS] < 100
    assert not drives[HARD_LOSS_MS + 1 :].any()


def test_a_greeting_of_another_epoch_does_not_hold_off_the_loss(raw_host):
    host = raw_host().playing({"sacrum": 100}, ms=1000)
    host.set({"sacrum": 100}, ahead=480)
    last = host.now
    while host.now < last + SOFT_LOSS_MS + 10:
        host.wait(10)
        host.send(HELLO, b"\x02", epoch=0)
    assert host.state is DeviceState.HOLDING


@pytest.mark.parametrize("cuts", [True, False])
def test_a_guard_that_cuts_is_zero_as_soon_as_its_host_counts_as_lost(raw_host, cuts):
    """For what holds its last level: no ramp, and nothing before the 250 ms are over."""
    host = raw_host(cuts=cuts).playing(ms=600)
    host.set({"sacrum": 100}, ahead=300)
    last = host.now
    host.wait(400)
    lost = last + SOFT_LOSS_MS
    assert host.trace.drives[lost, 0] == 100
    assert bool(host.trace.drives[lost + 1, 0]) is not cuts
    host.set({"sacrum": 100}, ahead=20)
    host.wait(20)
    assert host.state is DeviceState.PLAYING
    before, after = host.trace.drives[host.now - 1 : host.now + 1, 0].astype(int)
    assert after - before <= 1, "what comes back rises from zero as anything does"
