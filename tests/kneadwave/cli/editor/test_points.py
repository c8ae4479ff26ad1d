"""What the editor does to single points: it stays a curve, and touches no other point."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kneadwave.cli.editor.points import APART, later, place_after, raised, replaced
from profiles.curve import IntensityCurve
from profiles.curve_edit import with_added
from profiles.errors import ProfileError

LEVELS = st.floats(0.0, 1.0)
TIMES = st.lists(st.integers(0, 1000), min_size=2, max_size=9, unique=True).map(sorted)


@st.composite
def curves(draw: st.DrawFn) -> tuple[IntensityCurve, int]:
    times = draw(TIMES)
    points = tuple((time / 1000, draw(LEVELS)) for time in times)
    return IntensityCurve(points=points), draw(st.integers(0, len(points) - 1))


@given(curves(), st.floats(-2.0, 2.0))
def test_a_level_stays_within_its_range(drawn: tuple[IntensityCurve, int], by: float) -> None:
    curve, index = drawn
    after = raised(curve, index, by).points
    assert after[index][0] == curve.points[index][0]
    assert after[index][1] == pytest.approx(min(max(curve.points[index][1] + by, 0.0), 1.0), abs=1e-4)
    assert _others(after, index) == _others(curve.points, index)


@given(curves(), st.floats(-2.0, 2.0))
def test_a_point_never_passes_its_neighbours(drawn: tuple[IntensityCurve, int], by: float) -> None:
    curve, index = drawn
    after = later(curve, index, by, 1.0).points
    assert after[index][1] == curve.points[index][1]
    assert _others(after, index) == _others(curve.points, index)
    assert after == tuple(sorted(after))


@given(curves(), st.floats(0.0, 1.0), LEVELS)
def test_a_point_is_put_where_it_is_wanted_or_refused(
    drawn: tuple[IntensityCurve, int], t: float, level: float
) -> None:
    curve, index = drawn
    others = _others(curve.points, index)
    wanted = round(t, 4)
    if any(abs(time - wanted) < APART - 1e-9 for time, _ in others):
        with pytest.raises(ProfileError, match="already"):
            replaced(curve, index, t, level)
        return
    after, now = replaced(curve, index, t, level)
    assert after.points[now] == pytest.approx((t, level), abs=1e-4)
    assert _others(after.points, now) == others


@given(curves())
def test_a_new_point_finds_room_or_is_refused(drawn: tuple[IntensityCurve, int]) -> None:
    curve, index = drawn
    times = [time for time, _ in curve.points]
    gaps = [b - a for a, b in pairwise([*times, 1.0])]
    if gaps[index] < 2 * APART and (index + 1 < len(times) or times[-1] - times[-2] < 2 * APART):
        with pytest.raises(ProfileError, match="no room"):
            place_after(curve, index, 1.0)
        return
    t = place_after(curve, index, 1.0)
    assert len(with_added(curve, t).curve.points) == len(curve.points) + 1


def test_what_does_not_change_keeps_its_digits() -> None:
    curve = IntensityCurve(points=((0.123456, 0.7654321), (1.0, 0.5)))
    assert replaced(curve, 0, 0.123456, 0.3)[0].points[0] == (0.123456, 0.3)
    assert replaced(curve, 0, 0.2, 0.7654321)[0].points[0] == (0.2, 0.7654321)


@pytest.mark.parametrize(("t", "level"), [(1.5, 0.5), (-0.1, 0.5), (0.2, 1.5)])
def test_what_is_out_of_range_makes_no_curve(t: float, level: float) -> None:
    with pytest.raises(ProfileError):
        replaced(IntensityCurve(points=((0.0, 0.5), (1.0, 0.5))), 0, t, level)


def test_seconds_end_with_the_step() -> None:
    curve = IntensityCurve(points=((0.0, 0.5), (10.0, 1.0)), unit="seconds")
    assert later(curve, 1, 99.0, 20.0).points[1] == (20.0, 1.0)
    assert place_after(curve, 1, 20.0) == 15.0
    # A point that lies behind the end already is not drawn back by a push the other way.
    assert later(curve, 1, 1.0, 8.0).points[1] == (10.0, 1.0)


def _others(points: tuple[tuple[float, float], ...], index: int) -> list[tuple[float, float]]:
    return [point for i, point in enumerate(points) if i != index]
