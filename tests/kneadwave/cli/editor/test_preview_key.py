"""A preview from within the editor: it gets the screen, gives it back, and ends with a signal."""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from editing import PROFILE, play, press, text_of
from textual.pilot import Pilot

from kneadwave.cli.editor import preview_key
from kneadwave.cli.editor.app import Editor
from kneadwave.cli.editor.sheet import Sheet
from kneadwave.cli.terminal.output import Output
from kneadwave.errors import Interrupted, KneadError, UsageError
from kneadwave.sessions.felt_test import Bench, Felt
from kneadwave.tuning.workspace import look


@contextmanager
def suspended() -> Iterator[None]:
    yield


def test_a_preview_gets_the_screen_and_gives_it_back(sheet: Sheet, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Editor, "suspend", lambda self: suspended())  # noqa: ARG005
    ends: list[BaseException | str] = [
        "felt for 12 s",
        KneadError("no port", hint="look"),
        Interrupted(2),
        Interrupted(15),
    ]
    felt: list[str] = []

    def feel(shown_sheet: Sheet) -> str:
        felt.append(shown_sheet.where.label)
        end = ends.pop(0)
        if isinstance(end, BaseException):
            raise end
        return end

    async def script(pilot: Pilot[None]) -> None:
        await pilot.press("v")
        assert sheet.told.text == "felt for 12 s"
        await pilot.press("n", "v")
        assert (sheet.told.kind, sheet.told.text, sheet.told.hint) == ("failed", "no port", "look")
        await pilot.press("v")
        assert sheet.told.text == "stopped by Ctrl-C"
        assert pilot.app.is_running
        await pilot.press("v")

    app = play(sheet, script, feel=feel)
    assert felt == ["1 opening", *["3 shoulders"] * 3]
    assert isinstance(app.interrupted, Interrupted)  # a signal ends the editor, not the preview alone
    assert text_of(sheet) == PROFILE


@pytest.mark.skipif(os.name != "posix", reason="sends itself a signal")
def test_a_signal_ends_what_is_felt_wherever_it_stands(sheet: Sheet, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Editor, "suspend", lambda self: suspended())  # noqa: ARG005

    def feel(shown_sheet: Sheet) -> str:
        os.kill(os.getpid(), signal.SIGTERM)
        raise AssertionError(f"{shown_sheet.name} played on")

    app = play(sheet, press("v"), feel=feel)
    assert isinstance(app.interrupted, Interrupted)
    assert app.interrupted.number == signal.SIGTERM


def test_nothing_is_felt_once_a_signal_came(sheet: Sheet, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Editor, "suspend", lambda self: suspended())  # noqa: ARG005

    async def script(pilot: Pilot[None]) -> None:
        assert isinstance(pilot.app, Editor)
        pilot.app.ended_by = signal.SIGTERM
        await pilot.press("v")

    app = play(sheet, script)
    assert isinstance(app.interrupted, Interrupted)


def test_a_preview_is_played_on_sim_unless_a_device_is_named(
    sheet: Sheet, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[str | None, str, str]] = []

    def preview(out: Output, bench: Bench, name: str, step: str) -> Felt:  # noqa: ARG001
        asked.append((bench.device, name, step))
        return Felt("a key was pressed", len(asked) > 1, 7.0)

    monkeypatch.setattr("kneadwave.cli.trials.preview.preview", preview)
    monkeypatch.setenv("KNEAD_DEVICE", "/dev/ttyACM0")
    told = preview_key.feel(Output(), sheet, Bench())
    assert told == "ended early (a key was pressed), 7 s on sim:; --device URL names a real one"
    assert preview_key.feel(Output(), sheet, Bench("/dev/ttyACM1")) == "felt to its end, 7 s on /dev/ttyACM1"
    assert asked == [("sim:", sheet.name, "1"), ("/dev/ttyACM1", sheet.name, "1")]


def test_the_session_cannot_be_previewed_and_says_so(path: Path) -> None:
    sheet = Sheet(str(path), "session")
    with pytest.raises(UsageError, match="not the whole session"):
        preview_key.feel(Output(), sheet, Bench())
    assert look(str(path)).text == PROFILE
