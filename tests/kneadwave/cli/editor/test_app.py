"""The editor's keys, through its pilot: each does what it says, and selecting changes nothing."""

import asyncio
from pathlib import Path
from random import Random

import pytest
from depth import at_depth
from editing import PROFILE, made, nothing_to_feel, play, points, press, shown, text_of
from textual.pilot import Pilot

from kneadwave.cli.editor.app import Editor
from kneadwave.cli.editor.dialogs import Choice
from kneadwave.cli.editor.sheet import Sheet
from kneadwave.tuning.workspace import look
from profiles.curve import PRESETS


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        (["plus"], (0.0, 0.51)),
        (["shift+up"], (0.0, 0.51)),
        (["minus"], (0.0, 0.49)),
        (["shift+down"], (0.0, 0.49)),
        (["right_square_bracket"], (0.0, 0.55)),
        (["left_square_bracket"], (0.0, 0.45)),
        (["greater_than_sign"], (0.01, 0.5)),
        (["down", "less_than_sign"], (0.24, 0.8)),
        (["end", "minus"], (1.0, 0.49)),
        (["end", "up", "greater_than_sign"], (0.51, 1.0)),
        (["end", "home", "plus"], (0.0, 0.51)),
    ],
)
def test_a_key_changes_the_selected_point_alone(
    sheet: Sheet, keys: list[str], expected: tuple[float, float]
) -> None:
    before = points(sheet)
    play(sheet, press(*keys))
    after = points(sheet)
    assert expected in after
    assert len(set(before) & set(after)) == 3
    assert look(sheet.name).number == 1
    # Comments of untouched points, and the file, stay.
    assert "# the middle of it" in text_of(sheet)
    assert Path(sheet.name).read_text(encoding="utf-8") == PROFILE


def test_selecting_never_changes_anything(sheet: Sheet) -> None:
    random = Random(7)
    keys = ["up", "down", "home", "end", "n", "b", "escape", "tab", "left", "right", "pagedown", "f1", "x"]

    async def script(pilot: Pilot[None]) -> None:
        for _ in range(at_depth(60)):
            await pilot.press(random.choice(keys))
        await pilot.click("#table", offset=(3, 2))
        for dialog in ("t", "p", "question_mark", "enter"):
            await pilot.press(dialog, "down", "up", "escape")

    play(sheet, script)
    assert text_of(sheet) == PROFILE
    assert len(look(sheet.name).history()) == 1
    assert (sheet.number, sheet.pending) == (0, False)


def test_a_click_on_a_point_selects_it(sheet: Sheet) -> None:
    async def script(pilot: Pilot[None]) -> None:
        await pilot.click("#table", offset=(3, 3))
        assert sheet.selected == 2
        await pilot.click("#curve")
        assert sheet.selected == 2

    play(sheet, script)
    assert text_of(sheet) == PROFILE


def test_a_held_key_becomes_one_edit_where_edits_are_slower(sheet: Sheet) -> None:
    async def script(pilot: Pilot[None]) -> None:
        app = pilot.app
        assert isinstance(app, Editor)
        for _ in range(5):
            app.action_level(0.01)
        app.action_time(0.01)
        app.action_select(1)
        await pilot.pause()

    play(sheet, script)
    assert points(sheet)[0] == (0.01, 0.55)
    assert sheet.number == 2
    assert sheet.selected == 1


def test_a_point_stops_at_its_neighbours_and_at_the_ends(sheet: Sheet) -> None:
    def far(pilot: Pilot[None]) -> None:
        assert isinstance(pilot.app, Editor)
        pilot.app.action_time(-5.0)

    async def script(pilot: Pilot[None]) -> None:
        far(pilot)
        await pilot.press("down")
        far(pilot)
        await pilot.pause()
        assert sheet.told.kind == "said"
        for _ in range(3):
            await pilot.press("left_square_bracket")
        await pilot.press("home", "less_than_sign")
        assert "as far as it goes" in sheet.told.text

    play(sheet, script)
    assert points(sheet)[:2] == ((0.0, 0.5), (0.001, 0.65))


def test_points_are_added_on_the_curve_and_deleted(sheet: Sheet) -> None:
    async def script(pilot: Pilot[None]) -> None:
        await pilot.press("down", "a")
        assert sheet.selected == 2
        assert points(sheet)[2][0] == 0.375
        assert 0.8 < points(sheet)[2][1] < 1.0
        await pilot.press("d")
        assert points(sheet) == Sheet(sheet.name, "1", None).curve.points
        assert len(points(sheet)) == 4
        await pilot.press("end", "a")  # nothing lies behind the last one: before it
        assert points(sheet)[3][0] == 0.75
        await pilot.press("delete")
        for _ in range(3):
            await pilot.press("delete")
        assert "two points at the least" in sheet.told.text
        assert any("not done: a curve has two points" in line for line in shown(pilot))

    play(sheet, script)
    assert len(points(sheet)) == 2


def test_smooth_and_preset(sheet: Sheet) -> None:
    async def script(pilot: Pilot[None]) -> None:
        await pilot.press("m")
        assert points(sheet)[2][1] < 1.0
        await pilot.press("p")
        assert isinstance(pilot.app.screen, Choice)
        assert any("> hold" in line for line in shown(pilot))
        await pilot.press("down", "down", "enter")
        await pilot.pause()

    play(sheet, script)
    assert points(sheet) == PRESETS["light-strong-light"]
    assert sheet.number == 2


def test_undo_and_redo_are_those_of_the_journal(sheet: Sheet) -> None:
    texts = [PROFILE]

    async def script(pilot: Pilot[None]) -> None:
        for key in ("plus", "a", "m", "down", "minus"):
            await pilot.press(key)
            await pilot.pause()
            if text_of(sheet) != texts[-1]:
                texts.append(text_of(sheet))
        for text in reversed(texts[:-1]):
            await pilot.press("u")
            assert text_of(sheet) == text
            assert sheet.curve.points == points(sheet)
        await pilot.press("u")
        assert sheet.told.kind == "failed"
        for text in texts[1:]:
            await pilot.press("r")
            assert text_of(sheet) == text
        await pilot.press("r")
        assert sheet.told.kind == "failed"

    play(sheet, script)
    assert len(texts) == 5
    assert Path(sheet.name).read_text(encoding="utf-8") == PROFILE


def test_any_edits_are_undone_to_the_byte(sheet: Sheet) -> None:
    random = Random(4)
    keys = ["plus", "minus", "right_square_bracket", "greater_than_sign", "less_than_sign", "a", "d", "m"]
    texts = [PROFILE]

    async def script(pilot: Pilot[None]) -> None:
        for _ in range(at_depth(22, least=10)):
            await pilot.press(random.choice([*keys, "up", "down", "down"]))
            if text_of(sheet) != texts[-1]:
                texts.append(text_of(sheet))
        assert sheet.number == len(texts) - 1 > at_depth(8, least=3)
        for text in reversed(texts[:-1]):
            await pilot.press("u")
            assert text_of(sheet) == text
        for text in texts[1:]:
            await pilot.press("r")
            assert text_of(sheet) == text

    play(sheet, script)
    assert Path(sheet.name).read_text(encoding="utf-8") == PROFILE


def test_steps_are_turned_over_and_chosen(sheet: Sheet) -> None:
    async def script(pilot: Pilot[None]) -> None:
        seen = []
        for _ in range(4):
            await pilot.press("n")
            seen.append(sheet.where.label)
        assert seen == ["3 shoulders", "4 closing", "session", "1 opening"]  # nobody tunes a breath
        await pilot.press("b")
        assert sheet.where.label == "session"
        assert shown(pilot)[0].startswith(" evening: session")
        await pilot.press("t")
        assert any("> session" in line for line in shown(pilot))
        await pilot.press("up", "up", "enter")
        await pilot.pause()
        assert sheet.where.label == "3 shoulders"
        await pilot.press("t", "down", "escape")
        assert sheet.where.label == "3 shoulders"

    play(sheet, script)
    assert text_of(sheet) == PROFILE


def test_the_curve_over_the_session_is_edited_too(path: Path) -> None:
    sheet = made(str(path), "session")
    play(sheet, press("down", "minus"))
    assert points(sheet) == ((0.0, 0.9), (0.5, 0.99), (1.0, 0.8))
    assert "envelope = [[0, 0.9], [0.5, 0.99], [1, 0.8]]  # a calm end" in text_of(sheet)


def test_a_step_without_a_curve_of_its_own_gets_one(path: Path) -> None:
    sheet = made(str(path), "closing")
    play(sheet, press("left_square_bracket"))
    assert points(sheet) == ((0.0, 0.95), (1.0, 1.0))


@pytest.mark.parametrize("key", ["q", "ctrl+c", "ctrl+q"])
def test_leaving_keeps_what_is_not_saved(sheet: Sheet, key: str) -> None:
    async def script(pilot: Pilot[None]) -> None:
        await pilot.press("plus", key)
        await pilot.pause()
        assert not pilot.app.is_running

    play(sheet, script)
    assert points(sheet)[0] == (0.0, 0.51)
    assert look(sheet.name).pending


def test_it_is_left_from_outside_running_or_not(sheet: Sheet) -> None:
    async def script(pilot: Pilot[None]) -> None:
        assert isinstance(pilot.app, Editor)
        await asyncio.to_thread(pilot.app.leave_from_outside)
        await pilot.pause()
        assert not pilot.app.is_running

    app = play(sheet, script)
    app.leave_from_outside()
    assert not app.is_running


def test_a_signal_before_the_screen_is_there_opens_none(sheet: Sheet) -> None:
    app = Editor(sheet, nothing_to_feel)
    app.ended_by = 15

    async def run() -> None:
        await asyncio.wait_for(app.run_async(headless=True), 20.0)

    asyncio.run(run())
    assert not app.is_running


def test_a_bug_of_ours_ends_it_and_is_kept_for_the_command(sheet: Sheet) -> None:
    def broken() -> str:
        raise RuntimeError("oh")

    sheet.smooth = broken  # type: ignore[method-assign]
    app = Editor(sheet, nothing_to_feel)

    async def run() -> None:
        async with app.run_test() as pilot:
            await pilot.press("m")

    with pytest.raises(RuntimeError, match="oh"):
        asyncio.run(run())
    assert isinstance(app.failure, RuntimeError)
