"""An AHAP: events and the curves that control them; what is written is split as Core Haptics wants it."""

import json
from typing import Any

import numpy as np
import pytest
from depth import at_depth
from foreign_files import ahap, curve, event, tap
from hypothesis import given, settings
from hypothesis import strategies as st

from kneadwave.exchange.ahap import CURVE_POINTS_MAX, EVENT_MAX_S, read, recognises, write
from kneadwave.exchange.envelope import Envelope
from kneadwave.exchange.fields import ExchangeError, Field
from kneadwave.exchange.signal import ForeignSignal


def signal(data: Any) -> ForeignSignal:
    field = Field(data, "x.ahap")
    assert recognises(field)
    return read(field, "x.ahap")


def levels(data: Any, *at: float) -> list[float]:
    found: list[float] = np.round(signal(data).envelope.at(np.array(at)), 3).tolist()
    return found


def test_the_strongest_event_counts() -> None:
    data = ahap(event(1.0, 2.0, 0.4), event(2.0, 2.0, 0.9), event(0.0, 0.5))
    assert levels(data, 0.2, 0.7, 1.5, 2.5, 3.9) == [1.0, 0.0, 0.4, 0.9, 0.9]
    assert signal(data).lasts_s == 4.0


def test_an_event_without_an_intensity_is_whole() -> None:
    data = ahap({"Event": {"Time": 0, "EventType": "HapticContinuous", "EventDuration": 1}})
    assert levels(data, 0.5) == [1.0]


def test_a_curve_controls_the_intensity_and_holds_its_last_value() -> None:
    data = ahap(event(0.0, 10.0, 0.5), curve(2.0, (0.0, 1.0), (2.0, 0.0)), curve(6.0, (0.0, 0.8), (1.0, 0.4)))
    assert levels(data, 1.0, 3.0, 5.0, 6.5, 9.0) == [0.5, 0.25, 0.0, 0.3, 0.2]


def test_a_parameter_sets_the_control_at_once() -> None:
    parameter = {"ParameterID": "HapticIntensityControl", "Time": 1.0, "ParameterValue": 0.5}
    assert levels(ahap(event(0.0, 2.0), {"Parameter": parameter}), 0.5, 1.5) == [1.0, 0.5]


def test_a_part_whose_times_count_from_the_pattern_is_understood() -> None:
    parts = curve(0.0, (0.0, 0.0), (15.0, 1.0)), curve(15.0, (15.0, 1.0), (16.0, 0.5))
    assert levels(ahap(event(0.0, 16.0), *parts), 7.5, 15.5) == [0.5, 0.75]


def test_what_is_left_out_is_counted() -> None:
    sharp = curve(0.0, (0.0, 1.0), of="HapticSharpnessControl")
    audio = {"Event": {"Time": 0, "EventType": "AudioCustom"}}
    other = {"Parameter": {"ParameterID": "AudioPanControl", "Time": 0, "ParameterValue": 0}}
    (note,) = signal(ahap(event(0, 1), tap(0), tap(0.5), sharp, audio, other)).notes
    assert note == "left out: 1 AudioCustom, 1 AudioPanControl, 1 HapticSharpnessControl, 2 HapticTransient"


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (ahap(tap(0.0), tap(1.0)), "Pattern: has nothing but 2 taps (transients)"),
        (ahap(), "Pattern: has no continuous event"),
        ({"Pattern": 5}, "Pattern: must be a list"),
        (ahap(event(-1.0, 1.0)), "Pattern[1].Event.Time: must be from 0 to 86400, not -1.0"),
        (ahap(event(0.0, 1e9)), "Pattern[1].Event.EventDuration: must be from 0"),
        (ahap(event(0.0, 1.0, 3.0)), "EventParameters[1].ParameterValue: must be from 0 to 1"),
        (ahap(event(0, 1), curve(0.0)), "ParameterCurveControlPoints: is empty"),
        (ahap(event(0, 1), curve(0.0, (1, 1), (0, 1))), "ControlPoints[2].Time: 0 comes after 1"),
        (ahap({"Event": {"Time": 0}}), "Pattern[1].Event.EventType: is missing"),
        (ahap(*[event(0, 1)] * 20_001), "has 20001 continuous events; 20000 are read at most"),
    ],
)
def test_what_is_wrong_is_named_with_its_place(data: Any, words: str) -> None:
    with pytest.raises(ExchangeError) as raised:
        signal(data)
    assert words in str(raised.value)


@settings(max_examples=at_depth(100), deadline=None)
@given(
    st.lists(st.integers(5, 5000), min_size=1, max_size=50),
    st.lists(st.floats(0.0, 1.0), min_size=51, max_size=51),
)
def test_what_is_written_keeps_the_bounds_and_reads_back(gaps: list[int], drawn: list[float]) -> None:
    times = np.cumsum([0, *gaps]) * 0.02  # of the grid, so that only rounding is left
    envelope = Envelope(times, np.array(drawn[: len(times)]))
    data = json.loads(write(envelope, "x"))
    events = [entry["Event"] for entry in data["Pattern"] if "Event" in entry]
    curves = [entry["ParameterCurve"] for entry in data["Pattern"] if "ParameterCurve" in entry]
    assert all(len(each["ParameterCurveControlPoints"]) <= CURVE_POINTS_MAX for each in curves)
    assert all(each["ParameterCurveControlPoints"][0]["Time"] == 0 for each in curves)
    assert all(0 < each["EventDuration"] <= EVENT_MAX_S + 1e-3 for each in events)
    assert sum(each["EventDuration"] for each in events) == pytest.approx(times[-1], abs=0.01)
    looks = times[:-1]
    assert np.abs(signal(data).envelope.at(looks) - envelope.at(looks)).max() <= 2e-3


@pytest.mark.parametrize(
    ("points", "parts"), [(2, [2]), (16, [16]), (17, [16, 2]), (31, [16, 16]), (32, [16, 16, 2])]
)
def test_curves_are_split_where_they_have_to_be(points: int, parts: list[int]) -> None:
    envelope = Envelope(np.arange(points, dtype=float), np.linspace(0.0, 1.0, points))
    pattern = json.loads(write(envelope, "x"))["Pattern"]
    found = [
        len(e["ParameterCurve"]["ParameterCurveControlPoints"]) for e in pattern if "ParameterCurve" in e
    ]
    assert found == parts
