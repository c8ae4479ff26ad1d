"""Curves as text."""

import numpy as np
import pytest

from kneadwave.cli.terminal.bodymap import Span
from kneadwave.cli.terminal.canvas import ANSI, GLYPHS, PlotLine, Style, legend, plot, say_plot, text_of
from kneadwave.cli.terminal.output import Output

STYLES: tuple[Style, ...] = ("ceiling", "before", "played", "after", "point", "now")
NAN = float("nan")


def drawn(
    *lines: PlotLine, width: int = 10, height: int = 5, ascii_only: bool = True, top: float = 1.0
) -> list[str]:
    rows = plot(lines, width, height, top=top, ascii_only=ascii_only)
    texts = ["".join(span.text for span in row) for row in rows]
    assert [len(text) for text in texts] == [width] * height
    return texts


def test_a_rising_line_rises() -> None:
    assert drawn(PlotLine("", np.linspace(0.0, 1.0, 10), "after")) == [
        "        ##",
        "      ##  ",
        "    ##    ",
        "  ##      ",
        "##        ",
    ]


def test_a_steep_line_has_no_gap() -> None:
    assert drawn(PlotLine("", [0.0] * 5 + [1.0] * 5, "before")) == [
        "     .....",
        "     .    ",
        "     .    ",
        "     .    ",
        "..... .   ".replace(" .   ", "     "),
    ]


def test_a_ceiling_that_jumps_is_no_wall() -> None:
    assert drawn(PlotLine("", [0.3] * 5 + [0.9] * 5, "ceiling"))[2] == " " * 10


def test_half_blocks_show_twice_as_many_levels() -> None:
    rows = drawn(PlotLine("", np.linspace(0.0, 1.0, 10), "after"), ascii_only=False)
    assert rows == [
        "        ▄▀",
        "      ▄▀  ",
        "    ▄▀    ",
        "  ▄▀      ",
        "▄▀        ",
    ]
    assert "█" in "".join(drawn(PlotLine("", [0.0, 1.0], "after"), ascii_only=False, width=2))


def test_what_is_no_number_is_a_gap() -> None:
    rows = drawn(PlotLine("", [0.5, NAN, NAN, 0.5], "played"), width=4, height=3)
    assert rows[1] == "x  x"
    assert drawn(PlotLine("", [NAN] * 4, "after"), width=4, height=2) == ["    "] * 2
    assert drawn(PlotLine("", [], "after"), width=4, height=2) == ["    "] * 2


def test_beside_a_gap_no_level_is_made_up() -> None:
    values = np.array([NAN] * 5 + [0.9] * 5 + [NAN] * 5)
    for width in (7, 15, 22, 40):
        rows = drawn(PlotLine("", values, "played"), width=width, height=5)
        assert set("".join(rows[1:])) == {" "}
        assert abs(rows[0].count("x") - width / 3) <= 1


def test_levels_beyond_the_edges_are_drawn_at_them() -> None:
    assert drawn(PlotLine("", [2.0, -1.0], "point"), width=2, height=2) == ["o ", " o"]


@pytest.mark.parametrize("given", [1, 3, 7, 41, 500])
def test_any_number_of_values_fills_the_width(given: int) -> None:
    rows = drawn(PlotLine("", np.full(given, 0.5), "after"), width=24, height=3)
    assert rows[1] == "#" * 24


def test_a_mark_keeps_its_place_and_its_level() -> None:
    values = np.full(101, NAN)
    values[50] = 0.9
    rows = drawn(PlotLine("", values, "now"), width=11, height=5)
    assert rows[0] == "     @     "
    assert "".join(rows[1:]).strip() == ""


def test_what_matters_more_is_drawn_over_the_rest() -> None:
    lines = [PlotLine("", [0.5] * 4, style) for style in reversed(STYLES)]
    for count in range(len(STYLES), 0, -1):
        rows = drawn(*lines[len(STYLES) - count :], width=4, height=1)
        assert rows == [GLYPHS[True][STYLES[count - 1]] * 4]


@pytest.mark.parametrize("ascii_only", [True, False])
def test_each_style_has_a_glyph_of_its_own(ascii_only: bool) -> None:
    glyphs = GLYPHS[ascii_only]
    assert set(glyphs) == set(STYLES) == set(ANSI)
    assert len(set(glyphs.values())) == len(glyphs)
    assert all(len(glyph) == 1 and glyph.isascii() is ascii_only for glyph in glyphs.values())


def test_before_is_dim_and_after_is_bold() -> None:
    assert (ANSI["before"], ANSI["after"]) == ("2", "1")
    row = plot([PlotLine("", [0.5, 0.5], "after")], 2, 1, ascii_only=True)[0]
    assert row == [Span("##", "after")]
    assert text_of(row, styled=True) == "\x1b[1m##\x1b[0m"
    assert text_of(row) == "##"


def test_the_legend_names_each_line_that_has_a_name() -> None:
    lines = [
        PlotLine("saved", [0.1], "before"),
        PlotLine("", [0.1], "point"),
        PlotLine("edited", [0.1], "after"),
    ]
    assert text_of(legend(lines, ascii_only=True)) == ". saved  # edited"
    assert text_of(legend(lines)) == "· saved  █ edited"
    assert legend([]) == []


def test_a_plot_is_at_least_one_cell() -> None:
    assert plot([PlotLine("", [0.5], "after")], 0, 0, ascii_only=True) == [[Span("#", "after")]]


@pytest.mark.parametrize("styled", [True, False])
def test_escapes_are_written_where_they_are_welcome_and_nowhere_else(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, styled: bool
) -> None:
    monkeypatch.setattr("kneadwave.cli.terminal.canvas.may_style", lambda _: styled)
    rows = plot([PlotLine("", [0.1, 0.9], "after"), PlotLine("", [0.5, 0.5], "before")], 6, 4)
    say_plot(Output(), rows)
    said = capsys.readouterr().out
    assert ("\x1b[1m" in said, "\x1b[2m" in said) == (styled, styled)
    assert len(said.splitlines()) == 4
    say_plot(Output(as_json=True), rows)
    assert capsys.readouterr().out == ""
