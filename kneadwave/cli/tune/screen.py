"""`knead tune edit`: the full-screen editor."""

from typing import Annotated

import typer

from kneadwave.cli.completion import complete_step
from kneadwave.cli.options import Device, Limit, On, Profile
from kneadwave.cli.run import Recipient
from kneadwave.cli.terminal.output import telling

HELP = """Edit a curve full-screen: the curve, its points, undo, preview, save.

Selecting a point never moves it. Every change is a version in the journal; the file changes with save alone.

\b
Examples:
  knead tune edit relaxing-back 8
  knead tune edit evening.toml session
  knead tune edit evening.toml kneading --device /dev/ttyACM0
"""


def add(app: typer.Typer) -> None:
    """Register the verb."""
    app.command("edit", help=HELP, short_help="Edit a curve full-screen.")(edit)


def edit(
    profile: Profile,
    step: Annotated[
        str | None,
        typer.Argument(
            metavar="STEP",
            help="Its number or name, or session; without it the first step that moves a device.",
            autocompletion=complete_step,
        ),
    ] = None,
    device: Device = None,
    on: On = None,
    limit: Limit = 1.0,
    recipient: Recipient = None,
) -> None:
    """Edit a curve full-screen."""
    with telling() as out:
        from kneadwave.cli.editor.launch import edit as run
        from kneadwave.config import load_config
        from kneadwave.sessions.felt_test import Bench

        run(out, profile, step, Bench(device, on, limit, recipient, load_config()))
