import pytest
from depth import at_depth
from drawn_techniques import techniques
from findings import by_rule, of
from hypothesis import given, settings
from hypothesis import strategies as st

from profiles.files.load import from_data
from profiles.rules.check import check
from profiles.technique import Modality
from profiles.waveform import Place
from profiles.zone_order import orders


def test_a_plain_session_has_no_findings(around):
    assert check(around()) == []


@pytest.mark.parametrize(("rate", "errors"), [(59, 0), (60, 0), (60.001, 1), (61, 1), (90, 1)])
def test_kneading_faster_than_sixty_a_minute_is_an_error(around, make_step, rate, errors):
    step = make_step("kneading", parameters={"rate_cpm": rate})
    assert of(check(around(step)), "error") == [(64, "step[2].technique.rate_cpm")] * errors


@pytest.mark.parametrize(("rate", "errors"), [(99, 0), (100, 0), (100.5, 1), (200, 1)])
def test_rubbing_faster_than_a_hundred_a_minute_is_an_error(around, make_step, rate, errors):
    step = make_step("rubbing", parameters={"rate_cpm": rate})
    assert of(check(around(step)), "error") == [(53, "step[2].technique.rate_cpm")] * errors


@pytest.mark.parametrize(("hold", "errors"), [(7.9, 0), (8.0, 0), (8.1, 1), (10.5, 1), (12.0, 1)])
def test_a_press_longer_than_ten_seconds_is_an_error(around, make_step, hold, errors):
    step = make_step(
        "pressing", parameters={"hold_s": hold, "attack_s": 1.0, "release_s": 1.0}, duration_s=60.0
    )
    found = [entry for entry in of(check(around(step)), "error") if entry[1] == "step[2].technique.hold_s"]
    assert found == [(55, "step[2].technique.hold_s")] * errors


@pytest.mark.parametrize(("seconds", "errors"), [(7.9, 0), (8.0, 0), (8.2, 1), (12.0, 1)])
@pytest.mark.parametrize("kind", ["stroking", "vibration", "kneading"])
def test_a_hand_that_stays_on_a_point_is_an_error(around, make_step, seconds, errors, kind):
    """The two seconds of its cross-fade count: the hand is still there, and still felt."""
    step = make_step(kind, zones=None, path=[[140.0, 480.0]], duration_s=seconds, crossfade_s=2.0)
    assert of(check(around(step)), "error") == [(55, "step[2].path")] * errors


def test_a_hand_that_creeps_is_an_error_too(around, make_step):
    step = make_step(parameters={"speed_mm_s": 5.0}, duration_s=60.0)
    assert (55, "step[2].zones") in of(check(around(step)), "error")


def test_hands_that_take_turns_on_a_small_zone_are_no_error(around, make_step):
    step = make_step("kneading", zones=["shoulder"], duration_s=120.0)
    assert of(check(around(step)), "error") == []
    still = make_step("kneading", zones=["shoulder"], parameters={"advance_mm_s": 0.0}, duration_s=120.0)
    assert of(check(around(still)), "error") == [(54, "step[2].zones")], "each rests, but stays where it is"


@pytest.mark.parametrize(("seconds", "errors"), [(599.9, 0), (600.0, 0), (600.1, 1), (3600.0, 1)])
def test_more_than_twenty_minutes_is_an_error(make_profile, make_step, seconds, errors):
    profile = make_profile(make_step(duration_s=600.0), make_step(duration_s=seconds, level=0.2))
    assert of(check(profile), "error") == [(84, "step")] * errors


def test_a_session_of_days_is_reported_and_not_played_through(make_profile, make_step):
    profile = make_profile(*[make_step(duration_s=3600.0, repeats=100) for _ in range(200)])
    assert (84, "step") in of(check(profile), "error")


@pytest.mark.parametrize(("seconds", "found"), [(600.0, None), (660.0, "warning"), (960.0, "error")])
def test_a_first_session_is_shorter(make_profile, make_step, seconds, found):
    profile = make_profile(
        make_step(duration_s=300.0),
        make_step(duration_s=seconds - 300.0, level=0.2),
        audience="first-session",
    )
    assert [severity for severity, _ in by_rule(check(profile), 84, 167, 224)] == ([found] if found else [])


def test_a_short_session_is_mentioned_unless_it_is_meant_to_be(make_profile, make_step):
    steps = (make_step(duration_s=100.0), make_step(duration_s=100.0, level=0.2))
    assert of(check(make_profile(*steps)), "info") == [(84, "step")]
    assert of(check(make_profile(*steps, audience="quick")), "info") == []


def test_a_session_begins_and_ends_with_stroking(make_profile, make_step):
    profile = make_profile(
        make_step("rubbing", duration_s=500.0),
        make_step(duration_s=100.0),
        make_step("kneading", duration_s=400.0),
    )
    assert of(check(profile), "error") == [(83, "step[1].technique.kind"), (83, "step[3].technique.kind")]


@pytest.mark.parametrize(
    ("zone", "rule", "words"),
    [
        ("spine", 85, "excluded"),
        ("kidney-left", 21, "excluded"),
        ("kidney", 21, "excluded"),
        ("sholder", None, "no zone"),
    ],
)
def test_excluded_and_unknown_zones_are_errors_with_a_remedy(around, make_step, zone, rule, words):
    (finding,) = check(around(make_step(zones=["lumbar", zone])))
    assert (finding.severity, finding.rule, finding.place) == ("error", rule, "step[2].zones[2]")
    assert words in finding.message
    assert "'stroking'" in finding.message, "the step's name"
    assert finding.remedy


@pytest.mark.parametrize(
    ("path", "rule"), [([[-75, 430], [75, 430]], 85), ([[0, 300]], 85), ([[65, 240], [130, 240]], 21)]
)
def test_a_path_over_an_excluded_zone_is_an_error(around, make_step, path, rule):
    findings = check(around(make_step(zones=None, path=path, duration_s=5.0)))
    assert (rule, "step[2].path") in of(findings, "error")


def test_a_path_beside_the_body_is_an_error(around, make_step):
    findings = check(around(make_step(zones=None, path=[[75, 430], [900, 430]], duration_s=5.0)))
    assert (None, "step[2].path[2]") in of(findings, "error")


def test_a_path_through_no_zone_is_an_error(around, make_step):
    findings = check(around(make_step(zones=None, path=[[200, -500], [200, -700]], duration_s=5.0)))
    assert (None, "step[2].path") in of(findings, "error")


@pytest.mark.parametrize(
    ("zone", "rule"),
    [
        ("lumbar", 236),
        ("flank", 236),
        ("upper-back", 257),
        ("scapular", 257),
        ("shoulder", 257),
        ("sacrum", 257),
    ],
)
def test_tapping_where_it_is_forbidden_is_an_error(around, make_step, zone, rule):
    assert of(check(around(make_step("tapping", zones=[zone]))), "error") == [(rule, "step[2].zones[1]")]


def test_tapping_where_it_is_allowed_is_fine(around, make_step):
    assert check(around(make_step("tapping", zones=["gluteal", "thigh"]), purpose="toning")) == []


@pytest.mark.parametrize(("level", "errors"), [(0.49, 0), (0.50, 0), (0.51, 1)])
def test_a_level_above_the_ceiling_of_a_zone_is_an_error(around, make_step, level, errors):
    step = make_step("rubbing", zones=["lumbar"], level=level, duration_s=60.0)
    assert of(check(around(step)), "error") == [(246, "step[2].level")] * errors


def test_it_is_the_top_of_the_curve_that_counts_for_the_ceiling(around, make_step):
    half = [[0.0, 0.5], [1.0, 0.5]]
    assert (
        of(
            check(around(make_step("rubbing", zones=["lumbar"], level=0.9, curve=half, duration_s=60.0))),
            "error",
        )
        == []
    )


def test_a_path_keeps_to_the_ceilings_of_the_zones_it_touches(around, make_step):
    step = make_step(zones=None, path=[[80, 120], [80, 150]], level=0.6, duration_s=5.0)
    assert (246, "step[2].level") in of(check(around(step)), "error")


@pytest.mark.parametrize(("level", "errors"), [(0.4, []), (0.41, [(240, "step[2].level")])])
def test_a_path_over_the_collar_is_as_light_as_on_the_neck(around, make_step, level, errors):
    step = make_step(zones=None, path=[[100, 600], [100, 634], [110, 600]], level=level, duration_s=5.0)
    assert of(check(around(step)), "error") == errors


def test_a_closing_as_strong_as_the_opening_is_a_warning(make_profile, make_step):
    profile = make_profile(make_step(duration_s=450.0), make_step(duration_s=450.0))
    assert by_rule(check(profile), 117) == [("warning", "step[2].level")]


def test_a_gap_is_a_warning(around, make_step):
    silent = make_step(level=0.0, duration_s=20.0)
    assert by_rule(check(around(silent)), 6) == [("warning", "step[2]")]


def test_an_envelope_that_falls_silent_is_a_gap(around):
    envelope = [[0.0, 1.0], [0.4, 0.0], [0.5, 0.0], [1.0, 1.0]]
    assert (6, "step[1]") in of(check(around(envelope=envelope)), "warning")


@pytest.mark.parametrize(
    ("zones", "parameters", "place", "rule"),
    [
        (["lumbar", "upper-back"], {"direction": "away"}, "technique.direction", 86),
        (["upper-back", "lumbar"], {}, "zones", 86),
        (["upper-back", "neck"], {}, "technique.direction", 4),
        (["neck"], {"direction": "toward-neck"}, "technique.direction", 4),
    ],
)
def test_a_wrong_direction_is_a_warning(around, make_step, zones, parameters, place, rule):
    findings = check(around(make_step(zones=zones, parameters=parameters, duration_s=5.0)))
    assert [(f.rule, f.place) for f in findings if f.rule in (4, 86)] == [(rule, f"step[2].{place}")]


@pytest.mark.parametrize("zones", [["neck"], ["gluteal"], ["sacrum", "lumbar", "upper-back", "shoulder"]])
def test_the_usual_directions_are_fine(around, make_step, zones):
    assert of(check(around(make_step(zones=zones, duration_s=5.0))), "warning") == []


def test_rubbing_may_run_in_any_direction(around, make_step):
    step = make_step("rubbing", zones=["upper-back", "lumbar"], parameters={"direction": "away"})
    assert by_rule(check(around(step)), 4, 14, 86, 165) == []


@pytest.mark.parametrize(
    ("zones", "direction", "rule"),
    [
        (["neck"], "toward-neck", 14),
        (["lumbar", "upper-back", "neck"], None, 14),
        (["neck", "shoulder"], "away", None),
        (["thigh"], "away", 86),
        (["foot"], "away", 86),
        (["calf", "thigh"], "toward-neck", None),
    ],
)
def test_off_the_back_rubbing_has_a_direction(around, make_step, zones, direction, rule):
    step = make_step("rubbing", zones=zones, parameters={"direction": direction} if direction else {})
    found = [place for _, place in by_rule(check(around(step)), 4, 14, 86)]
    assert found == ([] if rule is None else ["step[2].technique.direction"])
    assert len(by_rule(check(around(step)), rule)) == len(found)


@pytest.mark.parametrize(("crossfade", "warnings"), [(0.0, 1), (0.9, 1), (1.0, 0), (3.0, 0)])
def test_an_abrupt_change_is_a_warning(make_profile, make_step, crossfade, warnings):
    profile = make_profile(
        make_step(duration_s=500.0, crossfade_s=crossfade),
        make_step("rubbing", duration_s=100.0, level=0.5),
        make_step(duration_s=400.0, level=0.2),
    )
    assert by_rule(check(profile), 164) == [("warning", "step[1].crossfade_s")] * warnings


def test_a_curve_that_jumps_is_a_warning(around, make_step):
    jump = {"unit": "seconds", "points": [[0.0, 0.2], [10.0, 0.2], [10.1, 1.0], [30.0, 1.0]]}
    for step in (make_step("rubbing", curve=jump), make_step("rubbing", curve="rise", repeats=2)):
        assert by_rule(check(around(step)), 164) == [("warning", "step[2].curve")]


def test_no_warm_up_is_a_warning(make_profile, make_step):
    profile = make_profile(
        make_step(duration_s=30.0),
        make_step("rubbing", level=0.5, duration_s=500.0),
        make_step(duration_s=400.0, level=0.2),
    )
    assert by_rule(check(profile), 36) == [("warning", "step[2].level")]


@pytest.mark.parametrize(
    ("step", "rule", "place"),
    [
        ({"kind": "vibration", "level": 0.65, "zones": ["upper-back"]}, 110, "level"),
        ({"kind": "pressing", "parameters": {"hold_s": 0.5}, "duration_s": 60.0}, 109, "technique.hold_s"),
        (
            {"kind": "tapping", "zones": ["gluteal"], "parameters": {"onset_s": 0.01}},
            108,
            "technique.onset_s",
        ),
    ],
)
def test_what_is_out_of_character_is_a_warning(around, make_step, step, rule, place):
    assert of(check(around(make_step(**step), purpose="toning")), "warning") == [(rule, f"step[2].{place}")]


def test_errors_come_first(around, make_step, places):
    profile = around(make_step("kneading", parameters={"rate_cpm": 61}), make_step(zones=["calf"]))
    order = [finding.severity for finding in check(profile, places=places)]
    assert order == sorted(order, key=["error", "warning", "info"].index)
    assert order[0] == "error"


zones = st.sampled_from(
    ["lumbar", "shoulder-left", "neck", "gluteal", "spine", "kidney", "nowhere", "foot", "arm"]
)
SPARSE = [
    Place("lumbar", Modality.VIBRATION, 80.0, 140.0, 20.0, True),
    Place("kidney", Modality.VIBRATION, 68.0, 240.0, 20.0, True),
    Place("shoulder", Modality.KNEADING, -95.0, 590.0, 35.0, True, 10.0, 60.0),
]


@st.composite
def steps(draw):
    technique = draw(techniques)
    step = {"name": "s", "technique": technique, "duration_s": draw(st.floats(0.5, 120.0))}
    step |= {"repeats": draw(st.integers(1, 3)), "crossfade_s": draw(st.floats(0.0, 30.0))}
    if technique["kind"] == "guide" and draw(st.booleans()):
        return step
    level = draw(st.floats(0.01 if technique["kind"] == "guide" else 0.0, 1.0))
    return step | {"zones": draw(st.lists(zones, min_size=1, max_size=3)), "level": level}


@given(
    drawn=st.lists(steps(), min_size=1, max_size=4),
    session=st.fixed_dictionaries(
        {},
        optional={
            "audience": st.sampled_from(["any", "first-session", "quick", "test"]),
            "order": st.sampled_from(sorted(orders())),
            "self_massage": st.booleans(),
            "posture": st.sampled_from(["any", "prone", "seated"]),
            "good_for": st.just(["pregnancy"]),
            "rest_s": st.floats(0.0, 180.0),
            "envelope": st.sampled_from(["hold", "rise", "wave"]),
            "locked": st.sampled_from(["", "not for people"]),
            "exception": st.just([{"rule": 36, "reason": "the source does so"}]),
        },
    ),
    on_device=st.booleans(),
)
@settings(max_examples=at_depth(60))
def test_a_check_never_raises_and_every_finding_says_where_and_what(drawn, session, on_device):
    profile = from_data({"schema": 1, "name": "drawn", "step": drawn, **session})
    for finding in check(profile, places=SPARSE if on_device else None):
        assert finding.message
        assert finding.place or finding.severity == "info"
        assert finding.remedy or finding.severity == "info"
        assert finding.rule is None or 1 <= finding.rule <= 321
