"""`knead tune`: see, change, feel, compare, undo and save intensity curves."""

from typing import Any

import typer

HELP = """See, change, feel, compare, undo and save intensity curves.

Edits stay in a journal in your state folder (knead tune history says where) until they are saved. Nothing is
lost, and nothing that the check calls an error gets in. STEP is a step's number or name, or session for the
curve over the whole session.

\b
Examples:
  knead tune show relaxing-back 8              the curve of a step
  knead tune set relaxing-back 8 40%=0.9       change a point ...
  knead tune smooth relaxing-back 8
  knead tune preview relaxing-back 8 --device sim:
  knead tune undo relaxing-back
  knead tune save relaxing-back --as evening   ... and keep evening.toml
"""


def make_app(plain: dict[str, Any]) -> typer.Typer:
    """The group of verbs."""
    app = typer.Typer(no_args_is_help=True, help=HELP, short_help="Tune intensity curves.", **plain)
    from kneadwave.cli.tune import device, edit, feel, find, journal, screen, show, trial

    for verbs in (show, edit, journal, feel, trial, find, screen, device):
        verbs.add(app)
    return app
