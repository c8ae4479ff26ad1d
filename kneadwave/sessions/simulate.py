"""`knead simulate`: a whole session on the virtual cushion in virtual time, and what came of it."""

import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any, Protocol

from firmware_bridge.clock import MonotonicClock
from firmware_bridge.devices.load import load_device
from firmware_bridge.recording.writer import open_recorder
from kneadwave.cli.terminal.output import Output, may_style
from kneadwave.cli.terminal.plotting import drawing, require_plots
from kneadwave.cli.terminal.signals import Signals
from kneadwave.cli.views.session import Narrator
from kneadwave.cli.views.summary import print_summary, summary_fields
from kneadwave.errors import NotConfirmed, StoppedOutside, UsageError
from kneadwave.sessions.prepare import leaving_stops, load, place
from simulator.faults import Fault, FaultError, parse_fault
from simulator.run import Simulation

PROGRESS_S = 10.0
"""Session time between two progress events."""


class Progress(Protocol):
    """Shows how far a simulation is."""

    def __call__(self, done: float, of: float) -> None: ...


def faults_from(specs: list[str]) -> list[Fault]:
    """The faults that were asked for; UsageError names the one that cannot be read."""
    try:
        return [parse_fault(spec) for spec in specs]
    except FaultError as error:
        raise UsageError(str(error), hint="knead simulate --help lists the kinds") from error


def simulate(
    out: Output,
    profile: str,
    *,
    device: str,
    limit: float,
    seed: int,
    faults: list[Fault],
    stature_m: float,
    record: Path | None,
    plot: Path | None,
) -> None:
    """Play `profile` without hardware and tell what came of it; raises what the session raised."""
    if plot is not None:
        require_plots(plot)
    description = load_device(device)
    placed = place(load(profile, stature_m), description, out)
    with ExitStack() as stack:
        stack.enter_context(Signals())
        recorder = stack.enter_context(open_recorder(record, live=False)) if record is not None else None
        simulation = Simulation(
            placed.score,
            description,
            limit=limit,
            seed=seed,
            faults=faults,
            stature_m=stature_m,
            recorder=recorder,
        )
        narrator = Narrator(out, placed.score, PROGRESS_S, simulation.session)
        narrator.start("sim:")
        wall = MonotonicClock()
        began = wall.now()
        try:
            _play(simulation, narrator, out)
        except BaseException:
            with suppress(OSError):  # nobody reads the table; what went wrong still counts
                _sum_up(simulation, wall.now() - began, out)
            raise
        _sum_up(simulation, wall.now() - began, out)
    if plot is not None:
        _draw(simulation, plot)
        out.say()
        out.say(f"picture: {plot}")
    _judge(simulation, out)


def _play(simulation: Simulation, narrator: Narrator, out: Output) -> None:
    duration = simulation.session.score.duration
    updates = simulation.play()
    with _progress(out) as show, leaving_stops(updates):
        for update in updates:
            narrator.update(update)
            show(update.elapsed, duration)


def _sum_up(simulation: Simulation, wall_s: float, out: Output) -> None:
    figures = summary_fields(simulation, wall_s)
    out.end.update(trips=figures["trips"], duration_s=figures["duration_s"])
    out.event("summary", **figures)
    if not out.as_json:
        print_summary(figures, out)


def _judge(simulation: Simulation, out: Output) -> None:
    session = simulation.session
    out.end["reason"] = session.stop_reason or "completed"
    if session.stop_reason:
        raise StoppedOutside(f"the session was {session.stop_reason}")
    if not session.stop_confirmed:
        raise NotConfirmed("the device did not confirm the stop at the end")


def _unseen(done: float, of: float) -> None:
    """Nobody looks at the progress."""


@contextmanager
def _progress(out: Output) -> Iterator[Progress]:
    if out.as_json or not may_style(sys.stderr):
        yield _unseen
        return
    from rich.console import Console
    from rich.progress import BarColumn, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as Bar

    columns: tuple[Any, ...] = (TextColumn("simulating"), BarColumn(), TextColumn("{task.percentage:>3.0f}%"))
    with Bar(*columns, TimeElapsedColumn(), console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("simulating", total=1.0)
        yield lambda done, of: bar.update(task, completed=done / of if of else 1.0)


def _draw(simulation: Simulation, path: Path) -> None:
    from kneadwave.reports.plots.run import plot_run

    score = simulation.session.score
    title = f"{score.name} on {simulation.layout.description.name}"
    steps = tuple((step.name, step.start, step.end) for step in score.steps)
    with drawing():
        plot_run(simulation.watch.summary, simulation.layout, title, path, steps)
