"""`knead tune preview`: one step of the edited version on a device, and where on its curve it stands."""

import shutil
from collections.abc import Callable
from contextlib import ExitStack
from functools import partial
from typing import TYPE_CHECKING, Final

from firmware_bridge import Phase, Session, Update
from kneadwave.cli.live_session import feel
from kneadwave.cli.terminal.bodymap import Span
from kneadwave.cli.terminal.output import Output, wants_view
from kneadwave.cli.terminal.pending_edits import tell_file
from kneadwave.cli.views.curve_plot import curve_rows
from kneadwave.errors import UsageError
from kneadwave.sessions.felt_test import Bench, Felt, FeltTest, Procedure
from kneadwave.text import clean, clock_text, word_of_command
from kneadwave.tuning.curves.select import Where, choose
from kneadwave.tuning.curves.view import CurveView, view_of
from kneadwave.tuning.trials.excerpt import Excerpt, excerpt
from kneadwave.tuning.workspace import look

if TYPE_CHECKING:
    from rich.text import Text

SMALLEST: Final = (60, 16)
"""Columns and rows of the smallest terminal that the curve is drawn on."""
PLOT_ROWS: Final = 16
"""Rows of the curve with its axis and legend, at most."""
DRAW_EVERY_S: Final = 0.25
"""Time between two drawings: a slow terminal must not hold up what the device is sent."""
LINE_EVERY_S: Final = 2.0
"""Time between two lines where nothing can be drawn."""
STYLES: Final = {
    "before": "dim",
    "after": "bold",
    "point": "bold",
    "played": "yellow",
    "ceiling": "dim magenta",
    "now": "bold cyan",
}


def preview(out: Output, bench: Bench, name: str, step: str) -> Felt:
    """Play one step of the edited version of a profile, at most 30 s, fading in from nothing.

    NotPlayable where only hands do it; UsageError for the curve over the session, which is felt in a run.
    """
    profile = look(name).profile
    tell_file(out, name)
    where = choose(profile, step)
    if where.index is None:
        raise UsageError(
            "a preview plays one step, not the whole session",
            hint=f"choose a step, or play it all: knead run {word_of_command(name)}",
        )
    part = excerpt(profile, where.index)
    view = view_of(None, profile, where, None)
    introduce = partial(_tell, out, profile.name, where, part)
    return feel(out, bench, FeltTest(part.profile), Watching(out, view, part), introduce)


def _tell(out: Output, name: str, where: Where, part: Excerpt) -> None:
    played, whole = part.clip.total_s, part.step.total_s
    out.event(
        "preview",
        profile=name,
        step=(where.index or 0) + 1,
        name=where.name,
        seconds=round(part.profile.duration_s, 3),
        plays_s=round(played, 3),
        of_s=round(whole, 3),
        speed=round(part.speed, 4),
        fade_s=round(part.fade, 3),
        lead_s=round(part.lead, 3),
    )
    out.say(f"{name}: {where.label}, rising over {part.fade:.3g} s; any key stops")
    if part.lead:
        out.say("a light stroke leads in and out: a felt test begins and ends with one, as a session does")
    if part.speed > 1.0:
        out.say(
            f"its {clock_text(part.step.duration_s)} min are compressed into "
            f"{clock_text(part.clip.duration_s)} min; "
            "times that are told are those of the step as it is written"
        )
    elif not part.whole:
        out.say(f"{part.clip.repeats} of its {part.step.repeats} repeats")
    out.say(
        f"felt now: the strongest motor at that moment; between two motors it is less than the curve, which "
        f"goes up to {part.step.peak:.0%}"
    )


class Watching(Procedure):
    """Shows where on the curve the preview stands and what is felt; any key stops."""

    def __init__(self, out: Output, view: CurveView, part: Excerpt) -> None:
        self._out = out
        self._view = view
        self._part = part
        self._stack = ExitStack()
        self._show: Callable[[float, float], None] = self._line
        self._every = LINE_EVERY_S
        self._next = 0.0

    def began(self, session: Session) -> None:  # noqa: ARG002
        """Begin to draw, where there is room on a terminal."""
        size = shutil.get_terminal_size()
        if wants_view(self._out) and size.columns >= SMALLEST[0] and size.lines >= SMALLEST[1]:
            self._every = DRAW_EVERY_S
            self._show = self._drawn(min(size.columns, 100), min(PLOT_ROWS, size.lines - 4))

    def follow(self, session: Session, update: Update) -> None:
        """Show the level as it is now: the strongest of all actuators."""
        if update.phase is not Phase.PLAYING:
            return
        level = max(session.layout.felt_levels(update.drives), default=0.0)
        at = self._part.at(update.elapsed)
        self._out.event(
            "progress",
            t=round(update.elapsed, 2),
            left=round(update.left, 2),
            at=round(at, 2),
            level=round(level, 4),
        )
        if not self._out.as_json and update.elapsed >= self._next:
            self._next = update.elapsed + self._every
            self._show(at, level)

    def ended(self) -> None:
        """Leave the terminal as it was."""
        self._stack.close()

    def _line(self, at: float, level: float) -> None:
        self._out.say(f"{clock_text(at)} of the step  felt now {level:.0%}")

    def _drawn(self, columns: int, rows: int) -> Callable[[float, float], None]:
        from rich.console import Console
        from rich.live import Live

        console = Console(highlight=False, markup=False, emoji=False)
        live = self._stack.enter_context(
            Live(
                console=console,
                auto_refresh=False,
                transient=True,
                redirect_stdout=False,
                redirect_stderr=False,
            )
        )

        def show(at: float, level: float) -> None:
            plot = curve_rows(self._view, columns, rows, self._out.ascii_only, now=at, now_level=level)
            head = [
                Span(clean(self._view.title), "after"),
                Span(f"  {clock_text(at)} of the step  felt now {level:.0%}"),
            ]
            live.update(_text([head, *plot, [Span("any key stops", "before")]]), refresh=True)

        return show


def _text(rows: list[list[Span]]) -> "Text":
    from rich.text import Text

    text = Text(no_wrap=True, overflow="ellipsis")
    for row in rows:
        for span in row:
            text.append(span.text, STYLES.get(span.style, ""))
        text.append("\n")
    return text
