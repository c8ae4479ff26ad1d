"""`knead screen`: what speaks against a massage today."""

from pathlib import Path
from typing import Annotated

import typer

from kneadwave.cli.options import Json
from kneadwave.cli.recipient import complete_recipient
from kneadwave.cli.terminal.output import telling

HELP = """Ask what speaks against a massage today, on a device or by hand, and record the answers.

One yes blocks for the day; a doctor's consent lifts it only where the questions say so. Ends with 7 then.
Without a terminal it never asks: --template prints the questions as a file, --answers takes it filled in.
A file of the list before a run alone confirms that anew, where the questions were answered today.

\b
What comes first:
  knead recipient new me --adult     who is massaged; once
  knead screen                       what speaks against it; once a day
  knead run first-session            and then the massage

\b
Examples:
  knead screen
  knead screen --recipient guest
  knead screen --template > answers.toml
  knead screen --answers answers.toml --json
"""


def screen(
    recipient: Annotated[
        str | None,
        typer.Option(
            "--recipient",
            metavar="NAME",
            help="Who is massaged, instead of the recipient in use.",
            autocompletion=complete_recipient,
        ),
    ] = None,
    template: Annotated[bool, typer.Option("--template", help="Print every question as TOML.")] = False,
    answers: Annotated[
        Path | None, typer.Option("--answers", metavar="FILE", help="Take the answers from this file.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Ask what speaks against a massage today."""
    with telling(as_json) as out:
        from firmware_bridge import local_now
        from kneadwave.cli.terminal.signals import Signals
        from kneadwave.cli.views.people import print_template
        from kneadwave.cli.views.people import screen as ask
        from kneadwave.errors import UsageError

        if template and answers:
            raise UsageError("--template and --answers exclude each other", hint="leave one of them out")
        if template:
            print_template(out, recipient)
        else:
            with Signals():
                ask(out, recipient, answers, local_now())
