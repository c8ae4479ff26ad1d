import os
import stat
from contextlib import suppress
from pathlib import Path

import pytest
from depth import at_depth
from hypothesis import given, settings
from hypothesis import strategies as st

from profiles.errors import ProfileError
from profiles.files.load import from_data
from profiles.profile import (
    MAX_STEPS,
    dump,
    json_schema,
    load_profile,
    parse,
    profile_source,
    save_profile,
    shipped_profiles,
)
from profiles.technique import TECHNIQUES

HEAD = 'schema = 1\nname = "mine"\n\n'
STEP = """[[step]]
name = "up"
technique = { kind = "stroking" }
zones = ["sacrum"]
duration_s = 30
level = 0.2
"""
COMMENTED = """# my own profile
schema = 1
name = "mine" # short

[[step]] # the first
name = "up"
technique = { kind = "stroking", speed_mm_s = 80 } # not too fast
# only the lower back
zones = ["sacrum", "lumbar"]
duration_s = 30 # half a minute
level = 0.2
curve = "rise"
"""


def refused(text):
    with pytest.raises(ProfileError) as caught:
        parse(text, "p.toml")
    assert "\n" not in str(caught.value)
    assert str(caught.value).startswith("p.toml: ")
    return caught.value


def step_with(**changes):
    lines = {
        "name": '"up"',
        "technique": '{ kind = "stroking" }',
        "zones": '["sacrum"]',
        "duration_s": "30",
        "level": "0.2",
    } | changes
    return HEAD + "[[step]]\n" + "".join(f"{k} = {v}\n" for k, v in lines.items() if v is not None)


def test_a_small_profile_loads():
    profile = parse(HEAD + STEP)
    assert profile.name == "mine"
    assert profile.duration_s == 30.0
    assert profile.step[0].technique.kind == "stroking"


@pytest.mark.parametrize(
    ("text", "place", "words", "hint"),
    [
        (HEAD + STEP + "durations_s = 3\n", "step[1].durations_s", "unknown key", "duration_s"),
        (HEAD + "tilte = 'x'\n" + STEP, "tilte", "unknown key", "title"),
        (
            step_with(technique='{ kind = "kneading", rate_hz = 1 }'),
            "step[1].technique.rate_hz",
            "unknown key",
            "rate_cpm",
        ),
        (step_with(technique='{ kind = "kneding" }'), "step[1].technique", "kneding", "kneading"),
        (step_with(curve="{ point = [[0, 1], [1, 1]] }"), "step[1].curve.point", "unknown key", "points"),
        (step_with(curve='"wav"'), "step[1].curve", "wav", "wave"),
    ],
)
def test_a_wrong_key_is_named_with_the_nearest_right_one(text, place, words, hint):
    error = refused(text)
    assert error.place == place
    assert words in error.message
    assert hint in error.hint


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (HEAD.replace("mine", "My Own") + STEP, "name: must be lower case letters, digits and dashes, 40 at"),
        (step_with(zones="[]"), "step[1].zones: has no entries; 1 at least"),
        (step_with(curve="[[0, 1]]"), "step[1].curve.points: has 1 entry; 2 at least"),
        (step_with(curve="[[0, 1, 2], [1, 1]]"), "step[1].curve.points[1]: has 3 entries; 2 at most"),
        (step_with(name='""'), "step[1].name: is empty"),
        (step_with(name=f'"{"x" * 81}"'), "step[1].name: is too long; 80 characters at most"),
        (step_with(repeats="2.5"), "step[1].repeats: must be a whole number, not 2.5"),
        (step_with(repeats="true"), "step[1].repeats: must be a whole number, not true"),
        (step_with(in_order='"yes"'), "step[1].in_order: must be true or false, not yes"),
        (HEAD.replace("schema = 1", 'schema = "1"') + STEP, 'schema: schema is "1"; this version reads'),
    ],
)
def test_a_wrong_value_is_told_in_plain_words(text, words):
    assert words in str(refused(text))


@pytest.mark.parametrize(
    "number", ["nan", "inf", "-inf", "-1", "1e308", "1e999", '"3"', "true", "[]", "1979-05-27"]
)
@pytest.mark.parametrize("key", ["level", "duration_s", "crossfade_s"])
def test_absurd_numbers_are_refused_with_their_place(key, number):
    assert refused(step_with(**{key: number})).place == f"step[1].{key}"


@pytest.mark.parametrize("number", ["nan", "inf", "-1", "0", "1e308", '"3"', "true"])
@pytest.mark.parametrize("kind", ["kneading", "rubbing"])
def test_absurd_parameters_are_refused_with_their_place(kind, number):
    error = refused(step_with(technique=f'{{ kind = "{kind}", rate_cpm = {number} }}'))
    assert error.place == "step[1].technique.rate_cpm"
    assert "'up'" in error.message


def test_values_beyond_a_rule_still_load_so_that_the_check_can_name_it():
    profile = parse(step_with(technique='{ kind = "kneading", rate_cpm = 61 }'))
    assert profile.step[0].technique.rate_cpm == 61.0


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"zones": None}, "either zones or a path"),
        ({"path": "[[0, 60]]"}, "either zones or a path"),
        ({"zones": None, "path": "[[0, nan]]"}, "finite"),
        (
            {
                "zones": None,
                "path": "[[0, 0], [2000, 0], [-2000, 0], [2000, 0], [-2000, 0], [2000, 0], [-1, 0]]",
            },
            "long",
        ),
        ({"zones": "[]"}, "1 at least"),
        ({"zones": '"sacrum"'}, "list"),
        ({"repeats": "1.5"}, "whole number"),
        ({"repeats": "0"}, "1 at least"),
        ({"on": '["heat"]'}, "vibration"),
        ({"technique": "3"}, "table"),
        ({"technique": "{}"}, "kind"),
        ({"name": '""'}, "empty"),
    ],
)
def test_steps_that_make_no_sense_are_refused(changes, words):
    assert words in refused(step_with(**changes)).message


@pytest.mark.parametrize(
    "text",
    ["", "schema = 2\n", "schema = true\n", "schema = '1'\n", HEAD, HEAD + "step = 3\n",
     HEAD + "step = [3]\n",
     "name = [", "\x00", "a = " + "[" * 100_000, "a = " + "9" * 10_000, HEAD + "step = " + "[" * 300],
)  # fmt: skip
def test_what_is_no_profile_is_refused_without_another_exception(text):
    refused(text)


def test_too_many_steps_are_counted_not_read():
    error = refused(HEAD + "[[step]]\n" * (MAX_STEPS + 1))
    assert error.place == "step"
    assert "200" in error.message


def test_two_hundred_steps_are_allowed():
    assert len(parse(HEAD + STEP * MAX_STEPS).step) == MAX_STEPS


@given(st.text(max_size=200))
@settings(max_examples=at_depth(60))
def test_any_text_is_either_a_profile_or_a_profile_error(text):
    for candidate in (text, HEAD + STEP + text):
        try:
            parse(candidate, "x")
        except ProfileError:
            continue


json_like = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@given(
    st.sampled_from(["name", "technique", "zones", "duration_s", "level", "curve", "repeats", "path", "on"]),
    json_like,
)
@settings(max_examples=at_depth(120))
def test_any_value_in_a_step_is_either_taken_or_a_profile_error(key, value):
    step = {"name": "a", "technique": {"kind": "stroking"}, "zones": ["foot"], "duration_s": 3, "level": 0.1}
    with suppress(ProfileError):
        from_data({"schema": 1, "name": "a", "step": [step | {key: value}]})


def test_a_huge_file_is_refused_before_it_is_read(tmp_path):
    path = tmp_path / "big.toml"
    with path.open("wb") as file:
        file.truncate(100 * 1024 * 1024)
    with pytest.raises(ProfileError, match="1 MiB"):
        load_profile(path)


def test_files_that_cannot_be_read_are_told_apart(tmp_path):
    binary = tmp_path / "binary.toml"
    binary.write_bytes(bytes(range(256)))
    with pytest.raises(ProfileError, match="UTF-8"):
        load_profile(binary)
    with pytest.raises(ProfileError, match="directory"):
        load_profile(tmp_path)
    with pytest.raises(ProfileError, match="no such file"):
        load_profile(tmp_path / "none.toml")
    with pytest.raises(ProfileError, match="regular"):
        load_profile("/dev/null")
    with pytest.raises(ProfileError, match="usable"):
        load_profile("a\0.toml")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_forbidden_file_says_so(tmp_path):
    path = tmp_path / "p.toml"
    path.write_text(HEAD + STEP)
    path.chmod(0)
    with pytest.raises(ProfileError, match="permission"):
        load_profile(path)


def test_a_misspelt_name_suggests_the_nearest():
    with pytest.raises(ProfileError) as caught:
        load_profile("relaxing-bak")
    assert "relaxing-back" in caught.value.hint


def test_a_shipped_name_wins_only_as_a_name(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("relaxing-back").write_text(HEAD + STEP)
    assert load_profile("relaxing-back").name == "relaxing-back"
    assert load_profile(Path("relaxing-back")).name == "mine"


def test_comments_survive_a_change():
    profile = parse(COMMENTED)
    step = profile.step[0].model_copy(update={"level": 0.35})
    text = dump(profile.model_copy(update={"step": (step,)}), COMMENTED)
    assert text == COMMENTED.replace("level = 0.2", "level = 0.35")


def test_an_unchanged_profile_is_written_back_to_the_letter():
    assert dump(parse(COMMENTED), COMMENTED) == COMMENTED
    for name in shipped_profiles():
        assert dump(load_profile(name), profile_source(name)) == profile_source(name)


@pytest.mark.parametrize("name", ["relaxing-back", "first-session", "shoulder-relief", "felt-check"])
def test_round_trip_without_a_source(name):
    profile = load_profile(name)
    assert parse(dump(profile)) == profile


def test_steps_can_be_added_and_taken_away():
    profile = parse(COMMENTED)
    more = profile.model_copy(
        update={"step": (*profile.step, profile.step[0].model_copy(update={"name": "two"}))}
    )
    text = dump(more, COMMENTED)
    assert parse(text) == more
    assert "# the first" in text
    assert parse(dump(profile, text)) == profile


def test_save_writes_beside_and_renames(tmp_path):
    path = tmp_path / "p.toml"
    path.write_text(COMMENTED)
    path.chmod(0o640)
    profile = parse(COMMENTED)
    save_profile(profile.model_copy(update={"title": "New"}), path)
    assert load_profile(path).title == "New"
    assert "# half a minute" in path.read_text()
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    assert [entry.name for entry in tmp_path.iterdir()] == ["p.toml"]


def test_a_failed_save_leaves_nothing_behind(tmp_path, monkeypatch):
    path = tmp_path / "p.toml"
    path.write_text(COMMENTED)

    def full(_fd):
        raise OSError(28, "no space")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(ProfileError, match="space"):
        save_profile(parse(COMMENTED).model_copy(update={"title": "New"}), path)
    assert path.read_text() == COMMENTED
    assert [entry.name for entry in tmp_path.iterdir()] == ["p.toml"]


def test_save_into_a_missing_folder_is_a_profile_error(tmp_path):
    with pytest.raises(ProfileError):
        save_profile(parse(COMMENTED), tmp_path / "none" / "p.toml")


def test_schema_tells_unit_and_rule_of_every_number():
    definitions = json_schema()["$defs"]
    for kind, model in TECHNIQUES.items():
        entry = definitions[model.__name__]
        assert entry["properties"]["kind"]["const"] == kind
        for name, figure in entry["properties"].items():
            if figure.get("type") == "number":
                assert figure["unit"], name
                assert figure["rules"], name
                assert figure["minimum"] < figure["maximum"], name
                assert figure["description"], name
    assert json_schema()["additionalProperties"] is False


def test_a_new_step_reads_like_the_others():
    profile = parse(COMMENTED)
    text = dump(profile)
    assert 'technique = { kind = "stroking", speed_mm_s = 80.0 }' in text
    assert text.startswith('schema = 1\nname = "mine"\n')


def test_a_source_that_is_no_toml_cannot_be_written_into():
    with pytest.raises(ProfileError, match="TOML"):
        dump(parse(COMMENTED), "name = [")


def test_a_text_longer_than_a_file_may_be_is_refused():
    assert "1 MiB" in refused("#" * (1 << 21)).message
