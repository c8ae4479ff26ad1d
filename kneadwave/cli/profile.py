"""`knead profile`: what profiles there are, what is in them, whether they may be played."""

from pathlib import Path
from typing import Annotated, Any

import typer

from kneadwave.cli import exchange
from kneadwave.cli.completion import complete_profile
from kneadwave.cli.options import Force, Json, On, Profile, Stature
from kneadwave.cli.terminal.output import telling

LIST = """List what ships, and your own in this folder, and how many minutes of each a device plays.

What a device does not reach is left to hands. With --for only what the source suggests for an occasion.

\b
Examples:
  knead profile list
  knead profile list --for sedentary
  knead profile list --on seat-pad-8
  knead profile list --json
"""
SHOW = """Show what a profile does: its steps in plain words, its intensity over time, its zones.

\b
Examples:
  knead profile show relaxing-back
  knead profile show my-profile.toml --json
"""
CHECK = """Check profiles against the massage rules; with --on, also what a device makes of them.

Ends with 3 when one of them may not be played.

\b
Examples:
  knead profile check my-profile.toml
  knead profile check relaxing-back first-session --on seat-pad-8
"""
NEW = """Write a new profile NAME.toml into this folder, from a shipped one, comments included.

\b
Examples:
  knead profile new my-evening
  knead profile new my-evening --from first-session
"""
SCHEMA = """Print the JSON Schema of a profile file, for editors.

\b
Examples:
  knead profile schema > profile.schema.json
"""


def make_app(plain: dict[str, Any]) -> typer.Typer:
    """The group of commands."""
    app = typer.Typer(
        no_args_is_help=True, help="List, show, check and begin profiles; import and export.", **plain
    )
    app.command("list", help=LIST, short_help="List the profiles that ship.")(list_profiles)
    app.command("show", help=SHOW, short_help="Show what a profile does.")(show)
    app.command("check", help=CHECK, short_help="Check profiles against the massage rules.")(check)
    app.command("new", help=NEW, short_help="Begin a profile of one's own.")(new)
    app.command("import", help=exchange.IMPORT, short_help="Make one of another program's file.")(
        exchange.import_profile
    )
    app.command("export", help=exchange.EXPORT, short_help="Write its curves or its sound.")(
        exchange.export_profile
    )
    app.command("schema", help=SCHEMA, short_help="Print the JSON Schema.")(schema)
    return app


def complete_indication(incomplete: str) -> list[str]:
    """Indications that begin so."""
    from profiles.model import indications

    return [name for name in indications() if name.startswith(incomplete)]


def list_profiles(
    wanted: Annotated[
        str | None,
        typer.Option(
            "--for",
            metavar="WORD",
            help="Only what is suggested for it: sedentary, training, pregnancy, ...",
            autocompletion=complete_indication,
        ),
    ] = None,
    on: On = None,
    as_json: Json = False,
) -> None:
    """List the profiles that ship."""
    with telling(as_json) as out:
        from kneadwave.cli.views.profiles import list_profiles as describe

        describe(out, wanted, on)


def show(profile: Profile, as_json: Json = False) -> None:
    """Show what a profile does."""
    with telling(as_json) as out:
        from kneadwave.cli.views.steps import show_profile

        show_profile(out, profile)


def check(
    profiles: Annotated[
        list[str],
        typer.Argument(metavar="PROFILE...", help="Shipped or files.", autocompletion=complete_profile),
    ],
    on: On = None,
    stature: Stature = 1.70,
    as_json: Json = False,
) -> None:
    """Check profiles against the massage rules."""
    with telling(as_json) as out:
        from kneadwave.cli.views.checks import check_profiles

        check_profiles(out, profiles, on, stature)


def new(
    name: Annotated[
        str, typer.Argument(metavar="NAME", help="Lower case letters, digits and dashes, at most 40.")
    ],
    source: Annotated[
        str,
        typer.Option(
            "--from", metavar="PROFILE", help="What to begin with.", autocompletion=complete_profile
        ),
    ] = "first-session",
    force: Force = False,
) -> None:
    """Begin a profile of one's own."""
    with telling() as out:
        from kneadwave.cli.views.checks import new_profile

        new_profile(out, name, source, Path.cwd(), force=force)


def schema() -> None:
    """Print the JSON Schema of a profile file."""
    with telling() as out:
        import json

        from profiles.profile import json_schema

        out.put(json.dumps(json_schema(), indent=2))
