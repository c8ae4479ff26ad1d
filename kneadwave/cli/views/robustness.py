"""`knead tune robust` on the screen: progress, the table, the plot, and what differs most."""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any, Final

from kneadwave.cli.terminal.bodymap import Span
from kneadwave.cli.terminal.canvas import PlotLine, legend, plot, say_plot
from kneadwave.cli.terminal.columns import paragraph, rows_within, width
from kneadwave.cli.terminal.output import Output, may_style
from kneadwave.cli.terminal.pending_edits import tell_file
from kneadwave.cli.terminal.plot_option import drawing
from kneadwave.cli.terminal.signals import Signals
from kneadwave.cli.views.curves import device_of
from kneadwave.sessions.prepare import Piece, place
from kneadwave.text import clean
from kneadwave.tuning.robustness.play import GROUP, Show
from kneadwave.tuning.robustness.robustness import Cell, Robustness, StepRow, robustness
from kneadwave.tuning.robustness.workers import Over, processes
from kneadwave.tuning.workspace import look
from profiles.body import DEFAULT_STATURE_M, body_map
from profiles.rules.limits import JND

HEADS: Final = ("step", "zones", "meant %", "felt %", "as meant %", "all %", "")
COLUMNS: Final = (
    "meant: felt where motors are as the description says. felt: on nine devices in ten, from the weakest to "
    f"the strongest. as meant: of its zones on all devices, how many are felt within {JND:.0%} of what is "
    "meant. all: on how many devices every zone of the step is."
)
FIGURES_WIDTH: Final = 48
"""Columns of the table that are neither names nor zones."""
PLOT_ROWS: Final = 8
MARGIN: Final = 6
VERDICTS: Final = (
    (0.95, "good", "what is felt hardly depends on the motors"),
    (0.80, "fair", "most of it is felt as meant, whatever the motors"),
    (0.00, "poor", "what is felt depends on the motors"),
)
"""From which share of single levels on, in a word and in words; project's choice."""
ENOUGH: Final = VERDICTS[0][0]
"""The share from which on nothing is advised."""
ADVICE_STEPS: Final = 3
TINY: Final = 1e-6
LOPSIDED: Final = 1.1
"""How much further levels go to one side than to the other, as a ratio, so that another level helps."""
RAISE: Final = "Weak levels get lost: raise its level (knead tune number PROFILE {step} level)."
LOWER: Final = "Strong devices overdo it: lower it where it is too strong (--intensity, or the key -)."
EVEN: Final = "{steps}: too weak on some devices and too strong on as many{so}."
NO_LEVEL_HELPS: Final = ", so no other level helps"
AGAINST: Final = {
    "strength": "how strong a motor is matters most: measure your own device, and that is "
    "evened out (knead tune calibrate).",
    "start": "the drive at which a motor starts matters most: measure your own device "
    "(knead tune calibrate), or raise weak levels.",
    "tau": "how quickly a motor follows matters most: make curves slower (knead tune smooth) or "
    "steps longer.",
}
NAMES: Final = {
    "strength": "in strength",
    "start": "in the drive at which they start",
    "tau": "in how quickly they follow",
}


def tell_robustness(
    out: Output,
    name: str,
    *,
    variants: int,
    seed: int,
    jobs: int | None,
    scheduler: str | None,
    on: str | None,
    plot: Path | None,
) -> None:
    """Play the profile, as it is tuned now, over the spread of real motors, and tell what comes of it."""
    device = device_of(on)
    piece = Piece(name, look(name).profile, body_map(DEFAULT_STATURE_M))
    tell_file(out, name)
    with Signals(), workers(scheduler, min(jobs or cores(), useful(variants))) as over:
        placed = place(piece, device)
        for finding in placed.warnings:
            out.finding(finding)
        with progress(out) as show:
            found = robustness(placed.score, device, variants=variants, seed=seed, over=over, show=show)
    out.end["share"] = round(found.share, 4)
    out.event(
        "robust",
        profile=name,
        device=device.name,
        **found.as_dict(),
        verdict=verdict(found.levels),
        advice=advice(found),
    )
    if not out.as_json:
        _say(out, f"{piece.profile.name} on {device.name}", found)
    if plot is not None:
        _draw(out, f"{piece.profile.name} on {device.name}", found, plot)


def workers(scheduler: str | None, jobs: int) -> AbstractContextManager[Over]:
    """Who does the work: processes of this computer, or those of a cluster."""
    if scheduler is None:
        return processes(jobs)
    from kneadwave.tuning.robustness.cluster import cluster

    return cluster(scheduler, jobs)


def useful(variants: int) -> int:
    """How many processes these variants are worth: each more costs a start."""
    return max(1, variants // (2 * GROUP))


def cores() -> int:
    """How many processes can work at a time here."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _say(out: Output, title: str, found: Robustness) -> None:
    out.say(out.bold(clean(title)))
    room = max(width() - FIGURES_WIDTH, 24) // 2
    rows = rows_within([_cells(row) for row in found.rows], (room, room, 0, 0, 0, 0, 0))
    out.table(HEADS, rows, right=(2, 3, 4, 5))
    out.say()
    say_plot(out, share_rows(found, width(), ascii_only=out.ascii_only))
    for text in (COLUMNS, summary(found)):
        for line in paragraph(text):
            out.say(line)
        out.say()
    for text in advice(found):
        for line in paragraph(text, first="- ", indent=2):
            out.say(line)


def _cells(row: StepRow) -> tuple[str, ...]:
    name = f"{row.number} {clean(row.name)}"
    band = f"{_percent(row.low)} .. {_percent(row.high)}"
    shares = (f"{100 * row.levels:.0f}", f"{100 * row.share:.0f}")
    return name, zones_of(row), _percent(row.meant), band, *shares, verdict(row.levels)


def zones_of(row: StepRow) -> str:
    """The zones that a step names, as far as the device has them; all that it touches where that is none."""
    return " ".join([zone for zone in row.zones if zone in row.named] or row.zones)


def verdict(levels: float) -> str:
    """A share of single levels that are felt as meant, in a word."""
    return next(word for least, word, _ in VERDICTS if levels >= least)


def summary(found: Robustness) -> str:
    """What it comes to: the verdict, and the figures behind it."""
    worst = found.worst
    word, words = next((word, words) for least, word, words in VERDICTS if found.levels >= least)
    text = (
        f"{word}: {words}. On {found.variants} devices whose motors differ as real ones do, "
        f"{found.levels:.0%} of what the zones get is felt as meant: within {JND:.0%}, which is hardly told "
        f"apart. On {found.share:.0%} of the devices all of it is. Furthest off is {worst.zone} in step "
        f"{worst.step}, which is felt as meant on {worst.share:.0%} of the devices{_beside(found, worst)}."
    )
    parts = sorted(found.alone, key=lambda alone: alone.levels)
    apart = ", ".join(f"{NAMES[each.figure]} {each.levels:.0%}" for each in parts)
    return f"{text} If motors differed in one thing alone, this much would be felt as meant: {apart}."


def _beside(found: Robustness, cell: Cell) -> str:
    """Why a zone is worked that its step does not name."""
    named = next(row.named for row in found.rows if row.number == cell.step)
    return "" if cell.zone.startswith(tuple(named)) else "; what works in that step reaches it as well"


def advice(found: Robustness) -> list[str]:
    """What to change so that more devices make felt what is meant."""
    if found.levels >= ENOUGH:
        return ["Nothing has to change."]
    least = sorted((row for row in found.rows if row.levels < ENOUGH), key=lambda row: row.levels)
    told = [
        f"Step {row.number} {clean(row.name)}: felt at {_percent(row.low)} to {_percent(row.high)} % where "
        f"{_percent(row.meant)} % is meant. {_helps(row).format(step=row.number)}"
        for row in [row for row in least if _helps(row)][:ADVICE_STEPS]
    ]
    even = sorted(row.number for row in least if not _helps(row))
    worst = min(found.alone, key=lambda alone: alone.levels, default=None)
    if even:
        steps = f"Step{'' if len(even) == 1 else 's'} {', '.join(map(str, even))}"
        if 1 < len(even) == len(found.rows):
            steps = "Every step"
        by_start = worst is not None and worst.figure == "start"  # above the start, levels differ less
        told.append(EVEN.format(steps=steps, so="" if by_start else NO_LEVEL_HELPS))
    if worst is not None:
        told.append(f"Of all that differs, {AGAINST[worst.figure]}")
    return told


def _helps(row: StepRow) -> str:
    """What helps a step: another level, where levels go further to one side than to the other, else ""."""
    above, below = row.high / row.meant, row.meant / max(row.low, TINY)
    if below > LOPSIDED * above:
        return RAISE
    return LOWER if above > LOPSIDED * below else ""


def share_rows(found: Robustness, columns: int, *, ascii_only: bool = False) -> list[list[Span]]:
    """The shares over the steps as rows of text: of the single levels, and of all levels of a step."""
    inner = max(columns - MARGIN, 8)
    lines = [
        PlotLine("zones as meant", _bars(found.rows, inner, "levels"), "ceiling"),
        PlotLine("devices as meant", _bars(found.rows, inner, "share"), "after"),
    ]
    drawn = plot(lines, inner, PLOT_ROWS, ascii_only=ascii_only)
    edge, corner, floor = ("|", "+", "-") if ascii_only else ("│", "└", "─")
    labels = {0: "100%", PLOT_ROWS // 2: "50%"}
    rows = [[Span(f"{labels.get(n, ''):>{MARGIN - 1}}{edge}"), *row] for n, row in enumerate(drawn)]
    rows.append([Span(f"{'0%':>{MARGIN - 1}}{corner}{floor * inner}")])
    rows.append([Span(" " * MARGIN + _numbers(found.rows, inner))])
    rows.append([Span(" " * MARGIN), *legend(lines, ascii_only=ascii_only)])
    return rows


def _bars(rows: tuple[StepRow, ...], columns: int, key: str) -> list[float]:
    """One value a column, with an empty column between two steps."""
    nothing = float("nan")
    values = [nothing] * columns
    for n, row in enumerate(rows):
        first, after = _span(n, len(rows), columns)
        values[first:after] = [float(getattr(row, key))] * (after - first)
    return values


def _span(n: int, count: int, columns: int) -> tuple[int, int]:
    first, after = n * columns // count, (n + 1) * columns // count
    return first, max(first + 1, after - 1)


def _numbers(rows: tuple[StepRow, ...], columns: int) -> str:
    text = [" "] * columns
    for n, row in enumerate(rows):
        first, after = _span(n, len(rows), columns)
        label = str(row.number)
        if len(label) <= max(1, after - first):
            text[first : first + len(label)] = label
    return "".join(text).rstrip()


def _draw(out: Output, title: str, found: Robustness, path: Path) -> None:
    from kneadwave.reports.plots.robustness import RobustStep, plot_robust

    steps = [
        RobustStep(row.number, row.name, row.meant, row.low, row.high, row.levels, row.share)
        for row in found.rows
    ]
    subtitle = (
        f"{found.variants} devices whose motors differ as real ones do: {found.levels:.0%} of what the zones "
        f"get is felt as meant, on {found.share:.0%} of the devices all of it"
    )
    with drawing():
        plot_robust(steps, clean(title), subtitle, path)
    out.event("picture", path=str(path))
    out.say(f"picture: {path}")


def _percent(level: float) -> str:
    return f"{level * 100:.1f}"


def _by_parts(count: int, tell: Callable[[float], None]) -> Show:
    """Tell each of so many parts of the way once, between nothing and all."""
    told = [0]

    def show(done: float) -> None:
        part = int(done * count + 1e-9)
        if told[0] < part < count:
            told[0] = part
            tell(part / count)

    return show


@contextmanager
def progress(out: Output) -> Iterator[Show]:
    if out.as_json:
        yield _by_parts(10, lambda done: out.event("progress", done=done))
        return
    if not may_style(sys.stderr):
        yield _by_parts(2, lambda done: out.tell(f"variants {done:.0%}"))
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    columns: tuple[Any, ...] = (TextColumn("variants"), BarColumn(), TextColumn("{task.percentage:>3.0f}%"))
    with Progress(*columns, TimeElapsedColumn(), console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("variants", total=1.0)
        yield lambda done: bar.update(task, completed=done)
