"""The live view of a running session on a terminal: what plays, how long still, where, how strongly."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol

from firmware_bridge.devices.layout import Layout
from firmware_bridge.devices.response import Response
from firmware_bridge.play.updates import Phase, Update
from kneadwave.cli.terminal.bodymap import COMPACT, body_spans
from kneadwave.cli.terminal.keys import GUIDED_HELP, HELP
from kneadwave.sessions.pacing import pace_at, pacer, turn_at
from kneadwave.text import clean, clock_text
from profiles.score import Score, ScoreStep

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

HEAD_ROWS = 4
PACER_WIDTH = 24
STYLES = {
    "outline": "dim",
    "excluded-zone": "dim magenta",
    "excluded": "bold magenta",
    "off": "dim",
    "actuator": "bold cyan",
    "label": "dim",
    "level-1": "blue",
    "level-2": "blue",
    "level-3": "cyan",
    "level-4": "cyan",
    "level-5": "green",
    "level-6": "green",
    "level-7": "bold yellow",
    "level-8": "bold yellow",
}


class Shown(Protocol):
    """A session as the view sees it; `layout` is None where no device plays."""

    score: Score

    @property
    def layout(self) -> Layout | None:
        """The device on the body."""
        ...


class Show(Protocol):
    """Takes updates and shows them.

    `awaiting` is a change of posture that a key is awaited for, `eased` a zone that was eased for pain.
    """

    def __call__(self, update: Update, awaiting: ScoreStep | None = None, eased: str = "") -> None: ...


@contextmanager
def live_view(session: Shown, port: str, *, keys: bool, ascii_only: bool) -> Iterator[Show]:
    """Redraw the view at each update, at the place where it stands; it vanishes at the end."""
    from rich.console import Console
    from rich.live import Live

    console = Console(highlight=False, markup=False, emoji=False)
    with Live(
        console=console, auto_refresh=False, transient=True, redirect_stdout=False, redirect_stderr=False
    ) as live:

        def show(update: Update, awaiting: ScoreStep | None = None, eased: str = "") -> None:
            text = view(
                session, port, update, console,
                keys=keys, ascii_only=ascii_only, awaiting=awaiting, eased=eased,
            )  # fmt: skip
            live.update(text, refresh=True)

        yield show


def view(
    session: Shown,
    port: str,
    update: Update,
    console: "Console",
    *,
    keys: bool,
    ascii_only: bool,
    awaiting: ScoreStep | None = None,
    eased: str = "",
) -> "Text":
    """The whole view as text, as wide and as high as the console allows."""
    from rich.text import Text

    layout = session.layout
    columns, rows = console.size
    text = Text(no_wrap=True, overflow="ellipsis")
    _head(text, session, port, update, columns, ascii_only)
    if eased:
        text.append(f"the {clean(eased)} is eased; p again stops\n", "bold yellow")
    step = awaiting or session.score.step_at(update.elapsed)
    more = 1 if eased else 0
    if step.guide is not None:
        more += _guide(text, step, update, columns, ascii_only, awaits=awaiting is not None)
    room = min(COMPACT[1], rows - HEAD_ROWS - 2 - more)
    if layout is not None and room >= 6 and columns >= COMPACT[0] and update.drives:
        levels = felt_levels(layout, update)
        for line in body_spans(layout, levels, width=COMPACT[0], height=room, ascii_only=ascii_only):
            for span in line:
                text.append(span.text, STYLES.get(span.style, ""))
            text.append("\n")
    if keys:
        text.append(GUIDED_HELP if layout is None else HELP, "dim")
    return text


def felt_levels(layout: Layout, update: Update) -> list[float]:
    """What each actuator would make felt if its drive stood still, 0 to 1."""
    drives = list(update.drives)
    levels: list[float] = Response.felt_for(drives, layout.starts, layout.exponents).tolist()
    return [level if drive else 0.0 for level, drive in zip(levels, drives, strict=True)]


def _head(text: "Text", session: Shown, port: str, update: Update, columns: int, ascii_only: bool) -> None:
    score, layout = session.score, session.layout
    text.append(clean(score.name), "bold")
    text.append("\n" if layout is None else f" on {clean(layout.description.name)} ({clean(port)})\n")
    text.append(f"{update.phase.value:<8}", "bold yellow" if update.phase is Phase.PAUSED else "bold green")
    if update.step >= 0:
        step = score.steps[update.step]
        text.append(f" step {step.index + 1} of {len(score.steps)}: {clean(step.name)}")
    text.append("\n")
    text.append(_bar(update, max(10, min(30, columns - 50)), ascii_only), "cyan")
    text.append(f" {clock_text(update.elapsed)} elapsed  {clock_text(update.left)} left")
    text.append("\n" if layout is None else f"  intensity {update.intensity * 100:.0f} %\n")


def _guide(
    text: "Text", step: ScoreStep, update: Update, columns: int, ascii_only: bool, *, awaits: bool
) -> int:
    """Show a guided step; the number of rows that it took."""
    from textwrap import wrap

    guide = step.guide
    assert guide is not None
    lines = wrap(clean(guide.instruction), max(20, columns - 2), max_lines=2, placeholder=" ...")
    for line in lines:
        text.append(f"{line}\n", "bold")
    turn = turn_at(step, update.elapsed)
    about: list[str] = [guide.part] if guide.part else []
    if turn.of > 1:
        about.append(f"{turn.number} of {turn.of}")
    text.append(f"{', '.join(about)}\n")
    if awaits:
        text.append("press space or Enter when you are ready\n", "bold yellow")
    elif guide.breath is not None:
        text.append(f"{pacer(pace_at(guide.breath, turn.since_s), PACER_WIDTH, ascii_only)}\n", "cyan")
    else:
        return len(lines) + 1
    return len(lines) + 2


def _bar(update: Update, width: int, ascii_only: bool) -> str:
    whole = update.elapsed + update.left
    filled = round(width * update.elapsed / whole) if whole else width
    full, empty = ("#", "-") if ascii_only else ("━", "╌")
    return full * filled + empty * (width - filled)
