"""Widgets of the editor: each shows lines of spans that a function makes for its size."""

from collections.abc import Callable, Sequence
from functools import cache

from rich.segment import Segment
from rich.style import Style
from rich.text import Text
from textual import events
from textual.geometry import Size
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from kneadwave.cli.editor.panes import STYLES
from kneadwave.cli.terminal.bodymap import Span

Rows = Sequence[Sequence[Span]]
Draw = Callable[[int, int], Rows]
"""Makes the lines for a width and a height; more lines than the height are cut off."""


@cache
def style_of(name: str) -> Style:
    """The style of a span, from the same codes that the commands colour their lines with."""
    code = STYLES.get(name)
    if not code:
        return Style.null()
    spans = Text.from_ansi(f"\x1b[{code}mx").spans
    return spans[0].style if spans and isinstance(spans[0].style, Style) else Style.null()


class Lines(Widget):
    """Lines of spans, drawn anew by `redraw` and whenever the size changes."""

    ALLOW_SELECT = False
    can_focus = False

    class Clicked(Message):
        """A line was clicked on."""

        def __init__(self, lines: "Lines", row: int) -> None:
            super().__init__()
            self.lines = lines
            self.row = row

    def __init__(self, draw: Draw, *, id: str | None = None, grows: bool = False) -> None:
        super().__init__(id=id)
        self._draw = draw
        self._grows = grows
        self._drawn: tuple[Size, Rows] | None = None

    def redraw(self) -> None:
        """Ask for the lines again."""
        self._drawn = None
        self.refresh(layout=self._grows)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """As many lines as there are, for a widget whose height is its content's."""
        del container
        return len(self._draw(width, viewport.height))

    def render_line(self, y: int) -> Strip:
        """Return one line of the widget."""
        if self._drawn is None or self._drawn[0] != self.size:
            self._drawn = (self.size, self._draw(self.size.width, self.size.height))
        rows = self._drawn[1]
        spans = rows[y] if y < len(rows) else ()
        segments = [Segment(span.text, style_of(span.style)) for span in spans]
        return Strip(segments).adjust_cell_length(self.size.width)

    def on_click(self, event: events.Click) -> None:
        """Tell which line was meant."""
        self.post_message(self.Clicked(self, event.y))
