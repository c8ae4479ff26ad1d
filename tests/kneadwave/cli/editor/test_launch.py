"""From the command to the editor and back: what it needs, and how it ends."""

import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from editing import PROFILE

from kneadwave.cli.editor import launch
from kneadwave.cli.editor.app import Editor
from kneadwave.cli.editor.sheet import Sheet
from kneadwave.errors import Interrupted

Knead = Callable[..., Any]


@pytest.fixture
def screen(monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody sits at a terminal."""
    monkeypatch.setattr(launch, "somebody_there", lambda: True)
    monkeypatch.setattr(launch, "is_terminal", lambda stream: stream is not None)


def test_without_a_terminal_it_says_what_scripts_do(knead: Knead, path: Path) -> None:
    ended = knead("tune", "edit", str(path))
    assert ended.code == 2
    assert "needs a terminal" in ended.err
    assert "knead tune set" in ended.err


@pytest.mark.usefixtures("screen")
def test_without_textual_it_says_how_to_get_it(
    knead: Knead, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(launch, "find_spec", lambda name: None)  # noqa: ARG005
    ended = knead("tune", "edit", str(path))
    assert ended.code == 2
    assert "pip install 'kneadwave[edit]'" in ended.err


@pytest.mark.usefixtures("screen")
@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (["nothing-like-it"], 3, "there is no profile of this name"),
        (["PATH", "99"], 2, "has no step '99'"),
        (["PATH", "breathe"], 2, "it has no curve"),
        (["PATH", "1", "--on", "nothing-like-it"], 3, "nothing-like-it"),
    ],
)
def test_what_cannot_be_edited_is_told_before_the_screen_opens(
    knead: Knead, path: Path, monkeypatch: pytest.MonkeyPatch, words: list[str], code: int, told: str
) -> None:
    monkeypatch.setattr(Editor, "run", None)
    ended = knead("tune", "edit", *[str(path) if word == "PATH" else word for word in words])
    assert (ended.code, told in ended.err) == (code, True)


@pytest.mark.usefixtures("screen")
def test_it_says_what_is_not_saved(knead: Knead, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def one_key(app: Editor) -> None:
        app.sheet.do(app.sheet.smooth)

    monkeypatch.setattr(Editor, "run", one_key)
    ended = knead("tune", "edit", str(path))
    assert ended.code == 0
    assert f"to save it: knead tune save {path}" in ended.out
    monkeypatch.setattr(Editor, "run", lambda app: app.sheet.do(app.sheet.undo))
    assert knead("tune", "edit", str(path), "opening").out == ""
    assert path.read_text(encoding="utf-8") == PROFILE


@pytest.mark.usefixtures("screen")
def test_a_bug_becomes_one_line_and_an_interrupted_preview_its_code(
    knead: Knead, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks(app: Editor) -> None:
        app.failure = RuntimeError("oh")

    def interrupted(app: Editor) -> None:
        app.interrupted = Interrupted(signal.SIGTERM)

    monkeypatch.setattr(Editor, "run", breaks)
    ended = knead("tune", "edit", str(path))
    assert ended.code == 1
    assert "RuntimeError: oh" in ended.err
    monkeypatch.setattr(Editor, "run", interrupted)
    assert knead("tune", "edit", str(path)).code == 143


@pytest.mark.usefixtures("screen")
@pytest.mark.skipif(os.name != "posix", reason="sends itself a signal")
def test_a_signal_closes_the_screen_and_counts_as_the_end(
    knead: Knead, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from threading import Event

    closed = Event()

    def run(app: Editor) -> None:  # noqa: ARG001
        os.kill(os.getpid(), signal.SIGTERM)
        assert closed.wait(10.0)
        os.kill(os.getpid(), signal.SIGHUP)  # only the first one counts

    monkeypatch.setattr(Editor, "leave_from_outside", lambda app: closed.set())  # noqa: ARG005
    monkeypatch.setattr(Editor, "run", run)
    before = [signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGHUP)]
    ended = knead("tune", "edit", str(path))
    assert ended.code == 143
    assert "ended by SIGTERM" in ended.err
    assert [signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGHUP)] == before


@pytest.mark.skipif(os.name != "posix", reason="sends itself a signal")
def test_a_screen_that_does_not_close_is_not_waited_for(
    sheet: Sheet, monkeypatch: pytest.MonkeyPatch
) -> None:
    from threading import Event

    left = Event()
    codes: list[int] = []

    def leave(code: int) -> None:
        codes.append(code)
        left.set()

    monkeypatch.setattr(launch, "PATIENCE_S", 0.0)
    monkeypatch.setattr(Editor, "leave_from_outside", lambda app: None)  # noqa: ARG005
    app = Editor(sheet, lambda sheet: sheet.name)
    with launch.EndingSignals(app):
        monkeypatch.setattr(launch.os, "_exit", leave)
        os.kill(os.getpid(), signal.SIGTERM)
        assert left.wait(10.0)
    assert codes == [143]


def test_a_hang_up_that_is_ignored_still_ends_an_editor(sheet: Sheet) -> None:
    app = Editor(sheet, lambda sheet: sheet.name)
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with launch.EndingSignals(app) as ending:
            handler = signal.getsignal(signal.SIGHUP)
            assert getattr(handler, "__self__", None) is ending
    finally:
        signal.signal(signal.SIGHUP, before)
