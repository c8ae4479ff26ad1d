"""What `knead report` makes of a recording: text, JSON, a picture and a page."""

import base64
from pathlib import Path
from typing import Any, Final

import numpy as np

from kneadwave.cli.terminal.output import Output
from kneadwave.cli.terminal.plot_option import drawing, require_plots
from kneadwave.cli.views.reports import print_report
from kneadwave.errors import UsageError
from kneadwave.reports.read import read_report
from kneadwave.reports.report import RunReport
from kneadwave.sessions.events import place_of
from kneadwave.store.outputs import PAGE, refuse_input, refuse_taken, refuse_twice, write_output
from kneadwave.text import clean

ENDINGS: Final = (".html", ".htm")


def show_report(
    out: Output,
    recording: Path,
    other: Path | None,
    html: Path | None,
    plot: Path | None,
    *,
    session: int | None,
    course: bool,
    force: bool,
    text: bool = False,
) -> None:
    """Tell of a recording; where a picture or a page is asked for only their paths, unless `text` is wanted.

    `other` is the other side's recording of the same run. UsageError for a file that cannot be written.
    """
    if session is not None and other is not None:
        raise UsageError("--session is of one recording", hint="leave the other one out")
    if course and not out.as_json:
        raise UsageError("--course is for programs", hint="give --json with it")
    refuse_twice(html, plot)
    for path in (html, plot):
        if path is not None:
            refuse_input(path, recording, other)
    if html is not None:
        _require_page(html, force=force)
    if plot is not None:
        require_plots(plot, force=force)
    report = read_report(recording, other, session)
    figures = report.figures()
    out.event("report", **figures)
    if course:
        out.event("course", **_course(report))
    if not out.as_json and (text or (plot is None and html is None)):
        print_report(out, report)
    if plot is not None:
        _draw(report, plot)
        out.end["plot"] = str(plot)
        out.say(f"picture: {plot}")
    if html is not None:
        write_output(html, _page_of(report), PAGE, force=force)
        out.end["html"] = str(html)
        out.say(f"page: {html}")


def _course(report: RunReport) -> dict[str, Any]:
    felt = report.course.felt
    return {
        "column_s": round(report.course.column_s, 4),
        "columns": len(felt),
        "stature_m": report.layout.stature_m,
        "places": [place_of(actuator) for actuator in report.layout.actuators],
        "felt": base64.b64encode(np.rint(felt.clip(0, 1) * 255).astype(np.uint8).T.tobytes()).decode(),
    }


def _require_page(path: Path, *, force: bool) -> None:
    if path.suffix.lower() not in ENDINGS:
        raise UsageError(f"--html {path}: no page that can be written", hint="end it in .html")
    refuse_taken(path, PAGE, force=force)


def _draw(report: RunReport, path: Path) -> None:
    from kneadwave.reports.plots.run import plot_run

    whose = "ceilings of this session" if report.knows_person else "the device's own ceilings"
    with drawing():
        plot_run(report.summary, report.layout, clean(report.title), path, report.steps, whose)


def _page_of(report: RunReport) -> str:
    from kneadwave.reports.page.page import page

    return page(report)
