"""`knead history`: what a recipient received, day by day."""

from pathlib import Path
from typing import Annotated

import typer

from kneadwave.cli.options import Force, Json
from kneadwave.cli.recipient import complete_recipient
from kneadwave.cli.terminal.output import telling
from kneadwave.cli.terminal.plot_option import to_draw

HELP = """Show what a recipient received: the sittings, the minutes a day, and what is left of today.

It only reads, also while a session is running.

\b
Examples:
  knead history
  knead history --recipient guest
  knead history --plot days.png
  knead history --json
"""


def history(
    recipient: Annotated[
        str | None,
        typer.Option(
            "--recipient",
            metavar="NAME",
            help="Whose days, instead of those of the recipient in use.",
            autocompletion=complete_recipient,
        ),
    ] = None,
    plot: Annotated[
        Path | None, typer.Option("--plot", metavar="FILE", help="Draw the days to this .png, .svg or .pdf.")
    ] = None,
    force: Force = False,
    as_json: Json = False,
) -> None:
    """Show what a recipient received."""
    with telling(as_json) as out:
        from firmware_bridge import local_now
        from kneadwave.cli.views.history import show_history

        show_history(out, recipient, to_draw(plot, force=force), local_now())
