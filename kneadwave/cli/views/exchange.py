"""What `knead profile import` and `export` have to say: what was kept and lost, and what was written."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from kneadwave.cli.terminal.findings import counted
from kneadwave.cli.terminal.output import Output, may_style
from kneadwave.cli.terminal.pending_edits import tell_unsaved
from kneadwave.cli.terminal.signals import Signals
from kneadwave.cli.views.checks import free_name, say_next
from kneadwave.exchange.export_file import ExportRequest, export_file
from kneadwave.exchange.import_file import ImportRequest, import_file, name_of
from kneadwave.sessions.prepare import refuse_errors
from kneadwave.store.outputs import PROFILE, refuse_input, refuse_taken, write_output
from kneadwave.text import clean, clock_text
from profiles.files.save import dump
from profiles.rules.check import check


def import_profile(out: Output, asked: ImportRequest, target: Path | None, *, force: bool) -> None:
    """Write the profile that comes of a foreign file, over a file that is there only by `force`.

    NotPlayable, with nothing written, where the check finds errors.
    """
    name = asked.name or name_of(asked.path)
    free_name(name)
    path = Path(f"{name}.toml") if target is None else target
    refuse_input(path, asked.path)
    imported = import_file(asked)
    refuse_taken(path, PROFILE, force=force)
    for note in imported.notes:
        out.say(f"- {note}")
    findings = check(imported.profile)
    refuse_errors(clean(str(asked.path)), findings)
    write_output(path, dump(imported.profile), PROFILE, force=force)
    warnings = sum(finding.severity == "warning" for finding in findings)
    figures = imported.figures
    out.event(
        "imported",
        profile=name,
        path=str(path),
        **figures,
        notes=list(imported.notes),
        warnings=warnings,
    )
    out.say(
        f"wrote {clean(str(path))}: {clock_text(figures['imported_s'])} min of {figures['technique']} over "
        f"{', '.join(figures['zones'])}, felt at {figures['peak']:.0%} of full strength where it is "
        f"strongest; it may be played, {counted(findings)}"
    )
    say_next(out, str(path))


def export_profile(out: Output, asked: ExportRequest) -> None:
    """Write the files and tell which."""
    tell_unsaved(out, asked.profile)
    with Signals(), _progress(out) as progress:
        figures = export_file(asked, progress)
    out.event("exported", profile=asked.profile, **figures)
    for file in figures["files"]:
        out.say(f"wrote {clean(file)}")
    if "device" in figures:
        out.say(f"{clock_text(figures['seconds'])} on {figures['device']}; left and right are the person's")


@contextmanager
def _progress(out: Output) -> Iterator[Callable[[float], Any]]:
    """A bar on standard error, where that is a terminal and the work takes longer."""
    if out.as_json or not may_style(sys.stderr):
        yield lambda _done: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn

    columns: tuple[Any, ...] = (TextColumn("exporting"), BarColumn(), TextColumn("{task.percentage:>3.0f}%"))
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("exporting", total=1.0)
        yield lambda done: bar.update(task, completed=done)
