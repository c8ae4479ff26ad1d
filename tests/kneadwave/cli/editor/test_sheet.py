"""What the editor edits: what is refused, and what another process does meanwhile."""

from pathlib import Path

from editing import NOON, PROFILE, made, play, points, shown
from textual.pilot import Pilot
from textual.widgets import Input

from kneadwave.cli.editor.dialogs import LineDialog
from kneadwave.cli.editor.sheet import Sheet
from kneadwave.tuning.workspace import open_desk

STRONG = PROFILE.replace("level = 0.4", "level = 0.84").replace("[10, 1]", "[10, 0.8]")
"""The shoulders may have 0.7; this asks for 0.672."""


def test_a_refused_edit_names_limit_and_rule_and_changes_nothing(path: Path) -> None:
    path.write_text(STRONG, encoding="utf-8")
    sheet = made(str(path), "shoulders")

    async def script(pilot: Pilot[None]) -> None:
        await pilot.press("down", "right_square_bracket")
        status = [line for line in shown(pilot) if "refused" in line]
        assert "level 0.714 is above the ceiling of the zone 'shoulder', 0.7" in sheet.told.text
        assert "(rule " in sheet.told.text
        assert sheet.told.hint.startswith("nothing was changed")
        assert len(status) == 1
        assert sheet.point == (10.0, 0.8)
        # A typed point is refused in the same words, and kept to be corrected.
        await pilot.press("enter")
        pilot.app.screen.query_one(Input).value = "0.9"
        await pilot.press("enter")
        await pilot.pause()
        assert isinstance(pilot.app.screen, LineDialog)
        assert "refused: " in " ".join(shown(pilot))
        await pilot.press("escape", "plus")

    play(sheet, script)
    assert points(sheet)[1] == (10.0, 0.81)
    assert sheet.number == 1


def test_what_the_check_says_newly_is_shown_until_the_next_edit(path: Path) -> None:
    sheet = made(str(path), "shoulders")

    async def script(pilot: Pilot[None]) -> None:
        await pilot.press("down", "enter")
        pilot.app.screen.query_one(Input).value = "0.2s 1"
        await pilot.press("enter")
        await pilot.pause()
        assert [finding.severity for finding in sheet.findings] == ["warning"]
        assert any(line.startswith(" warning: ") for line in shown(pilot))
        await pilot.press("u")
        assert not any(line.startswith(" warning: ") for line in shown(pilot))

    play(sheet, script)


def test_another_process_that_tunes_meanwhile_is_noticed(sheet: Sheet) -> None:
    async def script(pilot: Pilot[None]) -> None:
        other = Sheet(sheet.name, "1", None, lambda: NOON)
        other.do(other.remove)
        await pilot.press("plus")
        assert "another process changed this profile meanwhile" in sheet.told.text
        assert sheet.curve.points == other.curve.points
        assert points(sheet) == other.curve.points  # the key was not used on a point that nobody had seen
        await pilot.press("plus")
        assert points(sheet)[0] == (0.25, 0.81)

    play(sheet, script)


def test_a_locked_journal_is_told(sheet: Sheet) -> None:
    async def script(pilot: Pilot[None]) -> None:
        with open_desk(sheet.name, lambda: NOON):
            await pilot.press("plus")
            assert "is being tuned by another process" in sheet.told.text
        await pilot.press("plus")

    play(sheet, script)
    assert points(sheet)[0] == (0.0, 0.51)


def test_a_step_that_is_gone_gives_way_to_the_session(path: Path) -> None:
    sheet = made(str(path), "closing")
    text = PROFILE[: PROFILE.rindex("[[step]]")]

    async def script(pilot: Pilot[None]) -> None:
        path.write_text(text, encoding="utf-8")
        await pilot.press("minus")
        assert "another process changed this profile" in sheet.told.text
        assert sheet.where.label == "session"
        assert shown(pilot)[0].startswith(" evening: session")

    play(sheet, script)
    assert path.read_text(encoding="utf-8") == text
