"""How strong a light technique may be, where it belongs, and which way is the stronger one."""

import re

import pytest
from findings import by_rule, told

from profiles.rules.check import check


@pytest.mark.parametrize(("level", "warnings"), [(0.4, 0), (0.401, 1), (0.7, 1)])
def test_pinching_is_light(around, make_step, level, warnings):
    pinching = make_step("kneading", zones=["gluteal"], level=level, parameters={"form": "pinching"})
    palms = make_step("kneading", zones=["gluteal"], level=level)
    assert by_rule(check(around(pinching)), 97) == [("warning", "step[2].level")] * warnings
    assert by_rule(check(around(palms)), 97) == []


@pytest.mark.parametrize(("level", "warnings"), [(0.6, 0), (0.601, 1)])
@pytest.mark.parametrize("form", ["circles", "twitching"])
def test_vibration_is_weak(around, make_step, level, warnings, form):
    step = make_step("vibration", zones=["gluteal"], level=level, parameters={"form": form})
    assert by_rule(check(around(step)), 110) == [("warning", "step[2].level")] * warnings


@pytest.mark.parametrize(
    ("zones", "level", "places"),
    [
        (["calf", "thigh"], 0.4, []),
        (["arm-left"], 0.4, []),
        (["thigh"], 0.41, ["level"]),
        (["thigh", "gluteal"], 0.4, ["zones"]),
        (["lumbar"], 0.45, ["level", "zones"]),
    ],
)
def test_limbs_are_shaken_slightly_and_nothing_else_is(around, make_step, zones, level, places):
    step = make_step("vibration", zones=zones, level=level, parameters={"form": "shaking"})
    assert by_rule(check(around(step)), 205) == [("warning", f"step[2].{place}") for place in places]


@pytest.mark.parametrize(("zones", "warnings"), [(["gluteal"], 0), (["neck"], 1), (["neck-left"], 1)])
def test_vibration_is_for_back_and_buttocks(around, make_step, zones, warnings):
    step = make_step("vibration", zones=zones, level=0.2)
    assert by_rule(check(around(step)), 204) == [("warning", "step[2].zones")] * warnings


@pytest.mark.parametrize("kind", ["stroking", "squeezing"])
@pytest.mark.parametrize(
    ("zones", "direction", "back", "warnings"),
    [
        (["shoulder"], "away", 0.85, 1),
        (["upper-back"], "away", 0.99, 1),
        (["upper-back"], "away", 1.0, 0),
        (["shoulder"], "toward-neck", 0.5, 0),
        (["shoulder"], None, 0.5, 0),
        (["neck"], None, 0.5, 0),
        (["neck", "shoulder"], None, 0.5, 0),
    ],
)
def test_the_way_up_is_no_weaker_than_the_way_down(around, make_step, kind, zones, direction, back, warnings):
    parameters = {"return_level": back} | ({"direction": direction} if direction else {})
    findings = check(around(make_step(kind, zones=zones, parameters=parameters)))
    assert by_rule(findings, 165) == [("warning", "step[2].technique.return_level")] * warnings
    assert f"{back:g} of the strength" in told(findings, 165) or not warnings


@pytest.mark.parametrize("path", ["transverse", "circular", "diagonal"])
def test_strokes_that_come_back_alike_have_no_stronger_way(around, make_step, path):
    step = make_step(zones=["shoulder"], parameters={"path": path, "direction": "away"})
    assert by_rule(check(around(step)), 165) == []


@pytest.mark.parametrize(("hold", "warnings"), [(2.0, 0), (1.99, 1), (0.0, 1)])
def test_a_pressure_is_held(around, make_step, hold, warnings):
    step = make_step("pressing", parameters={"hold_s": hold}, duration_s=60.0)
    assert by_rule(check(around(step)), 109) == [("warning", "step[2].technique.hold_s")] * warnings


@pytest.mark.parametrize(("onset", "warnings"), [(0.04, 0), (0.039, 1), (0.0, 1)])
def test_taps_come_softly(around, make_step, onset, warnings):
    step = make_step("tapping", zones=["gluteal"], parameters={"onset_s": onset})
    assert by_rule(check(around(step)), 108) == [("warning", "step[2].technique.onset_s")] * warnings


@pytest.mark.parametrize(("hz", "errors"), [(5.0, 0), (4.99, 1), (1.0, 1)])
@pytest.mark.parametrize("form", ["circles", "twitching", "shaking"])
def test_vibration_is_quick(around, make_step, hz, errors, form):
    zone = "calf" if form == "shaking" else "gluteal"
    step = make_step("vibration", zones=[zone], level=0.3, parameters={"form": form, "frequency_hz": hz})
    assert by_rule(check(around(step)), 110) == [("error", "step[2].technique.frequency_hz")] * errors


def test_figures_that_are_worked_out_are_told_short_and_the_remedy_keeps_the_rule(make_profile, make_step):
    """10.2353 tells nobody more than 10.2; what is advised is rounded to the side that passes."""
    slow = {"hold_s": 30.0, "attack_s": 1 / 3, "release_s": 1 / 3}
    long = make_step("pressing", ["shoulder"], parameters=slow)
    (told,) = (each for each in check(make_profile(long)) if each.rule == 55 and "one press" in each.message)
    assert "takes 30.67 s" in told.message
    advised = float(told.remedy.split()[2])
    again = make_profile(make_step("pressing", ["shoulder"], parameters=slow | {"hold_s": advised}))
    assert not any("one press" in each.message for each in check(again))
    fast = make_step("kneading", ["lumbar"], parameters={"advance_mm_s": 133.7})
    (told,) = (each for each in check(make_profile(fast)) if "the hand goes on by" in each.message)
    assert re.search(r"by \d+(\.\d)? mm a second", told.message)
    pace = {"advance_mm_s": float(told.remedy.split()[3])}
    calm = make_profile(make_step("kneading", ["lumbar"], parameters=pace))
    assert not any("the hand goes on by" in each.message for each in check(calm))
