"""Curves of few points: within the error that is asked for, and no more points than needed."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kneadwave.tuning.fit.simplify import simplify
from profiles.curve import MAX_POINTS, IntensityCurve
from profiles.errors import ProfileError

TIMES = np.arange(0.0, 600.0, 0.5)


def steps_of(changes, times=TIMES):
    """A level that changes at once, at each (time, level)."""
    levels = np.ones(len(times))
    for at, level in changes:
        levels[times >= at] = level
    return levels


def apart_from(changes, times=TIMES, by=2.0):
    return np.all([np.abs(times - at) > by for at, _ in changes], axis=0)


def test_a_constant_level_takes_two_points():
    found = simplify(TIMES, np.full(len(TIMES), 0.7), 0.01)
    assert found.curve.points == ((0.0, 0.7), (TIMES[-1], 0.7))
    assert found.error == 0.0


def test_one_step_takes_two_points_more():
    changes = [(100.0, 0.6)]
    found = simplify(TIMES, steps_of(changes), 0.03, counted=apart_from(changes))
    assert len(found.curve.points) == 4
    assert [level for _, level in found.curve.points] == [1.0, 1.0, 0.6, 0.6]


def test_the_error_is_that_of_the_curve_as_it_is_written():
    levels = 0.5 + 0.4 * np.sin(TIMES / 60.0)
    found = simplify(TIMES, levels, 0.03)
    again = IntensityCurve(points=found.curve.points, unit="seconds")
    assert found.error == pytest.approx(np.abs(again.evaluate(TIMES) - levels).max())
    assert 0.0 < found.error <= 0.03


def test_a_wider_error_never_takes_more_points():
    levels = 0.5 + 0.4 * np.sin(TIMES / 40.0)
    counts = [len(simplify(TIMES, levels, within).curve.points) for within in (0.01, 0.03, 0.1)]
    assert counts == sorted(counts, reverse=True)
    assert counts[0] > counts[-1]


def test_what_no_curve_keeps_is_refused_with_the_error_that_can_be_kept():
    restless = np.where(np.arange(len(TIMES)) % 2, 0.9, 0.1)
    with pytest.raises(
        ProfileError, match=f"{MAX_POINTS} points keep the curve within .*not within 3.0%"
    ) as e:
        simplify(TIMES, restless, 0.03)
    assert "allow an error of" in e.value.hint


def test_samples_that_do_not_count_are_passed_over():
    changes = [(100.0, 0.4)]
    levels = steps_of(changes)
    levels[200] = 0.0  # at 100 s, where nothing counts
    found = simplify(TIMES, levels, 0.03, counted=apart_from(changes))
    assert min(level for _, level in found.curve.points) == 0.4


def test_points_of_a_fraction_keep_apart():
    times = np.linspace(0.0, 1.0, 20001)
    found = simplify(times, steps_of([(0.5, 0.5)], times), 0.5, unit="fraction")
    at = np.array([t for t, _ in found.curve.points])
    assert (np.diff(at) >= 1e-3 - 1e-9).all()


@given(
    st.lists(
        st.tuples(st.integers(1, 118).map(lambda k: 5.0 * k), st.integers(2, 10).map(lambda k: k / 10)),
        min_size=1,
        max_size=14,
        unique_by=lambda change: change[0],
    ),
    st.sampled_from([0.01, 0.03, 0.08]),
)
def test_any_run_of_changes_is_kept_within_the_error(changes, within):
    changes = sorted(changes)
    levels, counted = steps_of(changes), apart_from(changes)
    found = simplify(TIMES, levels, within, counted=counted)
    drawn = found.curve.evaluate(TIMES)
    assert np.abs(drawn - levels)[counted].max() <= within
    assert len(found.curve.points) <= 2 + 4 * len(changes)
    assert drawn.max() <= levels.max() + 1e-9
