"""What the editor shows: at every size, without colour, in ASCII."""

from pathlib import Path

import pytest
from editing import PROFILE, made, play, shown
from rich.cells import cell_len
from textual.pilot import Pilot

from kneadwave.cli.editor.sheet import Sheet


def test_it_shows_the_curve_its_points_and_what_the_keys_do(sheet: Sheet) -> None:
    async def script(pilot: Pilot[None]) -> None:
        screen = shown(pilot)
        assert len(screen) == 24
        assert screen[0].split() == ["evening:", "step", "1", "opening", "version", "0,", "saved"]
        table = [line[48:] for line in screen]
        assert table[1].split() == ["time", "seconds", "level", "felt"]
        assert table[2].split() == [">", "0%", "0:00.0", "50%", "13.5%"]
        assert table[3].split() == ["25%", "0:05.0", "80%", "22.4%"]
        assert any("ceiling" in line and "drawn" in line for line in screen)
        assert screen[20].startswith(" peak 29 %   mean ")
        assert "felt steps" in screen[20]
        assert "q quit" in screen[23]
        assert all(len(line) <= 80 for line in screen)

    play(sheet, script)


@pytest.mark.parametrize("size", [(80, 24), (40, 12), (72, 12), (71, 40), (200, 60)])
def test_it_fits_the_screen(sheet: Sheet, size: tuple[int, int]) -> None:
    async def script(pilot: Pilot[None]) -> None:
        width, height = size
        await pilot.press("down", "plus")
        screen = shown(pilot)
        assert len(screen) == height
        assert all(len(line) <= width for line in screen)
        text = " ".join(screen)
        assert "not saved" in screen[0]
        assert any(line.split()[:2] == [">", "25%"] or "> " in line for line in screen)
        assert "81%" in text
        assert "set 25%=0.81" in text
        assert "peak" in text
        assert "q quit" in screen[-1]
        for key in ("s", "x", "t", "escape", "question_mark", "x", "enter", "escape"):
            await pilot.press(key)
            assert len(shown(pilot)) == height

    play(sheet, script, size=size)


@pytest.mark.parametrize("size", [(39, 24), (80, 11), (10, 3), (1, 1)])
def test_a_screen_that_is_too_small_says_so(sheet: Sheet, size: tuple[int, int]) -> None:
    async def script(pilot: Pilot[None]) -> None:
        text = " ".join("".join(shown(pilot)).split())
        assert "too small"[: size[0] * size[1] - 1] in text or size[0] < 12
        assert "peak" not in text
        await pilot.press("plus", "s")
        await pilot.pause()
        await pilot.press("n")
        await pilot.resize_terminal(80, 24)
        await pilot.pause()
        assert "peak 29 %" in " ".join(shown(pilot))

    play(sheet, script, size=size)


def test_without_colour_everything_is_told_by_glyphs(sheet: Sheet, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")

    async def script(pilot: Pilot[None]) -> None:
        await pilot.press("down", "plus")
        assert any(line[48:].startswith(">    25%") for line in shown(pilot))
        for strip in pilot.app.screen._compositor.render_strips():
            for segment in strip.apply_filter(pilot.app._filters[-1], pilot.app.screen.background_colors[1]):
                style = segment.style
                assert style is None or style.color is None or style.color.is_default

    play(sheet, script)


def test_in_ascii_there_is_nothing_else(sheet: Sheet) -> None:
    async def script(pilot: Pilot[None]) -> None:
        await pilot.press("down", "plus")
        for keys in ((), ("s",), ("x", "t"), ("escape", "question_mark"), ("x", "enter")):
            await pilot.press(*keys)
            await pilot.pause()
            assert "".join(shown(pilot)).isascii()

    play(sheet, script, ascii_only=True)


def test_many_points_scroll_with_the_selected_one(path: Path) -> None:
    many = ", ".join(f"[{n / 40:g}, {0.5 + 0.01 * (n % 3):g}]" for n in range(41))
    path.write_text(
        PROFILE.replace("level = 0.3\n", f"level = 0.3\ncurve = [{many}]\n").replace(
            PROFILE[PROFILE.index("curve = [") : PROFILE.index("crossfade_s = 1")], "", 1
        ),
        encoding="utf-8",
    )
    sheet = made(str(path), "opening")
    assert len(sheet.curve.points) == 41

    async def script(pilot: Pilot[None]) -> None:
        for _ in range(20):
            await pilot.press("down")
        assert any("> " in line[48:] and "50%" in line for line in shown(pilot))
        assert shown(pilot)[2][48:].startswith("^ ")
        assert sum(line[48:].startswith("v ") for line in shown(pilot)[:20]) == 1
        await pilot.press("end")
        assert any(line[48:].startswith(">   100%") for line in shown(pilot))
        await pilot.click("#table", offset=(3, 1))
        assert sheet.selected == 23

    play(sheet, script)


def test_a_name_in_wide_characters_pushes_nothing_off_the_screen(path: Path) -> None:
    path.write_text(PROFILE.replace('"opening"', f'"{chr(0x6309) * 30}"'), encoding="utf-8")

    async def script(pilot: Pilot[None]) -> None:
        assert shown(pilot)[0].endswith("saved ")
        assert cell_len(shown(pilot)[0]) == 80
        await pilot.press("t")
        assert any(line.rstrip().endswith("│") and "0:20" in line for line in shown(pilot))

    play(made(str(path), "1"), script)
