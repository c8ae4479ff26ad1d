"""`knead tune show`: a curve, its points, its figures."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from people import make_recipient
from written_profiles import BREATHING, CHILD, EVENING, write

Knead = Callable[..., Any]
SHOWN = """\
relaxing-back: 8 kneading upwards
2:30 min, level 50%, ceiling 50% (lumbar)
"""
TABLE = """\
at %  at s  curve  felt %
   0     0    0.5      25
  40    60      1      50
  60    90      1      50
 100   150    0.5      25
peak 50%, mean 42.8%, steepest 0.69%/s at 0:00, 3 felt steps (25% to 50%)
"""


def test_what_is_left_for_the_person_in_use_stands_beside_the_ceiling(knead: Knead, tmp_path: Path) -> None:
    make_recipient(pain={"lumbar": 4})
    theirs = "ceiling 50% (lumbar), 43% for me"
    assert theirs in knead("tune", "show", "relaxing-back", "8", "--plot", "me.png").out
    assert (tmp_path / "me.png").exists()
    refused = knead("set", "lumbar", "60%", "--for", "1s", "--device", "sim:")
    assert "hint: 50% is the most there, and 43% for me" in refused.err


@pytest.fixture
def evening(tmp_path: Path) -> str:
    return write(tmp_path, EVENING)


def test_help_has_examples(knead: Knead) -> None:
    said = knead("tune", "show", "--help").out
    assert "Examples:" in said
    assert "knead tune show relaxing-back 8" in said


def test_a_step_is_shown_with_its_plot_its_points_and_its_figures(knead: Knead) -> None:
    ended = knead("tune", "show", "relaxing-back", "8")
    assert (ended.code, ended.err) == (0, "")
    assert ended.out.startswith(SHOWN)
    assert ended.out.endswith(TABLE)
    assert len(ended.out.splitlines()) <= 24, "all of it is seen at once on a usual terminal"


def test_without_a_step_the_session_is_shown_with_its_steps(knead: Knead) -> None:
    said = knead("tune", "show", "relaxing-back").out
    assert said.startswith("relaxing-back: session\n15:00 min\n")
    rows = said[said.index("  step ") :].splitlines()
    assert rows[8].split() == ["8", "kneading", "upwards", "8:30", "150", "50", "light-strong-light"]
    assert rows[1].split()[-2:] == ["3", "points"]
    assert len(rows) == 13
    assert "step " not in knead("tune", "show", "relaxing-back", "session").out


@pytest.mark.parametrize("columns", [40, 60, 80, 100, 300])
@pytest.mark.parametrize("step", [[], ["8"], ["1"], ["session"]])
def test_everything_fits_the_width_of_the_terminal(
    knead: Knead, monkeypatch: pytest.MonkeyPatch, columns: int, step: list[str]
) -> None:
    monkeypatch.setattr(
        "shutil.get_terminal_size",
        lambda fallback=(80, 24): os.terminal_size((columns, 24)),  # noqa: ARG005
    )
    lines = knead("tune", "show", "relaxing-back", *step).out.splitlines()
    assert max(map(len, lines)) <= columns


def test_a_pipe_gets_eighty_columns_and_no_escape(knead: Knead) -> None:
    knead("tune", "set", "relaxing-back", "8", "40%=0.8")
    lines = knead("tune", "show", "relaxing-back", "8").out.splitlines()  # the fixture looks for escapes
    assert max(map(len, lines)) == 80


def test_on_a_terminal_before_is_dim_and_after_is_bold(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from kneadwave.cli.app import call

    call(["tune", "set", "relaxing-back", "8", "40%=0.8"])
    capsys.readouterr()
    monkeypatch.setattr("kneadwave.cli.terminal.canvas.may_style", lambda _: True)
    call(["tune", "show", "relaxing-back", "8"])
    said = capsys.readouterr().out
    assert "\x1b[2m·" in said
    assert "\x1b[1m▄" in said


def test_a_terminal_of_ascii_alone_gets_ascii(knead: Knead, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kneadwave.cli.terminal.output.Output.ascii_only", True)
    knead("tune", "set", "relaxing-back", "8", "40%=0.8")
    said = knead("tune", "show", "relaxing-back", "8").out
    assert said.isascii()
    assert ". saved  # edited" in said


def test_what_is_edited_and_not_saved_is_drawn_over_what_is_saved(knead: Knead) -> None:
    knead("tune", "set", "relaxing-back", "8", "40%=0.8")
    said = knead("tune", "show", "relaxing-back", "8").out
    assert "· saved  █ edited" in said
    assert said.endswith("not saved yet: knead tune save relaxing-back\n")
    ended = knead("tune", "show", "relaxing-back", "9")
    assert ended.err == ""
    other = ended.out
    assert "█ drawn" in other
    listed = knead("tune", "show", "relaxing-back").out
    assert [line[3:5].strip() for line in listed.splitlines() if line.startswith("* ")] == ["8"]
    assert "marked *: edited, and not saved yet" in listed
    assert "marked >: the version that is current" in knead("tune", "history", "relaxing-back").out


def test_a_line_shows_what_a_device_leaves_of_it(knead: Knead, tmp_path: Path) -> None:
    path = write(tmp_path, EVENING.replace("level = 0.65", "level = 1.0"))
    assert "× played on reference-cushion" in knead("tune", "show", path, "along").out
    assert "× played on mat-64" in knead("tune", "show", path, "along", "--on", "mat-64").out
    (tmp_path / "config" / "kneadwave").mkdir(parents=True)
    (tmp_path / "config" / "kneadwave" / "config.toml").write_text('on = "mat-64"\n', encoding="utf-8")
    assert "× played on mat-64" in knead("tune", "show", path, "along").out


def test_repeats_regions_and_waiting_are_told(knead: Knead, evening: str) -> None:
    assert (
        "\n3 times 0:20 min, level 65%, ceiling 70% (upper-back)\n" in knead("tune", "show", evening, "5").out
    )
    assert (
        "\nin each of 11 regions, 0:32 min in the first, level 30%" in knead("tune", "show", evening, "1").out
    )
    assert "level 12%, ceiling 15%\n" in knead("tune", "show", evening, "waiting").out


def test_a_step_done_by_hand_has_no_curve(knead: Knead, tmp_path: Path, evening: str) -> None:
    ended = knead("tune", "show", evening, "breathing")
    assert ended.code == 2
    assert ended.err.startswith("error: step 2 breathing is done by hand: it has no curve\n")
    listed = knead("tune", "show", write(tmp_path, BREATHING)).out
    assert listed.count("by hand") == 2


def test_a_wrong_step_lists_the_right_ones(knead: Knead) -> None:
    ended = knead("tune", "show", "relaxing-back", "kneeding")
    assert ended.code == 2
    assert "hint: did you mean 'kneading upwards'? steps are 1 to 12, or session: 1 strokes" in ended.err


@pytest.mark.parametrize(
    "words", [("nothing-like-it",), ("missing.toml", "1"), ("relaxing-back", "8", "--on", "x")]
)
def test_what_is_not_there_is_told(knead: Knead, words: tuple[str, ...]) -> None:
    ended = knead("tune", "show", *words)
    assert ended.code == 3
    assert ended.err.startswith("error: ")
    assert "hint: " in ended.err


def test_a_locked_profile_has_nothing_to_tune(knead: Knead, tmp_path: Path) -> None:
    ended = knead("tune", "show", write(tmp_path, CHILD), "1", "--json")
    assert ended.code == 3
    assert ended.events == [
        {"event": "end", "ok": False, "rule": 98, "exit": 3}
        | {key: ended.events[0][key] for key in ("error", "hint")}
    ]


def test_as_json_a_curve_is_one_event(knead: Knead) -> None:
    ended = knead("tune", "show", "relaxing-back", "8", "--json")
    curve, end = ended.events
    assert end == {"event": "end", "ok": True}
    assert (curve["event"], curve["profile"], curve["step"], curve["unit"]) == (
        "curve",
        "relaxing-back",
        8,
        "fraction",
    )
    assert (curve["peak"], curve["ceiling"], curve["felt_steps"], curve["pending"]) == (0.5, 0.5, 3, False)
    assert "steps" not in curve
    session = knead("tune", "show", "relaxing-back", "--json").events[0]
    assert session["step"] == "session"
    assert [step["step"] for step in session["steps"]] == list(range(1, 13))
    assert not any(step["edited"] for step in session["steps"])


def test_the_numbers_of_a_step_are_told_with_their_bounds(knead: Knead) -> None:
    step, _ = knead("tune", "show", "relaxing-back", "8", "--json").events
    rate = next(each for each in step["numbers"] if each["number"] == "rate")
    assert rate == {
        "number": "rate",
        "value": 36.0,
        "unit": "cycles/min",
        "least": 1.0,
        "most": 600.0,
        "felt": True,
    }
    silent = [each["number"] for each in step["numbers"] if not each["felt"]]
    assert silent == ["cross-fade", "duration"]
    assert "numbers" not in knead("tune", "show", "relaxing-back", "--json").events[0]


def test_a_file_that_was_changed_meanwhile_is_told(knead: Knead, evening: str) -> None:
    knead("tune", "set", evening, "along", "50%=0.8")
    path = Path(evening)
    path.write_text(EVENING.replace("level = 0.65", "level = 0.6"), encoding="utf-8")
    said = knead("tune", "show", evening, "along").out
    assert said.endswith(f"not saved, and the file was changed meanwhile: knead tune diff {evening}\n")


def test_a_journal_with_a_damaged_line_is_told(knead: Knead, tmp_path: Path) -> None:
    for level in ("0.8", "0.7"):
        knead("tune", "set", "relaxing-back", "8", f"40%={level}")
    (journal,) = (tmp_path / "state" / "kneadwave" / "tuning").glob("*.jsonl")
    lines = journal.read_bytes().splitlines(keepends=True)
    journal.write_bytes(lines[0] + lines[1].replace(b"40%", b"41%") + b"".join(lines[2:]))
    ended = knead("tune", "show", "relaxing-back", "8")
    assert "cannot be read" in ended.err


def test_showing_leaves_no_trace(knead: Knead, tmp_path: Path) -> None:
    knead("tune", "show", "relaxing-back", "8")
    assert not (tmp_path / "state").exists()


def test_a_picture_is_drawn(knead: Knead, tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    for name in ("a.png", "a.svg", "a.pdf"):
        assert knead("tune", "show", "relaxing-back", "8", "--plot", name).out.endswith(f"picture: {name}\n")
        assert (tmp_path / name).stat().st_size > 1000
    ended = knead("tune", "show", "relaxing-back", "--plot", "b.png", "--json")
    assert ended.events[1] == {"event": "picture", "path": "b.png"}


@pytest.mark.parametrize("name", ["a.gif", "nowhere/a.png"])
def test_a_picture_that_cannot_be_is_told_before_anything_else(knead: Knead, name: str) -> None:
    ended = knead("tune", "show", "relaxing-back", "8", "--plot", name)
    assert (ended.code, ended.out) == (2, "")
    assert name in ended.err
