"""The verbs of `knead tune` for the versions of a profile: back and forth, what was done, what is kept."""

from typing import Annotated

import typer

from kneadwave.cli.options import Force, Json, Profile
from kneadwave.cli.terminal.output import telling

UNDO = """Take the last edit back, or the last N; the file itself only changes with save.

\b
Examples:
  knead tune undo relaxing-back
  knead tune undo relaxing-back 3
"""
REDO = """Make an edit again that was undone, or N of them.

\b
Examples:
  knead tune redo relaxing-back
  knead tune redo relaxing-back 2
"""
HISTORY = """Show every version, and what was done with them; none is ever lost.

\b
Examples:
  knead tune history relaxing-back
  knead tune history my-evening.toml --json
"""
DIFF = """Show the edits that are not saved yet as a unified diff, or what differs between two versions.

\b
Examples:
  knead tune diff relaxing-back
  knead tune diff relaxing-back 0 3
"""
SAVE = """Show what changes, then write it into the file; all that was not edited stays to the letter.

A shipped profile is saved as a file of your own, in this folder: my-NAME.toml, or the name after --as. A file
that is there is never overwritten, and one that was changed elsewhere since tuning began is left alone.

\b
Examples:
  knead tune save my-evening.toml
  knead tune save relaxing-back --as evening
"""
DISCARD = """Drop the edits that are not saved, and go back to what the file says. Can be undone.

\b
Examples:
  knead tune discard my-evening.toml
"""
RESTORE = """Make a version of the history the current one again. Can be undone.

\b
Examples:
  knead tune restore relaxing-back 3
"""

Steps = Annotated[int, typer.Argument(metavar="[N]", min=1, help="How many.")]
Number = Annotated[int, typer.Argument(metavar="N", min=0, help="A version, as history numbers them.")]
First = Annotated[int | None, typer.Argument(metavar="[A]", min=0, help="A version; else the saved one.")]
Second = Annotated[int | None, typer.Argument(metavar="[B]", min=0, help="A version; else the current one.")]
As = Annotated[
    str | None,
    typer.Option(
        "--as",
        metavar="NAME",
        help="Save as NAME.toml, a file that is not there yet: lower case letters, digits and dashes, "
        "at most 40.",
    ),
]


def add(app: typer.Typer) -> None:
    """Register the verbs."""
    for verb, text in (
        (undo, UNDO),
        (redo, REDO),
        (history, HISTORY),
        (diff, DIFF),
        (save, SAVE),
        (discard, DISCARD),
        (restore, RESTORE),
    ):
        app.command(verb.__name__, help=text, short_help=verb.__doc__)(verb)


def undo(profile: Profile, steps: Steps = 1, as_json: Json = False) -> None:
    """Take the last edits back."""
    with telling(as_json) as out:
        from kneadwave.cli.views.versions import undo as tell

        tell(out, profile, steps)


def redo(profile: Profile, steps: Steps = 1, as_json: Json = False) -> None:
    """Make undone edits again."""
    with telling(as_json) as out:
        from kneadwave.cli.views.versions import redo as tell

        tell(out, profile, steps)


def history(profile: Profile, as_json: Json = False) -> None:
    """Show every version."""
    with telling(as_json) as out:
        from kneadwave.cli.views.versions import history as tell

        tell(out, profile)


def diff(profile: Profile, first: First = None, second: Second = None, as_json: Json = False) -> None:
    """Show what is not saved yet."""
    with telling(as_json) as out:
        from kneadwave.cli.views.versions import diff as tell

        tell(out, profile, first, second)


def save(profile: Profile, as_name: As = None, force: Force = False, as_json: Json = False) -> None:
    """Write the edits into the file."""
    with telling(as_json) as out:
        from kneadwave.cli.views.versions import save as tell

        tell(out, profile, as_name, force=force)


def discard(profile: Profile, as_json: Json = False) -> None:
    """Drop what is not saved."""
    with telling(as_json) as out:
        from kneadwave.cli.views.versions import discard as tell

        tell(out, profile)


def restore(profile: Profile, number: Number, as_json: Json = False) -> None:
    """Go back to a version of the history."""
    with telling(as_json) as out:
        from kneadwave.cli.views.versions import restore as tell

        tell(out, profile, number)
