import numpy as np
import pytest
from depth import at_depth
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from profiles.curve import MAX_POINTS, PRESETS, IntensityCurve

levels = st.floats(0.0, 1.0)


@st.composite
def curves(draw):
    count = draw(st.integers(2, 12))
    steps = draw(st.lists(st.floats(0.002, 1.0), min_size=count - 1, max_size=count - 1))
    times = np.concatenate(([0.0], np.cumsum(steps)))
    times = times / times[-1] if draw(st.booleans()) else times
    if (np.diff(times) < 1e-3).any():
        times = np.linspace(0.0, 1.0, count)
    values = draw(st.lists(levels, min_size=count, max_size=count))
    unit = "fraction" if times[-1] <= 1.0 else "seconds"
    return IntensityCurve(points=tuple(zip(times.tolist(), values, strict=True)), unit=unit)


@given(curves())
@settings(max_examples=at_depth(60))
def test_curve_passes_through_its_points(curve):
    x, y = np.array(curve.points).T
    assert curve.evaluate(x) == pytest.approx(y, abs=1e-12)


@given(curves())
@settings(max_examples=at_depth(60))
def test_curve_stays_between_neighbouring_points(curve):
    for (x0, y0), (x1, y1) in zip(curve.points, curve.points[1:], strict=False):
        inner = curve.evaluate(np.linspace(x0, x1, 41))
        assert inner.min() >= min(y0, y1)
        assert inner.max() <= max(y0, y1)


@given(curves())
@settings(max_examples=at_depth(60))
def test_curve_is_monotone_between_two_points(curve):
    for (x0, y0), (x1, y1) in zip(curve.points, curve.points[1:], strict=False):
        inner = np.diff(curve.evaluate(np.linspace(x0, x1, 41)))
        assert (inner * np.sign(y1 - y0) >= -1e-12).all()


@given(curves(), st.floats(-10.0, 30.0))
@settings(max_examples=at_depth(40))
def test_curve_holds_outside_its_points(curve, t):
    value = float(curve.evaluate(np.array([t]))[0])
    assert 0.0 <= value <= curve.peak
    if t <= curve.points[0][0]:
        assert value == pytest.approx(curve.points[0][1])
    if t >= curve.points[-1][0]:
        assert value == pytest.approx(curve.points[-1][1])


def test_curve_is_smooth_where_it_does_not_turn():
    curve = IntensityCurve(points=((0.0, 0.0), (0.3, 0.2), (1.0, 1.0)))
    h = 1e-6
    before, at, after = curve.evaluate(np.array([0.3 - h, 0.3, 0.3 + h]))
    assert (at - before) / h == pytest.approx((after - at) / h, rel=1e-3)


@pytest.mark.parametrize("name", PRESETS)
def test_presets_fill_the_step_and_reach_full_level(name):
    curve = IntensityCurve.preset(name)
    assert curve.points[0][0] == 0.0
    assert curve.points[-1][0] == 1.0
    assert curve.peak == 1.0


def test_fraction_and_seconds_mean_what_they_say():
    t = np.array([0.0, 5.0, 10.0])
    fraction = IntensityCurve(points=((0.0, 0.0), (1.0, 1.0)))
    seconds = IntensityCurve(points=((0.0, 0.0), (5.0, 1.0)), unit="seconds")
    assert fraction.at(t, 10.0) == pytest.approx([0.0, 0.5, 1.0])
    assert seconds.at(t, 10.0) == pytest.approx([0.0, 1.0, 1.0])


@pytest.mark.parametrize(
    "points",
    [
        (),
        ((0.0, 1.0),),
        ((0.0, 1.0), (0.0, 0.5)),
        ((0.5, 1.0), (0.2, 0.5)),
        ((0.0, 1.1), (1.0, 0.5)),
        ((0.0, -0.1), (1.0, 0.5)),
        ((-0.1, 0.1), (1.0, 0.5)),
        ((0.0, 0.1), (1.5, 0.5)),
        ((0.0, float("nan")), (1.0, 0.5)),
        ((0.0, 0.5), (float("inf"), 0.5)),
        tuple((k / 100, 0.5) for k in range(MAX_POINTS + 1)),
    ],
)
def test_points_that_make_no_curve_are_refused(points):
    with pytest.raises(ValidationError):
        IntensityCurve(points=points)


@pytest.mark.parametrize("earlier", [0.0, 0.281, 0.5, 0.998])
def test_times_a_thousandth_apart_are_far_enough(earlier):
    points = ((earlier, 0.0), (round(earlier + 0.001, 3), 1.0))
    assert IntensityCurve(points=points).points == points
    with pytest.raises(ValidationError, match="must rise"):
        IntensityCurve(points=((earlier, 0.0), (earlier + 0.0009, 1.0)))


def test_curves_are_equal_by_their_points_whether_evaluated_or_not() -> None:
    one, other = (IntensityCurve(points=((0.0, 0.2), (0.5, 1.0), (1.0, 0.4))) for _ in range(2))
    for curve in (one, other):
        curve.evaluate(np.array([0.3]))
    assert one == other
    assert hash(one) == hash(other)
    assert one != IntensityCurve(points=one.points, unit="seconds")
    assert one != IntensityCurve(points=((0.0, 0.2), (1.0, 0.4)))
    assert one != one.points
