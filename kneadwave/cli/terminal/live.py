"""The live view of a running session on a terminal: what plays, how long still, where, how strongly."""

from collections.abc import Callable
from contextlib import ExitStack, suppress
from importlib import import_module
from math import inf
from types import TracebackType
from typing import TYPE_CHECKING

from firmware_bridge import Phase, Update
from kneadwave.cli.terminal.bodymap import COMPACT, body_spans, legend
from kneadwave.cli.terminal.columns import wrapped
from kneadwave.cli.terminal.keys import MEANS_NOTHING, help_within
from kneadwave.cli.terminal.pacing import pacer
from kneadwave.sessions.end_events import HandsDone, Summed
from kneadwave.sessions.events import Event, Progressed, Started
from kneadwave.sessions.note_events import ChangedNothing, Hurried
from kneadwave.sessions.pacing import pace_at, turn_at
from kneadwave.text import clean, clock_text, zone_said
from profiles.score import ScoreStep

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

HEAD_ROWS = 4
PACER_WIDTH = 24
NOTE_S = 4.0
"""How long a note on a key that means nothing stays, seconds, where no other key is pressed."""
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


class LiveView:
    """Draws how a session stands at each of its events, at one place; it vanishes when the block is left."""

    def __init__(self, *, keys: bool, ascii_only: bool, puzzled: Callable[[], int] = int) -> None:
        self._keys = keys
        self._puzzled = puzzled  # which key means nothing, if the last one does; 0 for none
        self._noted = 0
        self._note_until = -inf
        self._ascii_only = ascii_only
        self._started: Started | None = None
        self._hurried = False
        self._unchanged: ChangedNothing | None = None
        self._stack = ExitStack()
        self._draw: Callable[[Progressed, Started], None] | None = None

    def __enter__(self) -> "LiveView":
        # Imported now: once the device is armed, a second spent on that would be a lost link.
        for name in ("rich.console", "rich.live", "rich.text"):
            import_module(name)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with suppress(OSError):  # the terminal went away; what that means was told when it was drawn on
            self._stack.close()

    def show(self, event: Event) -> None:
        """Draw the session anew while it plays or stands still; leave the screen when it is over."""
        if isinstance(event, Started):
            self._started = event
        elif isinstance(event, Hurried):
            self._hurried = True
        elif isinstance(event, ChangedNothing):
            self._unchanged = event
        elif isinstance(event, Progressed) and self._started is not None:
            if event.update.phase in (Phase.PLAYING, Phase.PAUSED):
                self._draw = self._draw or self._begin()
                self._draw(event, self._started)
            else:
                self._stack.close()
        elif isinstance(event, Summed | HandsDone):
            self._stack.close()

    def _note_stands(self, took: float) -> bool:
        """Whether there is a note on the last key: until the next one, or for NOTE_S."""
        which = self._puzzled()
        if which != self._noted:
            self._noted, self._note_until = which, took + NOTE_S
        return bool(which) and took < self._note_until

    def _note_at(self, update: Update) -> str:
        """What there is to say, for NOTE_S, of a control that changed nothing; until another changes it."""
        told = self._unchanged
        if told is None or update.took >= told.took + NOTE_S:
            return ""
        return told.text if told.intensity in (0.0, update.intensity) else ""

    def _begin(self) -> Callable[[Progressed, Started], None]:
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

        def draw(event: Progressed, started: Started) -> None:
            text = view(
                event,
                started,
                console,
                keys=self._keys,
                ascii_only=self._ascii_only,
                puzzled=self._note_stands(event.update.took),
                hurried=self._hurried,
                note=self._note_at(event.update),
            )
            live.update(text, refresh=True)

        return draw


def view(
    event: Progressed,
    started: Started,
    console: "Console",
    *,
    keys: bool,
    ascii_only: bool,
    puzzled: bool = False,
    hurried: bool = False,
    note: str = "",
) -> "Text":
    """The whole view as text, as wide and as high as the console allows; how to stop is always on it.

    `puzzled`: a key was pressed that means nothing. `hurried`: it goes to its closing to end in time.
    `note`: what else there is to say for the moment.
    """
    from rich.text import Text

    update, awaiting, eased = event.update, event.awaiting, event.eased
    layout, score = started.layout, started.score
    columns, rows = console.size
    text = Text(no_wrap=True, overflow="ellipsis")
    help_ = (
        f"{help_within(columns, guided=layout is None, paused=update.phase is Phase.PAUSED)}\n"
        if keys
        else ""
    )
    if rows < HEAD_ROWS + 2:  # what is below the last row is not seen
        text.append(help_, "dim")
        help_ = ""
    _head(text, started, update, columns, ascii_only)
    if eased:
        where = zone_said(clean(eased))
        text.append(f"it hurt: the {where} zone gets less from then on; p once more stops\n", "bold yellow")
    if hurried:
        text.append(f"{Hurried.text}\n", "yellow")
    if note:
        text.append(f"{note}\n", "yellow")
    if puzzled and keys:
        text.append(f"{MEANS_NOTHING}; these do something:\n", "yellow")
        text.append(help_, "dim")
        help_ = ""
    step = awaiting or score.step_at(update.elapsed)
    more = bool(eased) + bool(hurried) + bool(note) + bool(puzzled and keys)
    if step.guide is not None:
        more += _guide(text, step, update, columns, ascii_only, awaits=awaiting is not None)
    room = min(COMPACT[1], rows - HEAD_ROWS - 2 - more)
    if layout is not None and room >= 6 and columns >= COMPACT[0] and update.drives:
        levels = layout.felt_levels(update.drives)
        for line in body_spans(layout, levels, width=COMPACT[0], height=room, ascii_only=ascii_only):
            for span in line:
                text.append(span.text, STYLES.get(span.style, ""))
            text.append("\n")
        meaning = legend(levels=True, ascii_only=ascii_only)
        if columns >= len(meaning) and rows - HEAD_ROWS - 2 - more > room:
            text.append(f"{meaning}\n", "dim")
    text.append(help_, "dim")
    return text


def _head(text: "Text", started: Started, update: Update, columns: int, ascii_only: bool) -> None:
    score, layout, port = started.score, started.layout, started.url
    text.append(clean(score.name), "bold")
    text.append("\n" if layout is None else f" on {clean(layout.description.name)} ({clean(port)})\n")
    text.append(f"{update.phase.value:<8}", "bold yellow" if update.phase is Phase.PAUSED else "bold green")
    if update.step >= 0:
        step = score.steps[update.step]
        text.append(f" step {step.index + 1} of {len(score.steps)}: {clean(step.name)}")
    text.append("\n")
    text.append(_bar(update, max(10, min(30, columns - 50)), ascii_only), "cyan")
    text.append(f" {clock_text(update.took)} gone  {clock_text(update.left)} left")
    text.append("\n" if layout is None else f"  intensity {update.intensity * 100:.0f} %\n")


def _guide(
    text: "Text", step: ScoreStep, update: Update, columns: int, ascii_only: bool, *, awaits: bool
) -> int:
    """Show a guided step; the number of rows that it took."""
    guide = step.guide
    assert guide is not None
    lines = wrapped(clean(guide.instruction), max(20, columns - 2), most=2)
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
    whole = update.took + update.left
    filled = round(width * update.took / whole) if whole else width
    full, empty = ("#", "-") if ascii_only else ("━", "╌")
    return full * filled + empty * (width - filled)
