"""The Limiter keeps every limit for whatever it is fed, in whatever pieces."""

from dataclasses import replace

import numpy as np
import pytest
from depth import at_depth
from hypothesis import given, settings
from hypothesis import strategies as st
from limiting import block, limited
from shaping_runs import longest_span

from firmware_bridge.devices.load import load_device, place_device, shipped_devices
from firmware_bridge.devices.points import shared_points
from firmware_bridge.safety.limiter import Limiter
from firmware_bridge.safety.shaping import shape, shape_exactly
from profiles.technique import Modality

LAYOUTS = {name: place_device(load_device(name)) for name in shipped_devices()}
CUSHION = LAYOUTS["reference-cushion"]


def crowded(layout):
    """Every second actuator at the place of the one before it: pairs that share their points."""
    actuators = list(layout.actuators)
    for i in range(1, len(actuators), 2):
        actuators[i] = replace(actuators[i], x_mm=actuators[i - 1].x_mm, y_mm=actuators[i - 1].y_mm)
    return replace(layout, actuators=tuple(actuators))


LAYOUTS["crowded"] = crowded(CUSHION)
SHAPERS = [shape, shape_exactly]
HOSTILE = [np.nan, np.inf, -np.inf, -1.0, -0.0, 1.0, 5.0, 1e308, -1e308, 5e-324]


@st.composite
def waveforms(draw, layout, min_segments=1):
    """Segments of constant, pulsing, noisy, hostile and absent levels, different for each actuator."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    width = len(layout.actuators)
    pieces = []
    for _ in range(draw(st.integers(min_segments, 4))):
        frames = draw(st.integers(1, 400))
        t = np.arange(frames)[:, np.newaxis]
        period = rng.integers(2, 60, width)
        kinds = [
            np.broadcast_to(rng.uniform(0, 1, width), (frames, width)),
            (t % period < period / 2) * rng.uniform(0, 1.2, width),
            0.5 + 0.5 * np.sin(t / period),
            rng.uniform(-0.5, 1.5, (frames, width)),
            rng.choice(HOSTILE, (frames, width)),
            np.zeros((frames, width)),
        ]
        weights = np.array([0.3, 0.2, 0.15, 0.05, 0.1, 0.2])
        which = rng.choice(len(kinds), width, p=weights)
        pieces.append(np.stack(kinds)[which[np.newaxis, :], t, np.arange(width)[np.newaxis, :]])
    level = np.concatenate(pieces)
    rate = np.where(
        rng.random(level.shape) < 0.1, rng.choice(HOSTILE, level.shape), rng.uniform(0, 120, width)
    )
    return block(level, rate, start=draw(st.integers(0, 10_000)))


def gains(frames):
    hostile = st.sampled_from([0.0, 0.3, 1.0, 2.0, -1.0, np.nan, np.inf, 1e308])
    per_frame = st.integers(0, 2**32 - 1).map(
        lambda seed: np.random.default_rng(seed).choice([0.2, 0.7, 1.0, np.nan, -3.0], frames)
    )
    return st.one_of(hostile, per_frame)


def assert_obeys(layout, drive, rate):
    from_rest = np.concatenate((np.zeros((1, drive.shape[1]), dtype=int), drive.astype(int)))
    change = np.diff(from_rest, axis=0)
    for actuator in layout.actuators:
        column, rates = drive[:, actuator.index], rate[:, actuator.index]
        assert column.max(initial=0) <= actuator.ceiling
        if actuator.excluded:
            assert not column.any()
        assert change[:, actuator.index].max(initial=0) <= max(1, actuator.attack // 50)
        assert change[:, actuator.index].min(initial=0) >= -max(1, actuator.release // 50)
        assert not rates[column == 0].any()
        running = rates[column > 0]
        if actuator.rate_max == 0:
            assert not running.any()
        else:
            assert running.min(initial=255) >= actuator.rate_min
            assert running.max(initial=0) <= actuator.rate_max
        if actuator.kind is Modality.KNEADING:
            assert running.max(initial=0) <= 60
    assert drive.sum(axis=1, dtype=int).max(initial=0) <= layout.power_budget
    assert longest_span(drive, shared_points(layout.actuators), rest=100) <= 480


def test_the_crowded_cushion_has_pairs():
    assert shared_points(LAYOUTS["crowded"].actuators) == [[i, i + 1] for i in range(0, 16, 2)]


@pytest.mark.parametrize("name", LAYOUTS)
@settings(max_examples=at_depth(60))
@given(data=st.data())
def test_every_limit_holds_for_whatever_is_asked(name, data):
    layout = LAYOUTS[name]
    whole = data.draw(waveforms(layout))
    drive, rate, _ = limited(layout, whole, data.draw(gains(len(whole.level))))
    assert_obeys(layout, drive, rate)


@pytest.mark.parametrize("name", LAYOUTS)
@settings(max_examples=at_depth(40))
@given(data=st.data())
def test_block_sizes_change_nothing(name, data):
    layout = LAYOUTS[name]
    whole = data.draw(waveforms(layout))
    sizes = data.draw(st.lists(st.integers(1, 130), max_size=15))
    at_once, in_pieces = limited(layout, whole), limited(layout, whole, sizes=sizes)
    assert np.array_equal(at_once[0], in_pieces[0])
    assert np.array_equal(at_once[1], in_pieces[1])
    assert at_once[2] == in_pieces[2]


@settings(max_examples=at_depth(30))
@given(data=st.data())
def test_what_comes_later_changes_nothing_before(data):
    one, other = data.draw(waveforms(CUSHION)), data.draw(waveforms(CUSHION))
    split = data.draw(st.integers(0, min(len(one.level), len(other.level))))
    spliced = block(
        np.concatenate((one.level[:split], other.level[split:])),
        np.concatenate((one.rate[:split], other.rate[split:])),
        one.start,
    )
    first, second = limited(CUSHION, one), limited(CUSHION, spliced)
    assert np.array_equal(first[0][:split], second[0][:split])
    assert np.array_equal(first[1][:split], second[1][:split])


@settings(max_examples=at_depth(30))
@given(data=st.data())
def test_a_restored_snapshot_continues_as_if_nothing_had_happened(data):
    before, tried, after = (data.draw(waveforms(CUSHION)) for _ in range(3))
    limiter = Limiter(CUSHION)
    limiter.limit(before)
    snapshot = limiter.snapshot()
    expected = limiter.limit(after)
    for _ in range(2):
        limiter.restore(snapshot)
        limiter.limit(tried)
        limiter.restore(snapshot)
        drives, events = limiter.limit(after)
        assert np.array_equal(drives.drive, expected[0].drive)
        assert np.array_equal(drives.rate, expected[0].rate)
        assert events == expected[1]
        assert drives.step is after.step


def test_a_snapshot_of_another_device_is_refused():
    with pytest.raises(ValueError, match="another number of actuators"):
        Limiter(CUSHION).restore(Limiter(LAYOUTS["mat-64"]).snapshot())


@pytest.mark.parametrize("name", shipped_devices())
@settings(max_examples=at_depth(15))
@given(data=st.data())
def test_the_power_budget_holds_also_where_it_is_scarce(name, data):
    scarce = place_device(load_device(name).model_copy(update={"power_budget": 300}))
    drive, rate, events = limited(
        scarce, data.draw(waveforms(scarce)), shaper=data.draw(st.sampled_from(SHAPERS))
    )
    assert_obeys(scarce, drive, rate)
    assert all(event.actuator == -1 for event in events if event.kind == "budget")


def test_held_by_slew_alone_it_asks_for_more_than_it_may_and_remembers_nothing():
    """What a curve asks for, to be compared with what is left of it: no ceiling, dwell or budget."""
    whole = block(np.ones((1000, len(CUSHION.actuators))))
    limiter = Limiter(CUSHION)
    drives = limiter.slew_only(whole)
    assert drives[0].max() <= max(actuator.attack for actuator in CUSHION.actuators) / 50 + 1
    assert (drives[-1] == 255).all(), "after twenty seconds, at actuators that stay off as well"
    plain, _, _ = limited(CUSHION, whole)
    assert np.array_equal(limiter.limit(whole)[0].drive, plain)
