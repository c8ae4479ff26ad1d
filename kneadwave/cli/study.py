"""`knead study`: how every routine stands real motors, on every device."""

from pathlib import Path
from typing import Annotated

import typer

from kneadwave.cli.completion import complete_device, complete_profile
from kneadwave.cli.options import Json
from kneadwave.cli.terminal.output import telling
from kneadwave.cli.tune.find import JOBS_MAX, VARIANTS_MAX, Scheduler

HELP = """Tell how routines stand real motors on many devices: knead tune robust for each, as one table.

Without --profile and --on it takes everything that ships, which is hours of work on one computer: it can be
broken off at any time, and the same command goes on from there. The table is a Parquet file, a row for each
step; the picture shows routines against devices.

On a Dask cluster: dask scheduler on one computer, dask worker tcp://THAT:8786 on the others, each with
this very version of Kneadwave and its extra cluster.

\b
Examples:
  knead study --out study --variants 100
  knead study --out study --profile relaxing-back --on hf8 --on seat-pad-8
  knead study --out study --scheduler tcp://10.0.0.5:8786
"""


def study(
    out_folder: Annotated[
        Path, typer.Option("--out", metavar="FOLDER", help="Where pairs, table and picture go.")
    ],
    profile: Annotated[
        list[str] | None,
        typer.Option("--profile", metavar="PROFILE", help="A routine.", autocompletion=complete_profile),
    ] = None,
    on: Annotated[
        list[str] | None,
        typer.Option("--on", metavar="DEVICE", help="A device description.", autocompletion=complete_device),
    ] = None,
    variants: Annotated[
        int, typer.Option("--variants", metavar="N", min=1, max=VARIANTS_MAX, help="Devices to draw.")
    ] = 1000,
    seed: Annotated[int, typer.Option("--seed", metavar="N", min=0, help="Draws the motors.")] = 0,
    jobs: Annotated[
        int | None,
        typer.Option("--jobs", metavar="N", min=1, max=JOBS_MAX, help="Processes at work; else one a core."),
    ] = None,
    scheduler: Scheduler = None,
    as_json: Json = False,
) -> None:
    """Tell how routines stand real motors, on many devices."""
    with telling(as_json) as out:
        from kneadwave.cli.views.study import tell_study

        tell_study(
            out,
            out_folder,
            profile or [],
            on or [],
            variants=variants,
            seed=seed,
            jobs=jobs,
            scheduler=scheduler,
        )
