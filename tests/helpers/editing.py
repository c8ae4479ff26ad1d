"""A profile to edit full-screen, and a person at the editor's keys."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

from textual.app import App
from textual.pilot import Pilot

from firmware_bridge.devices.load import load_device
from kneadwave.cli.editor.app import Editor
from kneadwave.cli.editor.sheet import Sheet
from kneadwave.tuning.workspace import look

PROFILE = """\
schema = 1
name = "evening"  # mine
audience = "test"
fade_in_s = 0.5
fade_out_s = 0.5
envelope = [[0, 0.9], [0.5, 1.0], [1, 0.8]]  # a calm end

[[step]]
name = "opening"
technique = { kind = "stroking", speed_mm_s = 190 }
zones = ["lumbar", "upper-back"]
duration_s = 20
level = 0.3
curve = [
  [0.0, 0.5],   # light at first
  [0.25, 0.8],
  [0.5,  1.0],
  [1.0, 0.5],
]
crossfade_s = 1

# the middle of it
[[step]]
name = "breathe"
technique = { kind = "guide", instruction = "Breathe out.", part = "breath" }
duration_s = 5

[[step]]
name = "shoulders"
technique = { kind = "kneading", rate_cpm = 40 }
zones = ["shoulder"]
duration_s = 20
level = 0.4
curve = { unit = "seconds", points = [[0, 0.4], [10, 1], [20, 0.6]] }
crossfade_s = 1

[[step]]
name = "closing"
technique = { kind = "stroking", speed_mm_s = 190 }
zones = ["lumbar", "upper-back"]
duration_s = 20
level = 0.3
"""
NOON = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)
Script = Callable[[Pilot[None]], Awaitable[None]]


def made(name: str, step: str | None) -> Sheet:
    return Sheet(name, step, load_device("reference-cushion"), lambda: NOON)


def nothing_to_feel(sheet: Sheet) -> str:
    raise AssertionError(f"nobody asked to feel {sheet.name}")


class Person(Pilot[None]):
    """A pilot that waits after each key until the editor has done it, however busy the machine is."""

    async def press(self, *keys: str) -> None:
        for key in keys:
            await super().press(key)
            await settled(self.app)


async def settled(app: App[None]) -> None:
    """Wait until nothing is left to do: no message waits, three looks in a row."""
    quiet = 0
    for _ in range(2000):
        pumps = [app, *app.screen_stack] if app.is_running else []
        held = isinstance(app, Editor) and app.holds_a_key
        quiet = 0 if held or any(not pump._message_queue.empty() for pump in pumps) else quiet + 1
        if quiet == 3:
            return
        await asyncio.sleep(0.002)
    raise AssertionError("the editor does not come to rest")


def play(
    sheet: Sheet,
    script: Script,
    *,
    size: tuple[int, int] = (80, 24),
    feel: Callable[[Sheet], str] = nothing_to_feel,
    ascii_only: bool = False,
) -> Editor:
    app = Editor(sheet, feel, ascii_only=ascii_only)

    async def run() -> None:
        async with app.run_test(size=size) as pilot:
            await pilot.pause()
            await script(Person(app))
            await settled(app)

    asyncio.run(run())
    return app


def press(*keys: str) -> Script:
    async def script(pilot: Pilot[None]) -> None:
        for key in keys:
            await pilot.press(key)
            await pilot.pause()

    return script


def shown(pilot: Pilot[None]) -> list[str]:
    """The whole screen as it is, line by line."""
    return [strip.text for strip in pilot.app.screen._compositor.render_strips()]


def text_of(sheet: Sheet) -> str:
    return look(sheet.name).text


def points(sheet: Sheet) -> tuple[tuple[float, float], ...]:
    """As they lie in the journal, not as the editor believes."""
    profile = look(sheet.name).profile
    index = sheet.where.index
    return (profile.envelope if index is None else profile.step[index].curve).points
