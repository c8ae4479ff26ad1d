"""The gate of a guard by itself: whatever its host wants, the device gets soft pulses of one channel."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware_bridge.guard.outputs.hf8 import Hf8
from firmware_bridge.guard.pulses import PULSE_S, PulseRefused, PulsesOnly

UPDATE_S = 0.02


class Put:
    """A GuardOutput that keeps what it is told."""

    traits = Hf8.traits

    def __init__(self):
        self.put_in, self.calls = [], []

    def ask(self, now):
        self.calls.append(("ask", now))
        return True

    def put(self, drives, rates, now):
        self.put_in.append((now, drives))
        assert not any(rates)

    def tend(self, now):
        self.calls.append(("tend", now))

    def zero(self):
        self.calls.append("zero")
        self.put_in.append((self.put_in[-1][0] if self.put_in else 0.0, bytes(3)))

    def close(self):
        self.calls.append("close")


def gate(*, pulses=99):
    output, left = Put(), iter([True] * pulses)
    return output, PulsesOnly(output, lambda: next(left, False), 0.0)


def drive(gate_, began, frames, *drives):
    for frame in range(frames):
        gate_.put(bytes(drives), bytes(len(drives)), began + frame * UPDATE_S)


def moved(output):
    return [at for at, drives in output.put_in if any(drives)]


def test_a_pulse_passes_as_it_is():
    output, gate_ = gate()
    drive(gate_, 2.0, 15, 0, 51, 0)
    drive(gate_, 2.3, 3, 0, 0, 0)
    assert [drives for _, drives in output.put_in] == [bytes([0, 51, 0])] * 15 + [bytes(3)] * 3


@pytest.mark.parametrize("d", [-1, 0, 1])
def test_a_fifth_of_full_drive_is_the_most(d):
    output, gate_ = gate()
    if d <= 0:
        drive(gate_, 2.0, 1, 51 + d, 0, 0)
        assert len(moved(output)) == 1
        return
    with pytest.raises(PulseRefused, match=r"^its host wanted more than a soft pulse of one channel$"):
        drive(gate_, 2.0, 1, 51 + d, 0, 0)
    assert not moved(output)
    assert output.calls == ["zero"]


@pytest.mark.parametrize("drives", [(1, 1, 0), (51, 51, 51)])
def test_two_channels_at_once_are_refused(drives):
    output, gate_ = gate()
    with pytest.raises(PulseRefused):
        drive(gate_, 2.0, 1, *drives)
    assert not moved(output)


def test_a_rate_is_refused():
    _, gate_ = gate()
    with pytest.raises(PulseRefused):
        gate_.put(bytes(3), bytes([0, 40, 0]), 2.0)


def test_a_pulse_that_lasts_is_cut_and_comes_back_after_silence_alone():
    output, gate_ = gate()
    drive(gate_, 2.0, 500, 9, 0, 0)
    assert moved(output)[0] == 2.0
    assert moved(output)[-1] <= 2.44 + 1e-9
    drive(gate_, 12.0, 1, 0, 0, 0)
    drive(gate_, 12.02, 1, 9, 0, 0)
    assert moved(output)[-1] == pytest.approx(12.02)


@pytest.mark.parametrize(("pause", "passes"), [(1.99, False), (2.01, True)])
def test_a_pulse_before_the_rest_is_over_is_silence(pause, passes):
    output, gate_ = gate()
    drive(gate_, 2.0, 5, 9, 0, 0)
    drive(gate_, 2.1, 1, 0, 0, 0)
    drive(gate_, 2.1 + pause, 10, 0, 9, 0)
    assert (len(moved(output)) > 5) is passes
    assert not gate()[1].put(bytes([9, 0, 0]), bytes(3), 1.99)


def test_another_channel_in_the_same_pulse_is_silence():
    output, gate_ = gate()
    drive(gate_, 2.0, 2, 9, 0, 0)
    drive(gate_, 2.04, 20, 0, 9, 0)
    assert len(moved(output)) == 2


def test_one_pulse_too_many_is_refused():
    output, gate_ = gate(pulses=2)
    for number in range(2):
        drive(gate_, 2.0 + 3 * number, 5, 9, 0, 0)
        drive(gate_, 2.1 + 3 * number, 1, 0, 0, 0)
    with pytest.raises(PulseRefused, match=r"^its host wanted more pulses than one device may have$"):
        drive(gate_, 8.0, 1, 9, 0, 0)
    assert len(moved(output)) == 10
    assert output.calls == ["zero"]


def test_after_it_was_told_to_be_off_nothing_moves_any_more():
    output, gate_ = gate()
    drive(gate_, 2.0, 3, 9, 0, 0)
    gate_.zero()
    drive(gate_, 2.06, 200, 9, 0, 0)
    drive(gate_, 10.0, 200, 0, 0, 0)
    drive(gate_, 20.0, 20, 9, 0, 0)
    assert len(moved(output)) == 3


def test_a_pulse_of_nothing_is_silence():
    output, gate_ = gate()
    gate_.put(b"", b"", 2.0)
    assert output.put_in == [(2.0, b"")]


def test_a_pulse_is_cut_after_0_44_s():
    output, gate_ = gate()
    assert PULSE_S == 0.44
    for at in (4.0, 4.25, 4.4375, 4.0 + PULSE_S):
        gate_.put(bytes([9, 0, 0]), bytes(3), at)
    assert moved(output) == [4.0, 4.25, 4.4375]


def test_what_lasts_longer_at_the_device_is_cut_sooner():
    output, longest = Put(), PULSE_S - 0.16
    gate_ = PulsesOnly(output, lambda: True, 0.0, lag_s=0.16)
    for at in (4.0, 4.0 + longest - 0.01, 4.0 + longest + 1e-9):
        gate_.put(bytes([9, 0, 0]), bytes(3), at)
    assert moved(output) == [4.0, 4.0 + longest - 0.01]


def test_a_pulse_is_cut_in_the_very_moment_in_which_it_is_long_enough():
    output = Put()
    gate_ = PulsesOnly(output, lambda: True, 0.0, lag_s=PULSE_S - 0.25)
    for at in (4.0, 4.125, 4.25):  # which a float holds exactly
        gate_.put(bytes([1]), bytes(1), at)
    assert output.put_in == [(4.0, bytes([1])), (4.125, bytes([1])), (4.25, bytes(1))]


def test_all_else_is_handed_on():
    output, gate_ = gate()
    assert gate_.ask(1.0)
    gate_.tend(2.0)
    gate_.zero()
    gate_.close()
    assert output.calls == [("ask", 1.0), ("tend", 2.0), "zero", "close"]
    assert gate_.traits is Hf8.traits


@given(
    st.lists(st.tuples(st.integers(1, 40), st.sampled_from([0, 0, 9, 51]), st.integers(0, 2)), max_size=60)
)
def test_whatever_comes_in_pulses_come_out(wanted):
    output, gate_ = gate(pulses=4)
    now = 0.0
    try:
        for frames, level, channel in wanted:
            drives = bytearray(3)
            drives[channel] = level
            drive(gate_, now, frames, *drives)
            now += frames * UPDATE_S
    except PulseRefused:
        pass
    began, last, pulses = None, -2.0, 0
    for at, drives in output.put_in:
        assert max(drives) <= 51
        assert sum(map(bool, drives)) <= 1
        if any(drives):
            if began is None:
                assert at - last >= 2.0 - 1e-9
                began, pulses = at, pulses + 1
            assert at - began <= 0.44 + 1e-9
        elif began is not None:
            began, last = None, at
    assert pulses <= 4
