"""`knead tune ab` and `knead tune sweep`: felt comparisons that a person answers with a key."""

from contextlib import ExitStack
from typing import Annotated

import typer

from kneadwave.cli.completion import complete_number, complete_step
from kneadwave.cli.options import Device, Json, Limit, On, Profile
from kneadwave.cli.run import Control, Recipient, controls_of
from kneadwave.cli.terminal.output import telling

AB_HELP = """Feel the saved and the edited version of a step, blind, and say which was better.

Both are played in an order that is drawn: the part where they differ most, nine seconds each, from nothing.
Then one key: 1 first, 2 second, 0 no difference, r both once more. Any key while it plays stops it. STEP may
be left out where only one step differs; for session the strongest step stands.

It is a felt test, as knead tune preview is: the list before a run is confirmed, and there are five minutes of
felt tests a day.

\b
Examples:
  knead tune ab evening.toml 8 --device sim:
  knead tune ab evening.toml --device /dev/ttyACM0
"""
SWEEP_HELP = """Walk one number of a step in felt steps, and keep the value that feels right.

Each value differs from the one before by about what is just noticed, and lasts four seconds at least; a
sweep takes a minute at most. Enter or space takes what is felt (or what was felt until half a second ago) and
writes it as an edit; any other key stops and writes nothing.

It is a felt test, as knead tune preview is: the list before a run is confirmed, and there are five minutes of
felt tests a day.

\b
Examples:
  knead tune sweep evening.toml 8 rate --from 30 --to 50 --device sim:
  knead tune sweep evening.toml 8 level --from 0.3 --to 0.6 --steps 5
"""


def value_from(text: str) -> float:
    """A value as a number; 60% is 0.6. A usage error for what is none."""
    word = text.strip()
    try:
        return float(word[:-1]) / 100.0 if word.endswith("%") else float(word)
    except ValueError as error:
        raise typer.BadParameter(f"'{text}' is no number") from error


def ab(
    profile: Profile,
    step: Annotated[
        str | None,
        typer.Argument(metavar="STEP", help="Its number or name, or session.", autocompletion=complete_step),
    ] = None,
    device: Device = None,
    on: On = None,
    limit: Limit = 1.0,
    recipient: Recipient = None,
    control: Control = None,
    as_json: Json = False,
) -> None:
    """Compare the saved and the edited version of a step, blind."""
    with telling(as_json) as out, ExitStack() as stack:
        from kneadwave.cli.trials.ab import compare
        from kneadwave.config import load_config
        from kneadwave.sessions.felt_test import Bench

        controls = controls_of(stack, control, keys=True)
        compare(out, Bench(device, on, limit, recipient, load_config(), controls), profile, step)


def sweep(
    profile: Profile,
    step: Annotated[
        str, typer.Argument(metavar="STEP", help="Its number or name.", autocompletion=complete_step)
    ],
    number: Annotated[
        str,
        typer.Argument(
            metavar="NUMBER", help="Such as rate, level, speed or hold.", autocompletion=complete_number
        ),
    ],
    start: Annotated[float, typer.Option("--from", metavar="A", help="The first value.", parser=value_from)],
    end: Annotated[float, typer.Option("--to", metavar="B", help="The last value.", parser=value_from)],
    steps: Annotated[
        int | None, typer.Option("--steps", metavar="N", help="How many values; else felt steps.")
    ] = None,
    device: Device = None,
    on: On = None,
    limit: Limit = 1.0,
    recipient: Recipient = None,
    control: Control = None,
    as_json: Json = False,
) -> None:
    """Walk one number until it feels right."""
    with telling(as_json) as out, ExitStack() as stack:
        from kneadwave.cli.trials.sweep import sweep as walk
        from kneadwave.config import load_config
        from kneadwave.sessions.felt_test import Bench

        controls = controls_of(stack, control, keys=True)
        bench = Bench(device, on, limit, recipient, load_config(), controls)
        walk(out, bench, profile, step, number, start, end, steps)


def add(app: typer.Typer) -> None:
    """Register the verbs."""
    app.command("ab", help=AB_HELP, short_help=ab.__doc__)(ab)
    app.command("sweep", help=SWEEP_HELP, short_help=sweep.__doc__)(sweep)
