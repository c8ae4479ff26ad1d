"""A probe gives the very drives that were asked for, on one actuator, and nothing else."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware_bridge.devices.calibration import probing
from firmware_bridge.devices.load import load_device, place_device
from firmware_bridge.limits import DRIVE_MAX, KNEADING_MAX_CPM
from firmware_bridge.safety.limiter import Limiter
from kneadwave.tuning.calibration.probe import CARRIER_HZ, Probe
from profiles.technique import Modality

LAYOUT = probing(place_device(load_device("reference-cushion")), 0.6)
ALLOWED = [actuator.index for actuator in LAYOUT.allowed]


@given(st.integers(6, 100), st.sampled_from([0.3, 0.6, 0.75, 1.0]))
def test_a_steady_drive_comes_out_whatever_the_gain(drive, gain):
    probe = Probe(LAYOUT, gain)
    wanted = min(drive, int(LAYOUT.actuators[0].ceiling * gain))
    probe.play(10, 0, [wanted] * 100)
    block, events = Limiter(LAYOUT).limit(probe.render(0, 100), gain)
    assert events == []
    assert block.drive[99, 0] == wanted
    assert not block.drive[:10].any()
    assert not block.drive[:, 1:].any()


def test_blocks_of_any_size_give_the_same_frames():
    probe = Probe(LAYOUT)
    probe.play(7, ALLOWED[3], range(6, 60))
    whole = probe.render(0, 100)
    parts = [probe.render(start, 10) for start in range(0, 100, 10)]
    assert (np.concatenate([part.level for part in parts]) == whole.level).all()
    assert (np.concatenate([part.rate for part in parts]) == whole.rate).all()
    assert [part.start for part in parts] == list(range(0, 100, 10))


def test_cut_keeps_what_was_played_and_counts_it():
    probe = Probe(LAYOUT)
    probe.play(10, 0, [20] * 30)
    assert probe.cut(25) == 15
    level = probe.render(0, 60).level[:, 0]
    assert np.flatnonzero(level).tolist() == list(range(10, 25))
    assert probe.cut(5) == 0
    assert not probe.render(0, 60).level.any()


def test_a_probe_of_nothing_is_silent():
    probe = Probe(LAYOUT)
    assert not probe.render(0, 50).level.any()
    probe.play(0, 0, [0] * 20)
    assert probe.cut(20) == 0
    probe.gain = 0.0
    probe.play(0, 0, [90] * 20)
    assert not probe.render(0, 20).level.any()


@pytest.mark.parametrize("index", ALLOWED)
def test_rates_are_those_that_the_actuator_can_do(index):
    actuator = LAYOUT.actuators[index]
    probe = Probe(LAYOUT)
    probe.play(0, index, [50] * 5)
    rate = probe.render(0, 5).rate
    assert (np.delete(rate, index, axis=1) == 0).all()
    if actuator.kind is Modality.KNEADING:
        assert (rate[:, index] == min(actuator.rate_max, KNEADING_MAX_CPM)).all()
    elif actuator.rate_max:
        assert (rate[:, index] == CARRIER_HZ).all()
    else:
        assert not rate.any()


def test_no_gain_asks_for_more_than_everything():
    probe = Probe(LAYOUT, gain=0.1)
    probe.play(0, 0, [DRIVE_MAX] * 5)
    assert probe.render(0, 5).level.max() == 1.0
