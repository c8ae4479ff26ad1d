"""What a check says about a device: what hands do there, where it falls silent, what it plays otherwise."""

from findings import by_rule, of

from profiles.rules.check import check
from profiles.technique import Modality
from profiles.waveform import Place


def test_a_step_that_the_device_reaches_nowhere_is_done_by_hand(around, make_step, places):
    findings = check(around(make_step(zones=["foot", "calf"], duration_s=5.0)), places=places)
    assert of(findings, "warning") == []
    told = [finding.message for finding in findings if finding.place == "step[2].zones"]
    assert told == ["'stroking': done by hand: this device reaches nothing in foot, calf"]


def test_a_zone_of_a_step_that_the_device_does_not_reach_is_told_and_so_is_the_gap(around, make_step, places):
    findings = check(around(make_step(zones=["calf", "gluteal"], duration_s=60.0)), places=places)
    assert of(findings, "warning") == []
    told = [finding.message for finding in findings if finding.severity == "info"]
    assert any("reaches nothing in the zone 'calf' (step 2)" in message for message in told)
    assert any("this device has nothing there: nothing is felt for" in message for message in told)


def test_a_device_that_is_silent_under_the_hand_is_a_warning(around, make_step, places):
    findings = check(around(make_step(level=0.01, duration_s=20.0)), places=places)
    assert {finding.severity for finding in findings if finding.rule == 6} == {"warning"}
    assert any("on this device" in finding.message for finding in findings if finding.rule == 6)


def test_a_device_with_nothing_that_may_work_plays_nothing(around, make_step):
    useless = [Place("kidney", Modality.VIBRATION, 68.0, 240.0, 20.0, True)]
    findings = check(around(make_step(duration_s=20.0)), places=useless)
    assert of(findings, "warning") == of(findings, "error") == []
    assert sum("done by hand" in finding.message for finding in findings) == 3


def test_after_hands_have_worked_a_device_may_fade_in(around, make_step, places):
    by_hand = make_step(zones=["calf"], duration_s=20.0, crossfade_s=6.0)
    findings = check(around(by_hand, make_step("kneading", duration_s=20.0)), places=places)
    assert by_rule(findings, 6) == []


def test_substitutions_on_the_device_are_told(around, make_step, places):
    findings = check(around(make_step("vibration")), places=places)
    assert any("follows the drive" in finding.message for finding in findings if finding.severity == "info")


def test_an_actuator_that_would_never_rest_rests_and_that_is_told(around, make_step):
    lonely = [Place("only", Modality.VIBRATION, 75.0, 430.0, 30.0, True)]
    step = make_step(zones=None, path=[[75.0, 400.0], [75.0, 460.0]])
    findings = check(around(step), places=lonely)
    told = [finding.message for finding in findings if (finding.rule, finding.severity) == (55, "info")]
    assert len(told) == 1
    assert "for that only rests" in told[0]
    silent = [f.message for f in findings if f.rule == 6 and "what this device has there rests" in f.message]
    assert silent, "and so is the silence meanwhile, which is no fault of the profile"
    assert "warning" not in {finding.severity for finding in findings if finding.rule == 6}


def test_where_nothing_has_to_rest_nothing_is_told(make_profile, make_step, places):
    assert by_rule(check(make_profile(make_step(duration_s=9.0)), places=places), 55) == []


def test_a_path_beside_everything_is_done_by_hand(around, make_step, places):
    step = make_step(zones=None, path=[[90.0, -900.0], [90.0, -850.0]], duration_s=5.0)
    told = [finding.message for finding in check(around(step), places=places) if "by hand" in finding.message]
    assert told == ["'stroking': done by hand: this device reaches nothing along its path"]


def test_places_stay_those_of_the_file_where_hands_take_over(around, make_step, places):
    legs = make_step("kneading", zones=None, duration_s=200.0, in_order=True)
    findings = check(around(legs, order="order-b"), places=places)
    by_hand = [finding for finding in findings if "by hand" in finding.message]
    assert {finding.place for finding in by_hand} == {"step[2].zones"}
    names = ["feet", "calves", "thighs", "neck"]
    assert [finding.message.split("'")[1] for finding in by_hand] == [f"kneading: {name}" for name in names]


def test_a_check_by_feel_is_told_its_gaps_without_a_warning(make_profile, make_step, places):
    steps = (make_step(level=0.2), make_step(zones=["calf", "gluteal"], duration_s=60.0, level=0.2))
    assert by_rule(check(make_profile(*steps, audience="test"), places=places), 6) == [("info", "step[2]")]
    assert by_rule(check(make_profile(*steps, audience="test")), 6) == []


def test_an_exception_counts_on_a_device_too(around, make_step, places):
    step = make_step(level=0.01, duration_s=20.0)
    exception = [{"rule": 6, "reason": "hardly a touch"}]
    found = [
        f for f in check(around(step, exception=exception), places=places) if "on this device" in f.message
    ]
    assert {finding.severity for finding in found} == {"info"}
