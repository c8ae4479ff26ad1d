"""What the editor asks: a line to be typed, one of several, or yes to something that is shown."""

from collections.abc import Callable, Sequence
from typing import ClassVar, Final

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input

from kneadwave.cli.editor.panes import Row, told
from kneadwave.cli.editor.sheet import Told
from kneadwave.cli.editor.widgets import Lines
from kneadwave.cli.terminal.bodymap import Span

FRAME_COLUMNS, FRAME_ROWS = 8, 4
"""Columns that margin, border and padding of a dialog take; rows that border, title and foot do."""
WIDEST: Final = 104
"""Columns of the widest dialog with its margin, as the styles have it."""


class LineDialog(ModalScreen[str | None]):
    """One line to be typed, at the foot of the screen; what is wrong is told and kept to be corrected."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "leave", "leave")]

    def __init__(self, prompt: str, value: str, take: Callable[[str], Told]) -> None:
        super().__init__()
        self._prompt = prompt
        self._value = value
        self._take = take
        self._told = Told()

    def compose(self) -> ComposeResult:
        """The prompt, the line, and what is wrong with it."""
        with Vertical(id="entry"):
            yield Lines(
                lambda width, _: [[Span(f" {self._prompt}"[:width], "heading")]], id="prompt", grows=True
            )
            line = Input(self._value, compact=True, select_on_focus=True)
            line.cursor_blink = False
            yield line
            yield Lines(lambda width, _: told(self._told, width, 3), id="wrong", grows=True)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Take what was typed; what is refused stays there."""
        self._told = self._take(event.value)
        if self._told.kind == "said":
            self.dismiss(event.value)
        else:
            self.query_one("#wrong", Lines).redraw()

    def action_leave(self) -> None:
        """Leave everything as it was."""
        self.dismiss(None)


class Choice(ModalScreen[int | None]):
    """One of several lines."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "turn(-1)", "up"),
        Binding("down", "turn(1)", "down"),
        Binding("pageup", "turn(-10)", "up"),
        Binding("pagedown", "turn(10)", "down"),
        Binding("enter", "take", "take it"),
        Binding("escape,q", "leave", "leave"),
    ]

    def __init__(self, title: str, options: Sequence[str], chosen: int = 0) -> None:
        super().__init__()
        self._title = title
        self._options = options
        self._chosen = chosen

    def compose(self) -> ComposeResult:
        """The list, and how to use it."""
        with Vertical(classes="box"):
            yield Lines(lambda width, _: [[Span(self._title[:width], "heading")]], id="prompt")
            yield Lines(self._rows, id="list")
            yield Lines(
                lambda width, _: [[Span("up down, Enter takes it, Esc leaves"[:width], "faint")]], id="foot"
            )

    def on_resize(self, event: events.Resize) -> None:
        """As high as the list, as far as the screen is."""
        _fit(self.query_one("#list", Lines), len(self._options), event)

    def _rows(self, width: int, height: int) -> list[Row]:
        first = min(max(self._chosen - height // 2, 0), max(len(self._options) - height, 0))
        return [
            [Span(f"{'>' if index == self._chosen else ' '} {text}"[:width], _style(index == self._chosen))]
            for index, text in enumerate(self._options[first : first + height], start=first)
        ]

    def action_turn(self, by: int) -> None:
        """Go up or down the list."""
        self._chosen = min(max(self._chosen + by, 0), len(self._options) - 1)
        self.query_one("#list", Lines).redraw()

    def action_take(self) -> None:
        """Take the line that is marked."""
        self.dismiss(self._chosen)

    def action_leave(self) -> None:
        """Take none."""
        self.dismiss(None)


class Reading(ModalScreen[bool]):
    """Lines to be read; any key but those that scroll closes them. `asks`: y says yes, nothing else does."""

    _SCROLL: ClassVar[dict[str, int]] = {"up": -1, "down": 1, "pageup": -10, "pagedown": 10}

    def __init__(self, title: str, rows: Callable[[int], Sequence[Row]], asks: str = "") -> None:
        super().__init__()
        self._title = title
        self._rows = rows
        self._asks = asks
        self._first, self._count, self._height = 0, 0, 1

    def compose(self) -> ComposeResult:
        """What is to be read, and what may be pressed."""
        with Vertical(classes="box"):
            yield Lines(lambda width, _: [[Span(self._title[:width], "heading")]], id="prompt")
            yield Lines(self._page, id="list")
            yield Lines(self._foot, id="foot")

    def on_resize(self, event: events.Resize) -> None:
        """As high as what is to be read, as far as the screen is."""
        self._count = len(self._rows(min(event.size.width, WIDEST) - FRAME_COLUMNS))
        self._height = _fit(self.query_one("#list", Lines), self._count, event)
        self._scroll(0)

    def on_key(self, event: events.Key) -> None:
        """Scroll, say yes, or close."""
        event.stop()
        if event.key in self._SCROLL:
            self._scroll(self._SCROLL[event.key])
        else:
            self.dismiss(bool(self._asks) and event.key == "y")

    def _scroll(self, by: int) -> None:
        self._first = min(max(self._first + by, 0), max(self._count - self._height, 0))
        self.query_one("#list", Lines).redraw()
        self.query_one("#foot", Lines).redraw()

    def _page(self, width: int, height: int) -> Sequence[Row]:
        return self._rows(width)[self._first : self._first + height]

    def _foot(self, width: int, _: int) -> list[Row]:
        text = f"y {self._asks}, any other key does not" if self._asks else "any key goes back"
        if len(text) > width:
            text = f"y {self._asks}, else not" if self._asks else "any key"
        if self._count > self._height:
            where = f"{self._first + 1}-{self._first + self._height} of {self._count}, up down"
            text = f"{text}  {where:>{max(width - len(text) - 2, 0)}}"
        return [[Span(text[:width], "faint")]]


def _fit(lines: Lines, wanted: int, event: events.Resize) -> int:
    height = max(min(wanted, event.size.height - FRAME_ROWS), 1)
    lines.styles.height = height
    return height


def _style(chosen: bool) -> str:
    return "selected" if chosen else ""
