"""A point is worked for ten seconds, whoever does it; a hand that stays is an error (54, 55)."""

from itertools import product

import numpy as np
import pytest
from depth import DEPTH
from drawn_techniques import choices
from findings import by_rule, of, told

from profiles.body import body_map
from profiles.rules.check import check
from profiles.rules.grid import GRID_MM
from profiles.rules.points import CORE, touches_of
from profiles.rules.traces import traces
from profiles.score import compose
from profiles.technique import TECHNIQUES, Kneading, Rubbing, Stroking, Tapping, Vibration

HERE, ASIDE = [[140.0, 480.0]], [[-140.0, 480.0]]
STILL = {"advance_mm_s": 0.0}
CREEPING = {"advance_mm_s": 1.0}
SLOW = {"advance_mm_s": 5.0}
GUIDE = {"kind": "guide", "instruction": "Breathe slowly."}
SMALL = [["gluteal"], ["gluteal-left"], ["shoulder"], ["neck"]]


def stays(findings):
    return {rule for rule, _ in of(findings, "error") if rule in (54, 55)}


@pytest.mark.parametrize("count", [2, 6, 30])
def test_steps_that_follow_each_other_on_one_point_are_one_stay(around, make_step, count):
    steps = [
        make_step("tapping", None, path=[[100.0, 0.0]], duration_s=9.0, crossfade_s=0.0) for _ in range(count)
    ]
    findings = check(around(*steps, opening={"duration_s": 200.0}))
    assert ("error", "step[2].path") in by_rule(findings, 55)
    assert len(by_rule(findings, 55)) == 1
    assert f"{9 * count - 0.1:.1f} s" in told(findings, 55) or f"{9 * count:.1f} s" in told(findings, 55)
    alone = check(around(steps[0]))
    assert stays(alone) == set()
    together = make_step("tapping", None, path=[[100.0, 0.0]], duration_s=9.0, crossfade_s=0.0, repeats=count)
    assert ("error", "step[2].path") in by_rule(check(around(together)), 55)


@pytest.mark.parametrize(("apart", "errors"), [(5.0, 1), (20.0, 1), (40.0, 1), (150.0, 0)])
def test_steps_that_alternate_between_neighbours_stay_at_a_point(around, make_step, apart, errors):
    """Within the radius of a hand, 55 mm, neighbours are one point; its circles reach further yet."""
    places = ([[140.0, 440.0]], [[140.0, 440.0 + apart]])
    steps = [
        make_step("kneading", None, path=places[number % 2], duration_s=4.0, crossfade_s=0.1)
        for number in range(6)
    ]
    assert len(by_rule(check(around(*steps)), 55)) == errors


@pytest.mark.parametrize("kind", [kind for kind in TECHNIQUES if kind != "guide"])
@pytest.mark.parametrize("end", [[140.0, 485.0], [140.0, 500.0], [145.0, 520.0]])
def test_a_path_from_a_point_to_the_next_is_a_stay(around, make_step, kind, end):
    step = make_step(kind, None, path=[*HERE, end], duration_s=60.0)
    assert 55 in stays(check(around(step)))


FORMS = [
    *(("kneading", {"form": form}) for form in choices(Kneading)["form"]),
    *(("vibration", {"form": form}) for form in choices(Vibration)["form"]),
    *(("tapping", {"form": form}) for form in choices(Tapping)["form"]),
    *(("rubbing", {"path": path}) for path in choices(Rubbing)["path"]),
]


STAYING = [
    (*FORMS[(number + turn) % len(FORMS)], pace, zones)
    for turn, (pace, zones) in enumerate(product((STILL, CREEPING), SMALL))
    for number in range(len(FORMS))
]


@pytest.mark.parametrize(("kind", "more", "pace", "zones"), STAYING[:: round(1 / DEPTH)])
@pytest.mark.parametrize("seconds", [15.0, 45.0])
def test_a_hand_that_does_not_go_on_is_an_error_also_by_turns(
    make_profile, make_step, kind, more, pace, zones, seconds
):
    """In 15 s each of two hands has its second turn; its rest between them is part of its stay."""
    step = make_step(kind, zones, parameters=more | pace, duration_s=seconds)
    assert stays(check(make_profile(step)))


@pytest.mark.parametrize(("kind", "more"), [form for form in FORMS if form[1] != {"form": "felting"}])
@pytest.mark.parametrize("stature", [1.5, 1.7, 1.95])
def test_a_hand_that_creeps_by_turns_is_an_error(make_profile, make_step, kind, more, stature):
    """Only the hands of felting go on twice as fast as the file says, and leave in time."""
    step = make_step(kind, ["gluteal"], parameters=more | SLOW, duration_s=45.0)
    assert stays(check(make_profile(step), body_map(stature)))


@pytest.mark.parametrize("kind", ["stroking", "squeezing"])
def test_a_stroke_that_creeps_by_turns_is_an_error(make_profile, make_step, kind):
    for path in choices(Stroking)["path"] if kind == "stroking" else [None]:
        parameters = {"speed_mm_s": 5.0} | ({"path": path} if path else {})
        step = make_step(kind, ["gluteal"], hands="alternate", parameters=parameters, duration_s=45.0)
        assert stays(check(make_profile(step))), path


@pytest.mark.parametrize("kind", ["kneading", "rubbing", "vibration", "tapping"])
@pytest.mark.parametrize("seconds", [3.0, 4.5, 9.0])
def test_a_still_hand_is_an_error_however_its_time_is_cut_into_steps(make_profile, make_step, kind, seconds):
    """Its rest goes on from one step to the next, and so does its stay; a step of one side is no way out."""
    steps = [
        make_step(kind, zones, parameters=STILL, duration_s=seconds, crossfade_s=0.0)
        for zones in (["gluteal"], ["gluteal"], ["gluteal-left"], ["gluteal"], ["gluteal"])
    ]
    assert stays(check(make_profile(*steps[: round(18.0 / seconds)])))


@pytest.mark.parametrize(("seconds", "errors"), [(2.5, {54}), (4.5, {54}), (5.5, set())])
def test_a_hand_that_rests_and_goes_on_where_it_was_has_not_left(make_profile, make_step, seconds, errors):
    here = make_step("tapping", None, path=HERE, duration_s=6.0, crossfade_s=0.0)
    by_hand = {"name": "breath", "technique": GUIDE, "duration_s": seconds, "crossfade_s": 0.0}
    assert stays(check(make_profile(here, by_hand, here))) == errors
    there = here | {"path": [[140.0, 520.0]]}
    assert stays(check(make_profile(here, by_hand, there))) == set()


def test_a_hand_that_rests_does_not_lend_its_place_to_the_other(make_profile, make_step):
    """On the sacrum of a tall person two hands turn back near the midline, one while the other rests."""
    step = make_step("rubbing", ["sacrum"], parameters={"path": "zigzag", "circle_mm": 2.0}, duration_s=120.0)
    assert stays(check(make_profile(step), body_map(1.95))) == set()


def test_pulses_between_two_looks_are_work(make_profile, make_step):
    """Ten looks a second fall where this curve is at nothing; a device of fifty frames plays the rest."""
    points = [
        pair
        for k in range(20)
        for pair in ([k * 0.3 + 0.1, 0.0], [k * 0.3 + 0.15, 1.0], [k * 0.3 + 0.2, 0.0])
    ]
    curve = {"unit": "seconds", "points": [[0.0, 0.0], *points]}
    step = make_step("kneading", None, path=HERE, duration_s=6.0, repeats=5, crossfade_s=0.0, curve=curve)
    assert 55 in stays(check(make_profile(step)))


@pytest.mark.parametrize(("kind", "more"), FORMS)
def test_a_hand_that_goes_on_is_none(around, make_step, kind, more):
    step = make_step(kind, ["gluteal"], parameters=more, duration_s=45.0)
    assert stays(check(around(step))) == set()


@pytest.mark.parametrize("zones", SMALL, ids="-".join)
@pytest.mark.parametrize("seconds", [15.0, 45.0])
def test_presses_that_hardly_move_are_an_error(around, make_step, zones, seconds):
    close = make_step("pressing", zones, parameters={"spacing_mm": 5.0}, duration_s=seconds)
    assert stays(check(around(close)))


@pytest.mark.parametrize("path", choices(Stroking)["path"])
def test_a_stroke_that_creeps_with_one_hand_is_an_error(around, make_step, path):
    step = make_step(zones=["gluteal-right"], parameters={"path": path, "speed_mm_s": 5.0}, duration_s=60.0)
    assert stays(check(around(step)))


def test_to_come_back_to_a_point_again_and_again_is_an_error_however_short_each_time(around, make_step):
    here = make_step("kneading", None, path=HERE, duration_s=8.0, crossfade_s=0.1)
    rest = make_step("kneading", None, path=ASIDE, duration_s=3.0, crossfade_s=0.1)
    assert by_rule(check(around(*[here, rest] * 4)), 54, 55) == [("error", "step[2].path")]
    away = make_step("stroking", ["lumbar", "upper-back"], duration_s=30.0, crossfade_s=0.1)
    assert by_rule(check(around(*[here, away] * 4)), 54, 55) == []


@pytest.mark.parametrize(("seconds", "errors"), [(220.0, 0), (250.0, 1)])
def test_a_point_gets_a_fifth_of_the_longest_session_at_most(make_profile, make_step, seconds, errors):
    here = make_step("kneading", None, path=HERE, duration_s=5.0, crossfade_s=0.0)
    away = make_step(zones=["gluteal", "sacrum"], duration_s=8.0, crossfade_s=0.0)
    profile = make_profile(*[away, here] * round(seconds / 5.0), away)
    assert len(by_rule(check(profile), 54)) == errors
    assert by_rule(check(profile), 55) == []


def test_a_fast_circle_is_on_all_of_its_way(make_profile, make_step):
    """Ten looks a second are one in 63 mm of it, further than a hand is wide."""
    parameters = {"circle_mm": 100.0, "rate_cpm": 60.0} | STILL
    step = make_step("kneading", None, path=[[140.0, -300.0]], parameters=parameters, duration_s=5.0)
    body = body_map()
    touches = touches_of(traces(compose(make_profile(step))), body, CORE)
    (x_low, y_low), (x_high, _) = body.region
    angle = np.linspace(0.0, 2.0 * np.pi, 360)
    column = np.rint((140.0 + 100.0 * np.cos(angle) - x_low) / GRID_MM).astype(int)
    row = np.rint((-300.0 + 100.0 * np.sin(angle) - y_low) / GRID_MM).astype(int)
    assert set(row * (int((x_high - x_low) / GRID_MM) + 1) + column) <= set(touches.point.tolist())


def test_points_in_excluded_zones_are_left_out(make_profile, make_step):
    body = body_map()
    touches = touches_of(traces(compose(make_profile(make_step(zones=["neck"])))), body, CORE)
    (x_low, y_low), (x_high, _) = body.region
    row, column = divmod(touches.point, int((x_high - x_low) / GRID_MM) + 1)
    x, y = x_low + column * GRID_MM, y_low + row * GRID_MM
    assert len(x) > 0
    assert all(body.exclusion_at(*point) is None for point in set(zip(x.tolist(), y.tolist(), strict=True)))
    assert len(set(zip(touches.point.tolist(), touches.look.tolist(), strict=True))) == len(touches.point)
