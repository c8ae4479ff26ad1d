"""Options and arguments that several commands share, with their checks and their completion."""

from itertools import zip_longest
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from kneadwave.cli.completion import complete_device, complete_profile, complete_step, complete_url
from kneadwave.config import parse_limit
from kneadwave.errors import UsageError
from kneadwave.guards.dialects import known_forms

DESCRIPTION = "Device description: a shipped one or a file."
STATURE_MIN_M, STATURE_MAX_M = 1.2, 2.2
"""The statures that the body map is made for, metres."""
MINUTES_MIN, MINUTES_MAX = 1.0, 20.0
"""What a session may be shortened to, minutes; the longest is that of rule 84."""


def limit_from(value: str) -> float:
    """A limit as a fraction; a usage error unless it lies within 1 % to 100 %."""
    try:
        return parse_limit(value)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error


def stature_from(value: str | float) -> float:
    """A stature in metres; a usage error that says it in metres where centimetres were given."""
    try:
        given = float(value)
    except ValueError:
        given = 0.0
    if not STATURE_MIN_M <= given <= STATURE_MAX_M:  # true for NaN, too
        from kneadwave.people.recipient import metres  # no stature that is right waits for it

        raise typer.BadParameter(f"{value} is no stature here ({metres(given)})")
    return given


def paired(devices: list[str] | None, descriptions: list[str] | None) -> list[tuple[str | None, str | None]]:
    """Each device with its description, in the order given; a usage error for too many descriptions."""
    urls: list[str | None] = [*devices] if devices else [None]
    named = descriptions or []
    if len(named) > len(urls):
        raise UsageError(
            f"--on is given {len(named)} times, --device {len(devices or [])}",
            hint="give one --on for each --device, in the same order",
        )
    return list(zip_longest(urls, named))


def _on(more: str = "") -> Any:
    return typer.Option("--on", metavar="DEVICE", help=f"{DESCRIPTION}{more}", autocompletion=complete_device)


def _device(more: str = "") -> Any:
    return typer.Option(
        "--device", metavar="URL", help=f"{known_forms()}.{more}", autocompletion=complete_url
    )


Profile = Annotated[
    str,
    typer.Argument(metavar="PROFILE", help="A shipped profile or a file.", autocompletion=complete_profile),
]
Step = Annotated[
    str,
    typer.Argument(
        metavar="STEP", help="Its number or name, or session for all of it.", autocompletion=complete_step
    ),
]
Plot = Annotated[
    Path | None,
    typer.Option(
        "--plot",
        metavar="FILE",
        help="Draw it to this .png, .svg or .pdf; an earlier picture there is replaced.",
    ),
]
On = Annotated[str | None, _on()]
Device = Annotated[str | None, _device()]
Devices = Annotated[list[str] | None, _device(" Repeatable.")]
Descriptions = Annotated[list[str] | None, _on(" One for each --device.")]
Limit = Annotated[
    float,
    typer.Option(
        "--limit",
        metavar="PERCENT",
        help="The most that may be felt anywhere, such as 60% or 0.6; what is weaker stays as it is.",
        parser=limit_from,
        show_default="100%",
    ),
]
Intensity = Annotated[
    float,
    typer.Option(
        "--intensity",
        metavar="PERCENT",
        help="How strong all of it is, such as 60% or 0.6; it can only lower.",
        parser=limit_from,
        show_default="100%",
    ),
]
Stature = Annotated[
    float,
    typer.Option(
        "--stature",
        metavar="METRES",
        parser=stature_from,
        help="Height of the person who is massaged, 1.2 to 2.2.",
    ),
]
BodyHeight = Annotated[
    float | None,
    typer.Option(
        "--stature",
        metavar="METRES",
        parser=stature_from,
        help="Height of the person, 1.2 to 2.2, with sim: (1.70 without it); on a device the recipient's.",
    ),
]
Minutes = Annotated[
    float | None,
    typer.Option(
        "--minutes",
        metavar="N",
        min=MINUTES_MIN,
        max=MINUTES_MAX,
        help="Shorten the session, and say what that leaves out; a first one may take 15 instead of 10.",
    ),
]
Json = Annotated[bool, typer.Option("--json", help="One JSON object a line, the last one an 'end'.")]
Force = Annotated[
    bool,
    typer.Option(
        "--force",
        help="Replace whatever file is there, of another kind as well; never a link or a folder.",
    ),
]
Record = Annotated[
    Path | None,
    typer.Option(
        "--record",
        metavar="FILE",
        help="Record to this file (JSON lines); an earlier recording there is replaced.",
    ),
]
Seed = Annotated[
    int, typer.Option("--seed", metavar="N", min=0, help="Draws the faults; same seed, same run.")
]
Kernel = Annotated[
    Literal["c", "python"] | None,
    typer.Option(
        "--kernel",
        help="What plays the cushion: the firmware's kernel in C, or Python; both give the same bytes.",
        show_default="c where it is built",
    ),
]
Faults = Annotated[
    list[str] | None,
    typer.Option(
        "--fault",
        metavar="SPEC",
        help="drop, flip, duplicate, delay, stall, unplug or reset: drop=0.1% loses that share of the bytes, "
        "stall@12s+0.4s is a line that stands still. Repeatable.",
    ),
]
