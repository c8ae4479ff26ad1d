"""`knead profile show`."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from written_profiles import BREATHING, CHILD, EVENING, write

from profiles.profile import load_profile, shipped_profiles

Knead = Callable[..., Any]


@pytest.fixture(autouse=True)
def eighty_columns(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")


@pytest.fixture
def shown(knead: Knead, tmp_path: Path) -> Callable[[str], str]:
    """What is said about a profile that is written here."""

    def show(text: str) -> str:
        ended = knead("profile", "show", write(tmp_path, text))
        assert ended.code == 0
        return str(ended.out)

    return show


def block(text: str, heading: str) -> list[str]:
    """The lines under a heading."""
    lines = [*text.splitlines(), ""]
    start = lines.index(heading) + 1
    return lines[start : lines.index("", start)]


def flat(lines: list[str]) -> str:
    return " ".join(" ".join(lines).split())


def test_the_steps_stand_with_their_names_in_words_and_in_figures(knead: Knead) -> None:
    profile = load_profile("relaxing-back")
    text = knead("profile", "show", "relaxing-back").out
    names = [step.name for step in profile.played]
    assert [row.split("  ")[-1].strip() for row in block(text, "figures")[1:]] == names
    assert [line[13:] for line in block(text, "steps") if line[:6].strip().endswith(".")] == names
    assert text.splitlines()[-1] == f"15:00 min in {len(names)} steps"


@pytest.mark.parametrize("name", shipped_profiles())
def test_every_shipped_profile_is_told_within_eighty_columns(knead: Knead, name: str) -> None:
    ended = knead("profile", "show", name)
    assert ended.code == 0
    told = ended.out.split("\nfigures\n")[0].splitlines()
    assert max(len(line) for line in told) <= 80
    assert "steps" in told


def test_the_head_says_what_it_is_and_for_whom(shown: Callable[[str], str]) -> None:
    head = flat(shown(EVENING).split("\nsteps\n")[0].splitlines())
    for words in (
        "evening An evening with everything",
        "purpose whole body (V15 of the 27 sequences in the source article)",
        "for Long sitting: office, computer, car; Pregnancy after",
        "posture prone: lying on the front",
        "order order-a: Prone from the back to the legs, then supine (rules 198, 199)",
        "duration 11:10 min in 16 steps, then 5 min of rest",
        "by oneself each part of the body five minutes at most (rule 288)",
        "exception rule 86: The source goes down here.",
    ):
        assert words in head


def test_an_order_is_told_region_by_region_under_the_number_in_the_file(shown: Callable[[str], str]) -> None:
    lines = block(shown(EVENING), "steps")
    numbers = [line.split()[0] for line in lines if line[:6].strip().endswith(".")]
    assert numbers == [*(f"1.{n}." for n in range(1, 12)), "2.", "3.", "4.", "5.", "6."]
    assert flat(lines).count("Where a device has nothing: Stroke the [region] slowly with both hands.") == 1


def test_guided_steps_tell_instruction_breath_posture_and_length(shown: Callable[[str], str]) -> None:
    said = flat(block(shown(EVENING), "steps"))
    assert "Sit and breathe. Breathe in 4 s, hold 10 s, out 8 s, ten times. In all 3 min 40 s." in said
    assert "Turn over and lie on your back. A key says when that is done." in said
    assert "Rub the scalp lightly. For 1 min. Meanwhile slow strokes over the lower back" in said


def test_zones_and_parts_come_with_their_minutes(shown: Callable[[str], str]) -> None:
    text = shown(EVENING)
    zones = {line.split()[0]: line.split()[1:] for line in block(text, "zones visited")[1:]}
    assert zones["thigh"] == ["2:13", "60", "80"]
    assert zones["upper-back-right"] == ["1:00", "65", "70"]
    parts = {line.split()[0]: line.split()[1] for line in block(text, "by hand")[1:]}
    assert parts["breath"] == "3:40"
    assert parts["head"] == "1:00"


def test_the_chart_has_its_peak_where_the_profile_has_it(shown: Callable[[str], str]) -> None:
    lines = block(shown(EVENING), "intensity over time")
    assert lines[0].startswith("  70 %|")
    assert lines[6].startswith("   0 %+")
    assert lines[7].split()[-2:] == ["10", "min"]
    assert "h: done by hand" in lines[8]
    # Breathing, 200 s to 420 s of 670 s, is done by hand: nothing is drawn over it.
    columns = range(7 + round(200 / 670 * 72), 7 + round(395 / 670 * 72))
    assert all(lines[6][column] == "h" for column in columns)
    assert all(line[column : column + 1] in ("", " ") for line in lines[:6] for column in columns)


def test_what_hands_do_alone_has_no_chart(shown: Callable[[str], str]) -> None:
    text = shown(BREATHING)
    assert "intensity over time" not in text
    assert "zones visited" not in text
    assert "purpose      guided\n" in text
    assert "Breathe in 4 s, out 6 s, three times." in text


def test_a_locked_profile_is_read_with_the_reason_why(shown: Callable[[str], str], knead: Knead) -> None:
    text = shown(CHILD)
    assert "locked       never played on anything: hands only, by the parents (rule 98)" in text
    assert "Stroke from the lower back to the upper back, 9 cm a second" in flat(text.splitlines())
    event = knead("profile", "show", "little-one.toml", "--json").events[0]
    assert event["locked"] == "hands only, by the parents"


def test_ascii_is_enough_where_a_terminal_has_no_more(
    shown: Callable[[str], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kneadwave.cli.terminal.output.Output.ascii_only", True)
    text = shown(EVENING)
    assert text.isascii()
    assert "#" in "".join(block(text, "intensity over time"))


def test_a_narrow_terminal_gets_a_table_that_fits(
    shown: Callable[[str], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kneadwave.cli.views.steps.is_terminal", lambda _: True)
    text = shown(EVENING)
    assert max(len(line) for line in text.splitlines()) <= 80
    assert "along a line" in text


@pytest.mark.parametrize("columns", [40, 60, 79])
def test_a_very_narrow_terminal_is_not_given_slivers(
    shown: Callable[[str], str], monkeypatch: pytest.MonkeyPatch, columns: int
) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    monkeypatch.setattr("kneadwave.cli.views.steps.is_terminal", lambda _: True)
    text = shown(EVENING)
    assert max(len(line) for line in text.splitlines()) <= columns
    assert ("figures" in text.splitlines()) is (columns > 50), "the sentences above have every figure, too"


def test_json_keeps_its_fields_and_tells_more(knead: Knead, tmp_path: Path) -> None:
    path = write(tmp_path, EVENING)
    event = knead("profile", "show", path, "--json").events[0]
    first = event["step"][0]
    assert (first["start_s"], first["technique"], first["zones"]) == (0.0, "stroking", "upper-back")
    assert (first["level"], first["name"], first["number"]) == (0.3, "strokes: back", "1.1")
    assert first["says"].startswith("Stroke the upper back, 9 cm a second")
    breath = next(step for step in event["step"] if step["name"] == "breathing")
    assert breath["parameters"]["breath"] == {"inhale_s": 4.0, "hold_s": 10.0, "exhale_s": 8.0}
    assert (breath["part"], breath["moves"], breath["repeats"]) == ("breath", False, 10)
    assert event["step"][-1]["end_s"] == pytest.approx(event["duration_s"], abs=0.01)
    assert (event["order"], event["rest_s"], event["self_massage"]) == ("order-a", 300.0, True)
    assert event["exception"] == [{"rule": 86, "reason": "The source goes down here."}]
    assert len(event["intensity"]["levels"]) == 60
    assert max(event["intensity"]["levels"]) == pytest.approx(0.65, rel=0.05)
    assert {"part": "breath", "s": 220.0} in event["by_hand"]
    assert {"zone": "shoulder-left", "s": 30.0, "peak": 0.2, "ceiling": 0.7} in event["zones"]


def test_show_of_an_unknown_profile_names_the_nearest(knead: Knead) -> None:
    ended = knead("profile", "show", "relaxing-bakc")
    assert ended.code == 3
    assert "relaxing-back" in ended.err
