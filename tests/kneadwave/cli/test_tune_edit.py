"""The verbs of `knead tune` that change a curve or a number."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tuned import COMMENTED
from written_profiles import BREATHING, CHILD, EVENING, write

from kneadwave.tuning.workspace import look
from profiles.profile import profile_source

Knead = Callable[..., Any]
VERBS = ("set", "add", "rm", "shift", "scale", "smooth", "preset", "rate", "number")
HILL = [[0.0, 0.5], [0.4, 1.0], [0.6, 1.0], [1.0, 0.5]]


@pytest.fixture
def tune(knead: Knead) -> Knead:
    """Edit step 8 of relaxing-back, and return its points afterwards with how the call ended."""

    def call(verb: str, *words: str, step: str = "8", profile: str = "relaxing-back") -> tuple[Any, Any]:
        ended = knead("tune", verb, profile, step, *words, "--json")
        return ended.events[-2].get("points"), ended

    return call


@pytest.mark.parametrize("verb", VERBS)
def test_help_has_examples(knead: Knead, verb: str) -> None:
    said = knead("tune", verb, "--help").out
    assert "Examples:" in said
    assert f"knead tune {verb} relaxing-back" in said


def test_an_edit_shows_the_lines_of_the_file_and_the_curve_before_and_after(knead: Knead) -> None:
    ended = knead("tune", "set", "relaxing-back", "8", "40%=0.9")
    assert (ended.code, ended.err) == (0, "")
    lines = ended.out.splitlines()
    assert lines[:2] == ["--- relaxing-back", "+++ relaxing-back"]
    assert [line for line in lines[2:] if line[:1] in "+-" and line] == [
        '-curve = "light-strong-light"',
        "+curve = [[0.0, 0.5], [0.4, 0.9], [0.6, 1.0], [1.0, 0.5]]",
    ]
    assert "relaxing-back: 8 kneading upwards" in lines
    assert any("· before  █ after" in line for line in lines)
    assert "  40    60    0.9      45" in lines
    assert lines[-3:] == [
        "version 1",
        "  back: knead tune undo relaxing-back",
        "  keep: knead tune save relaxing-back",
    ]
    assert look("relaxing-back").pending
    assert profile_source("relaxing-back") == look("relaxing-back").saved_text, "the file is as it was"


@pytest.mark.parametrize(
    ("verb", "words", "points"),
    [
        ("set", ["40%=0.9", "1:30=80%"], [[0.0, 0.5], [0.4, 0.9], [0.6, 0.8], [1.0, 0.5]]),
        ("set", ["30s=0.7"], [[0.0, 0.5], [0.2, 0.7], *HILL[1:]]),
        (
            "add",
            ["20%=.6", "0.8=0.7"],
            [[0.0, 0.5], [0.2, 0.6], [0.4, 1.0], [0.6, 1.0], [0.8, 0.7], [1.0, 0.5]],
        ),
        ("add", ["20%"], [[0.0, 0.5], [0.2, 0.8542], *HILL[1:]]),
        ("rm", ["60%"], [[0.0, 0.5], [0.4, 1.0], [1.0, 0.5]]),
        ("rm", ["60s", "90s"], [[0.0, 0.5], [1.0, 0.5]]),
        ("shift", ["-5%"], [[0.0, 0.45], [0.4, 0.95], [0.6, 0.95], [1.0, 0.45]]),
        ("shift", ["-15s"], [[0.0, 0.6953], [0.3, 1.0], [0.5, 1.0], [0.9, 0.5]]),
        ("shift", ["+0:15"], [[0.1, 0.5], [0.5, 1.0], [0.7, 1.0], [1.0, 0.6953]]),
        ("scale", ["90%"], [[0.0, 0.45], [0.4, 0.9], [0.6, 0.9], [1.0, 0.45]]),
        ("smooth", [], [[0.0, 0.5], [0.4, 0.9167], [0.6, 0.9167], [1.0, 0.5]]),
        ("smooth", ["--times", "2"], [[0.0, 0.5], [0.4, 0.8472], [0.6, 0.8472], [1.0, 0.5]]),
        ("preset", ["rise"], [[0.0, 0.4], [1.0, 1.0]]),
    ],
)
def test_each_verb_does_what_it_says(
    tune: Knead, verb: str, words: list[str], points: list[list[float]]
) -> None:
    made, ended = tune(verb, *words)
    assert (ended.code, ended.err) == (0, "")
    assert made == [pytest.approx(point, abs=2e-4) for point in points]
    edited, curve, end = ended.events
    assert (edited["event"], curve["event"], end) == ("edited", "curve", {"event": "end", "ok": True})
    assert (edited["version"], edited["changed"]) == (1, True)
    said = [word for word in words if word != "--times"] or ["1"]
    assert edited["what"] == " ".join(["8 kneading upwards:", verb, *said])
    changed = [line for line in edited["diff"].splitlines()[2:] if line.startswith(("+", "-"))]
    assert [line[:7] for line in changed] == ["-curve ", "+curve "]


def test_edits_follow_one_another_and_each_is_a_version(tune: Knead) -> None:
    tune("set", "40%=0.9")
    tune("smooth")
    points, ended = tune("shift", "-5%")
    assert points == [[0.0, 0.45], [0.4, 0.8167], [0.6, 0.8333], [1.0, 0.45]]
    assert ended.events[0]["version"] == 3
    assert [entry.what for entry in look("relaxing-back").history()][1:] == [
        "8 kneading upwards: set 40%=0.9",
        "8 kneading upwards: smooth 1",
        "8 kneading upwards: shift -5%",
    ]


def test_what_would_leave_the_range_is_held_and_told(knead: Knead, tune: Knead) -> None:
    points, ended = tune("shift", "+10%")
    assert points == [[0.0, 0.6], [0.4, 1.0], [0.6, 1.0], [1.0, 0.6]]
    assert ended.events[0]["held"] == ["40%", "60%"]
    assert (
        "held at the edge: the points at 40%, 60%\n"
        in knead("tune", "shift", "relaxing-back", "8", "+1%").out
    )
    said = knead("tune", "shift", "relaxing-back", "1", "+5s").out
    assert "held at the edge: the point at 75s\n" in said


def test_an_edit_that_changes_nothing_says_so_and_is_no_version(knead: Knead, tune: Knead) -> None:
    said = knead("tune", "preset", "relaxing-back", "8", "light-strong-light").out
    assert said == "8 kneading upwards: preset light-strong-light: nothing changes\n"
    _, ended = tune("set", "40%=1")
    assert (ended.events[0]["changed"], ended.events[0]["version"], ended.events[0]["diff"]) == (False, 0, "")
    held = knead("tune", "shift", "relaxing-back", "2", "+10%").out
    assert held.splitlines()[1] == "held at the edge: the points at 0%, 100%"
    assert not look("relaxing-back").pending


def test_the_session_has_a_curve_too(tune: Knead) -> None:
    points, ended = tune("set", "50%=0.8", step="session")
    assert points == [[0.0, 1.0], [0.5, 0.8], [1.0, 1.0]]
    assert ended.events[0]["step"] == ended.events[1]["step"] == "session"
    assert ended.events[1]["points"] != ended.events[1]["sampled"]["drawn"]


def test_a_curve_in_seconds_stays_in_seconds(tune: Knead) -> None:
    points, ended = tune("set", "50%=0.8", step="1")
    assert points == [[0.0, 0.55], [30.0, 0.7], [37.5, 0.8], [75.0, 1.0]]
    assert "[37.5, 0.8]" in ended.events[0]["diff"]
    assert 'unit = "seconds"' in ended.events[0]["diff"]


def test_only_the_line_of_the_curve_changes_in_a_file_with_comments(knead: Knead, tmp_path: Path) -> None:
    knead("profile", "new", "evening", "--from", "relaxing-back")
    path = tmp_path / "evening.toml"
    before = path.read_bytes()
    knead("tune", "set", "evening.toml", "8", "40%=0.9")
    knead("tune", "rate", "evening.toml", "8", "48")
    assert path.read_bytes() == before, "until it is saved"
    old, new = before.decode().splitlines(), look("evening.toml").text.splitlines()
    changed = [(a, b) for a, b in zip(old, new, strict=True) if a != b]
    assert changed == [
        (
            'technique = { kind = "kneading", rate_cpm = 36, advance_mm_s = 40 }',
            'technique = { kind = "kneading", rate_cpm = 48, advance_mm_s = 40 }',
        ),
        ('curve = "light-strong-light"', "curve = [[0.0, 0.5], [0.4, 0.9], [0.6, 1.0], [1.0, 0.5]]"),
    ]


def test_a_refused_edit_says_which_limit_and_which_rule_and_changes_nothing(knead: Knead) -> None:
    ended = knead("tune", "rate", "relaxing-back", "8", "75")
    assert ended.code == 3
    assert ended.out == "", "what is refused is shown in no diff, as if it had been done"
    assert ended.err.splitlines() == [
        "error: relaxing-back: step[8].technique.rate_cpm: 'kneading upwards': 75 kneading cycles a minute; "
        "60 is the most (rule 64)",
        "hint: nothing was changed; write rate_cpm = 60 or less",
    ]
    assert not look("relaxing-back").pending
    assert look("relaxing-back").number == 0


def test_all_that_speaks_against_an_edit_is_told(knead: Knead) -> None:
    ended = knead("tune", "number", "relaxing-back", "8", "level", "90%")
    told = ended.err.splitlines()
    assert told[-2].startswith("error: relaxing-back: step[8].level: ")
    assert len(told) > 2
    assert all(line.startswith(("error: step[", "warning: ", "info: ")) for line in told[:-2])
    assert len(set(told)) == len(told)


def test_a_refused_edit_is_told_to_scripts_with_its_diff(tune: Knead) -> None:
    _, ended = tune("number", "level", "90%")
    refused, end = ended.events
    assert (refused["event"], refused["step"]) == ("refused", 8)
    assert refused["what"] == "8 kneading upwards: level 0.5 -> 0.9"
    assert "+level = 0.9" in refused["diff"]
    assert refused["findings"][0]["severity"] == "error"
    assert (end["ok"], end["exit"]) == (False, 3)
    assert "ceiling of the zone 'lumbar', 0.5" in end["error"]


def test_what_the_check_newly_says_is_told(knead: Knead) -> None:
    said = knead("tune", "scale", "relaxing-back", "8", "50%").out
    assert "\nwarning: step[8].level: 'kneading upwards': its mean falls back" in said
    again = knead("tune", "scale", "relaxing-back", "8", "99%").out
    assert "warning:" not in again, "it was said before"


def test_rate_and_other_numbers_are_set_in_their_own_unit(knead: Knead, tune: Knead) -> None:
    said = knead("tune", "rate", "relaxing-back", "8", "48").out
    assert "8 kneading upwards: rate 36 -> 48 cycles/min\n" in said
    assert "█" not in said, "the curve is as it was"
    for name, value, field in (
        ("radius", "20.5", "circle_mm = 20.5"),
        ("speed", "35", "advance_mm_s = 35"),
        ("cross-fade", "3", "crossfade_s = 3"),
        ("level", "45%", "level = 0.45"),
    ):
        _, ended = tune("number", name, value)
        assert field in ended.events[0]["diff"]
    shown = knead("tune", "number", "relaxing-back", "8", "level", "0.4").out
    assert "· before  █ after" in shown
    same = knead("tune", "number", "relaxing-back", "8", "level", "0.4").out
    assert same == "level 0.4 -> 0.4: nothing changes\n"


def test_a_wrong_number_lists_those_of_the_step_with_units_and_present_values(knead: Knead) -> None:
    ended = knead("tune", "number", "relaxing-back", "8", "hold", "3")
    assert ended.code == 3
    assert ended.err.splitlines() == [
        "error: 'kneading upwards' has no hold",
        "hint: this step has level 0.5, rate 36 cycles/min, speed 40 mm/s, radius 22 mm, cross-fade 4 s, "
        "duration 150 s",
    ]
    assert knead("tune", "rate", "relaxing-back", "1", "50").err.startswith(
        "error: 'strokes up the back' has no rate"
    )


@pytest.mark.parametrize(
    ("words", "code", "error"),
    [
        (("set", "relaxing-back", "8", "40%"), 2, "set needs a level for each time"),
        (("set", "relaxing-back", "8", "40%=90"), 2, "a level of 90 is outside 0 to 1"),
        (("set", "relaxing-back", "8", "--bogus"), 2, "'--bogus' is no time"),
        (("set", "relaxing-back", "77", "40%=0.9"), 2, "relaxing-back has no step '77'"),
        (("add", "relaxing-back", "8", "40%=0.9"), 3, "there is a point at 40% already"),
        (("rm", "relaxing-back", "8", "41%"), 3, "there is no point at 41%"),
        (("rm", "relaxing-back", "8", "40%=0.9"), 2, "rm takes times alone"),
        (("rm", "relaxing-back", "2", "0%"), 3, "a curve has two points at the least"),
        (("shift", "relaxing-back", "8", "10%"), 2, "'10%' does not say which way"),
        (("shift", "relaxing-back", "8", "+300s"), 3, "moved by 200%, nothing of the curve is left"),
        (("scale", "relaxing-back", "8", "-10%"), 2, "a curve cannot be scaled by -10%"),
        (("smooth", "relaxing-back", "8", "--times", "0"), 2, "Invalid value for '--times'"),
        (("preset", "relaxing-back", "8", "hill"), 3, "there is no curve 'hill'"),
        (("number", "relaxing-back", "8", "rate", "fast"), 2, "'fast' is no value"),
        (("number", "relaxing-back", "8", "rate", "-5"), 3, "rate is 1 to 600 cycles/min, not -5"),
        (("number", "relaxing-back", "session", "level", "0.5"), 2, "the session has no numbers"),
        (("set", "nowhere.toml", "1", "0=1"), 3, "nowhere.toml"),
        (("set", "relaxing-back", "8", "0=1", "--plot", "a.gif"), 2, "--plot a.gif"),
        (("set", "relaxing-back", "8", "0=1", "--on", "nothing"), 3, "nothing"),
    ],
)
def test_what_cannot_be_is_told_and_changes_nothing(
    knead: Knead, words: tuple[str, ...], code: int, error: str
) -> None:
    ended = knead("tune", *words)
    assert ended.code == code
    assert ended.err.startswith(f"error: {error}")
    assert len(ended.err.splitlines()) == 2
    assert look("relaxing-back").number == 0


def test_a_wrong_preset_lists_them(knead: Knead) -> None:
    ended = knead("tune", "preset", "relaxing-back", "8", "hill")
    assert "hint: presets are hold, rise, light-strong-light, wave" in ended.err


def test_steps_over_an_order_and_those_that_wait_have_curves_and_those_by_hand_fade(
    knead: Knead, tmp_path: Path
) -> None:
    path = write(tmp_path, EVENING)
    over = knead("tune", "set", path, "strokes", "50%=0.8", "--json").events
    assert over[1]["regions"] == 11
    assert "+curve = [[0.0, 1.0], [0.5, 0.8], [1.0, 1.0]]" in over[0]["diff"]
    assert knead("tune", "set", path, "waiting", "50%=0.8", "--json").code == 0
    by_hand = knead("tune", "set", path, "breathing", "50%=0.8")
    assert (by_hand.code, by_hand.err.splitlines()[0]) == (
        2,
        "error: step 2 breathing is done by hand: it has no curve",
    )
    fade = knead("tune", "number", write(tmp_path, BREATHING), "1", "cross-fade", "3", "--json")
    assert [event["event"] for event in fade.events] == ["edited", "end"]
    assert knead("tune", "number", write(tmp_path, BREATHING), "1", "cross-fade", "1").code == 0


def test_a_locked_profile_is_not_tuned(knead: Knead, tmp_path: Path) -> None:
    ended = knead("tune", "set", write(tmp_path, CHILD), "1", "40%=0.1", "--json")
    assert (ended.code, ended.events[-1]["rule"]) == (3, 98)


def test_any_edit_can_be_drawn(knead: Knead, tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    said = knead("tune", "set", "relaxing-back", "8", "40%=0.8", "--plot", "a.svg").out
    assert said.endswith("picture: a.svg\n")
    text = (tmp_path / "a.svg").read_text(encoding="utf-8")
    assert "<!-- before -->" in text
    assert "<!-- after -->" in text
    assert knead("tune", "rate", "relaxing-back", "8", "40", "--plot", "b.png").code == 0
    assert (tmp_path / "b.png").exists()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    found = tmp_path / "evening.toml"
    found.write_text(COMMENTED, encoding="utf-8")
    return found


@pytest.mark.usefixtures("path")
def test_a_step_lasts_as_long_as_is_said_and_its_curve_with_it(knead):
    assert knead("tune", "number", "evening.toml", "2", "duration", "1:00").code == 0
    told = knead("tune", "show", "evening.toml", "2", "--json").events[0]
    assert told["duration_s"] == 60.0
    assert knead("tune", "undo", "evening.toml").code == 0
    assert knead("tune", "number", "evening.toml", "2", "duration", "0").code == 3


@pytest.mark.usefixtures("path")
def test_a_step_gets_the_curve_of_another(knead):
    assert knead("tune", "copy", "evening.toml", "2", "1").code == 0
    points = [tuple(point) for point in look("evening.toml").profile.step[0].curve.points]
    assert points == [(0.0, 0.5), (0.3333, 1.0), (0.6667, 1.0), (1.0, 0.6)]
    assert knead("tune", "copy", "evening.toml", "9", "1").code == 2


@pytest.mark.usefixtures("path")
def test_a_curve_is_kept_under_a_name_and_taken_by_it(knead):
    assert knead("tune", "preset", "evening.toml", "2", "my-hill", "--keep").code == 0
    assert knead("tune", "preset", "evening.toml", "1", "my-hill").code == 0
    assert look("evening.toml").profile.step[0].curve.points[-1] == (1.0, 0.6)
    for name in ("hold", "Con", "nul", "a b"):
        assert knead("tune", "preset", "evening.toml", "2", name, "--keep").code == 2
    assert knead("tune", "preset", "evening.toml", "2", "their-hill").code == 3
