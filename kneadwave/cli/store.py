"""`knead store`: where recipients are kept."""

from typing import Annotated, Any

import typer

from kneadwave.cli.options import Json
from kneadwave.cli.terminal.output import telling

HELP = """Move recipients from one store to another.

The config file names the store that is in use: files, which is the default, or a database.
"""
COPY = """Add everybody who is kept in one store to another one: the same bytes, all of them or nobody.

The first store stays as it is. Which one is in use, store in the config file says. What is left of deleted
recipients is not taken along. Let nobody be massaged meanwhile.

\b
Examples:
  knead store copy files sqlite:///home/me/people.db
  knead store copy sqlite:///home/me/people.db files
"""


def make_app(plain: dict[str, Any]) -> typer.Typer:
    """The group of commands."""
    app = typer.Typer(no_args_is_help=True, help=HELP, **plain)
    app.command("copy", help=COPY, short_help="Copy everybody into another store.")(copy)
    return app


def copy(
    source: Annotated[str, typer.Argument(metavar="FROM", help='"files", or the URL of a database.')],
    target: Annotated[str, typer.Argument(metavar="TO", help="The same.")],
    as_json: Json = False,
) -> None:
    """Copy everybody into another store."""
    with telling(as_json) as out:
        from kneadwave.cli.views.store import copy_store

        copy_store(out, source, target)
