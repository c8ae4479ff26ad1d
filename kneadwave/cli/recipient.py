"""`knead recipient`: who is massaged."""

from pathlib import Path
from typing import Annotated, Any

import typer

from kneadwave.cli.options import Force, Json, stature_from
from kneadwave.cli.terminal.output import telling

HELP = """Record who is massaged.

\b
What comes first:
  knead recipient new me --adult     who is massaged; once
  knead screen                       what speaks against it; once a day
  knead run first-session            and then the massage
"""
NEW = """Record a recipient under a name of your choice; readable by you alone.

This comes first, once; then knead screen, once a day; then knead run. What is recorded can only make a
session shorter or softer.

\b
Examples:
  knead recipient new me --adult
  knead recipient new guest --adult --stature 1.82 \\
      --sensitivity sensitive --pain shoulder-left=5
  knead recipient new guest --adult --not-first --doctor-max 12
"""
LIST = """List the recipients; the one in use is marked.

\b
Examples:
  knead recipient list
  knead recipient list --json
"""
SHOW = """Show what is recorded of a recipient, and what it changes.

\b
Examples:
  knead recipient show
  knead recipient show guest --json
"""
USE = """Make a recipient the one in use: the one for whom knead run plays.

\b
Examples:
  knead recipient use guest
"""
CHANGE = """Change what is recorded of a recipient; what is not named stays.

--pain ZONE=0, --pregnancy-month 0 and --doctor-max 0 take an entry away.

\b
Examples:
  knead recipient change me --not-first
  knead recipient change guest --pain lumbar=6 --pain shoulder-left=0
"""
EXPORT = """Write everything that is kept of a recipient into one ZIP file.

What was said of them, screenings, sessions and doses. Calibrations and comparisons carry no name, may be of
somebody else, and are not in it.

\b
Examples:
  knead recipient export me
  knead recipient export guest --out /media/stick/guest.zip
"""
DELETE = """Delete everything that is kept of a recipient. Asks first; --yes answers it.

A count of lines stays, so that nobody who is recorded anew under that name has the sessions of a day twice.
Calibrations and comparisons carry no name, and stay.

\b
Examples:
  knead recipient delete guest
  knead recipient delete guest --yes
"""
RENAME = """Give a recipient another name; all that is kept goes along, and no day is lost or gained.

\b
Examples:
  knead recipient rename me anna
"""
ZONES = (
    "Zones: neck, shoulder, scapular (shoulder blade), upper-back, flank, lumbar, sacrum, gluteal (buttock), "
    "thigh, calf, foot, arm, between-the-shoulder-blades, middle-back, upper-buttocks, lower-buttocks; "
    "each also with -left or -right"
)
"""Written out, so that help needs no map of the body."""
SENSITIVITY = "normal, sensitive (75 % at most) or very-sensitive (50 % at most)."


def complete_recipient(incomplete: str) -> list[str]:
    """Recipients whose name begins so."""
    from kneadwave.errors import KneadError
    from kneadwave.people.records import names

    try:
        return [name for name in names() if name.startswith(incomplete)]
    except KneadError:
        return []


Name = Annotated[str, typer.Argument(metavar="NAME", autocompletion=complete_recipient)]
NewName = Annotated[
    str, typer.Argument(metavar="NAME", help="Lower case letters, digits and dashes, at most 40.")
]
OtherName = Annotated[
    str, typer.Argument(metavar="NEW", help="Lower case letters, digits and dashes, at most 40.")
]
MaybeName = Annotated[str | None, typer.Argument(metavar="[NAME]", autocompletion=complete_recipient)]
Adult = Annotated[bool | None, typer.Option("--adult/--child", help="No device is used on a child.")]
Stature = Annotated[
    float | None,
    typer.Option("--stature", metavar="METRES", parser=stature_from, help="Height, 1.2 to 2.2."),
]
First = Annotated[
    bool | None,
    typer.Option("--first/--not-first", help="Whether the first session is still to come; it is shorter."),
]
Sensitivity = Annotated[str | None, typer.Option("--sensitivity", metavar="WORD", help=SENSITIVITY)]
Posture = Annotated[
    str | None,
    typer.Option("--posture", metavar="WORD", help="any, prone, supine, seated or side."),
]
Month = Annotated[
    int | None,
    typer.Option("--pregnancy-month", metavar="N", min=0, max=10, help="1 to 10; 0 for none."),
]
Pain = Annotated[
    list[str] | None,
    typer.Option(
        "--pain", metavar="ZONE=N", help=f"0 to 10; above 3 the zone gets less. Repeatable. {ZONES}."
    ),
]
DoctorMax = Annotated[
    float | None,
    typer.Option("--doctor-max", metavar="MIN", min=0, help="A doctor's maximum in minutes; only lowers."),
]


def make_app(plain: dict[str, Any]) -> typer.Typer:
    """The group of commands."""
    app = typer.Typer(no_args_is_help=True, help=HELP, **plain)
    app.command("new", help=NEW, short_help="Record a recipient.")(new)
    app.command("list", help=LIST, short_help="List the recipients.")(list_recipients)
    app.command("show", help=SHOW, short_help="Show what is recorded of a recipient.")(show)
    app.command("use", help=USE, short_help="Choose the recipient in use.")(use)
    app.command("change", help=CHANGE, short_help="Change what is recorded of a recipient.")(change)
    app.command("export", help=EXPORT, short_help="Write all that is kept into a file.")(export)
    app.command("delete", help=DELETE, short_help="Delete all that is kept.")(delete)
    app.command("rename", help=RENAME, short_help="Give another name.")(rename)
    return app


def new(
    name: NewName,
    adult: Adult = None,
    stature: Stature = None,
    first: First = None,
    sensitivity: Sensitivity = None,
    posture: Posture = None,
    pregnancy_month: Month = None,
    pain: Pain = None,
    doctor_max: DoctorMax = None,
    as_json: Json = False,
) -> None:
    """Record a recipient."""
    with telling(as_json) as out:
        from kneadwave.cli.views.people import new_recipient

        fields = _given(adult, stature, first, sensitivity, posture, pregnancy_month, pain, doctor_max)
        new_recipient(out, name, fields)


def list_recipients(as_json: Json = False) -> None:
    """List the recipients."""
    with telling(as_json) as out:
        from kneadwave.cli.views.people import list_recipients as describe

        describe(out)


def show(name: MaybeName = None, as_json: Json = False) -> None:
    """Show what is recorded of a recipient."""
    with telling(as_json) as out:
        from firmware_bridge import local_now
        from kneadwave.cli.views.people import show_recipient

        show_recipient(out, name, local_now())


def use(name: Name, as_json: Json = False) -> None:
    """Choose the recipient in use."""
    with telling(as_json) as out:
        from kneadwave.cli.views.people import use_recipient

        use_recipient(out, name)


def change(
    name: Name,
    adult: Adult = None,
    stature: Stature = None,
    first: First = None,
    sensitivity: Sensitivity = None,
    posture: Posture = None,
    pregnancy_month: Month = None,
    pain: Pain = None,
    doctor_max: DoctorMax = None,
    as_json: Json = False,
) -> None:
    """Change what is recorded of a recipient."""
    with telling(as_json) as out:
        from kneadwave.cli.views.people import change_recipient

        fields = _given(adult, stature, first, sensitivity, posture, pregnancy_month, pain, doctor_max)
        change_recipient(out, name, fields)


def export(
    name: Name,
    out_file: Annotated[
        Path | None, typer.Option("--out", "-o", metavar="FILE", help="Where to; NAME.zip here otherwise.")
    ] = None,
    force: Force = False,
    as_json: Json = False,
) -> None:
    """Write all that is kept of a recipient into a file."""
    with telling(as_json) as out:
        from kneadwave.cli.views.belongings import export_recipient

        export_recipient(out, name, out_file, force=force)


def delete(
    name: Name,
    yes: Annotated[bool, typer.Option("--yes", help="Delete without asking.")] = False,
    as_json: Json = False,
) -> None:
    """Delete all that is kept of a recipient."""
    with telling(as_json) as out:
        from kneadwave.cli.terminal.signals import Signals
        from kneadwave.cli.views.belongings import delete_recipient

        with Signals():
            delete_recipient(out, name, yes=yes)


def rename(name: Name, new_name: OtherName, as_json: Json = False) -> None:
    """Give a recipient another name."""
    with telling(as_json) as out:
        from kneadwave.cli.views.belongings import rename_recipient

        rename_recipient(out, name, new_name)


def _given(
    adult: bool | None,
    stature: float | None,
    first: bool | None,
    sensitivity: str | None,
    posture: str | None,
    pregnancy_month: int | None,
    pain: list[str] | None,
    doctor_max: float | None,
) -> dict[str, Any]:
    """The fields of a recipient that were named; 0 for a month or a maximum stands for none."""
    from kneadwave.cli.views.people import pains_from

    given: dict[str, Any] = {
        "adult": adult,
        "stature_m": stature,
        "first_session": first,
        "sensitivity": sensitivity,
        "posture": posture,
        "pain": pains_from(pain) or None,
    }
    fields = {key: value for key, value in given.items() if value is not None}
    if pregnancy_month is not None:
        fields["pregnancy_month"] = pregnancy_month or None
    if doctor_max is not None:
        fields["doctor_max_min"] = doctor_max or None
    return fields
