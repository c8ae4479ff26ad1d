"""`knead profile list`, `check`, `new` and `schema`, and `knead device`."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from written_profiles import BREATHING, CHILD, EVENING, write

from firmware_bridge.devices.load import shipped_devices
from kneadwave.cli.views.profiles import HEADINGS
from profiles.model import PURPOSES, indications
from profiles.profile import load_profile, profile_source, shipped_profiles

Knead = Callable[..., Any]


def test_profile_list_names_what_ships(knead: Knead) -> None:
    text = knead("profile", "list").out
    events = knead("profile", "list", "--json").events
    assert [event["name"] for event in events[:-1]] == shipped_profiles()
    assert all(name in text for name in shipped_profiles())


def test_profile_list_says_where_a_device_plays_weaker_than_it_is_written(knead: Knead) -> None:
    """An hf8 is never driven above 60 %, of which 23 % is felt: "all" tells minutes, not strength."""
    text = " ".join(knead("profile", "list").out.split())
    assert (
        "weaker than it is written: 23% on cushion-4, foot-plate, hf8 and neck-pillow at most, where the"
        in text
    )
    (event,) = [
        e for e in knead("profile", "list", "--on", "hf8", "--json").events if e.get("name") == "feet"
    ]
    assert (event["peak"], event["fit"][0]["felt_most"]) == (0.4, pytest.approx(0.2268, abs=1e-3))
    assert "weaker" in knead("profile", "list", "--on", "hf8").out
    assert "weaker" not in knead("profile", "list", "--on", "reference-cushion").out


def test_profile_list_has_ones_own_in_this_folder_by_the_names_of_their_files(
    knead: Knead, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert knead("profile", "new", "evening").code == 0
    long = "a-name-of-forty-letters-as-long-as-it-is"
    assert knead("profile", "new", long).code == 0
    Path("broken.toml").write_text("[[step]]\n", encoding="utf-8")
    Path("answers.toml").write_text("# no steps\n", encoding="utf-8")
    for columns in ("80", "50"):
        monkeypatch.setenv("COLUMNS", columns)
        ended = knead("profile", "list")
        own = ended.out.partition("your own, in this folder")[2]
        assert "evening.toml  " in own
        assert f"  {long}.toml" in own
        assert "First session (evening)" in own
        assert max(map(len, ended.out.splitlines())) <= int(columns)
        assert "left out" in ended.err
        assert "broken.toml" in ended.err
        assert "answers" not in ended.out + ended.err
    told = [event for event in knead("profile", "list", "--json").events if event["event"] == "own"]
    assert [(event["name"], event["purpose"]) for event in told] == [
        (f"{long}.toml", "own"),
        ("evening.toml", "own"),
    ]
    assert knead("simulate", told[1]["name"], "--minutes", "1").code == 0
    assert "evening" not in knead("profile", "list", "--for", "sedentary").out
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    assert "your own" not in knead("profile", "list").out


@pytest.fixture
def library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """As if three written profiles and two of the real ones were all that ships; name -> path."""
    monkeypatch.setenv("COLUMNS", "80")
    (tmp_path / "library").mkdir()
    written = {text.split('"')[1]: write(tmp_path / "library", text) for text in (EVENING, BREATHING, CHILD)}
    paths = [*written.values(), "felt-check", "relaxing-back"]
    monkeypatch.setattr("kneadwave.cli.views.profiles.shipped_profiles", lambda: paths)
    return written


def rows_of(text: str) -> dict[str, str]:
    """Name of a profile -> its row of the list."""
    return {line.split()[0]: line for line in text.splitlines() if line.startswith("  ") and line.split()}


def test_every_purpose_has_a_heading_and_the_back_comes_first() -> None:
    assert tuple(HEADINGS) == PURPOSES
    assert PURPOSES[0] == "back"


@pytest.mark.usefixtures("library")
def test_profile_list_groups_by_purpose(knead: Knead) -> None:
    lines = knead("profile", "list").out.splitlines()
    headings = [line for line in lines if line in HEADINGS.values()]
    assert headings == [heading for heading in HEADINGS.values() if heading in headings]
    here = lines.index("whole body")
    assert lines[here + 1].split()[:3] == ["evening", "11:10", "V15"]
    assert "by hand" in rows_of("\n".join(lines))["breathing"]
    assert lines[lines.index("locked: to be read, never played") + 1].split()[0] == "little-one"


@pytest.mark.usefixtures("library")
def test_profile_list_puts_titles_below_where_there_is_no_room_beside(
    knead: Knead, monkeypatch: pytest.MonkeyPatch
) -> None:
    title = load_profile("relaxing-back").title
    for columns in (80, 100):
        monkeypatch.setenv("COLUMNS", str(columns))
        lines = knead("profile", "list").out.splitlines()
        assert (f"    {title}" in lines) is (columns == 80)
        beside = title.split()[0] in rows_of("\n".join(lines))["relaxing-back"]
        assert beside is (columns == 100), "its other words may stand below it"
        assert max(map(len, lines)) <= columns


@pytest.mark.usefixtures("library")
def test_profile_list_tells_what_each_device_plays(knead: Knead) -> None:
    rows = rows_of(knead("profile", "list").out)
    moving = {event["name"]: event["fit"] for event in knead("profile", "list", "--json").events[:-1]}
    assert [fit["device"] for fit in moving["evening"]] == shipped_devices()
    assert {fit["device"]: fit["says"] for fit in moving["evening"]}["mat-64"] == "4 of 7 min"
    assert {fit["device"]: fit["says"] for fit in moving["relaxing-back"]}["mat-64"] == "all"
    for name in ("evening", "relaxing-back"):
        says = ["-" if fit["says"] == "by hand" else fit["says"].split()[0] for fit in moving[name]]
        cells = rows[name].split()[3 : 3 + len(says)]
        assert [cell.rstrip("!").replace("all", "15") for cell in cells] == [
            "15" if word == "all" else word for word in says
        ]
        marked = {device for device, cell in zip(shipped_devices(), cells, strict=True) if cell.endswith("!")}
        played = {device for device, cell in zip(shipped_devices(), cells, strict=True) if cell != "-"}
        laid_over = {"relaxing-back": {"mat-64"}, "evening": set()}[name]  # who lies on the front
        assert marked == played - laid_over
    assert "!  written for another posture" in knead("profile", "list").out
    fits = {fit["device"]: fit["posture_fits"] for fit in moving["relaxing-back"] if fit["says"] != "by hand"}
    assert [device for device, fit in fits.items() if fit] == ["mat-64"]
    assert "to be read" in rows["little-one"]
    assert {fit["played_s"] for fit in moving["little-one"]} == {0.0}


@pytest.mark.usefixtures("library")
@pytest.mark.parametrize(
    ("device", "words"),
    [("mat-64", "4 of 7 min"), ("seat-pad-8", "6 of 7 min"), ("reference-cushion", "4 of 7 min")],
)
def test_profile_list_on_one_device_says_how_much_of_it(knead: Knead, device: str, words: str) -> None:
    rows = rows_of(knead("profile", "list", "--on", device).out)
    assert words in rows["evening"]
    assert "by hand" in rows["breathing"]
    fits = knead("profile", "list", "--on", device, "--json").events[0]["fit"]
    assert [(fit["device"], fit["says"]) for fit in fits] == [(device, words)]


def test_profile_list_marks_posture_and_helper(knead: Knead) -> None:
    rows = rows_of(knead("profile", "list", "--on", "seat-pad-8").out)
    assert rows["relaxing-back"].split()[2:6] == ["V1", "all", "!", "Relaxing"]
    assert rows["home-back"].split()[2] == "V2"
    assert rows["general"].split()[2:4] == ["V11", "2"], "hands do what the device does not reach"
    assert "!" not in rows["first-session"]
    rows = rows_of(knead("profile", "list").out)
    assert rows["head"].split()[2:4] == ["V9", "2"]
    assert rows["abdomen"].split()[2:4] == ["V25", "by"]
    told = {event["name"]: event["helper"] for event in knead("profile", "list", "--json").events[:-1]}
    assert (told["head"], told["abdomen"], told["relaxing-back"]) == (True, False, False)


@pytest.mark.usefixtures("library")
@pytest.mark.parametrize("words", [(), ("--on", "mat-64"), ("--for", "sedentary"), ("--for", "cold")])
def test_profile_list_keeps_to_eighty_columns(knead: Knead, words: tuple[str, ...]) -> None:
    lines = knead("profile", "list", *words).out.splitlines()
    assert max(len(line) for line in lines) <= 80


@pytest.mark.usefixtures("library")
@pytest.mark.parametrize("columns", [40, 50, 60])
@pytest.mark.parametrize("words", [(), ("--on", "mat-64"), ("--for", "pregnancy")])
def test_profile_list_keeps_to_a_narrow_terminal(
    knead: Knead, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...], columns: int
) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    text = knead("profile", "list", *words).out
    assert max(len(line) for line in text.splitlines()) <= columns
    assert "before-interview" in text or "pregnancy" in words, "no word is broken"
    assert "mat-64" in text


@pytest.mark.usefixtures("library")
def test_a_title_too_long_goes_on_below(knead: Knead) -> None:
    words = knead("profile", "list").out.split()
    assert [word for word in load_words(EVENING) if word not in words] == []


def load_words(text: str) -> list[str]:
    return text.split('title = "')[1].split('"')[0].split()


@pytest.mark.usefixtures("library")
def test_profile_list_events_keep_their_fields_and_tell_more(knead: Knead) -> None:
    event = knead("profile", "list", "--json").events[0]
    assert (event["name"], event["duration_s"], event["steps"]) == ("evening", 670.0, 6)
    assert event["description"] == "Back and legs, breath and hands."
    assert (event["purpose"], event["variant"], event["posture"]) == ("whole-body", "V15", "prone")
    assert event["good_for"] == ["sedentary", "pregnancy"]
    assert (event["locked"], event["guided_only"]) == ("", False)
    child = knead("profile", "list", "--json").events[2]
    assert child["locked"] == "hands only, by the parents"


@pytest.mark.usefixtures("library")
@pytest.mark.parametrize(("word", "rules"), [("sedentary", "rules 12, 24"), ("training", "rule 93")])
def test_profile_list_for_an_occasion_names_the_rules_and_claims_nothing(
    knead: Knead, word: str, rules: str
) -> None:
    ended = knead("profile", "list", "--for", word)
    assert ended.code == 0
    assert f"({rules})" in ended.out.splitlines()[0]
    assert ended.out.splitlines()[-1] == "A suggestion of the source, not medical advice."
    assert ("evening" in rows_of(ended.out)) is (word == "sedentary")
    suits = word in load_profile("relaxing-back").good_for
    assert ("relaxing-back" in rows_of(ended.out)) is suits


@pytest.mark.usefixtures("library")
def test_profile_list_for_pregnancy_asks_for_a_doctor_and_a_screening(knead: Knead) -> None:
    said = " ".join(knead("profile", "list", "--for", "pregnancy").out.split())
    assert "doctor's consent is needed" in said
    assert "screening" in said
    assert "(rule 272)" in said
    first = knead("profile", "list", "--for", "pregnancy", "--json").events[0]
    assert (first["event"], first["name"], first["rules"]) == ("indication", "pregnancy", [272, 273, 274])
    assert "272" in first["note"]


@pytest.mark.usefixtures("library")
def test_profile_list_for_an_unknown_word_names_the_nearest_and_all(knead: Knead) -> None:
    ended = knead("profile", "list", "--for", "trainign")
    assert ended.code == 2
    assert "did you mean 'training'?" in ended.err
    assert all(name in ended.err for name in indications())
    assert knead("profile", "list", "--for", "zzzz", "--json").events[-1]["exit"] == 2


@pytest.mark.parametrize("name", sorted(indications()))
def test_every_occasion_can_be_asked_for(knead: Knead, name: str) -> None:
    ended = knead("profile", "list", "--for", name)
    wanted = [each for each in shipped_profiles() if name in load_profile(each).good_for]
    assert set(rows_of(ended.out)) >= set(wanted)


@pytest.mark.parametrize("device", shipped_devices())
def test_profile_check_passes_what_ships_on_what_ships(knead: Knead, device: str) -> None:
    """Two of them; tests/profiles/test_library.py holds that each keeps every rule on each device."""
    ended = knead("profile", "check", "felt-check", "shoulder-relief", "--on", device)
    assert ended.code == 0
    assert "felt-check: may be played" in ended.out
    assert "shoulder-relief: may be played" in ended.out


def test_profile_check_looks_at_all_before_it_refuses(knead: Knead, written: Callable[..., str]) -> None:
    ended = knead("profile", "check", "nosuch", written("kneading-61"), "felt-check")
    assert ended.code == 3
    assert "rule 64" in ended.out
    assert "felt-check: may be played" in ended.out
    assert "nosuch" in ended.err
    assert knead("profile", "check", "nosuch").code == 3


def test_profile_new_keeps_the_comments_and_overwrites_nothing(knead: Knead, tmp_path: Path) -> None:
    assert knead("profile", "new", "evening", "--from", "felt-check").code == 0
    text = (tmp_path / "evening.toml").read_text()
    named = profile_source("felt-check").replace('name = "felt-check"', 'name = "evening"')
    assert text == named.replace('title = "Felt check"', 'title = "Felt check (evening)"')
    assert load_profile(tmp_path / "evening.toml").name == "evening"
    again = knead("profile", "new", "evening")
    assert again.code == 2
    assert (tmp_path / "evening.toml").read_text() == text


def test_a_locked_profile_is_refused_by_rule_98(knead: Knead, tmp_path: Path) -> None:
    child = write(tmp_path, CHILD)
    begun = knead("profile", "new", "evening", "--from", child)
    assert begun.code == 3
    assert "(rule 98)" in begun.err
    assert "hands only, by the parents" in begun.err
    assert "knead profile list" in begun.err
    assert not (tmp_path / "evening.toml").exists()


def test_profile_check_of_several_refuses_the_locked_one(knead: Knead, tmp_path: Path) -> None:
    child = write(tmp_path, CHILD)
    ended = knead("profile", "check", "felt-check", child)
    assert ended.code == 3
    assert "felt-check: may be played" in ended.out
    assert f"{child}: may not be played" in ended.out
    assert "(rule 98)" in ended.out
    assert "knead profile show" in ended.err
    events = knead("profile", "check", child, "--json").events
    assert [e["rule"] for e in events if e["event"] == "finding"] == [98]
    assert events[-1]["exit"] == 3


@pytest.mark.parametrize("name", ["../x", "UPPER", "a" * 41, "relaxing-back", ""])
def test_profile_new_refuses_a_name_that_will_not_do(knead: Knead, name: str) -> None:
    assert knead("profile", "new", name).code == 2


def test_profile_schema_is_json(knead: Knead) -> None:
    assert "step" in json.loads(knead("profile", "schema").out)["properties"]


def test_device_list_names_what_ships(knead: Knead) -> None:
    assert [event["name"] for event in knead("device", "list", "--json").events[:-1]] == shipped_devices()
    assert all(name in knead("device", "list").out for name in shipped_devices())


def test_device_show_draws_zones_and_says_why_some_stay_off(knead: Knead) -> None:
    ended = knead("device", "show")
    for word in ("scapular", "lumbar", "spine: footprint touches spine", "kidney-l: footprint", "x excluded"):
        assert word in ended.out
    actuators = knead("device", "show", "--json").events[0]["actuators"]
    assert [a["id"] for a in actuators if a["excluded"]] == ["kidney-r", "kidney-l", "spine"]
    assert all(a["ceiling"] == 0 for a in actuators if a["excluded"])


@pytest.mark.usefixtures("one_clock")
def test_device_show_asks_the_device_itself(
    knead: Knead, monkeypatch: pytest.MonkeyPatch, one_clock: Any
) -> None:
    monkeypatch.setattr("firmware_bridge.clock.MonotonicClock", lambda: one_clock)
    ended = knead("device", "show", "--device", "sim:", "--json")
    assert ended.code == 0
    assert ended.events[0]["event"] == "identity"
    assert ended.events[1]["name"] == "reference-cushion"
    assert knead("device", "show", "mat-64", "--device", "sim:").code == 2


def test_device_show_of_an_unknown_one_is_3(knead: Knead) -> None:
    ended = knead("device", "show", "mat-46")
    assert ended.code == 3
    assert "mat-64" in ended.err
