"""`knead config`: what a household sets once."""

from typing import Any

import typer

from kneadwave.cli.options import Json
from kneadwave.cli.terminal.output import telling

SHOW = """Show every setting, its value, and whether the file or the environment says so.

\b
Examples:
  knead config show
  knead config show --json
"""


def make_app(plain: dict[str, Any]) -> typer.Typer:
    """The group of commands."""
    app = typer.Typer(no_args_is_help=True, help="Show what the config file sets.", **plain)
    app.command("show", help=SHOW, short_help="Show every setting and where it is set.")(show)
    app.callback()(_alone)
    return app


def _alone() -> None:
    """Without a callback Typer would take a single command for the whole group."""


def show(as_json: Json = False) -> None:
    """Show every setting and where it is set."""
    with telling(as_json) as out:
        from kneadwave.cli.views.config import print_settings

        print_settings(out)
