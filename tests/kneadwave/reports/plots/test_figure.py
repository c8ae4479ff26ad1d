"""What every picture shares: letters, and the same bytes for the same figures."""

import warnings

import pytest

from kneadwave.reports.plots import fonts
from kneadwave.reports.plots.figure import LettersMissing, new_figure, save


def drawn(path, text):
    figure = new_figure(path, (2.0, 1.0))
    figure.subplots().set_title(text)
    with warnings.catch_warnings(record=True) as noted:
        warnings.simplefilter("always")
        save(figure, path)
    return noted


@pytest.mark.parametrize("ending", ["svg", "png", "pdf"])
def test_the_same_picture_has_the_same_bytes(tmp_path, ending):
    one, other = tmp_path / f"one.{ending}", tmp_path / f"other.{ending}"
    assert drawn(one, "kneading") == drawn(other, "kneading") == []
    assert one.read_bytes() == other.read_bytes()


def test_letters_that_no_font_has_are_told_once(tmp_path, monkeypatch):
    monkeypatch.setattr(fonts, "other_fonts", lambda: iter(()))
    noted = drawn(tmp_path / "a.svg", "腰を揉む")
    assert [each.category for each in noted] == [LettersMissing]
    assert "no font on this computer has" in str(noted[0].message)


def test_a_font_that_has_the_letters_is_taken(tmp_path, monkeypatch):
    letters = set("腰を揉む")
    monkeypatch.setattr(fonts, "other_fonts", lambda: iter([("Nothing", set()), ("STIXGeneral", letters)]))
    figure = new_figure(tmp_path / "a.svg", (2.0, 1.0))
    title = figure.subplots().set_title("腰を揉む")
    assert fonts.give_fonts(figure) == set()
    assert title.get_fontfamily() == [fonts.USUAL, "STIXGeneral"]


def test_the_fonts_of_this_computer_are_looked_through():
    found = dict(fonts.other_fonts())
    assert "a" in found["STIXGeneral"]  # it comes with matplotlib
