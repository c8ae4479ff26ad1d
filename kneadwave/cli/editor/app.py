"""The full-screen editor: keys to actions of the sheet, and its parts on the screen."""

import signal
from collections.abc import Callable
from contextlib import suppress
from typing import ClassVar, Final

from rich.cells import set_cell_size
from textual.app import App, ComposeResult
from textual.binding import BindingType
from textual.containers import Container
from textual.events import Resize

from kneadwave.cli.editor import panes
from kneadwave.cli.editor.dialogs import Choice, LineDialog, Reading
from kneadwave.cli.editor.keymap import KEYMAP
from kneadwave.cli.editor.panes import Row
from kneadwave.cli.editor.preview_key import while_suspended
from kneadwave.cli.editor.save_key import Saving
from kneadwave.cli.editor.sheet import Sheet, Told
from kneadwave.cli.editor.styles import CSS
from kneadwave.cli.editor.widgets import Lines
from kneadwave.text import clock_text
from profiles.curve import PRESETS

LOW: Final = 20
"""Rows below which the parts have one line each."""


class Editor(App[None]):
    """Shows a sheet and steers it. `feel` plays the step that it shows, and returns what there is to say."""

    CSS = CSS
    ENABLE_COMMAND_PALETTE = False
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (panes.WIDE, "-wide")]  # noqa: RUF012  (as Textual declares it)
    BINDINGS: ClassVar[list[BindingType]] = KEYMAP

    def __init__(self, sheet: Sheet, feel: Callable[[Sheet], str], *, ascii_only: bool = False) -> None:
        super().__init__(ansi_color=True)
        self.sheet = sheet
        self.failure: Exception | None = None
        """A bug of the program that ended the editor; the screen is restored before it is told."""
        self.interrupted: BaseException | None = None
        """What ended a preview and is to end the editor too."""
        self.ended_by: int | None = None
        """The signal that asks the editor to end."""
        self.on_interrupted: Callable[[int], None] | None = None
        """Is told of a signal that ended a preview."""
        self._feel = feel
        self._ascii_only = ascii_only
        self._held: tuple[str, float] = ("", 0.0)
        self.theme = "ansi-dark"
        self.animation_level = "none"
        self.features = frozenset()  # no variable turns on what talks to a network
        self.set_class(ascii_only, "-ascii")

    def compose(self) -> ComposeResult:
        """The parts, from top to bottom."""
        sheet = self.sheet
        yield Lines(panes.too_small, id="small")
        yield Lines(lambda width, _: panes.title(sheet, width), id="title")
        with Container(id="middle"):
            yield Lines(lambda w, h: panes.curve(sheet, w, h, self._ascii_only), id="curve")
            yield Lines(lambda w, h: panes.table(sheet, w, h), id="table")
        yield Lines(lambda width, _: panes.figures(sheet, width), id="figures")
        yield Lines(
            lambda width, _: panes.findings(sheet.findings, width, self._room), id="findings", grows=True
        )
        yield Lines(lambda width, _: panes.told(sheet.told, width, self._room), id="told", grows=True)
        yield Lines(lambda width, _: self._keys(width), id="keys", grows=True)

    @property
    def _room(self) -> int:
        return 3 if self.size.height >= LOW else 1

    def _keys(self, width: int) -> list[Row]:
        return panes.keys(width, 2 if self.size.height >= LOW else 1)

    def on_mount(self) -> None:
        """Leave at once where a signal came while the screen was opened."""
        if self.ended_by is not None:
            self.exit()

    def on_resize(self, event: Resize) -> None:
        """Show nothing but the reason where the screen is too small."""
        wide, high = panes.TOO_SMALL
        self.screen_stack[0].set_class(event.size.width < wide or event.size.height < high, "-small")

    def on_lines_clicked(self, event: Lines.Clicked) -> None:
        """A click on a point selects it."""
        if event.lines.id == "table" and event.row:
            first = panes.first_row(self.sheet, event.lines.size.height)
            self.sheet.select_at(first + event.row - 1)
            self._show()

    # selecting changes nothing

    def action_select(self, by: int) -> None:
        """Select another point."""
        self._finish()
        self.sheet.select(by)
        self._show()

    def action_turn(self, by: int) -> None:
        """Show the next step's curve, or the one before."""
        self._finish()
        self.sheet.turn(by)
        self._show()

    def action_steps(self) -> None:
        """Choose a curve from all."""
        self._finish()
        choices = self.sheet.choices()
        options = [f"{set_cell_size(where.label, 40)} {clock_text(where.duration_s):>6}" for where in choices]
        indices = [where.index for where in choices]
        here = indices.index(self.sheet.where.index) if self.sheet.where.index in indices else 0

        def turn_to(chosen: int | None) -> None:
            if chosen is not None:
                self.sheet.turn_to(indices[chosen])
            self._show()

        self.push_screen(Choice("Which curve?", options, here), turn_to)

    # changing: a key that is held down becomes fewer, larger edits where edits are slower than it

    def action_level(self, by: float) -> None:
        """Change the level of the selected point."""
        self._hold("level", by)

    def action_time(self, by: float) -> None:
        """Move the selected point in time."""
        self._hold("time", by)

    @property
    def holds_a_key(self) -> bool:
        """Whether keys that were held have not become an edit yet."""
        return bool(self._held[0])

    def _hold(self, what: str, by: float) -> None:
        if self._held[0] not in ("", what):
            self._finish()
        if not self._held[0]:
            self.screen.call_later(self._finish)
        self._held = (what, self._held[1] + by)

    def _finish(self) -> None:
        """Make the edit that held keys have added up to."""
        (what, by), self._held = self._held, ("", 0.0)
        if what:
            change = self.sheet.raise_by if what == "level" else self.sheet.move_by
            self._do(lambda: change(by))

    def _do(self, action: Callable[[], str]) -> bool:
        self._finish()
        done = self.sheet.do(action)
        self._show()
        return done

    def action_add(self) -> None:
        """Add a point."""
        self._do(self.sheet.add)

    def action_remove(self) -> None:
        """Delete the selected point."""
        self._do(self.sheet.remove)

    def action_smooth(self) -> None:
        """Smooth the curve."""
        self._do(self.sheet.smooth)

    def action_undo(self) -> None:
        """Undo."""
        self._do(self.sheet.undo)

    def action_redo(self) -> None:
        """Redo."""
        self._do(self.sheet.redo)

    def action_number(self) -> None:
        """Type the selected point."""
        self._finish()
        t, level = self.sheet.point
        value = f"{self.sheet.where.time_text(t)} {level:g}"
        self.push_screen(LineDialog("time and level, or a level (Esc leaves):", value, self._take_number))

    def _take_number(self, text: str) -> Told:
        self._do(lambda: self.sheet.enter(text))
        return self.sheet.told

    def action_preset(self) -> None:
        """Take a preset."""
        self._finish()
        names = list(PRESETS)

        def take(chosen: int | None) -> None:
            if chosen is not None:
                self._do(lambda: self.sheet.preset(names[chosen]))

        self.push_screen(Choice("Which preset?", names), take)

    # the rest

    def action_save(self) -> None:
        """Show what would be saved, and save it where the person says yes."""
        Saving(self, self.sheet, self._do).begin()

    def action_preview(self) -> None:
        """Leave the screen to the preview, and come back when it has ended."""
        self._do(self._preview)
        if self.interrupted is not None:
            self.exit()

    def _preview(self) -> str:
        try:
            return while_suspended(self, lambda: self._feel(self.sheet), lambda: self.ended_by)
        except KeyboardInterrupt as error:
            return self._interrupted_by(error)

    def _interrupted_by(self, error: KeyboardInterrupt) -> str:
        """Ctrl-C ends what it was pressed in; any other signal means the editor as well."""
        number = getattr(error, "number", signal.SIGINT)
        if number != signal.SIGINT:
            self.interrupted = error
            if self.on_interrupted is not None:
                self.on_interrupted(number)
        return "stopped by Ctrl-C"

    def action_help(self) -> None:
        """What the keys do."""
        self._finish()
        self.push_screen(Reading("Keys", lambda width: panes.plain_rows(panes.HELP, width)))

    def action_leave(self) -> None:
        """Leave; what is not saved stays in the journal."""
        self._finish()
        self.exit()

    def leave_from_outside(self) -> None:
        """Leave, from another thread."""
        with suppress(RuntimeError):  # it does not run yet, or no more
            self.call_from_thread(self.exit)

    def _show(self) -> None:
        for lines in self.screen_stack[0].query(Lines):
            lines.redraw()

    def _handle_exception(self, error: Exception) -> None:
        if self.failure is None:
            self.failure = error
        super()._handle_exception(error)

    def _print_error_renderables(self) -> None:
        # The command tells of a failure itself: one line, and where it happened only if asked.
        self._exit_renderables.clear()
