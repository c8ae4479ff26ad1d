"""The live view of a running session on a terminal: what plays, how long still, where, how strongly."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol

from firmware_bridge.player import Phase, Session, Update
from firmware_bridge.response import Response
from kneadwave.bodymap import COMPACT, body_spans
from kneadwave.keys import HELP
from kneadwave.output import clean
from kneadwave.playing import clock_text

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

HEAD_ROWS = 4
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


class Show(Protocol):
    """Takes updates and shows them."""

    def __call__(self, update: Update) -> None: ...


@contextmanager
def live_view(session: Session, port: str, *, keys: bool, ascii_only: bool) -> Iterator[Show]:
    """Redraw the view at each update, at the place where it stands; it vanishes at the end."""
    from rich.console import Console
    from rich.live import Live

    console = Console(highlight=False, markup=False, emoji=False)
    with Live(
        console=console, auto_refresh=False, transient=True, redirect_stdout=False, redirect_stderr=False
    ) as live:

        def show(update: Update) -> None:
            live.update(view(session, port, update, console, keys=keys, ascii_only=ascii_only), refresh=True)

        yield show


def view(
    session: Session, port: str, update: Update, console: "Console", *, keys: bool, ascii_only: bool
) -> "Text":
    """The whole view as text, as wide and as high as the console allows."""
    from rich.text import Text

    score = session.score
    columns, rows = console.size
    text = Text(no_wrap=True, overflow="ellipsis")
    text.append(clean(score.name), "bold")
    text.append(f" on {clean(session.layout.description.name)} ({clean(port)})\n")
    text.append(f"{update.phase.value:<8}", "bold yellow" if update.phase is Phase.PAUSED else "bold green")
    if update.step >= 0:
        step = score.steps[update.step]
        text.append(f" step {step.index + 1} of {len(score.steps)}: {clean(step.name)}")
    text.append("\n")
    text.append(_bar(update, max(10, min(30, columns - 50)), ascii_only), "cyan")
    text.append(f" {clock_text(update.elapsed)} elapsed  {clock_text(update.left)} left")
    text.append(f"  intensity {update.intensity * 100:.0f} %\n")
    room = min(COMPACT[1], rows - HEAD_ROWS - 2)
    if room >= 6 and columns >= COMPACT[0] and update.drives:
        for line in body_spans(
            session.layout, felt_levels(session, update), width=COMPACT[0], height=room, ascii_only=ascii_only
        ):
            for span in line:
                text.append(span.text, STYLES.get(span.style, ""))
            text.append("\n")
    if keys:
        text.append(HELP, "dim")
    return text


def felt_levels(session: Session, update: Update) -> list[float]:
    """What each actuator would make felt if its drive stood still, 0 to 1."""
    layout = session.layout
    drives = list(update.drives)
    levels: list[float] = Response.felt_for(drives, layout.starts, layout.exponents).tolist()
    return [level if drive else 0.0 for level, drive in zip(levels, drives, strict=True)]


def _bar(update: Update, width: int, ascii_only: bool) -> str:
    whole = update.elapsed + update.left
    filled = round(width * update.elapsed / whole) if whole else width
    full, empty = ("#", "-") if ascii_only else ("━", "╌")
    return full * filled + empty * (width - filled)
