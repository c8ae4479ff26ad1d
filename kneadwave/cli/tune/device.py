"""Verbs of `knead tune` for the response curves of a device: calibrate, response."""

from contextlib import ExitStack
from typing import Annotated

import typer

from kneadwave.cli.completion import complete_device
from kneadwave.cli.options import DESCRIPTION, Device, Json, Limit
from kneadwave.cli.recipient import complete_recipient
from kneadwave.cli.run import Control, controls_of
from kneadwave.cli.terminal.output import telling

CALIBRATE = """Find out how the actuators of a device answer, and write its response curves.

Each actuator in turn gets stronger in short steps until you press a key, then short pulses, then weaker until
it is gone. That gives the drive at which it starts, down to which it keeps going, and at which it is first
felt. A pulse of nothing now and then shows whether answers can be believed. It is a felt test: at most a
minute of movement a sitting, never above 60 % of a ceiling. What was found is kept; the same command
continues there.

\b
Examples:
  knead tune calibrate seat-pad-8 --device /dev/ttyACM0
  knead tune calibrate seat-pad-8 --only thigh-r --only thigh-l
  knead tune calibrate seat-pad-8 --again
"""
RESPONSE = """Show or change the response curves of a device: start, hold, exponent, ceiling of each actuator.

They lie over the device's description and are used whenever something is played on the real device. A ceiling
is a share of full drive, not of what is felt (knead device show tells both), and can only be lowered.

\b
Examples:
  knead tune response seat-pad-8
  knead tune response seat-pad-8 thigh-r start=66 hold=48 ceiling=70%
  knead tune response seat-pad-8 --reset thigh-r
  knead tune response seat-pad-8 --undo
"""

Described = Annotated[
    str,
    typer.Argument(metavar="DEVICE", help=DESCRIPTION, autocompletion=complete_device),
]


def add(app: typer.Typer) -> None:
    """Register the verbs."""
    app.command("calibrate", help=CALIBRATE, short_help="Find out how a device answers.")(calibrate)
    app.command("response", help=RESPONSE, short_help="Show or change response curves.")(response)


def calibrate(
    described: Described,
    device: Device = None,
    only: Annotated[
        list[str] | None, typer.Option("--only", metavar="ACTUATOR", help="This actuator; repeatable.")
    ] = None,
    again: Annotated[bool, typer.Option("--again", help="Start anew with every actuator.")] = False,
    accept: Annotated[
        bool, typer.Option("--accept", help="Keep also what is far from the description.")
    ] = False,
    limit: Limit = 1.0,
    recipient: Annotated[
        str | None,
        typer.Option("--recipient", metavar="NAME", help="Who feels it.", autocompletion=complete_recipient),
    ] = None,
    control: Control = None,
    as_json: Json = False,
) -> None:
    """Find out how a device answers."""
    with telling(as_json) as out, ExitStack() as stack:
        from kneadwave.cli.trials import calibrate as calibrating
        from kneadwave.config import load_config
        from kneadwave.sessions.felt_test import Bench

        controls = controls_of(stack, control, keys=True)
        bench = Bench(device, described, limit, recipient, load_config(), controls)
        asked = calibrating.Asked(described, bench, tuple(only or ()), again=again, accept=accept)
        calibrating.calibrate(out, asked)


def response(
    described: Described,
    actuator: Annotated[str | None, typer.Argument(metavar="[ACTUATOR]", help="Which actuator.")] = None,
    values: Annotated[
        list[str] | None,
        typer.Argument(metavar="[NAME=VALUE]...", help="start=66, hold=48, exponent=0.5, ceiling=70%."),
    ] = None,
    undo: Annotated[bool, typer.Option("--undo", help="Go back to the version before.")] = False,
    reset: Annotated[
        bool, typer.Option("--reset", help="Go back to the description, for ACTUATOR or for all.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Show or change response curves."""
    with telling(as_json) as out:
        from kneadwave.cli.views import responses as responding

        responding.respond(out, described, actuator, tuple(values or ()), undo=undo, reset=reset)
