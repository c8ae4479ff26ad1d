"""From the command to the editor on the terminal and back: every end restores the terminal."""

import os
import signal
import sys
from importlib.util import find_spec
from threading import Event, Thread
from types import FrameType, TracebackType
from typing import TYPE_CHECKING, Final

from kneadwave.cli.editor.sheet import Sheet
from kneadwave.cli.terminal.output import Output, dumb_terminal, is_terminal
from kneadwave.cli.terminal.prompts import somebody_there
from kneadwave.cli.terminal.signals import HANG_UP, Signals
from kneadwave.errors import Exit, Interrupted, SessionRemedy, UsageError
from kneadwave.sessions.felt_test import Bench
from kneadwave.text import word_of_command

if TYPE_CHECKING:
    from kneadwave.cli.editor.app import Editor

PATIENCE_S: Final = 3.0
"""Seconds that the screen gets to close after a signal; project's choice: one that is gone never answers."""


def edit(out: Output, name: str, step: str | None, bench: Bench) -> None:
    """Edit a curve full-screen until the person leaves.

    UsageError without a terminal or without textual; whatever a profile or a step may be refused for.
    """
    require_screen()
    from kneadwave.cli.editor.app import Editor
    from kneadwave.cli.editor.preview_key import feel
    from kneadwave.cli.views.curves import device_of

    sheet = Sheet(name, step, device_of(bench.on))
    app = Editor(sheet, lambda sheet: feel(out, sheet, bench), ascii_only=out.ascii_only)
    with EndingSignals(app) as ending:
        app.run()
    _raise_what_ended(app, ending)
    if sheet.pending:
        out.say(f"{sheet.name}: version {sheet.number} is not saved; it stays in the journal")
        out.say(f"to save it: knead tune save {word_of_command(sheet.name)}")


def require_screen() -> None:
    """UsageError where there is no terminal to draw on, or textual is not installed."""
    if not (somebody_there() and is_terminal(sys.stdout)):
        raise UsageError(
            "knead tune edit needs a terminal, and this is none",
            hint="in scripts: knead tune set, shift, smooth, undo, save",
        )
    if dumb_terminal():
        raise UsageError(
            f"this terminal (TERM={os.environ['TERM']}) has no place for a full-screen editor",
            hint="line by line: knead tune show, set, shift, smooth, undo, save",
        )
    if find_spec("textual") is None:
        raise UsageError("knead tune edit needs textual", hint=SessionRemedy.INSTALL_EXTRA.of(extra="edit"))


class EndingSignals(Signals):
    """While entered, a signal that ends a command closes the editor's screen first."""

    def __init__(self, app: "Editor") -> None:
        super().__init__()
        self.gentle = True
        self._app = app
        self._closed = Event()

    def __enter__(self) -> "EndingSignals":
        if HANG_UP is not None and signal.getsignal(HANG_UP) is signal.SIG_IGN:
            signal.signal(HANG_UP, signal.SIG_DFL)  # an editor has no work to do without its terminal
        super().__enter__()
        self._app.on_interrupted = self._do_not_wait_long
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._closed.set()
        super().__exit__(kind, error, trace)

    def _note(self, number: int, frame: FrameType | None) -> None:
        first = self.received is None
        super()._note(number, frame)
        if first:
            self._app.ended_by = number
            # The handler runs between any two steps of the event loop, which only another thread may wake.
            Thread(target=self._app.leave_from_outside, daemon=True).start()
            self._do_not_wait_long(number)

    def _do_not_wait_long(self, number: int) -> None:
        Thread(target=self._leave_hard, args=(number,), daemon=True).start()

    def _leave_hard(self, number: int) -> None:
        if not self._closed.wait(PATIENCE_S):
            # Nothing is lost: every edit lies in the journal since it was made, and nothing plays any more.
            os._exit(Exit.SIGNAL + number)


def _raise_what_ended(app: "Editor", ending: EndingSignals) -> None:
    if app.failure is not None:
        raise app.failure
    if app.interrupted is not None:
        raise app.interrupted
    if ending.received is not None:
        raise Interrupted(ending.received)
