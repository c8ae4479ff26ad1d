"""Text laid out for a terminal."""

import pytest

from kneadwave.cli.terminal.columns import NARROW, WIDE, area, axis, bar, paragraph, rows_within, width


@pytest.mark.parametrize(("columns", "expected"), [("80", 80), ("20", NARROW), ("300", WIDE)])
def test_the_width_is_that_of_the_terminal_within_reason(
    monkeypatch: pytest.MonkeyPatch, columns: str, expected: int
) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    assert width() == expected


def test_a_paragraph_hangs_under_its_first_word_and_keeps_figures_whole(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    lines = paragraph("for one and two and three and 1 min 30 s, light (28 %)", first="first", indent=8)
    assert lines == ["first   for one and two and three and", "        1 min 30 s, light (28 %)"]
    assert paragraph("") == []


def test_long_cells_become_rows() -> None:
    rows = rows_within([("a", "one two three"), ("b", "")], (0, 7))
    assert rows == [("a", "one two"), ("", "three"), ("b", "")]


def test_an_area_is_full_at_its_top_and_shows_what_is_there_at_all() -> None:
    lines = area([0.0, 0.001, 0.25, 0.5, 1.0], 2, 1.0, ascii_only=False)
    assert lines == ["    █", " ▁▄██"]
    assert area([0.0, 0.001, 0.25, 0.5, 1.0], 2, 1.0, ascii_only=True) == ["    #", " .:##"]


@pytest.mark.parametrize(("value", "expected"), [(0.0, ""), (0.01, "█"), (5.0, "█████"), (20.0, "█" * 10)])
def test_a_bar_ends_at_its_top(value: float, expected: str) -> None:
    assert bar(value, 10.0, 10, ascii_only=False) == expected
    assert bar(value, 10.0, 10, ascii_only=True) == expected.replace("█", "#")


def test_words_of_an_axis_do_not_touch() -> None:
    assert axis([(0, "0"), (5, "5"), (6, "55"), (20, "10 min")], 20) == "0    55       10 min"
    assert axis([(0, "0"), (18, "9"), (20, "10 min")], 20) == "0             10 min"
