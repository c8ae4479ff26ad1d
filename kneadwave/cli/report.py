"""`knead report`: what a recording tells of a run."""

from pathlib import Path
from typing import Annotated

import typer

from kneadwave.cli.options import Force, Json, Plot
from kneadwave.cli.terminal.output import telling

HELP = """Tell what a recording holds: dose and dwell against their limits, what was asked and done, events.

A recording is what --record of simulate, run and virtual writes. OTHER is what the other side recorded of the
same run: one of the device, one of the host. The page of --html needs nothing but itself, and no network.
Where a page or a picture is asked for, its path is all that is said; --text tells the rest as well.

\b
Examples:
  knead simulate relaxing-back --record run.jsonl
  knead report run.jsonl --html run.html
  knead report put-out.jsonl commanded.jsonl     a run, from both sides
  knead report run.jsonl --plot run.png
  knead report put-out.jsonl --session 2         one of several on a device
  knead report run.jsonl --json
  knead report run.jsonl --json --course         with what was felt when
"""


def report(
    recording: Annotated[Path, typer.Argument(metavar="RECORDING", help="A recording (JSON lines).")],
    other: Annotated[
        Path | None, typer.Argument(metavar="OTHER", help="The other side's recording of the same run.")
    ] = None,
    html: Annotated[
        Path | None,
        typer.Option(
            "--html", metavar="FILE", help="Write a page to this .html; an earlier page there is replaced."
        ),
    ] = None,
    plot: Plot = None,
    session: Annotated[
        int | None,
        typer.Option(
            "--session", metavar="N", min=1, help="One of several sessions in the recording of a device."
        ),
    ] = None,
    course: Annotated[
        bool, typer.Option("--course", help="With --json: what was felt, moment by moment.")
    ] = False,
    force: Force = False,
    as_json: Json = False,
    text: Annotated[
        bool, typer.Option("--text", help="Tell it as text, too, where a page or a picture is written.")
    ] = False,
) -> None:
    """Tell what a recording holds, as text, page or picture."""
    with telling(as_json) as out:
        from kneadwave.cli.views.report_files import show_report

        show_report(out, recording, other, html, plot, session=session, course=course, force=force, text=text)
