"""Placing through the interlock: a state of its own, and each of its limits at one below, at, one above."""

from itertools import chain, repeat

import pytest
from interlocks import HASH, admits, points, refusal

from firmware_bridge.safety.interlock import Interlock, InterlockEvent, State
from firmware_bridge.safety.placing_veto import PlacingVeto
from firmware_bridge.wire.messages import Arm, Limits, Setpoints, Stop

CHANNELS = 3
REST = 100
"""Silent frames after the first that a pulse owes."""


def placing(spent_s=0.0, rested=REST):
    veto = PlacingVeto(CHANNELS, spent_s)
    return interlock_of(veto, rested), veto


def interlock_of(veto, rested=REST):
    interlock = Interlock((), 0, HASH, placing=veto)
    interlock.admit(Arm(HASH))
    interlock.observe(InterlockEvent.ARM_CONFIRMED)
    for _ in range(rested):
        interlock.admit(points(0, 0, 0))
    return interlock


def pulse(frames, channel=0, drive=9):
    one = [0] * CHANNELS
    one[channel] = drive
    return [points(*one)] * frames


def all_admitted(interlock, frames):
    return all(admits(interlock, each) for each in frames)


def test_it_is_a_state_of_its_own():
    interlock, _ = placing()
    assert all_admitted(interlock, pulse(1))
    assert interlock.state is State.PLACING
    interlock.admit(Stop())
    assert interlock.state is State.STOPPING
    interlock.observe(InterlockEvent.DISARMED)
    assert "while disarmed" in refusal(interlock, points(0, 0, 0)).reason


@pytest.mark.parametrize("d", [-1, 0, 1])
def test_a_fifth_of_full_drive_is_the_most(d):
    interlock, _ = placing()
    for drive in (10, 20, 30, 40, 50):
        interlock.admit(points(drive, 0, 0))
    assert admits(interlock, points(51 + d, 0, 0)) is (d <= 0)
    assert PlacingVeto(CHANNELS).above_ceiling(0, bytes([51 + d])) is None or d > 0


@pytest.mark.parametrize("d", [-1, 0, 1])
def test_a_pulse_begins_softly(d):
    interlock, _ = placing()
    assert admits(interlock, points(10 + d, 0, 0)) is (d <= 0)


@pytest.mark.parametrize("d", [-1, 0, 1])
def test_half_a_second_is_the_longest_pulse_its_ends_included(d):
    interlock, _ = placing()
    assert all_admitted(interlock, pulse(24 + d)) is (d <= 0)


@pytest.mark.parametrize("d", [-1, 0, 1])
def test_two_seconds_of_silence_lie_before_each_pulse(d):
    interlock, _ = placing(rested=REST + d)
    assert admits(interlock, points(9, 0, 0)) is (d >= 0)
    interlock, _ = placing()
    # The interval after the last driven frame is still on its way to silence.
    frames = [*pulse(5), *[points(0, 0, 0)] * (REST + 1 + d), *pulse(1)]
    assert all_admitted(interlock, frames) is (d >= 0)


@pytest.mark.parametrize("d", [-1, 0, 1])
def test_a_minute_of_pulses_is_the_most_over_all_runs(d):
    interlock, veto = placing(spent_s=60.0 - 0.12 + d * 0.02)
    frames = [*pulse(5), points(0, 0, 0)]
    assert all_admitted(interlock, frames) is (d <= 0)
    assert veto.spent_s <= 60.0


def test_what_was_spent_stays_spent_however_often_it_is_armed():
    veto = PlacingVeto(CHANNELS)
    admitted = 0
    for _ in range(200):
        interlock = interlock_of(veto)
        if not all_admitted(interlock, [*pulse(24), points(0, 0, 0)]):
            break
        interlock.admit(Stop())
        interlock.observe(InterlockEvent.DISARMED)
        admitted += 1
    assert admitted == 120
    assert veto.spent_s == 60.0


def test_a_stop_in_a_pulse_gives_nothing_back_and_a_rest_is_owed():
    veto = PlacingVeto(CHANNELS)
    interlock = interlock_of(veto)
    assert all_admitted(interlock, pulse(10))
    interlock.admit(Stop())
    interlock.observe(InterlockEvent.DISARMED)
    assert veto.spent_s == pytest.approx(11 * 0.02)
    assert not admits(interlock_of(veto, rested=REST - 1), points(9, 0, 0))


def test_one_channel_at_a_time():
    interlock, _ = placing()
    assert "more than one channel" in refusal(interlock, points(1, 1, 0)).reason
    interlock, _ = placing()
    interlock.admit(points(9, 0, 0))
    assert "right after another" in refusal(interlock, points(0, 9, 0)).reason
    assert PlacingVeto(CHANNELS).above_ceiling(0, bytes([51, 0, 51])) is not None


@pytest.mark.parametrize(
    ("frames", "reason", "rule"),
    [
        ([points(9, 0)], "setpoints for 2 channels on a device with 3", None),
        ([Setpoints(bytes(2), bytes(3))], "setpoints for 2 channels on a device with 3", None),
        ([Setpoints(bytes(3), bytes(2))], "setpoints for 3 channels on a device with 3", None),
        ([Setpoints(bytearray(3), bytes(3))], "setpoints that could still change", None),
        ([Setpoints(bytes(3), bytearray(3))], "setpoints that could still change", None),
        ([points(0, 0, 0, rates=(0, 0, 40))], "a rate while motors are placed", None),
        ([points(11, 0, 0)], "a pulse that rises by more than 10 in one frame", 164),
        ([points(52, 0, 0)], "drive 52 while motors are placed; 51 is the most", 188),
        ([points(1, 1, 0)], "more than one channel at a time while motors are placed", 188),
        ([*pulse(1), points(0, 9, 0)], "one channel right after another while motors are placed", 188),
        (pulse(25), "a pulse of more than 0.5 s", None),
        ([*pulse(1), points(0, 0, 0), *pulse(1)], "a pulse before 2 s of rest", None),
    ],
)
def test_what_is_no_pulse_trips_and_says_why(frames, reason, rule):
    interlock, _ = placing()
    assert all_admitted(interlock, frames[:-1])
    trip = refusal(interlock, frames[-1])
    assert str(trip) == (reason if rule is None else f"{reason} (rule {rule})")
    assert trip.rule == rule


def test_beyond_the_minute_it_says_why():
    interlock, _ = placing(spent_s=60.0)
    assert str(refusal(interlock, points(9, 0, 0))) == "more than 60 s of pulses in all"


@pytest.mark.parametrize(
    ("first", "ceilings", "reason"),
    [
        (0, bytes([51, 0, 0]), ""),
        (2, bytes([51]), ""),
        (0, bytes([52, 0, 0]), "drive 52 while motors are placed; 51 is the most (rule 188)"),
        (0, bytes([9, 9, 0]), "more than one channel at a time while motors are placed (rule 188)"),
        (1, bytes(3), "limits for 3 channels from number 1 on"),
        (-1, bytes(1), "limits for 1 channels from number -1 on"),
        (0, b"", "limits for 0 channels from number 0 on"),
        (0, bytearray(3), "limits that could still change"),
    ],
)
def test_a_device_is_told_no_more_than_that(first, ceilings, reason):
    interlock = Interlock((), 0, HASH, placing=PlacingVeto(CHANNELS))
    assert admits(interlock, Limits(first, 5, ceilings)) is not bool(reason)
    assert str(interlock.trip or "") == reason


@pytest.mark.parametrize(("rested", "passes"), [(REST - 1, False), (REST, True)])
def test_after_a_stop_in_a_pulse_the_whole_rest_is_owed_and_no_more(rested, passes):
    veto = PlacingVeto(CHANNELS)
    interlock = interlock_of(veto)
    assert all_admitted(interlock, pulse(10))
    interlock.admit(Stop())
    interlock.observe(InterlockEvent.DISARMED)
    assert admits(interlock_of(veto, rested), points(9, 0, 0)) is passes


def test_silence_before_a_stop_counts_for_nothing_after_it():
    veto = PlacingVeto(CHANNELS)
    interlock = interlock_of(veto, rested=REST)
    interlock.admit(Stop())
    interlock.observe(InterlockEvent.DISARMED)
    assert not admits(interlock_of(veto, rested=1), points(9, 0, 0))


def test_a_session_never_places_and_placing_never_plays():
    session = Interlock((), 0, HASH)
    session.admit(Arm(HASH))
    session.observe(InterlockEvent.ARM_CONFIRMED)
    session.admit(Setpoints(b"", b""))
    assert session.state is State.PLAYING
    with pytest.raises(Exception, match="pulse sent while playing"):
        session.observe(InterlockEvent.PULSE_SENT)
    interlock, _ = placing()
    with pytest.raises(Exception, match="setpoints sent while placing"):
        interlock.observe(InterlockEvent.SETPOINTS_SENT)


def test_pulses_that_keep_every_limit_go_on_and_on():
    interlock, veto = placing()
    silence = repeat(points(0, 0, 0), REST + 1)
    for channel in (0, 1, 2, 0):
        assert all_admitted(interlock, chain(pulse(16, channel), silence))
        silence = repeat(points(0, 0, 0), REST + 1)
    assert veto.spent_s == pytest.approx(4 * 17 * 0.02)
