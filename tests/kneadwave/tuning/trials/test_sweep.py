"""A number walked from one value to another: which values, how long each, and what a device makes of it."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware_bridge.devices.load import load_device, place_device
from kneadwave.errors import UsageError
from kneadwave.tuning.trials.passages import press_s
from kneadwave.tuning.trials.sweep import (
    REACTION_S,
    VALUE_MIN_S,
    felt_names,
    felt_steps,
    profile_of,
    tape_of,
    value_text,
    values_between,
    walk_of,
)
from profiles.curve import IntensityCurve
from profiles.errors import ProfileError
from profiles.files.load import from_data
from profiles.parameters import number_of
from profiles.profile import load_profile, shipped_profiles
from profiles.rules.check import check
from profiles.waveform import FELT_FLOOR, FRAME_RATE_HZ

BACK = load_profile("relaxing-back")
GENTLE = load_profile("gentle-back")
STROKES, KNEADING = 0, 7
PRESSING = next(n for n, step in enumerate(GENTLE.step) if step.technique.kind == "pressing")
BACK_ZONES = {"lumbar", "upper-back", "scapular", "shoulder"}
LAYOUT = place_device(load_device("reference-cushion"))


def frame(seconds):
    return round(seconds * FRAME_RATE_HZ)


def levels(walk):
    return tape_of(walk, LAYOUT).render(0, frame(walk.lead_s + walk.total_s)).level


@pytest.mark.parametrize(
    ("start", "end", "jnd", "steps"),
    [
        (30.0, 36.0, 0.2, 1),
        (30.0, 43.2, 0.2, 2),
        (43.2, 30.0, 0.2, 2),
        (30.0, 31.0, 0.2, 1),
        (0.0, 1.0, 0.2, 5),
        (1.0, 0.0, 0.2, 5),
        (40.0, 73.0, 0.35, 2),
    ],
)
def test_values_are_as_far_apart_as_is_just_noticed(start, end, jnd, steps):
    assert felt_steps(start, end, jnd) == steps


def test_each_value_is_the_same_part_more_than_the_one_before():
    values = values_between(30.0, 60.0, 5)
    assert values[0] == 30.0
    assert values[-1] == 60.0
    assert all(later / earlier == pytest.approx(2.0**0.25, rel=0.01) for earlier, later in pairwise(values))


def test_from_nothing_each_value_is_the_same_amount_more():
    assert values_between(0.0, 0.8, 5) == (0.0, 0.2, 0.4, 0.6, 0.8)
    assert values_between(0.8, 0.0, 3) == (0.8, 0.4, 0.0)


@given(start=st.floats(0.0, 100.0), end=st.floats(0.0, 100.0), count=st.integers(2, 14))
def test_values_run_from_end_to_end_and_never_turn(start, end, count):
    values = values_between(start, end, count)
    assert (len(values), values[0], values[-1]) == (count, start, end)
    low, high = min(start, end), max(start, end)
    assert all(low * 0.994 - 1e-9 <= value <= high * 1.006 + 1e-9 for value in values)


def test_a_walk_fits_one_sitting_and_every_value_takes_its_time():
    walk = walk_of(BACK, KNEADING, "rate", 10.0, 60.0)
    assert len(walk.values) == 8
    assert walk.lead_s + walk.total_s <= 58.0
    for value, seconds in zip(walk.values, walk.seconds, strict=True):
        assert seconds >= max(VALUE_MIN_S, 2 * 60.0 / value) - 1e-9


def test_presses_are_whole():
    walk = walk_of(GENTLE, PRESSING, "hold", 2.0, 6.0)
    for index, seconds in enumerate(walk.seconds):
        presses = seconds / press_s(walk.step(index))
        assert presses == pytest.approx(round(presses))
        assert presses >= 1


def test_two_presses_show_how_far_they_lie_apart():
    walk = walk_of(GENTLE, PRESSING, "spacing", 40.0, 90.0)
    assert all(each >= 2 * press_s(walk.passage.step) for each in walk.seconds)


def test_a_given_number_of_values_has_to_fit():
    assert len(walk_of(BACK, KNEADING, "rate", 30.0, 50.0, 6).values) == 6
    with pytest.raises(UsageError, match="50 values do not fit a sitting of a minute; 12 do"):
        walk_of(BACK, KNEADING, "rate", 30.0, 50.0, 50)
    with pytest.raises(UsageError, match="2 values at the least"):
        walk_of(BACK, KNEADING, "rate", 30.0, 50.0, 1)


def test_something_very_slow_gets_what_time_there_is():
    walk = walk_of(BACK, STROKES, "speed", 5.0, 6.0)
    assert len(walk.values) == 2
    assert walk.lead_s + walk.total_s <= 58.0


@pytest.mark.parametrize(
    ("number", "start", "end", "message"),
    [
        ("rate", 30.0, 30.0, "two different values"),
        ("rate", float("nan"), 30.0, "two different values"),
        ("cross-fade", 1.0, 3.0, "between two steps only"),
    ],
)
def test_what_cannot_be_walked_is_a_usage_error(number, start, end, message):
    with pytest.raises(UsageError, match=message):
        walk_of(BACK, KNEADING, number, start, end)


@pytest.mark.parametrize(
    ("number", "start", "end"),
    [("hold", 1.0, 2.0), ("swing", 1.0, 2.0), ("rate", 30.0, 601.0), ("rate", -1.0, 5.0)],
)
def test_a_number_that_the_step_has_not_or_no_file_may_say(number, start, end):
    with pytest.raises(ProfileError):
        walk_of(BACK, KNEADING, number, start, end)


def test_a_step_for_hands_cannot_be_felt():
    guide = {"kind": "guide", "instruction": "Breathe calmly."}
    step = {"name": "breathe", "technique": guide, "zones": ["lumbar"], "duration_s": 20.0, "level": 0.1}
    waiting = from_data({"schema": 1, "name": "waiting", "step": [step]})
    with pytest.raises(UsageError, match="'breathe' is for hands"):
        walk_of(waiting, 0, "level", 0.05, 0.1)


def test_a_walk_comes_from_nothing_goes_to_nothing_and_rests_nowhere():
    walk = walk_of(BACK, KNEADING, "rate", 30.0, 50.0)
    felt = levels(walk).max(axis=1)
    assert felt[: frame(walk.lead_s) + 1].max() == 0.0
    assert felt[frame(walk.lead_s) : frame(walk.lead_s + 0.3)].max() < 0.2
    assert felt[-1] < 0.05
    assert felt[frame(walk.lead_s + 1.0) : frame(walk.ends)].min() > 0.05


def test_the_level_is_walked_as_the_session_would_play_it_at_its_strongest():
    half = BACK.model_copy(update={"envelope": IntensityCurve(points=((0.0, 0.5), (1.0, 0.5)))})
    walk = walk_of(half, KNEADING, "level", 0.2, 0.4)
    assert [walk.step(n).level for n in range(len(walk.values))] == pytest.approx(
        [0.5 * value for value in walk.values]
    )
    felt = levels(walk)
    assert felt.max() <= 0.2 + 1e-9
    strongest = [
        felt[frame(at + 1.0) : frame(at + seconds)].max()
        for at, seconds in zip(walk.begins, walk.seconds, strict=True)
    ]
    assert strongest == sorted(strongest)


def test_down_is_walked_down():
    walk = walk_of(BACK, KNEADING, "level", 0.5, 0.25)
    assert list(walk.values) == sorted(walk.values, reverse=True)
    assert levels(walk)[frame(walk.lead_s)].max() == 0.0


def test_the_hand_goes_on_its_way_while_a_number_changes():
    walk = walk_of(BACK, KNEADING, "rate", 30.0, 50.0)
    slow = levels(walk_of(BACK, KNEADING, "rate", 30.0, 31.0, 4))
    felt = levels(walk)
    # The same actuators work at the same time, whatever the rate of the circles.
    busy, usual = felt[: len(slow)] > 0.2, slow[: len(felt)] > 0.2
    assert (busy & usual).sum() > 0.6 * np.minimum(busy.sum(), usual.sum())
    assert {tuple(np.flatnonzero(row)) for row in busy[:: FRAME_RATE_HZ * 3]} != {()}


def test_the_sitting_is_told_as_one_step_for_each_value():
    walk = walk_of(BACK, KNEADING, "rate", 30.0, 50.0)
    profile = profile_of(walk)
    assert [step.name for step in profile.step[1:-1]] == [
        "rate 30 cycles/min",
        "rate 35.6 cycles/min",
        "rate 42.2 cycles/min",
        "rate 50 cycles/min",
    ]
    assert profile.audience == "test"
    assert profile.posture == "prone"
    assert [finding for finding in check(profile) if finding.severity != "info"] == []


def test_whoever_presses_just_after_a_change_means_the_value_before():
    walk = walk_of(BACK, KNEADING, "rate", 30.0, 50.0)
    change = walk.begins[2]
    assert walk.index_at(change + 0.01) == 2
    assert walk.meant_at(change + REACTION_S - 0.01) == 1
    assert walk.meant_at(change + REACTION_S + 0.01) == 2
    assert walk.meant_at(0.0) == 0
    assert walk.meant_at(1000.0) == len(walk.values) - 1


def test_a_value_is_told_with_its_unit():
    assert value_text("rate", 42.2, "cycles/min") == "rate 42.2 cycles/min"
    assert value_text("level", 0.4, "1") == "level 0.4"
    assert "cross-fade" not in felt_names(BACK.step[KNEADING])
    assert "rate" in felt_names(BACK.step[KNEADING])


def numbers_that_ship():
    """The first step with each number of each technique that a device plays, with its profile."""
    found = {}
    for name in shipped_profiles():
        profile = load_profile(name)
        for index, step in enumerate(profile.step):
            if profile.locked_for or step.is_guide or BACK_ZONES.isdisjoint(step.zones or ()):
                continue
            for number in felt_names(step):
                found.setdefault((step.technique.kind, number), (profile, index, number))
    return [pytest.param(*each, id=" ".join(key)) for key, each in sorted(found.items())]


LOW = {"spacing": 0.8}
"""Long presses nearer than 4 cm are a hand that stays, which rule 54 refuses."""


@pytest.mark.parametrize(("profile", "index", "number"), numbers_that_ship())
def test_every_number_that_ships_can_be_walked_down_and_up_again(profile, index, number):
    value = number_of(profile.step[index], number)
    low = value * LOW.get(number, 0.6)
    down = walk_of(profile, index, number, value, low)
    up = walk_of(profile, index, number, low, value)
    assert down.values == up.values[::-1]
    for walk in (down, up):
        sitting = profile_of(walk)
        assert sitting.duration_s <= 58.0
        assert not [finding for finding in check(sitting) if finding.severity == "error"]
        felt = levels(walk)
        strongest = max(step.level for step in sitting.step)
        assert FELT_FLOOR < felt.max() <= strongest + 1e-9


def test_the_gate_is_told_posture_and_self_massage():
    own = BACK.model_copy(update={"self_massage": True, "posture": "seated"})
    told = profile_of(walk_of(own, KNEADING, "level", 0.2, 0.3))
    assert (told.posture, told.self_massage) == ("seated", True)
