"""`knead history`: what a recipient received, day by day."""

from typing import Annotated

import typer

from kneadwave.cli.options import Force, Json, Plot
from kneadwave.cli.recipient import complete_recipient
from kneadwave.cli.terminal.output import telling
from kneadwave.cli.terminal.plot_option import to_draw

HELP = """Show what a recipient received: the sittings, the minutes a day, and what is left of today.

It only reads, also while a session is running. verify tells whether the record is whole. --repair makes a
record usable again that was changed, or that a clock wrote which ran ahead: nothing is taken out of it, it
says what was amiss, and the day counts as used up.

\b
Examples:
  knead history
  knead history --recipient guest
  knead history --plot days.png
  knead history --csv > days.csv
  knead history verify
  knead history --repair
  knead history --json
"""


def history(
    what: Annotated[str | None, typer.Argument(metavar="[verify]", help="Look whether it is whole.")] = None,
    recipient: Annotated[
        str | None,
        typer.Option(
            "--recipient",
            metavar="NAME",
            help="Whose days, instead of those of the recipient in use.",
            autocompletion=complete_recipient,
        ),
    ] = None,
    plot: Plot = None,
    csv: Annotated[bool, typer.Option("--csv", help="One sitting a line, for a spreadsheet.")] = False,
    repair: Annotated[
        bool, typer.Option("--repair", help="Make a record that was changed usable again.")
    ] = False,
    force: Force = False,
    as_json: Json = False,
) -> None:
    """Show what a recipient received."""
    with telling(as_json) as out:
        from firmware_bridge import local_now
        from kneadwave.cli.views.history import print_csv, show_history
        from kneadwave.cli.views.records import repair_record, verify_record
        from kneadwave.errors import UsageError

        asked = [name for name, given in (("verify", what), ("--csv", csv), ("--repair", repair)) if given]
        if what not in (None, "verify"):
            raise UsageError(f"'{what}' is nothing to do with a history", hint="knead history verify")
        if len(asked) > 1 or (asked and plot is not None) or (csv and as_json):
            raise UsageError("only one of these at a time", hint="knead history --help")
        if what:
            verify_record(out, recipient, local_now())
        elif repair:
            repair_record(out, recipient, local_now())
        elif csv:
            print_csv(recipient, local_now())
        else:
            show_history(out, recipient, to_draw(plot, force=force), local_now())
