"""Steps for hands and breath, postures, self-massage, and profiles that are never played."""

import pytest
from findings import by_rule, told

from profiles.rules.check import check


def guide(part="", seconds=60.0, name="by hand", more=(), **technique):
    technique = {"kind": "guide", "instruction": "Gently, please.", "part": part, **technique}
    return {"name": name, "technique": technique, "duration_s": seconds, **dict(more)}


@pytest.mark.parametrize(("level", "errors"), [(0.1, 0), (0.15, 0), (0.151, 1), (0.5, 1)])
def test_a_device_waits_at_a_floor_while_hands_work(around, level, errors):
    waiting = guide("head", more={"zones": ["lumbar", "upper-back"], "level": level})
    assert by_rule(check(around(waiting)), 30) == [("error", "step[2].level")] * errors


@pytest.mark.parametrize(("hold", "errors"), [(0.0, 0), (10.0, 0), (10.01, 1), (20.0, 1), (30.0, 1)])
def test_a_breath_is_held_for_ten_seconds_at_most(make_profile, hold, errors):
    breath = {"inhale_s": 4.0, "hold_s": hold, "exhale_s": 6.0}
    profile = make_profile(guide("breath", 10.0 + hold, breath=breath), purpose="guided")
    assert by_rule(check(profile), 317) == [("error", "step[1].technique.breath.hold_s")] * errors


@pytest.mark.parametrize("posture", ["prone", "seated", "side", "supine"])
def test_nobody_who_is_pregnant_lies_on_her_front(around, posture):
    turning = guide("posture", posture=posture)
    profile = around(turning, posture=posture, good_for=["pregnancy"])
    wrong = ["posture", "step[2].technique.posture"] if posture == "prone" else []
    assert by_rule(check(profile), 273) == [("error", place) for place in wrong]
    assert by_rule(check(around(turning, posture=posture, good_for=["women"])), 273) == []


@pytest.mark.parametrize(
    ("seconds", "found"), [(180.0, None), (180.5, "warning"), (300.0, "warning"), (300.5, "error")]
)
def test_a_part_gets_three_to_five_minutes_of_self_massage(make_profile, seconds, found):
    steps = (guide("neck", 100.0), guide("neck", seconds - 100.0), guide("head", 170.0))
    profile = make_profile(*steps, self_massage=True, purpose="guided")
    longer = "step[2].duration_s" if seconds > 200.0 else "step[1].duration_s"
    assert by_rule(check(profile), 288) == ([(found, longer)] if found else [])
    assert by_rule(check(make_profile(*steps, purpose="guided")), 288) == []


def test_breath_and_posture_are_no_parts(make_profile):
    steps = [guide(part, 400.0) for part in ("", "breath", "posture", "whole")]
    assert by_rule(check(make_profile(*steps, self_massage=True)), 288) == []


def test_zones_count_for_their_parts_and_share_their_time(around, make_step):
    minutes = {"opening": {"duration_s": 60.0}, "closing": {"duration_s": 60.0}, "self_massage": True}
    neck_and_back = make_step(zones=["neck", "lumbar-left"], duration_s=300.0)
    findings = check(around(neck_and_back, guide("neck", 40.0), **minutes))
    assert by_rule(findings, 288) == [("warning", "step[2].duration_s")] * 2
    assert "4:30 min of self-massage on one part (back)" in told(findings, 288)
    assert "3:10 min of self-massage on one part (neck)" in told(findings, 288)


def test_a_path_counts_for_the_parts_that_it_touches(around, make_step):
    minutes = {"opening": {"duration_s": 60.0}, "closing": {"duration_s": 60.0}, "self_massage": True}
    thigh = make_step(zones=None, path=[[90.0, -400.0], [90.0, -100.0]], duration_s=200.0)
    assert "3:20 min of self-massage on one part (legs)" in told(check(around(thigh, **minutes)), 288)


@pytest.mark.parametrize("session", [{"locked": "for hands only"}, {"variant": "V5"}, {"variant": "V6"}])
def test_a_locked_profile_has_one_error_and_nothing_else_to_say(make_profile, make_step, places, session):
    wrong = make_step("kneading", zones=["nowhere"], duration_s=3000.0)
    (found,) = check(make_profile(wrong, **session), places=places)
    assert (found.severity, found.rule, found.place) == ("error", 98, "locked")
    assert found.remedy


def test_no_exception_opens_a_locked_profile(make_profile, make_step):
    profile = make_profile(make_step(), locked="no", exception=[{"rule": 98, "reason": "please"}])
    assert [finding.severity for finding in check(profile)] == ["error"]
