"""`knead tune fit` and `knead tune robust`: curves that are found, and how they stand real motors."""

from pathlib import Path
from typing import Annotated

import typer

from kneadwave.cli.options import Force, Json, On, Plot, Profile
from kneadwave.cli.terminal.output import telling
from kneadwave.cli.terminal.plot_option import to_draw
from kneadwave.config import parse_limit

Scheduler = Annotated[
    str | None,
    typer.Option(
        "--scheduler", metavar="URL", help="A Dask cluster that does the work: tcp://HOST:8786, or local."
    ),
]
VARIANTS_MAX = 5000  # project's choice: a few minutes of work
JOBS_MAX = 64  # project's choice: more processes than any desk has

FIT_HELP = """Find a curve: from what is to be felt, or from what was done with + and - in a recorded run.

A target is zone=level@time: a felt level, at a time of the session. The step that plays then gets a point
there; other points within a second of it give way. What the device makes felt of it is played and told.

With --from, what a person changed live becomes the curve over the session, in few points. It can only lower.

\b
Examples:
  knead tune fit relaxing-back --target "lumbar=40%@8:40"
  knead tune fit relaxing-back --on mat-64 \\
      --target "shoulder=50%@11:30 scapular=45%@12:00"
  knead run relaxing-back --device sim: --record run.jsonl
  knead tune fit relaxing-back --from run.jsonl --within 3%
"""

ROBUST_HELP = """Tell in how many devices a profile feels as meant: real motors differ.

Plays the profile once, and then the motors of many variants, which differ in start level, time constant and
strength as real ones do. A felt level is the mean over the time in which a zone is driven in a step; it
should stay within one just-noticeable difference (a fifth) of what motors as described make felt.

\b
Examples:
  knead tune robust relaxing-back
  knead tune robust relaxing-back --on seat-pad-8 \\
      --variants 1000 --plot robust.png
"""


def within_from(value: str) -> float:
    """An error as a fraction of full level; a usage error unless it lies within 1 % to 100 %."""
    try:
        return parse_limit(value)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error


def fit(
    profile: Profile,
    target: Annotated[
        list[str] | None,
        typer.Option("--target", metavar="ZONE=LEVEL@TIME", help="What is to be felt. Repeatable."),
    ] = None,
    run: Annotated[
        Path | None, typer.Option("--from", metavar="FILE", help="A run that knead run --record recorded.")
    ] = None,
    within: Annotated[
        float | None,
        typer.Option(
            "--within",
            metavar="PERCENT",
            help="With --from: how far, of full level, the curve may be off.",
            parser=within_from,
            show_default="3%",
        ),
    ] = None,
    on: On = None,
    plot: Plot = None,
    force: Force = False,
    as_json: Json = False,
) -> None:
    """Find a curve from targets or from a recorded run."""
    with telling(as_json) as out:
        from kneadwave.cli.views.fit import fit_run, fit_targets
        from kneadwave.errors import UsageError
        from kneadwave.tuning.fit.from_recording import WITHIN

        if bool(target) == (run is not None):
            raise UsageError(
                "fit takes either targets or a run", hint='--target "lumbar=40%@8:40", or --from RUN.jsonl'
            )
        if run is not None:
            fit_run(out, profile, run, WITHIN if within is None else within, on, to_draw(plot, force=force))
        elif within is not None:
            raise UsageError("--within belongs to --from", hint="targets are met as they are")
        else:
            fit_targets(out, profile, target or [], on, to_draw(plot, force=force))


def robust(
    profile: Profile,
    variants: Annotated[
        int, typer.Option("--variants", metavar="N", min=1, max=VARIANTS_MAX, help="Devices to draw.")
    ] = 200,
    seed: Annotated[
        int, typer.Option("--seed", metavar="N", min=0, help="Draws the motors; same seed, same figures.")
    ] = 0,
    jobs: Annotated[
        int | None,
        typer.Option("--jobs", metavar="N", min=1, max=JOBS_MAX, help="Processes at work; else one a core."),
    ] = None,
    scheduler: Scheduler = None,
    on: On = None,
    plot: Plot = None,
    force: Force = False,
    as_json: Json = False,
) -> None:
    """Tell in how many devices a profile feels as meant: real motors differ."""
    with telling(as_json) as out:
        from kneadwave.cli.views.robustness import tell_robustness

        tell_robustness(
            out,
            profile,
            variants=variants,
            seed=seed,
            jobs=jobs,
            scheduler=scheduler,
            on=on,
            plot=to_draw(plot, force=force),
        )


def add(app: typer.Typer) -> None:
    """Register the verbs."""
    app.command("fit", help=FIT_HELP, short_help=fit.__doc__)(fit)
    app.command("robust", help=ROBUST_HELP, short_help=robust.__doc__)(robust)
