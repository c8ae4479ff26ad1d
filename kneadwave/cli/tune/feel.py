"""`knead tune preview`: feel one step of what is being tuned."""

from contextlib import ExitStack

import typer

from kneadwave.cli.options import Device, Json, Limit, On, Profile, Step
from kneadwave.cli.run import Control, Recipient, controls_of
from kneadwave.cli.terminal.output import telling

HELP = """Feel one step as it is edited now, saved or not, for half a minute at most.

It rises from nothing. A longer step is compressed, and where it is no stroking, a light stroke leads in and
out. It is nowhere stronger than in the session. On a terminal of 60 x 16 or more the curve is drawn with the
live level on it; with NO_COLOR, or on a smaller one, the level is told in lines. Any key stops, Ctrl-C and
knead stop as well.

A preview is a felt test: the recipient was screened today, the list before a run is confirmed, and there are
five minutes of felt tests a day. --device sim: needs none of that.

\b
Examples:
  knead tune preview evening.toml 8 --device sim:
  knead tune preview evening.toml "kneading up" --limit 30%
"""


def preview(
    profile: Profile,
    step: Step,
    device: Device = None,
    on: On = None,
    limit: Limit = 1.0,
    recipient: Recipient = None,
    control: Control = None,
    as_json: Json = False,
) -> None:
    """Feel one step as it is edited now."""
    with telling(as_json) as out, ExitStack() as stack:
        from kneadwave.cli.trials.preview import preview as play
        from kneadwave.config import load_config
        from kneadwave.sessions.felt_test import Bench

        controls = controls_of(stack, control, keys=True)
        play(out, Bench(device, on, limit, recipient, load_config(), controls), profile, step)


def add(app: typer.Typer) -> None:
    """Register the verb."""
    app.command("preview", help=HELP, short_help=preview.__doc__)(preview)
