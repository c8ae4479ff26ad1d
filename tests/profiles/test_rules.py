import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from profiles.reading import from_data
from profiles.rules import check
from profiles.technique import TECHNIQUES, Modality
from profiles.waveform import Place


@pytest.fixture
def around(make_profile, make_step):
    """Return a session of 16 minutes with the given steps between an opening and a closing."""

    def build(*steps, **session):
        opening = make_step(duration_s=500.0, level=0.3)
        closing = make_step(duration_s=460.0, level=0.2)
        return make_profile(opening, *steps, closing, **session)

    return build


def of(findings, severity):
    return [(finding.rule, finding.place) for finding in findings if finding.severity == severity]


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


@pytest.mark.parametrize(("seconds", "errors"), [(9.5, 0), (10.5, 1), (12.0, 1)])
@pytest.mark.parametrize("kind", ["stroking", "vibration", "kneading"])
def test_a_hand_that_stays_on_a_point_is_an_error(around, make_step, seconds, errors, kind):
    step = make_step(kind, zones=None, path=[[75.0, 430.0]], duration_s=seconds)
    assert of(check(around(step)), "error") == [(55, "step[2].path")] * errors


def test_a_hand_that_creeps_is_an_error_too(around, make_step):
    step = make_step(parameters={"speed_mm_s": 5.0}, duration_s=60.0)
    assert (55, "step[2].zones") in of(check(around(step)), "error")


def test_hands_that_take_turns_on_a_small_zone_are_no_error(around, make_step):
    step = make_step("kneading", zones=["shoulder"], parameters={"advance_mm_s": 0.0}, duration_s=120.0)
    assert of(check(around(step)), "error") == []


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
    assert [finding.severity for finding in check(profile)] == ([found] if found else [])


def test_a_short_session_is_mentioned_unless_it_is_meant_to_be(make_profile, make_step):
    steps = (make_step(duration_s=100.0), make_step(duration_s=100.0, level=0.2))
    assert of(check(make_profile(*steps)), "info") == [(84, "step")]
    assert check(make_profile(*steps, audience="quick")) == []


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
    assert check(around(make_step("tapping", zones=["gluteal", "thigh"]))) == []


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


def test_a_closing_as_strong_as_the_opening_is_a_warning(make_profile, make_step):
    profile = make_profile(make_step(duration_s=450.0), make_step(duration_s=450.0))
    assert of(check(profile), "warning") == [(117, "step[2].level")]


def test_a_gap_is_a_warning(around, make_step):
    silent = make_step(level=0.0, duration_s=20.0)
    assert of(check(around(silent)), "warning") == [(6, "step[2]")]


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
    assert of(findings, "warning") == [(rule, f"step[2].{place}")]


@pytest.mark.parametrize("zones", [["neck"], ["gluteal"], ["sacrum", "lumbar", "upper-back", "shoulder"]])
def test_the_usual_directions_are_fine(around, make_step, zones):
    assert of(check(around(make_step(zones=zones, duration_s=5.0))), "warning") == []


def test_rubbing_may_run_in_any_direction(around, make_step):
    step = make_step("rubbing", zones=["upper-back", "lumbar"], parameters={"direction": "away"})
    assert check(around(step)) == []


@pytest.mark.parametrize(("crossfade", "warnings"), [(0.0, 1), (0.9, 1), (1.0, 0), (3.0, 0)])
def test_an_abrupt_change_is_a_warning(make_profile, make_step, crossfade, warnings):
    profile = make_profile(
        make_step(duration_s=500.0, crossfade_s=crossfade),
        make_step("rubbing", duration_s=100.0, level=0.5),
        make_step(duration_s=400.0, level=0.2),
    )
    assert of(check(profile), "warning") == [(164, "step[1].crossfade_s")] * warnings


def test_a_curve_that_jumps_is_a_warning(around, make_step):
    jump = {"unit": "seconds", "points": [[0.0, 0.2], [10.0, 0.2], [10.1, 1.0], [30.0, 1.0]]}
    assert of(check(around(make_step("rubbing", curve=jump))), "warning") == [(164, "step[2].curve")]
    assert of(check(around(make_step("rubbing", curve="rise", repeats=2))), "warning") == [
        (164, "step[2].curve")
    ]


def test_no_warm_up_is_a_warning(make_profile, make_step):
    profile = make_profile(
        make_step(duration_s=30.0),
        make_step("rubbing", level=0.5, duration_s=500.0),
        make_step(duration_s=400.0, level=0.2),
    )
    assert of(check(profile), "warning") == [(36, "step[2].level")]


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
    assert of(check(around(make_step(**step))), "warning") == [(rule, f"step[2].{place}")]


def test_a_device_that_reaches_nothing_in_a_zone_is_told(around, make_step, places):
    findings = check(around(make_step(zones=["calf"], duration_s=5.0)), places=places)
    assert "nothing in the zone 'calf'" in " ".join(f.message for f in findings if f.severity == "info")
    assert (6, "step[2]") in of(findings, "warning")


def test_substitutions_on_the_device_are_told(around, make_step, places):
    findings = check(around(make_step("vibration")), places=places)
    assert any("follows the drive" in finding.message for finding in findings if finding.severity == "info")


def test_an_actuator_that_would_never_rest_is_a_warning(around, make_step):
    lonely = [Place("only", Modality.VIBRATION, 75.0, 430.0, 30.0, True)]
    step = make_step(zones=["upper-back-right"], parameters={"speed_mm_s": 30.0})
    findings = check(around(step), places=lonely)
    assert 55 in [finding.rule for finding in findings if finding.severity == "warning"]
    assert any("'only'" in finding.message for finding in findings)


def test_errors_come_first(around, make_step, places):
    profile = around(make_step("kneading", parameters={"rate_cpm": 61}), make_step(zones=["calf"]))
    order = [finding.severity for finding in check(profile, places=places)]
    assert order == sorted(order, key=["error", "warning", "info"].index)
    assert order[0] == "error"


zones = st.sampled_from(
    ["lumbar", "shoulder-left", "neck", "gluteal", "spine", "kidney", "nowhere", "foot", "arm"]
)


@given(
    kind=st.sampled_from(sorted(TECHNIQUES)),
    level=st.floats(0.0, 1.0),
    seconds=st.floats(0.5, 60.0),
    names=st.lists(zones, min_size=1, max_size=3),
    fade=st.floats(0.0, 30.0),
)
@settings(max_examples=40)
def test_a_check_never_raises_and_every_finding_has_a_place(kind, level, seconds, names, fade):
    step = {"name": "s", "technique": {"kind": kind}, "zones": names, "duration_s": seconds, "level": level}
    profile = from_data({"schema": 1, "name": "drawn", "step": [step | {"crossfade_s": fade}, step]})
    for finding in check(profile):
        assert finding.place.startswith("step")
        assert finding.message
        assert finding.remedy
