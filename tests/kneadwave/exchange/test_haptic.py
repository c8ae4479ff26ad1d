"""A .haptic: its amplitude; emphases and frequency are left out and told."""

import json
from typing import Any

import numpy as np
import pytest
from depth import at_depth
from foreign_files import haptic
from hypothesis import given, settings
from hypothesis import strategies as st

from kneadwave.exchange.envelope import Envelope
from kneadwave.exchange.fields import ExchangeError, Field
from kneadwave.exchange.haptic import read, recognises, write
from kneadwave.exchange.signal import ForeignSignal


def signal(data: Any) -> ForeignSignal:
    field = Field(data, "x.haptic")
    assert recognises(field)
    return read(field, "x.haptic")


def test_the_amplitude_is_the_level() -> None:
    found = signal(haptic((0.0, 0.2), (1.0, 0.6), (1.0, 0.1), (4.0, 0.1)))
    assert found.envelope.at(np.array([0.5, 1.0, 3.0])).tolist() == pytest.approx([0.4, 0.1, 0.1])
    assert (found.lasts_s, found.notes, found.strokes_cpm) == (4.0, (), None)


def test_what_is_left_out_is_told() -> None:
    data = haptic((0.0, 0.2), (1.0, 0.6), frequency=[{"time": 0.0, "frequency": 0.5}])
    data["signals"]["continuous"]["envelopes"]["amplitude"][1]["emphasis"] = {"amplitude": 1, "frequency": 1}
    assert signal(data).notes == ("left out: 1 emphases (taps)", "left out: the frequency over time")


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (haptic((0.0, 0.1), major=2), "version.major: is version 2; version 1 is read"),
        ({"version": {}, "signals": {}}, "version.major: is missing"),
        ({"version": {"major": 1}, "signals": {"continuous": []}}, "signals.continuous: must be a table"),
        (haptic(), "signals.continuous.envelopes.amplitude: is empty"),
        (haptic((0.0, 1.5)), "amplitude[1].amplitude: must be from 0 to 1, not 1.5"),
        (haptic((2.0, 0.5), (1.0, 0.5)), "amplitude[2].time: 1 comes after 2"),
    ],
)
def test_what_is_wrong_is_named_with_its_place(data: Any, words: str) -> None:
    with pytest.raises(ExchangeError) as raised:
        signal(data)
    assert words in str(raised.value)


@settings(max_examples=at_depth(100), deadline=None)
@given(
    st.lists(st.integers(1, 5000), min_size=1, max_size=30),
    st.lists(st.floats(0.0, 1.0), min_size=31, max_size=31),
)
def test_what_is_written_reads_back(gaps: list[int], levels: list[float]) -> None:
    times = np.cumsum([0, *gaps]) / 1000.0
    envelope = Envelope(times, np.array(levels[: len(times)]))
    back = signal(json.loads(write(envelope, "x"))).envelope
    looks = np.linspace(0.0, envelope.duration, 500)
    assert np.abs(back.at(looks) - envelope.at(looks)).max() <= 1e-4
