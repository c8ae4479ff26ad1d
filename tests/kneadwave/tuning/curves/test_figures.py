"""What is felt of a curve at each time, and its figures."""

import numpy as np
import pytest
from written_profiles import EVENING

from kneadwave.tuning.curves.figures import felt_at, figures_of, first_of
from kneadwave.tuning.curves.select import choose, with_curve
from profiles.curve import IntensityCurve
from profiles.outline import intensity, timed
from profiles.profile import Profile, load_profile, parse

BACK = load_profile("relaxing-back")
HALVED = BACK.model_copy(update={"envelope": IntensityCurve(points=((0.0, 0.5), (1.0, 0.5)))})


def figures(profile: Profile, step: str) -> dict[str, float]:
    return figures_of(profile, choose(profile, step), timed(profile))


def with_points(*points: tuple[float, float]) -> Profile:
    return with_curve(BACK, choose(BACK, "8"), IntensityCurve(points=points))


def test_felt_is_level_times_curve_times_envelope() -> None:
    t = np.array([0.0, 60.0, 75.0, 150.0])
    for profile, share in ((BACK, 1.0), (HALVED, 0.5)):
        felt = felt_at(profile, choose(profile, "8"), timed(profile), t)
        assert felt == pytest.approx(np.array([0.25, 0.5, 0.5, 0.25]) * share)


def test_the_envelope_counts_where_the_step_lies_in_the_session() -> None:
    falling = BACK.model_copy(update={"envelope": IntensityCurve(points=((0.0, 1.0), (1.0, 0.0)))})
    felt = felt_at(falling, choose(falling, "12"), timed(falling), np.array([0.0]))
    assert felt[0] == pytest.approx(0.2 * (1.0 - 855.0 / 900.0))


def test_over_the_session_it_is_what_a_profiles_course_tells() -> None:
    for profile in (BACK, parse(EVENING)):
        count = 300
        where, rows = choose(profile, "session"), timed(profile)
        per = profile.duration_s / count
        looks = (np.arange(count * 8) + 0.5) * per / 8
        felt = felt_at(profile, where, rows, looks).reshape(count, 8).max(axis=1)
        assert felt == pytest.approx(intensity(profile, count), abs=0.04)


def test_at_its_end_the_session_still_has_its_last_level() -> None:
    felt = felt_at(BACK, choose(BACK, "session"), timed(BACK), np.array([900.0]))
    assert felt[0] == pytest.approx(0.15)


def test_a_step_over_an_order_is_met_where_it_begins_first() -> None:
    evening = parse(EVENING)
    first = first_of(timed(evening), evening, 0)
    assert (first.start, first.number) == (0.0, "1.1")
    assert first_of(timed(evening), evening, 1).number == "2"
    where = choose(evening, "strokes")
    assert where.regions == evening.origins.count(0) == 11
    assert where.duration_s == first.end < 180.0, "the curve is over each region in turn"


def test_figures_of_a_straight_line() -> None:
    made = figures(with_points((0.0, 0.4), (1.0, 0.8)), "8")
    assert made["peak"] == pytest.approx(0.4)
    assert made["lowest"] == pytest.approx(0.2)
    assert made["mean"] == pytest.approx(0.3)
    assert made["steepest"] == pytest.approx(0.2 / 150.0)


def test_the_steepest_place_is_found_however_narrow_it_is() -> None:
    made = figures(with_points((0.0, 0.5), (0.5, 0.5), (0.501, 0.9), (1.0, 0.9)), "8")
    # A cubic between two flat ends is one and a half times as steep as its chord.
    assert made["steepest"] == pytest.approx(1.5 * 0.4 * 0.5 / 0.15, rel=0.01)
    assert made["steepest_at"] == pytest.approx(75.0, abs=0.2)


@pytest.mark.parametrize(
    ("low", "high", "steps"), [(0.5, 0.5, 0), (0.5, 0.59, 0), (0.5, 0.61, 1), (0.5, 0.73, 2), (0.0, 1.0, 17)]
)
def test_felt_steps_are_a_fifth_each_from_what_is_just_felt_on(low: float, high: float, steps: int) -> None:
    assert figures(with_points((0.0, low), (1.0, high)), "8")["felt_steps"] == steps


def test_from_one_step_to_the_next_there_is_no_slope() -> None:
    made = figures(BACK, "session")
    single = max(figures(BACK, str(n))["steepest"] for n in range(1, 13))
    assert made["steepest"] == pytest.approx(single, rel=0.02)
    assert (made["peak"], made["lowest"]) == pytest.approx((0.6, 0.15))


def test_a_curve_is_per_repetition() -> None:
    evening = parse(EVENING)
    made = figures(evening, "along a line")
    assert (made["peak"], made["lowest"]) == pytest.approx((0.65, 0.26))
    felt = felt_at(evening, choose(evening, "5"), timed(evening), np.array([0.0, 10.0, 20.0]))
    assert felt == pytest.approx([0.65, 0.26, 0.65])


def test_times_beyond_the_step_count_for_nothing() -> None:
    long = IntensityCurve(points=((0.0, 0.5), (150.0, 0.6), (300.0, 1.0)), unit="seconds")
    made = figures(with_curve(BACK, choose(BACK, "8"), long), "8")
    assert made["peak"] == pytest.approx(0.3)
