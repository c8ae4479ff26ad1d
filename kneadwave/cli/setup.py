"""`knead setup`: what an installer of commands leaves to a person."""

from enum import StrEnum
from typing import Annotated

import typer

from kneadwave.cli.options import Force, Json
from kneadwave.cli.terminal.output import telling

HELP = """Set up what comes with the command: completion, man pages, udev rules, a service for the page.

It shows what it would write, and where, and writes it on yes. All of it is your own user's, but for the udev
rules, which need root: for those it says the command. A file that somebody else wrote is not replaced.

\b
Examples:
  knead setup
  knead setup completion man
  knead setup udev --print
"""


class SetupChoice(StrEnum):
    """What can be set up."""

    COMPLETION = "completion"
    MAN = "man"
    UDEV = "udev"
    SERVICE = "service"


def setup(
    parts: Annotated[
        list[SetupChoice] | None,
        typer.Argument(metavar="[PART...]", help="completion, man, udev or service; all."),
    ] = None,
    only_print: Annotated[bool, typer.Option("--print", help="Print the files, and write none.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Write without asking.")] = False,
    force: Force = False,
    as_json: Json = False,
) -> None:
    """Set up completion, man pages, udev rules and a service."""
    with telling(as_json) as out:
        from kneadwave.cli.views.setup import set_up

        set_up(out, [str(each) for each in parts or SetupChoice], only_print=only_print, yes=yes, force=force)
