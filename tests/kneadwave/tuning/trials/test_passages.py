"""A step where it stands in its session."""

import numpy as np
import pytest

from kneadwave.tuning.trials.passages import passages, period_s, press_s
from profiles.curve import IntensityCurve
from profiles.profile import Profile, load_profile
from profiles.score import compose
from profiles.step import Step

STROKE = {"kind": "stroking"}


def step_of(technique: dict, zones=("upper-back", "shoulder"), **more) -> Step:
    return Step.model_validate(
        {"name": "one", "technique": technique, "zones": zones, "duration_s": 20.0, "level": 0.4, **more}
    )


def profile_of(*steps: Step, **more) -> Profile:
    return Profile(schema_=1, name="test", audience="test", step=steps, **more)


def test_a_step_is_found_where_it_is_played() -> None:
    profile = profile_of(step_of(STROKE, repeats=2), step_of(STROKE))
    assert [(each.start_s, each.seconds) for each in passages(profile, 1)] == [(40.0, 20.0)]
    assert [(each.start_s, each.seconds) for each in passages(profile, 0)] == [(0.0, 40.0)]


def test_a_step_over_an_order_is_played_once_for_each_region() -> None:
    profile = load_profile("prone-and-supine")
    index = next(n for n, step in enumerate(profile.step) if step.in_order)
    found = passages(profile, index)
    assert len(found) == profile.origins.count(index) > 1
    assert [each.start_s for each in found] == sorted({each.start_s for each in found})
    assert not any(each.step.in_order for each in found)


def test_what_is_felt_is_level_curve_and_envelope() -> None:
    rise, fall = (
        IntensityCurve(points=((0.0, 0.0), (1.0, 1.0))),
        IntensityCurve(points=((0.0, 1.0), (1.0, 0.0))),
    )
    passage = passages(profile_of(step_of(STROKE), step_of(STROKE, curve=rise), envelope=fall), 1)[0]
    assert passage.felt[0] == pytest.approx(0.0)
    assert passage.felt[len(passage.t) // 2] == pytest.approx(0.4 * 0.5 * 0.25)
    assert passage.felt[-1] == pytest.approx(0.0)
    assert passage.factor == pytest.approx(0.125, abs=0.001)


def test_nothing_is_felt_above_the_highest_ceiling_of_the_zones() -> None:
    passage = passages(profile_of(step_of(STROKE, zones=("lumbar", "neck"), level=1.0)), 0)[0]
    assert passage.felt.max() == passage.ceiling < 1.0
    assert passages(profile_of(step_of(STROKE, zones=None, path=((60.0, 400.0),))), 0)[0].ceiling == 1.0


def test_a_zone_that_is_unknown_bounds_nothing_here() -> None:
    assert passages(profile_of(step_of(STROKE, zones=("wing",))), 0)[0].ceiling == 1.0


def test_a_repeated_step_begins_its_curve_anew() -> None:
    rise = IntensityCurve(points=((0.0, 0.5), (1.0, 1.0)))
    felt = passages(profile_of(step_of(STROKE, curve=rise, repeats=2)), 0)[0].felt
    assert felt[199] == pytest.approx(0.4, rel=0.01)
    assert felt[200] == pytest.approx(0.2, rel=0.01)


def test_alone_it_is_as_strong_as_in_its_session() -> None:
    fall = IntensityCurve(points=((0.0, 1.0), (0.5, 0.5), (1.0, 1.0)))
    profile = profile_of(*[step_of(STROKE, duration_s=60.0)] * 3, envelope=fall, posture="prone")
    passage = passages(profile, 1)[0]
    alone = passage.alone()
    assert (alone.audience, alone.posture, alone.fade_in_s, alone.fade_out_s) == ("test", "prone", 0.0, 0.0)
    felt = alone.step[0].level * alone.envelope.at(passage.t, alone.duration_s)
    assert np.allclose(felt, passage.felt, atol=0.002)
    assert felt.max() <= passage.felt.max() + 1e-9
    assert compose(alone).duration == passage.seconds
    other = passage.alone(step_of({"kind": "kneading", "rate_cpm": 40.0}, duration_s=60.0))
    assert other.step[0].technique.kind == "kneading"


@pytest.mark.parametrize(
    ("technique", "zones", "seconds"),
    [
        ({"kind": "kneading", "rate_cpm": 10.0}, ("shoulder-left",), 12.0),
        ({"kind": "kneading", "rate_cpm": 60.0}, ("shoulder",), 4.5),  # a turn of one of two hands
        ({"kind": "pressing", "attack_s": 1.0, "hold_s": 3.0, "release_s": 1.0}, ("shoulder-left",), 5.0),
        ({"kind": "pressing", "attack_s": 1.0, "hold_s": 3.0, "release_s": 1.0}, ("shoulder",), 8.0),
    ],
)
def test_a_step_has_shown_what_it_does_after_its_period(
    technique: dict, zones: tuple, seconds: float
) -> None:
    assert period_s(step_of(technique, zones)) == pytest.approx(seconds)


def test_one_way_over_the_zones_is_the_period_of_a_stroke() -> None:
    slow, fast = (
        period_s(step_of({"kind": "stroking", "speed_mm_s": speed}, ("lumbar", "upper-back", "shoulder")))
        for speed in (50.0, 100.0)
    )
    assert slow == pytest.approx(2.0 * fast)
    assert 2.0 < fast < 10.0


def test_only_presses_come_one_by_one() -> None:
    press = {"kind": "pressing", "attack_s": 1.0, "hold_s": 3.0, "release_s": 1.0}
    assert press_s(step_of(press)) == pytest.approx(8.0)
    assert press_s(step_of({"kind": "kneading"})) == 0.0
    assert press_s(step_of(STROKE)) == 0.0


@pytest.mark.parametrize(("turn", "told"), [("prone", "prone"), ("side", "side"), ("standing", "any")])
def test_the_posture_is_that_of_the_last_turn_before_it(turn: str, told: str) -> None:
    guide = {"kind": "guide", "instruction": "Turn.", "part": "posture", "posture": turn}
    turning = Step.model_validate({"name": "turn", "technique": guide, "duration_s": 5.0})
    profile = profile_of(step_of(STROKE), turning, step_of(STROKE), posture="seated")
    found = [passages(profile, index)[0] for index in (0, 2)]
    assert [each.posture for each in found] == [each.alone().posture for each in found] == ["seated", told]
