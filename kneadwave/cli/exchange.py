"""`knead profile import` and `export`: profiles from the files of other programs, and files for them."""

from pathlib import Path
from typing import Annotated

import typer

from kneadwave.cli.completion import complete_step
from kneadwave.cli.options import Force, Json, On, Profile, Stature, limit_from
from kneadwave.cli.terminal.output import telling

IMPORT = """Make a profile of a .funscript, AHAP, .haptic or .tact: its intensity, as one technique.

Never as raw drives: what is lost is told, the massage rules are held against it, and what may not be played
is not written. The format is known by what is in the file.

\b
Examples:
  knead profile import song.funscript
  knead profile import purr.ahap --technique kneading --rate 30 \\
      --zone shoulder --zone scapular
  knead profile import storm.haptic --name storm --level 30% --smooth 5
"""
EXPORT = """Write what a profile asks for to files of other programs: funscript, haptic, ahap or wav.

The felt level of each zone over the session, or of one step (--step): .vib.funscript, whose positions are
levels; .haptic of version 1; AHAP. As wav a whole simulated run: a stereo sound a zone.

\b
Examples:
  knead profile export relaxing-back --as funscript
  knead profile export relaxing-back --as ahap --step 8 --out kneading.ahap
  knead profile export relaxing-back --as haptic --zone lumbar
  knead profile export relaxing-back --as wav --on reference-cushion
"""
FORMAT_NAMES = ("funscript", "haptic", "ahap", "wav")

Zones = Annotated[
    list[str] | None,
    typer.Option("--zone", metavar="ZONE", help="A zone, as shoulder or shoulder-left. Repeatable."),
]


def complete_technique(incomplete: str) -> list[str]:
    """Techniques that move and begin so."""
    from profiles.technique import TECHNIQUES

    return [kind for kind in TECHNIQUES if kind != "guide" and kind.startswith(incomplete)]


def complete_format(incomplete: str) -> list[str]:
    """Formats that begin so."""
    return [name for name in FORMAT_NAMES if name.startswith(incomplete)]


def import_profile(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A .funscript, AHAP, .haptic or .tact.")],
    technique: Annotated[
        str,
        typer.Option(
            "--technique", metavar="KIND", help="What it is felt as.", autocompletion=complete_technique
        ),
    ] = "stroking",
    zone: Zones = None,
    name: Annotated[
        str | None,
        typer.Option(
            "--name",
            metavar="NAME",
            help="Of the profile: lower case letters, digits and dashes; the file's otherwise.",
        ),
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", "-o", metavar="FILE", help="Where to; NAME.toml here otherwise.")
    ] = None,
    level: Annotated[
        float | None,
        typer.Option(
            "--level",
            metavar="PERCENT",
            help="What the file's full level becomes; 40% otherwise, or what the zones bear.",
            parser=limit_from,
        ),
    ] = None,
    smooth: Annotated[
        float | None,
        typer.Option(
            "--smooth",
            metavar="SECONDS",
            min=0.0,
            max=600.0,
            help="Take means over so long; as little as a curve needs otherwise.",
        ),
    ] = None,
    rate: Annotated[
        float | None,
        typer.Option(
            "--rate",
            metavar="CPM",
            min=1.0,
            max=600.0,
            help="Cycles a minute, in place of the file's strokes.",
        ),
    ] = None,
    force: Force = False,
    as_json: Json = False,
) -> None:
    """Make a profile of another program's file."""
    with telling(as_json) as out_:
        from kneadwave.cli.views.exchange import import_profile as describe
        from kneadwave.exchange.import_file import ImportRequest

        asked = ImportRequest(file, technique, tuple(zone or ()), name, level, smooth, rate)
        describe(out_, asked, out, force=force)


def export_profile(
    profile: Profile,
    as_format: Annotated[
        str,
        typer.Option("--as", metavar="FORMAT", help=", ".join(FORMAT_NAMES), autocompletion=complete_format),
    ],
    step: Annotated[
        str | None,
        typer.Option("--step", metavar="STEP", help="Its number or name.", autocompletion=complete_step),
    ] = None,
    zone: Zones = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", "-o", metavar="PATH", help="The file, or the folder where there are several."),
    ] = None,
    on: On = None,
    stature: Stature = 1.70,
    force: Force = False,
    as_json: Json = False,
) -> None:
    """Write what a profile asks for to files of other programs."""
    with telling(as_json) as out_:
        from kneadwave.cli.views.exchange import export_profile as write
        from kneadwave.config import load_config
        from kneadwave.devices import DEFAULT_DEVICE
        from kneadwave.exchange.export_file import ExportRequest

        device = on or load_config().on or DEFAULT_DEVICE
        zones = tuple(zone or ())
        write(out_, ExportRequest(profile, as_format, step, zones, out, device, stature, replace=force))
