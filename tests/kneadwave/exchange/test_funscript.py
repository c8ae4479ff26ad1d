"""A funscript: its speed is a level, a vibration axis is one by itself."""

import json
from typing import Any

import numpy as np
import pytest
from depth import at_depth
from foreign_files import actions, funscript, strokes
from hypothesis import given, settings
from hypothesis import strategies as st

from kneadwave.exchange.envelope import Envelope
from kneadwave.exchange.fields import ExchangeError, Field
from kneadwave.exchange.funscript import FULL_PER_S, read, recognises, write
from kneadwave.exchange.signal import ForeignSignal


def signal(data: Any, name: str = "song.funscript") -> ForeignSignal:
    assert recognises(Field(data, name))
    return read(Field(data, name), name)


def test_speed_becomes_a_level() -> None:
    found = signal(funscript((0, 0), (1000, 100), (2000, 100), (2100, 0)))
    # 100 a second is half of the full speed, standing still is nothing, 1000 a second is full.
    assert found.envelope.at(np.array([0.5, 1.5, 2.05])).tolist() == [100 / FULL_PER_S, 0.0, 1.0]
    assert found.lasts_s == 2.1
    assert "a position is no intensity" in found.notes[0]
    assert any("faster than that for 5% of the time" in note for note in found.notes)


def test_before_the_first_action_nothing_moves() -> None:
    assert signal(funscript((5000, 0), (6000, 100))).envelope.at(np.array([2.0])).tolist() == [0.0]


@pytest.mark.parametrize(("half_ms", "cpm"), [(500, 60.0), (1000, 30.0), (250, 120.0)])
def test_strokes_are_counted_up_and_down(half_ms: int, cpm: float) -> None:
    assert signal(funscript(*strokes(10, half_ms))).strokes_cpm == pytest.approx(cpm)


@pytest.mark.parametrize(
    "points", [[(0, 0), (1000, 100)], [(0, 5), (900, 5), (1800, 5)], [(0, 0), (9, 1), (18, 0)]]
)
def test_what_hardly_turns_has_no_strokes(points: list[tuple[int, int]]) -> None:
    assert signal(funscript(*points)).strokes_cpm is None


LEVELS = ((0, 0), (1000, 50), (2000, 100))


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (funscript(*LEVELS), "song.vib.funscript"),
        (funscript(*strokes(3, 500), axes=[{"id": "V0", "actions": actions(*LEVELS)}]), "song.funscript"),
        (funscript(*strokes(3, 500), channels={"vib": {"actions": actions(*LEVELS)}}), "song.funscript"),
        (funscript(axes=[{"id": "V0", "actions": actions(*LEVELS)}]), "song.funscript"),
    ],
)
def test_a_vibration_axis_is_preferred_and_is_a_level(data: Any, name: str) -> None:
    found = signal(data, name)
    assert found.envelope.at(np.array([0.5, 1.0, 2.0])).tolist() == [0.25, 0.5, 1.0]
    assert found.strokes_cpm is None
    assert list(found.notes) == (["left out: the axes stroke"] if len(data["actions"]) > 3 else [])


def test_an_inverted_level_is_turned() -> None:
    found = signal(funscript(*LEVELS, inverted=True), "song.vib.funscript")
    assert found.envelope.at(np.array([0.0, 2.0])).tolist() == [1.0, 0.0]


def test_axes_that_are_left_out_are_named() -> None:
    more = [{"id": each, "actions": actions(*strokes(2, 400))} for each in ("R0", "R1", "X9")]
    assert "left out: the axes X9, roll, twist" in signal(funscript(*strokes(2, 400), axes=more)).notes


def test_a_file_of_one_axis_says_by_its_name_which() -> None:
    found = signal(funscript(*strokes(2, 400)), "song.twist.funscript")
    assert "how fast the axis twist moves" in found.notes[0]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (funscript(), "has no axis that moves"),
        (funscript((0, 0)), "actions: has fewer than two actions"),
        (funscript(axes=[{"id": "A0", "actions": actions((0, 0), (9, 9))}]), "has no axis that moves"),
        (funscript((0, 0), (0, 50)), "actions[2].at: 0 comes after 0"),
        (funscript((500, 0), (100, 50)), "actions[2].at: 100 comes after 500"),
        (funscript((0, 0), (100, 101)), "actions[2].pos: must be from 0 to 100"),
        ({"actions": {}}, "actions: must be a list"),
        ({"actions": [1, 2]}, "actions[1]: must be a table"),
        (funscript((0, 0), (9, 9), axes=[{"actions": []}]), "axes[1].id: is missing"),
        (funscript((0, 0), (9, 9), axes={"V0": []}), "axes: must be a list"),
    ],
)
def test_what_is_wrong_is_named_with_its_place(data: Any, words: str) -> None:
    with pytest.raises(ExchangeError) as raised:
        signal(data)
    assert f"song.funscript: {words}" in str(raised.value)


@settings(max_examples=at_depth(100), deadline=None)
@given(
    st.lists(st.integers(1, 5000), min_size=1, max_size=30),
    st.lists(st.floats(0.0, 1.0), min_size=31, max_size=31),
)
def test_what_is_written_reads_back_within_half_a_percent(gaps: list[int], levels: list[float]) -> None:
    times = np.cumsum([0, *gaps]) / 1000.0
    envelope = Envelope(times, np.array(levels[: len(times)]))
    back = signal(json.loads(write(envelope, "x")), "x.vib.funscript").envelope
    looks = np.linspace(0.0, envelope.duration, 500)
    assert np.abs(back.at(looks) - envelope.at(looks)).max() <= 0.005 + 1e-9
