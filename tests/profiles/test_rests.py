"""Rests of the points of a device: no span too long, little left out, the same frames in any order."""

import numpy as np
import pytest
from depth import at_depth
from hypothesis import given, settings
from hypothesis import strategies as st
from spans import longest_work

from profiles.rests import LIFT_FRAMES, REST_FRAMES, WORK_FRAMES, RestPlan, points_of
from profiles.score import compose
from profiles.technique import Modality
from profiles.waveform import FELT_FLOOR, Place, Renderer

CHUNK = 2048
REST_S = REST_FRAMES / 50.0


def place(x=100.0, y=400.0, radius=20.0):
    return Place("p", Modality.VIBRATION, x, y, radius, True)


def planned(level, places=None, chunk=CHUNK):
    """The rests of levels (frames, places), and what is left of the levels."""
    level = np.asarray(level, dtype=np.float64)
    level = level[:, None] if level.ndim == 1 else level
    places = places or [place(y=100.0 * column) for column in range(level.shape[1])]
    count = -(-len(level) // chunk) + 1
    padded = np.zeros((count * chunk, level.shape[1]))
    padded[: len(level)] = level

    def asked(number):
        part = padded[number * chunk : (number + 1) * chunk]
        return part if len(part) else np.zeros((chunk, level.shape[1]))

    rests = RestPlan(asked, places, chunk, 0).within(0, len(padded))
    left = level.copy()
    for rest in rests:
        left[:, rest.columns] *= rest.gate(0, len(left))[:, None]
    return rests, np.where(left >= FELT_FLOOR, left, 0.0)


def longest(level):
    return max(work.seconds for work in longest_work(level > 0.0, 50.0, REST_S))


@pytest.mark.parametrize(("frames", "rests"), [(WORK_FRAMES - 1, 0), (WORK_FRAMES, 0), (WORK_FRAMES + 1, 1)])
def test_a_span_may_last_as_long_as_it_may(frames, rests):
    found, left = planned(np.concatenate((np.full(frames, 0.5), np.zeros(500))))
    assert len(found) == rests
    assert longest(left) <= WORK_FRAMES / 50.0


@pytest.mark.parametrize(("gap", "rests"), [(REST_FRAMES - 1, 1), (REST_FRAMES, 0)])
def test_only_a_whole_rest_ends_a_span(gap, rests):
    found, left = planned(np.concatenate((np.full(300, 0.5), np.zeros(gap), np.full(300, 0.5))))
    assert len(found) == rests
    assert longest(left) <= WORK_FRAMES / 50.0


def test_what_is_felt_least_is_left_out():
    strong, weak = np.full(300, 0.5), np.full(100, 0.1)
    head, _ = planned(np.concatenate((weak, strong, weak * 2.0)))
    assert [(rest.start, rest.end) for rest in head] == [(0, 40)]
    tail, _ = planned(np.concatenate((weak * 2.0, strong, weak)))
    assert [(rest.start, rest.end) for rest in tail] == [(460, 500)]
    middle, left = planned(np.concatenate((strong, weak, strong)))
    assert len(middle) == 1
    assert middle[0].start <= 300 <= 400 <= middle[0].end
    assert middle[0].taken == 0.5
    assert left.max() == 0.5


def test_a_level_sinks_before_a_rest_and_comes_back_after_it():
    _, left = planned(np.full(4000, 0.5))
    assert np.abs(np.diff(left[:, 0])).max() < 0.5 * np.pi / 2 / LIFT_FRAMES + 0.01


def test_nothing_changes_where_every_point_rests_by_itself():
    level = np.tile(np.concatenate((np.full(400, 0.3), np.zeros(200))), 20)
    found, left = planned(level)
    assert found == []
    assert (left[:, 0] == level).all()


@settings(max_examples=at_depth(200))
@given(
    st.lists(st.tuples(st.integers(1, 700), st.floats(0.02, 1.0), st.integers(0, 160)), max_size=40),
    st.integers(0, 2),
)
def test_whatever_is_asked_no_span_is_too_long(parts, shared):
    pieces = [np.concatenate((np.full(on, level), np.zeros(off))) for on, level, off in parts]
    level = np.concatenate([*pieces, np.zeros(3000)])
    level = np.stack([level, np.roll(level, 900), np.roll(level, 1700)], axis=1)
    places = [place(y=100.0), place(y=100.0 if shared else 200.0), place(y=100.0 if shared > 1 else 300.0)]
    found, left = planned(level, places)
    points = points_of(places)
    assert len(points) == 3 - shared
    work = np.stack([left[:, columns].any(axis=1) for columns in points], axis=1)
    assert max(each.seconds for each in longest_work(work, 50.0, REST_S)) <= WORK_FRAMES / 50.0
    assert (left <= level).all()
    for rest in found:
        assert not left[max(rest.start, 0) : rest.end, rest.columns].any()


def test_places_within_each_other_s_footprint_are_one_point_also_in_a_chain():
    chain = [place(y=y) for y in (400.0, 420.0, 440.0, 461.0)]
    assert [point.tolist() for point in points_of(chain)] == [[0, 1, 2], [3]]
    wide = [place(radius=60.0), place(y=430.0, radius=20.0)]
    assert len(points_of(wide)) == 2, "each in the other's, not one in the other's alone"


def test_two_that_alternate_at_one_point_rest_together():
    turns = np.arange(6000) // 100 % 2
    level = np.stack([turns == 0, turns == 1], axis=1) * 0.5
    apart, _ = planned(level, [place(), place(y=800.0)])
    found, left = planned(level, [place(), place(y=410.0)])
    assert len(apart) > 0, "a pause of two seconds is none"
    assert all(rest.columns.tolist() == [0, 1] for rest in found)
    assert longest(left.any(axis=1)[:, None]) <= WORK_FRAMES / 50.0


@pytest.fixture
def slow(make_profile, make_step):
    """Makes a renderer of a hand that an actuator of its device is never rid of."""
    step = make_step(zones=["upper-back-right"], parameters={"speed_mm_s": 30.0}, duration_s=300.0)
    score = compose(make_profile(step))
    return lambda: Renderer(score, [place(75.0, 430.0, 30.0)])


def test_a_renderer_lets_its_points_rest(slow):
    renderer = slow()
    level = renderer.render(0, 15000).level
    assert longest(level) <= WORK_FRAMES / 50.0
    assert len(renderer.rests(0, 15000)) > 20
    assert renderer.rests(-500, 0) == []


def test_a_far_frame_is_the_same_without_those_before(slow):
    whole, renderer = slow().render(0, 15000), slow()
    for start in (11000, 300, 4090):
        assert (renderer.render(start, 500).level == whole.level[start : start + 500]).all()
