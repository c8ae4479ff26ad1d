"""`knead simulate` on the terminal: progress, the table of what came of it, and a picture."""

import sys
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Any

from firmware_bridge import MonotonicClock
from kneadwave.cli.shows import show_each
from kneadwave.cli.terminal.output import Output, may_style
from kneadwave.cli.terminal.pending_edits import tell_unsaved
from kneadwave.cli.terminal.plot_option import drawing
from kneadwave.cli.terminal.signals import Signals
from kneadwave.cli.views.session import JsonLines, TextLines
from kneadwave.sessions.end_events import SimulationSummed
from kneadwave.sessions.events import Event, Progressed, Started
from kneadwave.sessions.simulate import SimulatedSession, SimulationRequest
from kneadwave.store.outputs import refuse_twice
from simulator import Simulation

PROGRESS_S = 10.0
"""Session time between two progress events."""


def simulate(out: Output, asked: SimulationRequest, plot: Path | None) -> None:
    """Play a profile without hardware and tell what came of it; raises what the session raised."""
    refuse_twice(asked.record, plot)
    tell_unsaved(out, asked.profile)
    session = SimulatedSession(asked)
    with Signals():
        _play(out, session)
    assert session.simulation is not None
    if plot is not None:
        _draw(session.simulation, plot)
        out.say()
        out.say(f"picture: {plot}")
    out.end["reason"] = session.simulation.session.stop_reason or "completed"
    session.judge()


def _play(out: Output, session: SimulatedSession) -> None:
    with Progress(out) as progress:
        shows = [progress.show, JsonLines(out, PROGRESS_S).show, TextLines(out, substitutions="").show]
        show_each(session.events(MonotonicClock()), shows)


class Progress:
    """A bar on standard error, where that is a terminal; it vanishes when the run is over."""

    def __init__(self, out: Output) -> None:
        self._stack = ExitStack()
        self._shown = not out.as_json and may_style(sys.stderr)
        self._update: Callable[[float], None] | None = None
        self._duration = 0.0

    def __enter__(self) -> "Progress":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()

    def show(self, event: Event) -> None:
        """Move the bar on; take it away before the table comes."""
        if isinstance(event, Started) and self._shown:
            self._duration = event.score.duration
            self._update = self._bar()
        elif isinstance(event, Progressed) and self._update is not None:
            self._update(event.update.elapsed / self._duration if self._duration else 1.0)
        elif isinstance(event, SimulationSummed):
            self._stack.close()

    def _bar(self) -> Callable[[float], None]:
        from rich.console import Console
        from rich.progress import BarColumn, TextColumn, TimeElapsedColumn
        from rich.progress import Progress as Bar

        columns: tuple[Any, ...] = (
            TextColumn("simulating"),
            BarColumn(),
            TextColumn("{task.percentage:>3.0f}%"),
        )
        console = Console(stderr=True)
        bar = self._stack.enter_context(Bar(*columns, TimeElapsedColumn(), console=console, transient=True))
        task = bar.add_task("simulating", total=1.0)
        return lambda done: bar.update(task, completed=done)


def _draw(simulation: Simulation, path: Path) -> None:
    from kneadwave.reports.plots.run import plot_run

    score = simulation.session.score
    title = f"{score.name} on {simulation.layout.description.name}"
    steps = tuple((step.name, step.start, step.end) for step in score.steps)
    with drawing():
        plot_run(simulation.watch.summary, simulation.layout, title, path, steps)
