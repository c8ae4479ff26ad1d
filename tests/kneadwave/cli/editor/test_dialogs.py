"""What the editor asks: a point to be typed, a yes before it saves, a name for a copy."""

from pathlib import Path

import pytest
from editing import PROFILE, made, play, points, press, shown, text_of
from textual.pilot import Pilot
from textual.widgets import Input

from kneadwave.cli.editor.dialogs import LineDialog, Reading
from kneadwave.cli.editor.sheet import Sheet
from kneadwave.tuning.workspace import look


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("0.85", (0.25, 0.85)),
        ("85%", (0.25, 0.85)),
        ("40% 0.85", (0.4, 0.85)),
        ("40%=0.85", (0.4, 0.85)),
        ("8s 90%", (0.4, 0.9)),
        ("0:15 0.9", (0.75, 0.9)),
    ],
)
def test_a_point_is_typed(sheet: Sheet, typed: str, expected: tuple[float, float]) -> None:
    async def script(pilot: Pilot[None]) -> None:
        await pilot.press("down", "enter")
        line = pilot.app.screen.query_one(Input)
        assert line.value == "25% 0.8"
        line.value = typed
        await pilot.press("enter")
        await pilot.pause()
        assert not isinstance(pilot.app.screen, LineDialog)
        assert sheet.point == expected

    play(sheet, script)
    assert expected in points(sheet)
    assert (0.25, 0.8) not in points(sheet)
    assert sheet.number == 1


def test_what_is_typed_wrong_is_told_and_kept(sheet: Sheet) -> None:
    async def script(pilot: Pilot[None]) -> None:
        await pilot.press("enter")
        line = pilot.app.screen.query_one(Input)
        for wrong, told in (
            ("much", "is no level"),
            ("", "is no point"),
            ("1 2 3", "is no point"),
            ("40% 1.2", "outside 0 to 1"),
            ("2:00 0.5", "outside the step"),
            ("50% 0.5", "there is a point at 0.5 already"),
        ):
            line.value = wrong
            await pilot.press("enter")
            await pilot.pause()
            assert isinstance(pilot.app.screen, LineDialog)
            assert line.value == wrong
            assert told in " ".join(shown(pilot))
        await pilot.press("escape")
        assert not isinstance(pilot.app.screen, LineDialog)

    play(sheet, script)
    assert text_of(sheet) == PROFILE


def test_what_is_entered_as_it_stands_changes_no_digit(path: Path) -> None:
    text = PROFILE.replace("[0.25, 0.8]", "[0.33333333, 0.81234567]")
    path.write_text(text, encoding="utf-8")
    sheet = made(str(path), "1")
    play(sheet, press("down", "enter", "enter"))
    assert "stays where it is" in sheet.told.text
    assert text_of(sheet) == text


def test_typing_replaces_what_is_there(sheet: Sheet) -> None:
    play(sheet, press("enter", "0", "full_stop", "7", "enter"))
    assert points(sheet)[0] == (0.0, 0.7)


def test_saving_shows_the_difference_and_waits_for_a_yes(sheet: Sheet) -> None:
    async def script(pilot: Pilot[None]) -> None:
        file = Path(sheet.name)
        await pilot.press("s")
        assert "nothing to save" in sheet.told.text
        await pilot.press("plus", "s")
        await pilot.pause()
        assert isinstance(pilot.app.screen, Reading)
        screen = " ".join(shown(pilot))
        assert "-  [0.0, 0.5],   # light at first" in screen
        assert "+  [0.0, 0.51],   # light at first" in screen
        for key in ("n", "enter", "escape", "Y", "space"):
            await pilot.press(key)
            await pilot.pause()
            assert not isinstance(pilot.app.screen, Reading)
            assert "not saved" in sheet.told.text
            assert file.read_text(encoding="utf-8") == PROFILE
            await pilot.press("s")
            await pilot.pause()
        await pilot.press("down", "pagedown", "up", "y")
        await pilot.pause()
        assert file.read_text(encoding="utf-8") == PROFILE.replace("[0.0, 0.5],", "[0.0, 0.51],")
        assert not sheet.pending
        assert shown(pilot)[0].endswith("version 1, saved ")

    play(sheet, script)


def test_a_file_changed_meanwhile_is_shown_and_never_overwritten(sheet: Sheet) -> None:
    file = Path(sheet.name)
    theirs = PROFILE.replace("# mine", "# theirs")

    async def script(pilot: Pilot[None]) -> None:
        await pilot.press("plus", "s")
        await pilot.pause()
        file.write_text(theirs, encoding="utf-8")
        await pilot.press("y")
        await pilot.pause()
        assert isinstance(pilot.app.screen, Reading)
        screen = " ".join(shown(pilot))
        assert "Not saved" in screen
        assert '+name = "evening"  # theirs' in screen
        assert "--as" in screen  # NAME may stand in the next line, as the path is long
        await pilot.press("y")
        await pilot.pause()
        assert not isinstance(pilot.app.screen, Reading)
        assert sheet.told.kind == "failed"

    play(sheet, script)
    assert file.read_text(encoding="utf-8") == theirs
    assert sheet.pending


def test_a_shipped_profile_is_saved_as_a_copy_under_a_name(tmp_path: Path) -> None:
    sheet = made("felt-check", "1")
    (tmp_path / "taken.toml").write_text("mine", encoding="utf-8")

    async def save_as(pilot: Pilot[None], name: str | None) -> None:
        await pilot.press("s")
        await pilot.pause()
        line = pilot.app.screen.query_one(Input)
        assert line.value == "my-felt-check"
        if name is not None:
            line.value = name
        await pilot.press("enter")
        await pilot.pause()

    async def script(pilot: Pilot[None]) -> None:
        await pilot.press("left_square_bracket")
        await save_as(pilot, " ")
        assert isinstance(pilot.app.screen, LineDialog)
        await pilot.press("escape")
        await save_as(pilot, "taken")
        await pilot.press("y")
        await pilot.pause()
        assert "is there already" in sheet.told.text
        await save_as(pilot, None)
        assert "Save this as my-felt-check?" in " ".join(shown(pilot))
        await pilot.press("y")
        await pilot.pause()
        assert sheet.name == "my-felt-check.toml"
        assert not sheet.pending
        await pilot.press("minus", "s", "y")
        await pilot.pause()
        assert sheet.told.text == "saved to my-felt-check.toml"

    play(sheet, script)
    assert (tmp_path / "taken.toml").read_text(encoding="utf-8") == "mine"
    assert look("my-felt-check.toml").profile.step[0].curve.points[0][1] == 0.94
    assert not look("felt-check").pending


def test_help_tells_every_key(sheet: Sheet) -> None:
    async def script(pilot: Pilot[None]) -> None:
        await pilot.press("question_mark")
        await pilot.pause()
        first = " ".join(shown(pilot))
        assert "select a point; that never moves one" in first
        for _ in range(3):
            await pilot.press("pagedown")
        assert "stays in the journal" in " ".join(shown(pilot))
        await pilot.press("x")
        assert not isinstance(pilot.app.screen, Reading)

    play(sheet, script)


def test_what_is_longer_than_the_screen_scrolls_and_says_where_it_stands(sheet: Sheet) -> None:
    async def script(pilot: Pilot[None]) -> None:
        await pilot.press("plus", "s")
        await pilot.pause()
        screen = " ".join(shown(pilot))
        assert "--- " in screen
        assert "y saves it, else not" in screen
        for _ in range(30):
            await pilot.press("down")
        assert "--- " not in " ".join(shown(pilot))
        await pilot.press("pageup", "pageup", "pageup")
        assert "--- " in " ".join(shown(pilot))
        await pilot.resize_terminal(80, 24)
        await pilot.press("up")
        assert "y saves it, any other key does not" in " ".join(shown(pilot))
        assert " of " not in shown(pilot)[-4]

    play(sheet, script, size=(40, 12))


def test_help_says_how_much_of_it_is_seen(sheet: Sheet) -> None:
    async def script(pilot: Pilot[None]) -> None:
        await pilot.press("question_mark", "down")
        assert "2-13 of " in " ".join(shown(pilot))

    play(sheet, script, size=(72, 16))
