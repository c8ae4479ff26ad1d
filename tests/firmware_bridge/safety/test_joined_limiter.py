"""A limiter for several devices holds each to what it would be held to alone."""

import numpy as np
from descriptions import two_parts

from firmware_bridge.devices.join import join
from firmware_bridge.devices.layout import place_device
from firmware_bridge.devices.load import load_device
from firmware_bridge.safety.joined_limiter import JoinedLimiter, limiter_for
from firmware_bridge.safety.limiter import Limiter
from profiles.waveform import Waveform


def test_one_device_has_a_limiter_of_its_own():
    assert type(limiter_for(place_device(load_device("hf8")))) is Limiter
    assert type(limiter_for(place_device(join(two_parts())))) is JoinedLimiter


def test_each_is_limited_as_it_would_be_alone():
    feet, pad = two_parts()
    layout = place_device(join([feet, pad]))
    rng = np.random.default_rng(1)
    frames, width = 400, len(layout.actuators)
    wave = Waveform(0, rng.random((frames, width)), np.full((frames, width), 30.0), np.zeros(frames, int))
    together = JoinedLimiter(layout)
    first = together.snapshot()
    block, events = together.limit(wave, 0.9)
    at = 0
    for own in (place_device(feet), place_device(pad)):
        last = at + len(own.actuators)
        alone, told = Limiter(own).limit(
            Waveform(0, wave.level[:, at:last], wave.rate[:, at:last], wave.step), 0.9
        )
        assert np.array_equal(block.drive[:, at:last], alone.drive)
        assert np.array_equal(block.rate[:, at:last], alone.rate)
        found = [(e.frame, e.actuator - at, e.kind) for e in events if at <= e.actuator < last]
        assert found == [(e.frame, e.actuator, e.kind) for e in told if e.actuator >= 0]
        at = last
    together.restore(first)
    again, _ = together.limit(wave, 0.9)
    assert np.array_equal(again.drive, block.drive)


def test_what_holds_all_of_a_device_is_of_none_of_its_actuators():
    weak = [each.model_copy(update={"power_budget": 60}) for each in two_parts()]
    layout = place_device(join(weak))
    width = len(layout.actuators)
    wave = Waveform(0, np.ones((100, width)), np.full((100, width), 30.0), np.zeros(100, int))
    _, events = JoinedLimiter(layout).limit(wave)
    assert any(event.kind == "budget" and event.actuator == -1 for event in events)
