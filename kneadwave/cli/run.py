"""`knead run`: play a profile on a device."""

from typing import Annotated

import typer

from kneadwave.cli.options import (
    BodyHeight,
    Descriptions,
    Devices,
    Json,
    Limit,
    Minutes,
    Profile,
    Record,
    paired,
)
from kneadwave.cli.recipient import complete_recipient
from kneadwave.cli.terminal.output import telling

HELP = """Play a profile on a device, or lead through a routine for hands.

A device is used on a recipient who was screened today (knead recipient new, knead screen); before each run a
short list is confirmed. --device sim: needs none of that.

On a terminal it shows what plays, and takes keys: space pauses and goes on, + and - change the intensity,
c goes to the closing strokes, p says that it hurts (that zone goes down; once more stops), s or q stops.
Ctrl-C stops the device first, then ends.

The device is the one of --device, else KNEAD_DEVICE, else the config file's, else the only one that is known.
With --device given more than once, one profile plays over all of them (--on in the same order): one session,
one stop for all, and where one is lost, all rest.

\b
Examples:
  knead run relaxing-back
  knead run first-session --device /dev/ttyACM0 --limit 60%
  knead run felt-check --device sim:
  knead run shoulder-relief --device id:KW0001 --recipient guest --minutes 8
  knead run relaxing-back --device hf8:/dev/ttyACM0 --device tcode:/dev/ttyUSB0 --on hf8 --on own.toml
"""

Recipient = Annotated[
    str | None,
    typer.Option(
        "--recipient",
        metavar="NAME",
        help="Who is massaged; without it the one in use.",
        autocompletion=complete_recipient,
    ),
]


def run(
    profile: Profile,
    device: Devices = None,
    on: Descriptions = None,
    limit: Limit = 1.0,
    recipient: Recipient = None,
    minutes: Minutes = None,
    record: Record = None,
    stature: BodyHeight = None,
    as_json: Json = False,
) -> None:
    """Play a profile on a device."""
    with telling(as_json) as out:
        from kneadwave.cli.live_session import run as play
        from kneadwave.config import load_config
        from kneadwave.sessions.start import SessionRequest

        config = load_config()
        (first, described), *also = paired(device, on)
        asked = SessionRequest(
            profile=profile,
            device=first,
            on=described,
            also=tuple((url, each) for url, each in also if url is not None),
            limit=min(limit, config.limit),
            stature_m=stature,
            recipient=recipient,
            minutes=minutes,
            record=record,
            config=config,
        )
        play(out, asked)
