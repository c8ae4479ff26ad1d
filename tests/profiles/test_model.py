import json
import re

import pytest

from profiles.errors import ProfileError
from profiles.files.load import from_data
from profiles.model import LOCKED_VARIANTS, PURPOSES, indications, json_schema
from profiles.profile import dump, load_profile, parse, save_profile
from profiles.score import compose
from profiles.technique import PARTS, POSTURES, SETTLING_MAX, TECHNIQUES, Breath, Guide

GUIDED = """# breath first
schema = 1
name = "mine"
purpose = "guided" # no device
good_for = ["everyday-stress", "cold"] # in the evening
order = "shoulders-last" # up
posture = "supine"
self_massage = true
rest_s = 60

# the sequence rubs downwards
[[exception]]
rule = 86 # direction
reason = "It runs down." # as it does

[[step]]
name = "breathe" # ten times
# no device
technique = { kind = "guide", instruction = "Breathe.", part = "breath", breath = { inhale_s = 4, hold_s = 10, exhale_s = 6 } } # slowly
duration_s = 20
repeats = 10

[[step]]
name = "over all of it"
technique = { kind = "kneading", form = "felting" } # both hands
in_order = true # everywhere
duration_s = 60
level = 0.3
by_hand = "Felt the {region}." # or so
"""  # noqa: E501  (an inline table is one line)


def guide(**changes):
    technique = {"kind": "guide", "instruction": "Breathe.", **changes.pop("technique", {})}
    return {"name": "b", "technique": technique, "duration_s": 20} | changes


def profile_of(*steps, **session):
    return from_data({"schema": 1, "name": "mine", "step": list(steps), **session})


def refused(*steps, **session):
    with pytest.raises(ProfileError) as caught:
        profile_of(*steps, **session)
    return caught.value


def test_a_guide_needs_no_level_and_drives_nothing(make_step):
    profile = profile_of(guide(), guide(zones=["lumbar"], level=0.1), make_step())
    silent, settling, moving = profile.step
    assert (silent.is_guide, silent.moves, silent.level, silent.peak) == (True, False, 0.0, 0.0)
    assert (settling.is_guide, settling.moves, settling.level) == (True, True, 0.1)
    assert (moving.is_guide, moving.moves) == (False, True)
    assert not profile.guided_only
    assert profile_of(guide(), guide()).guided_only
    assert not profile_of(guide(zones=["lumbar"], level=0.1)).guided_only


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"path": [[0, 60]]}, "no path, no order"),
        ({"in_order": True}, "no path, no order"),
        ({"zones": ["lumbar"]}, "both zones and a level"),
        ({"level": 0.1}, "both zones and a level"),
        ({"technique": {"instruction": ""}}, "empty"),
        ({"technique": {"instruction": "x" * 401}}, "400 characters at most"),
        ({"technique": {"part": "soul"}}, "'head'"),
        ({"technique": {"posture": "kneeling"}}, "'prone'"),
        ({"technique": {"direction": "away"}}, "unknown key"),
        ({"technique": {"breath": {"inhale_s": 0, "exhale_s": 0.9}}}, "a second at least"),
        ({"technique": {"breath": {"inhale_s": 30.1}}}, "30 at most"),
        ({"technique": {"breath": {"hold": 3}}}, "unknown key"),
    ],
)
def test_guides_that_make_no_sense_are_refused(changes, words):
    assert words in refused(guide(**changes)).message


def test_an_unknown_key_of_a_breath_names_the_nearest():
    error = refused(guide(technique={"breath": {"hold": 3}}))
    assert error.place == "step[1].technique.breath.hold"
    assert error.hint == "did you mean 'hold_s'?"


@pytest.mark.parametrize(
    ("seconds", "whole"), [(10, True), (20, True), (220, True), (9.9, False), (15, False), (20.1, False)]
)
def test_a_breath_fits_the_step_a_whole_number_of_times(seconds, whole):
    step = guide(technique={"breath": {"inhale_s": 4, "exhale_s": 6}}, duration_s=seconds)
    if whole:
        assert profile_of(step).step[0].technique.breath.cycle_s == 10.0
    else:
        assert "a breath lasts 10 s" in refused(step).message


def test_breaths_of_parts_of_a_second_fit_too():
    step = guide(technique={"breath": {"inhale_s": 1.1, "exhale_s": 2.2}}, duration_s=9.9)
    assert profile_of(step).step[0].technique.breath.cycle_s == pytest.approx(3.3)


def test_only_a_guide_may_leave_out_the_level(make_step):
    step = make_step()
    del step["level"]
    assert "a step has a level" in refused(step).message


@pytest.mark.parametrize(
    ("session", "place", "words"),
    [
        ({"good_for": ["sedentary", "baldness"]}, "good_for", "'baldness' is none of sedentary"),
        ({"purpose": "cure"}, "purpose", "'whole-body'"),
        ({"posture": "standing"}, "posture", "'supine'"),
        ({"self_massage": 1}, "self_massage", "true or false"),
        ({"rest_s": -1}, "rest_s", "0 at least"),
        ({"exception": [{"rule": 322, "reason": "x"}]}, "exception[1].rule", "321"),
        ({"exception": [{"rule": 86, "reason": ""}]}, "exception[1].reason", "empty"),
        ({"exception": [{"rule": 86, "reasons": "x"}]}, "exception[1].reasons", "unknown key"),
    ],
)
def test_wrong_words_about_a_session_are_named_with_their_place(make_step, session, place, words):
    error = refused(make_step(), **session)
    assert error.place == place
    assert words in error.message


def test_the_lists_of_words_are_those_of_the_article(make_step):
    assert list(POSTURES) == ["prone", "supine", "seated", "side", "standing"]
    assert len(set(PARTS)) == 15
    assert len(set(PURPOSES)) == 11
    for name, indication in indications().items():
        assert name == indication.name
        assert all(1 <= rule <= 321 for rule in indication.rules)
        assert profile_of(make_step(), good_for=[name]).good_for == (name,)


@pytest.mark.parametrize("variant", [*sorted(LOCKED_VARIANTS), "v5", " V6 ", "V5 (child)", "V1/V6", "the V5"])
@pytest.mark.parametrize("session", [{}, {"locked": ""}, {"audience": "any"}, {"self_massage": True}])
def test_child_and_newborn_are_never_composed(make_step, variant, session):
    profile = profile_of(make_step(), variant=variant, **session)
    assert profile.locked_for
    with pytest.raises(ProfileError, match="not played") as caught:
        compose(profile)
    assert (caught.value.rule, caught.value.place) == (98, "locked")
    assert caught.value.hint


def test_a_locked_profile_is_never_composed_and_says_why(make_step):
    profile = profile_of(make_step(), locked="for reading only")
    assert profile.locked_for == "for reading only"
    with pytest.raises(ProfileError, match="for reading only") as caught:
        compose(profile)
    assert caught.value.rule == 98


@pytest.mark.parametrize("variant", ["", "V1", "V50", "V27", "V15, V16", "5", "V 5a"])
def test_other_variants_are_not_locked(make_step, variant):
    profile = profile_of(make_step(), variant=variant)
    assert profile.locked_for == ""
    assert compose(profile).duration == 30.0


@pytest.mark.parametrize(("level", "played"), [(0.1, 0.1), (SETTLING_MAX, 0.15), (0.16, 0.15), (1.0, 0.15)])
def test_a_settling_floor_is_capped_whatever_the_profile_says(level, played):
    cue = compose(profile_of(guide(zones=["lumbar"], level=level))).cues[0]
    assert cue.level == played
    assert cue.kind == "guide"
    assert [contact.side for contact in cue.contacts] == [-1, 1]


def test_a_guide_in_the_score_has_its_words_and_no_hands(make_step):
    words = {"posture": "supine"}
    score = compose(profile_of(make_step(), guide(technique=words, repeats=3), make_step(), guide()))
    entry = score.steps[1]
    assert isinstance(entry.guide, Guide)
    assert (entry.guide.posture, entry.repeats, entry.technique, entry.zones) == ("supine", 3, "guide", ())
    assert (entry.start, entry.end) == (30.0, 90.0)
    assert score.cues[1].contacts == ()
    assert score.steps[0].guide is None
    assert score.steps[0].zones == ("sacrum", "lumbar", "upper-back")
    assert score.closing_start == 90.0, "the last step that moves"


def test_a_session_of_guides_closes_where_it_begins():
    assert compose(profile_of(guide(), guide())).closing_start == 0.0


def test_every_new_key_survives_a_round_trip(tmp_path):
    profile = parse(GUIDED)
    assert dump(profile, GUIDED) == GUIDED
    assert parse(dump(profile)) == profile
    path = tmp_path / "p.toml"
    path.write_text(GUIDED, encoding="utf-8")
    save_profile(profile.model_copy(update={"title": "New"}), path)
    text = path.read_text(encoding="utf-8")
    assert text.replace('title = "New"\n', "") == GUIDED
    assert load_profile(path).played == profile.played


def test_exceptions_and_guides_can_be_added_and_taken_away():
    profile = parse(GUIDED)
    other = profile.exception[0].model_copy(update={"rule": 4})
    more = profile.model_copy(
        update={"exception": (*profile.exception, other), "step": (*profile.step, profile.step[0])}
    )
    text = dump(more, GUIDED)
    assert parse(text) == more
    assert "rule = 86 # direction" in text
    assert 'part = "breath", breath = {' in text.splitlines()[-3]
    assert parse(dump(profile, text)) == profile
    fewer = profile.model_copy(update={"exception": ()})
    assert parse(dump(fewer, GUIDED)) == fewer


def test_a_key_that_is_taken_away_is_not_written():
    profile = parse(GUIDED)
    settled = profile.step[0].model_copy(update={"zones": None})
    text = dump(profile.model_copy(update={"step": (settled, profile.step[1])}), GUIDED)
    assert parse(text) == profile


def test_the_schema_refers_only_to_what_it_defines():
    schema = json_schema()
    text = json.dumps(schema)
    assert set(re.findall(r'"#/\$defs/(\w+)"', text)) == set(schema["$defs"])
    assert {"Guide", "Breath", "DeclaredException"} <= set(schema["$defs"])
    for model in (*TECHNIQUES.values(), Breath):
        for name, entry in schema["$defs"][model.__name__]["properties"].items():
            if name not in ("kind", "instruction"):
                assert entry["description"], name
                assert all(1 <= rule <= 321 for rule in entry["rules"]), name
                assert entry["rules"], name
