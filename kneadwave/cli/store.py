"""`knead store`: where recipients are kept."""

from typing import Annotated, Any

import typer

from kneadwave.cli.options import Json
from kneadwave.cli.terminal.output import telling

HELP = """Make a database ready, and move recipients into it.

The config file names the store that is in use: files, which is the default, or a database.
"""
PREPARE = """Make a PostgreSQL database ready for this version: its tables, and the role kneadwave.

Called by the owner of the database, once, and after an update. Who plays and asks takes another user, to whom
the role kneadwave is granted: it may add rows and read them, nothing else.

\b
Examples:
  knead store prepare postgresql://owner@db.local/clinic
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
    app.command("prepare", help=PREPARE, short_help="Make a PostgreSQL database ready.")(prepare)
    app.command("copy", help=COPY, short_help="Copy everybody into another store.")(copy)
    return app


def prepare(
    url: Annotated[str, typer.Argument(metavar="URL", help="postgresql://OWNER@HOST/DATABASE")],
    as_json: Json = False,
) -> None:
    """Make a PostgreSQL database ready."""
    with telling(as_json) as out:
        from kneadwave.cli.views.store import prepare_store

        prepare_store(out, url)


def copy(
    source: Annotated[str, typer.Argument(metavar="FROM", help='"files", or the URL of a database.')],
    target: Annotated[str, typer.Argument(metavar="TO", help="The same.")],
    as_json: Json = False,
) -> None:
    """Copy everybody into another store."""
    with telling(as_json) as out:
        from kneadwave.cli.views.store import copy_store

        copy_store(out, source, target)
