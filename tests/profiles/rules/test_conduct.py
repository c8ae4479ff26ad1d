"""The way of a session: settle, warm up, grow and fall, end as it began but weaker; nothing abrupt."""

import pytest
from findings import by_rule, told

from profiles.profile import load_profile
from profiles.rules.check import check

GUIDE = {
    "name": "by hand",
    "technique": {"kind": "guide", "instruction": "Breathe slowly."},
    "duration_s": 60.0,
}


def strong(make_step, level, **more):
    return make_step("kneading", zones=["gluteal"], level=level, **more)


@pytest.mark.parametrize("on_device", [False, True])
def test_relaxing_back_goes_the_way_that_a_session_goes(places, on_device):
    findings = check(load_profile("relaxing-back"), places=places if on_device else None)
    assert [finding for finding in findings if finding.severity != "info"] == []


@pytest.mark.parametrize(("level", "warnings"), [(0.19, 0), (0.2, 0), (0.201, 1), (0.3, 1)])
def test_more_than_a_little_at_the_beginning_is_no_settling(around, level, warnings):
    profile = around(opening={"level": level, "curve": "hold"})
    assert by_rule(check(profile), 30) == [("warning", "step[1].level")] * warnings


@pytest.mark.parametrize(("seconds", "warnings"), [(31.0, 0), (30.0, 0), (29.0, 1), (5.0, 1)])
def test_people_settle_for_half_a_minute(around, seconds, warnings):
    rising = {"unit": "seconds", "points": [[0.0, 0.5], [seconds, 0.5], [60.0, 1.0]]}
    assert len(by_rule(check(around(opening={"level": 0.4, "curve": rising})), 30)) == warnings


@pytest.mark.parametrize(("seconds", "warnings"), [(20.0, 0), (19.0, 1)])
def test_a_short_session_settles_for_a_tenth_of_it(make_profile, make_step, seconds, warnings):
    rising = {"unit": "seconds", "points": [[0.0, 0.5], [seconds, 0.5], [60.0, 1.0]]}
    steps = (make_step(duration_s=100.0, level=0.4, curve=rising), make_step(duration_s=100.0, level=0.2))
    assert len(by_rule(check(make_profile(*steps, audience="quick")), 30)) == warnings


def test_the_envelope_counts_for_what_is_felt_while_settling(around):
    loud = {"level": 0.4, "curve": "hold"}
    assert by_rule(check(around(opening=loud)), 30)
    assert not by_rule(check(around(opening=loud, envelope=[[0.0, 0.5], [0.04, 0.5], [1.0, 1.0]])), 30)


def test_whoever_breathes_first_has_settled(make_profile, make_step):
    profile = make_profile(
        GUIDE, make_step(duration_s=500.0, level=0.3), make_step(duration_s=400.0, level=0.2)
    )
    assert by_rule(check(profile), 30) == []


@pytest.mark.parametrize(("level", "warnings"), [(0.35, 0), (0.351, 1)])
@pytest.mark.parametrize(("seconds", "early"), [(59.9, True), (60.0, False)])
def test_the_first_minute_is_light(make_profile, make_step, seconds, level, warnings, early):
    profile = make_profile(
        make_step(duration_s=seconds),
        make_step(duration_s=500.0, level=level),
        make_step(duration_s=400.0, level=0.2),
    )
    assert by_rule(check(profile), 36) == [("warning", "step[2].level")] * (warnings if early else 0)


@pytest.mark.parametrize(("seconds", "warnings"), [(39.9, 1), (40.0, 0)])
def test_a_short_session_is_light_for_a_fifth_of_it(make_profile, make_step, seconds, warnings):
    steps = (make_step(duration_s=seconds), make_step(duration_s=150.0, level=0.4))
    profile = make_profile(*steps, make_step(duration_s=50.0 - seconds, level=0.2), audience="quick")
    assert by_rule(check(profile), 36) == [("warning", "step[2].level")] * warnings


@pytest.mark.parametrize(("level", "warnings"), [(0.6, 0), (0.5, 0), (0.417, 0), (0.41, 1), (0.2, 1)])
def test_a_session_grows_up_to_its_strongest_step(around, make_step, level, warnings):
    profile = around(*(strong(make_step, value) for value in (0.5, level, 0.65)))
    assert by_rule(check(profile), 36) == [("warning", "step[3].level")] * warnings


@pytest.mark.parametrize(("level", "warnings"), [(0.3, 0), (0.48, 0), (0.481, 1), (0.6, 1)])
def test_a_session_falls_from_its_strongest_step_on(around, make_step, level, warnings):
    profile = around(*(strong(make_step, value) for value in (0.65, 0.4, level)))
    assert by_rule(check(profile), 36) == [("warning", "step[4].level")] * warnings


@pytest.mark.parametrize(("level", "warnings"), [(0.4, 0), (0.34, 0), (0.33, 1)])
def test_a_zone_that_bears_no_more_is_no_fall(around, make_step, level, warnings):
    neck = make_step(zones=["neck"], level=level)
    profile = around(strong(make_step, 0.5), neck, strong(make_step, 0.6))
    assert len(by_rule(check(profile), 36)) == warnings


def test_the_envelope_counts_for_the_way_of_a_session(around, make_step):
    steps = [strong(make_step, 0.5, duration_s=60.0) for _ in range(3)]
    dip = [[0.0, 1.0], [0.46, 1.0], [0.5, 0.5], [0.54, 1.0], [1.0, 1.0]]
    assert not by_rule(check(around(*steps)), 36)
    assert by_rule(check(around(*steps, envelope=dip)), 36)


def test_a_step_over_an_order_is_one_step_of_the_way(around, make_step):
    ordered = {"in_order": True, "zones": None, "duration_s": 300.0}
    steps = [strong(make_step, 0.45), make_step("kneading", level=0.5, **ordered), strong(make_step, 0.6)]
    profile = around(
        *({k: v for k, v in step.items() if v is not None} for step in steps), order="large-first"
    )
    assert min(step.level for step in profile.played if "neck" in step.name) == 0.4, "the neck bears less"
    assert by_rule(check(profile), 36) == []


def test_a_closing_weaker_than_the_opening_is_asked_for(around):
    assert by_rule(check(around(closing={"level": 0.299})), 117) == []
    assert by_rule(check(around(closing={"level": 0.3})), 117) == [("warning", "step[2].level")]


def test_hands_before_and_after_leave_the_beginning_and_the_end_to_strokes(make_profile, make_step):
    strokes = (make_step(duration_s=450.0), make_step(duration_s=450.0))
    findings = check(make_profile(GUIDE, *strokes, GUIDE))
    assert by_rule(findings, 83) == []
    assert by_rule(findings, 117) == [("warning", "step[3].level")]


def test_hands_alone_keep_the_way_of_a_session_by_themselves(make_profile):
    assert check(make_profile(GUIDE, GUIDE, purpose="guided")) == []


@pytest.mark.parametrize(
    ("technique", "warnings"),
    [
        ({"kind": "stroking"}, 0),
        ({"kind": "stroking", "speed_mm_s": 60, "depth": "deep"}, 0),
        ({"kind": "stroking", "path": "circular"}, 0),
        ({"kind": "stroking", "form": "embracing"}, 1),
        ({"kind": "stroking", "path": "transverse"}, 1),
    ],
)
def test_a_session_ends_with_a_stroke_that_it_began_with(around, make_step, technique, warnings):
    profile = around(
        make_step(parameters={"path": "circular"}), strong(make_step, 0.5), closing={"technique": technique}
    )
    assert by_rule(check(profile), 38) == [("warning", "step[4].technique")] * warnings


@pytest.mark.parametrize(("level", "warnings"), [(0.3, 0), (0.299, 1)])
def test_rubbing_takes_more_effort_than_the_first_strokes(around, make_step, level, warnings):
    profile = around(make_step("rubbing", level=level))
    assert by_rule(check(profile), 49) == [("warning", "step[2].level")] * warnings


def test_it_is_the_strongest_of_the_first_strokes_that_counts(around, make_step):
    findings = check(around(make_step(level=0.25), make_step("rubbing", level=0.27)))
    assert "weaker than the first strokes (0.3)" in told(findings, 49)
    assert by_rule(check(around(make_step("rubbing", level=0.2), make_step("rubbing", level=0.3))), 49) == []


@pytest.mark.parametrize(("level", "warnings"), [(0.45, 0), (0.449, 1)])
def test_deep_rubbing_is_the_stronger_one(around, make_step, level, warnings):
    deep = make_step("rubbing", level=level, parameters={"depth": "deep"})
    profile = around(make_step("rubbing", level=0.45), deep)
    assert by_rule(check(profile), 59) == [("warning", "step[3].level")] * warnings


@pytest.mark.parametrize(
    ("level", "form", "warnings"), [(0.45, "palm", 0), (0.44, "palm", 1), (0.3, "pinching", 0)]
)
def test_kneading_is_stronger_than_rubbing(around, make_step, level, form, warnings):
    kneading = make_step("kneading", level=level, parameters={"form": form})
    profile = around(make_step("rubbing", level=0.45), kneading)
    assert by_rule(check(profile), 233) == [("warning", "step[3].level")] * warnings


@pytest.mark.parametrize(("purpose", "warnings"), [("toning", 0), ("back", 1), ("other", 1)])
def test_tapping_belongs_to_a_toning_massage(around, make_step, purpose, warnings):
    taps = [make_step("tapping", zones=["gluteal"]), make_step("tapping", zones=["thigh"])]
    findings = check(around(*taps, purpose=purpose))
    assert by_rule(findings, 256) == [("warning", "step[2].technique.kind")] * warnings


@pytest.mark.parametrize(("seconds", "warnings"), [(90.0, 0), (90.1, 1), (300.0, 1)])
def test_the_same_level_for_long_is_a_warning(around, make_step, seconds, warnings):
    profile = around(make_step(duration_s=seconds))
    assert by_rule(check(profile), 282) == [("warning", "step[2].curve")] * warnings
    assert not by_rule(check(around(make_step(duration_s=seconds, curve="wave"))), 282)


@pytest.mark.parametrize(("low", "warnings"), [(0.85, 0), (0.89, 0), (0.91, 1), (0.95, 1)])
def test_a_level_varies_by_a_tenth_or_it_is_the_same(around, make_step, low, warnings):
    step = make_step(duration_s=92.0, curve=[[0.0, 1.0], [0.5, low], [1.0, 1.0]])
    assert len(by_rule(check(around(step)), 282)) == warnings


def test_repeats_of_a_short_step_are_long_together(around, make_step):
    assert by_rule(check(around(make_step(duration_s=30.0, repeats=4))), 282) == [
        ("warning", "step[2].curve")
    ]


def test_an_envelope_that_moves_is_a_change(around, make_step):
    envelope = [[0.0, 1.0], [0.4, 1.0], [0.65, 0.5], [1.0, 1.0]]
    assert by_rule(check(around(make_step(duration_s=200.0), envelope=envelope)), 282) == []


@pytest.mark.parametrize(("crossfade", "warnings"), [(0.0, 1), (0.99, 1), (1.0, 0), (2.0, 0)])
def test_steps_fade_into_each_other(around, make_step, crossfade, warnings):
    findings = check(around(make_step("rubbing", level=0.25, crossfade_s=crossfade)))
    assert by_rule(findings, 164) == [("warning", "step[2].crossfade_s")] * warnings


def test_a_jump_is_told_once(around, make_step):
    findings = check(around(make_step("rubbing", level=0.5, crossfade_s=0.2)))
    assert by_rule(findings, 164) == [("warning", "step[2].crossfade_s")]
    assert "jumps from 0.50" in told(findings, 164)


def test_a_device_fades_before_and_after_hands_too(around, make_step):
    findings = check(around(make_step(level=0.3, crossfade_s=0.2), GUIDE | {"crossfade_s": 0.2}))
    assert by_rule(findings, 164) == [("warning", "step[2].crossfade_s"), ("warning", "step[3].crossfade_s")]
    faint = check(around(make_step(level=0.1, crossfade_s=0.2), GUIDE | {"crossfade_s": 2.0}))
    assert by_rule(faint, 164) == []


@pytest.mark.parametrize(("rest", "warnings"), [(0.0, 1), (59.9, 1), (60.0, 0), (180.0, 0)])
def test_people_rest_afterwards(around, rest, warnings):
    assert by_rule(check(around(rest_s=rest)), 70) == [("warning", "rest_s")] * warnings


def test_a_test_profile_only_has_to_begin_and_end_with_strokes(make_profile, make_step):
    steps = (make_step(duration_s=100.0, crossfade_s=0.5), make_step("kneading", level=0.4, crossfade_s=1.0))
    profile = make_profile(*steps, make_step(level=0.4, zones=["gluteal"]), audience="test", rest_s=0.0)
    assert check(profile) == []
    assert [finding.rule for finding in check(make_profile(*steps, audience="test"))] == [83]


def test_a_declared_exception_is_told_instead_of_warned_of(around, make_step):
    exception = [{"rule": 256, "reason": "the source pats the buttocks here"}]
    taps = make_step("tapping", zones=["gluteal"])
    (found,) = check(around(taps, exception=exception))
    assert (found.severity, found.rule) == ("info", 256)
    assert found.message.endswith("toning massage. The source pats the buttocks here")


def test_an_exception_excuses_no_other_rule_and_no_error(around, make_step):
    exception = [{"rule": 236, "reason": "no reason excuses that"}, {"rule": 70, "reason": "one hurries"}]
    findings = check(around(make_step("tapping", zones=["lumbar"]), exception=exception))
    assert by_rule(findings, 236) == [("error", "step[2].zones[1]")]
    assert by_rule(findings, 256) == [("warning", "step[2].technique.kind")]


def test_the_envelope_counts_at_its_own_time_while_settling(make_profile, make_step):
    steps = (make_step(duration_s=10.0, level=0.2), make_step(duration_s=990.0, level=0.3))
    low = [[0.0, 1.0], [0.01, 0.6], [0.05, 0.6], [1.0, 1.0]]
    assert by_rule(check(make_profile(*steps, envelope=low)), 30) == []
    assert by_rule(check(make_profile(*steps)), 30) == [("warning", "step[2].level")]


@pytest.mark.parametrize(("seconds", "warnings"), [(60.0, 0), (40.0, 1)])
def test_what_grows_after_the_first_minute_is_no_missing_warm_up(make_profile, make_step, seconds, warnings):
    growing = {"unit": "seconds", "points": [[0.0, 0.2], [20.0, 0.3], [seconds, 0.6], [90.0, 1.0]]}
    profile = make_profile(
        make_step(duration_s=500.0, level=0.5, curve=growing), make_step(duration_s=500.0, level=0.2)
    )
    assert by_rule(check(profile), 36) == [("warning", "step[1].level")] * warnings


def test_the_envelope_counts_in_the_first_minute(make_profile, make_step):
    steps = (make_step(duration_s=500.0, level=0.5), make_step(duration_s=500.0, level=0.2))
    low = [[0.0, 0.4], [0.03, 0.4], [0.06, 0.65], [0.1, 1.0], [1.0, 1.0]]
    assert by_rule(check(make_profile(*steps)), 36)
    assert by_rule(check(make_profile(*steps, envelope=low)), 36) == []


def test_the_envelope_counts_for_a_closing_weaker_than_the_opening(around):
    fading, growing = ([[0.0, y], [0.45, y], [0.6, z], [1.0, z]] for y, z in ((1.0, 0.5), (0.5, 1.0)))
    assert by_rule(check(around(closing={"level": 0.3}, envelope=fading)), 117) == []
    assert by_rule(check(around(closing={"level": 0.2}, envelope=growing)), 117)


def test_an_envelope_that_jumps_is_abrupt(around, make_step):
    def jumping(seconds):
        points = [[0.0, 1.0], [300.0, 1.0], [300.0 + seconds, 0.4], [1000.0, 0.4]]
        return {"unit": "seconds", "points": points}

    step = make_step("kneading", level=0.45)
    found = by_rule(check(around(step, envelope=jumping(0.2))), 164)
    assert found == [("warning", "envelope")]
    assert by_rule(check(around(step, envelope=jumping(1.0))), 164) == []
