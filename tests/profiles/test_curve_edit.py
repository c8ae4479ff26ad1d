import math
from contextlib import suppress

import numpy as np
import pytest
from depth import at_depth
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from profiles.curve import MAX_POINTS, PRESETS, IntensityCurve
from profiles.curve_edit import (
    SMOOTHINGS_MAX,
    moved,
    preset,
    scaled,
    shifted,
    smoothed,
    with_added,
    with_point,
    without_point,
)
from profiles.errors import ProfileError

HILL = IntensityCurve.preset("light-strong-light")
SECONDS = IntensityCurve(points=((0.0, 0.55), (30.0, 0.7), (75.0, 1.0)), unit="seconds")


@st.composite
def curves(draw):
    unit = draw(st.sampled_from(["fraction", "seconds"]))
    most = 1000 if unit == "fraction" else 90_000
    times = draw(st.lists(st.integers(0, most), min_size=2, max_size=12, unique=True))
    levels = draw(st.lists(st.integers(0, 10_000), min_size=len(times), max_size=len(times)))
    points = [(t / 1000, level / 10_000) for t, level in zip(sorted(times), levels, strict=True)]
    return IntensityCurve(points=points, unit=unit)


def tidy(curve):
    """Whether every figure of the curve is short enough to be read."""
    return all(t == round(t, 4) and level == round(level, 4) for t, level in curve.points)


@given(curves(), st.integers(0, 1000), st.floats(0.0, 1.0))
@settings(max_examples=at_depth(80))
def test_a_level_that_is_set_is_the_level_there_and_nothing_else_changes(curve, share, level):
    end = 1.0 if curve.unit == "fraction" else 90.0
    t = round(end * share / 1000, 3)
    assume(len(curve.points) < MAX_POINTS)
    made = with_point(curve, t, level)
    assert made.held == ()
    assert made.curve.evaluate(np.array([t]))[0] == round(level, 4)
    assert {p for p in curve.points if p[0] != t} == {p for p in made.curve.points if p[0] != t}
    assert tidy(made.curve)


def test_a_level_outside_the_range_is_held_and_told():
    made = with_point(HILL, 0.4, 1.3)
    assert made.curve.points[1] == (0.4, 1.0)
    assert made.held == (0.4,)


def test_a_point_that_is_there_keeps_its_time_as_it_is_written():
    fine = IntensityCurve(points=((0.0, 0.2), (0.33333, 0.5), (1.0, 0.2)))
    assert with_point(fine, 0.3333, 0.6).curve.points == ((0.0, 0.2), (0.33333, 0.6), (1.0, 0.2))


@given(curves(), st.integers(0, 1000))
@settings(max_examples=at_depth(80))
def test_a_point_added_without_a_level_lies_on_the_curve_and_taking_it_away_undoes_it(curve, share):
    t = round((1.0 if curve.unit == "fraction" else 90.0) * share / 1000, 3)
    assume(all(t != time for time, _ in curve.points))
    made = with_added(curve, t).curve
    assert len(made.points) == len(curve.points) + 1
    assert dict(made.points)[t] == pytest.approx(curve.evaluate(np.array([t]))[0], abs=5.1e-5)
    assert without_point(made, t).curve == curve


def test_a_point_added_without_a_level_keeps_the_shape():
    t = np.linspace(0.0, 1.0, 101)
    made = with_added(HILL, 0.2).curve
    assert np.abs(made.evaluate(t) - HILL.evaluate(t)).max() < 0.02


def test_a_point_that_is_there_already_is_not_added_and_one_that_is_not_is_not_removed():
    with pytest.raises(ProfileError, match="already"):
        with_added(HILL, 0.4, 0.9)
    with pytest.raises(ProfileError, match="no point at 50%") as error:
        without_point(HILL, 0.5)
    assert "0%, 40%, 60%, 100%" in error.value.hint


def test_a_curve_keeps_two_points_and_gets_no_more_than_there_may_be():
    with pytest.raises(ProfileError, match="two points"):
        without_point(IntensityCurve.preset("hold"), 1.0)
    full = IntensityCurve(points=tuple((n / MAX_POINTS, 0.5) for n in range(MAX_POINTS)))
    with pytest.raises(ProfileError, match=f"{MAX_POINTS} points at most"):
        with_point(full, 1.0, 0.5)


def test_two_points_never_come_too_close():
    with pytest.raises(ProfileError, match=r"closer than 0\.1%"):
        with_point(HILL, 0.4007, 0.9)


@pytest.mark.parametrize("t", [-0.1, 1.1, math.nan, math.inf])
def test_a_time_outside_the_step_is_refused(t):
    with pytest.raises(ProfileError, match="outside"):
        with_point(HILL, t, 0.5)


def test_levels_are_shifted_and_what_would_leave_the_range_is_held():
    made = shifted(HILL, 0.1)
    assert made.curve.points == ((0.0, 0.6), (0.4, 1.0), (0.6, 1.0), (1.0, 0.6))
    assert made.held == (0.4, 0.6)
    assert shifted(HILL, -0.6).curve.points == ((0.0, 0.0), (0.4, 0.4), (0.6, 0.4), (1.0, 0.0))
    assert shifted(HILL, -0.6).held == (0.0, 1.0)


def test_levels_are_scaled_and_a_factor_below_nothing_is_refused():
    assert scaled(HILL, 0.9).curve.points == ((0.0, 0.45), (0.4, 0.9), (0.6, 0.9), (1.0, 0.45))
    assert scaled(HILL, 1.1).held == (0.4, 0.6)
    with pytest.raises(ProfileError, match="scaled"):
        scaled(HILL, -0.1)


@pytest.mark.parametrize("by", [math.nan, math.inf, -math.inf])
@pytest.mark.parametrize("reshape", [shifted, scaled, moved])
def test_what_is_no_number_reshapes_nothing(reshape, by):
    with pytest.raises(ProfileError, match="not a number"):
        reshape(HILL, by)


@given(curves())
@settings(max_examples=at_depth(60))
def test_an_edit_by_nothing_keeps_every_digit(curve):
    for made in (shifted(curve, 0.0), scaled(curve, 1.0), moved(curve, 0.0)):
        assert made.curve == curve
        assert made.held == ()


def test_a_curve_that_moves_out_of_its_step_is_cut_at_the_edge_with_the_level_it_has_there():
    made = moved(HILL, 0.1)
    at_end = round(float(HILL.evaluate(np.array([0.9]))[0]), 4)
    assert made.curve.points == ((0.1, 0.5), (0.5, 1.0), (0.7, 1.0), (1.0, at_end))
    assert made.held == (1.0,)


@given(curves(), st.integers(-300, 300))
@settings(max_examples=at_depth(80))
def test_within_the_step_a_moved_curve_has_the_same_levels_later(curve, thousandths):
    end = 1.0 if curve.unit == "fraction" else 90.0
    by = round(thousandths / 1000 * end, 3)
    inside = [t for t, _ in curve.points if 0.0 <= round(t + by, 4) <= end]
    assume(len(inside) >= 2)
    made = moved(curve, by, end)
    assert tidy(made.curve)
    kept = [(t, level) for t, level in curve.points if 0.0 <= round(t + by, 4) <= end]
    assert {(round(t + by, 4), level) for t, level in kept} <= set(made.curve.points)
    assert len(made.held) == len(curve.points) - len(kept)
    for edge in (0.0, end):
        there, here = made.curve.evaluate(np.array([edge])), curve.evaluate(np.array([edge - by]))
        # A point less than 0.001 from the edge stands for the edge.
        near = any(0.0 < abs(t - edge) < 1e-3 for t, _ in made.curve.points)
        assert near or there == pytest.approx(here, abs=5.1e-5)


def test_a_curve_in_seconds_moves_as_far_as_its_step_goes():
    made = moved(SECONDS, 10.0, 80.0)
    at_end = round(float(SECONDS.evaluate(np.array([70.0]))[0]), 4)
    assert made.curve.points == ((10.0, 0.55), (40.0, 0.7), (80.0, at_end))
    assert made.curve.unit == "seconds"


def test_a_curve_that_would_leave_its_step_altogether_is_refused():
    with pytest.raises(ProfileError, match="nothing of the curve is left"):
        moved(HILL, 1.5)
    with pytest.raises(ProfileError, match="nothing of the curve is left"):
        moved(HILL, -1.5)


def test_smoothing_moves_inner_points_half_way_to_the_line_between_their_neighbours():
    made = smoothed(HILL).curve
    assert made.points == ((0.0, 0.5), (0.4, 0.9167), (0.6, 0.9167), (1.0, 0.5))


def test_smoothing_follows_the_distances_of_the_points():
    line = IntensityCurve(points=((0.0, 0.1), (0.2, 0.3), (0.9, 1.0)))
    assert smoothed(line, 5).curve == line


@given(curves(), st.integers(1, 20))
@settings(max_examples=at_depth(60))
def test_smoothing_never_widens_a_curve_nor_moves_its_ends(curve, times):
    made = smoothed(curve, times).curve
    before, after = ([level for _, level in c.points] for c in (curve, made))
    assert [t for t, _ in made.points] == [t for t, _ in curve.points]
    assert (after[0], after[-1]) == (before[0], before[-1])
    assert min(before) <= min(after) + 5e-5
    assert max(after) <= max(before) + 5e-5


@pytest.mark.parametrize("times", [0, -1, SMOOTHINGS_MAX + 1])
def test_smoothing_is_done_so_often_and_not_more(times):
    with pytest.raises(ProfileError, match="1 to 100 times"):
        smoothed(HILL, times)


def test_a_preset_has_a_name_and_a_wrong_one_lists_them():
    assert preset("wave").curve.points == PRESETS["wave"]
    with pytest.raises(ProfileError, match="no curve 'weve'") as error:
        preset("weve")
    assert all(name in error.value.hint for name in PRESETS)


IN_A_ROW = ("set", "add", "rm", "shift", "move", "scale", "smooth")


def reshaped(curve, verb, t, value, end):
    match verb:
        case "set":
            return with_point(curve, t, value)
        case "add":
            return with_added(curve, t)
        case "rm":
            return without_point(curve, curve.points[int(t) % len(curve.points)][0])
        case "shift":
            return shifted(curve, value)
        case "move":
            return moved(curve, value * end, end)
        case "scale":
            return scaled(curve, value)
        case _:
            return smoothed(curve, 2)


@given(curves(), st.data())
@settings(max_examples=at_depth(60), deadline=None)
def test_whatever_is_done_in_a_row_leaves_a_curve_within_its_range(curve, data):
    end = 1.0 if curve.unit == "fraction" else 90.0
    for _ in range(5):
        verb = data.draw(st.sampled_from(IN_A_ROW))
        value, t = data.draw(st.floats(-1.0, 2.0)), data.draw(st.floats(0.0, end))
        with suppress(ProfileError):
            curve = reshaped(curve, verb, t, value, end).curve
        assert tidy(curve)
        assert all(0.0 <= time <= end and 0.0 <= level <= 1.0 for time, level in curve.points)
