"""`knead run`: play a profile on a device."""

import sys
from contextlib import ExitStack
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from kneadwave.cli.completion import complete_profile
from kneadwave.cli.options import (
    BodyHeight,
    Descriptions,
    Devices,
    Force,
    Intensity,
    Json,
    Limit,
    Minutes,
    Record,
    paired,
)
from kneadwave.cli.recipient import complete_recipient
from kneadwave.cli.terminal.output import telling
from kneadwave.errors import UsageError

if TYPE_CHECKING:
    from kneadwave.sessions.control_lines import ControlLines

HELP = """Play a profile on a device, or lead through a routine for hands.

Whoever is massaged, by a device or by hand, is a recipient who was screened today (knead recipient new, knead
screen); before each run a short list is confirmed. A device of --device sim: touches nobody and needs none of
that; hands do, whatever is named. knead simulate goes through any routine for nobody.

On a terminal it shows what plays, and takes keys: space pauses and goes on, + and - change the intensity,
c goes to the closing strokes, p says that it hurts (that zone goes down; once more stops), s, q or Esc stops.
Ctrl-C stops the device first, then ends. With TERM=dumb it draws nothing and tells what happens line by line,
as a screen reader wants it; the keys are the same.

Another program steers it by --control stdin: JSON lines such as {"control": "pause"} on standard input; where
these end, the session is stopped. docs/json.md has them. The list is confirmed beforehand, by knead screen.

With --offer all of that is done here, and then it waits up to 60 s for a start from afar: see knead mqtt.

A session whose device was lost may be continued within ten minutes, after the same questions and for the time
that is left of it: on a terminal by a key, else with --resume.

The device is the one of --device, else KNEAD_DEVICE, else the config file's, else the only one that is known.
With --device given more than once, one profile plays over all of them (--on in the same order): one session,
one stop for all, and where one is lost, all rest.

\b
Examples:
  knead run felt-check --device sim:           to try it: touches nobody
  knead recipient new me --adult               before all that follow, once ...
  knead screen                                 ... and on each day
  knead run first-session --device /dev/ttyACM0 --limit 30%
  knead run shoulder-relief
  knead run shoulder-relief --device id:KW0001 --recipient guest --minutes 8
  knead run --resume
  knead run shoulder-relief --json --control stdin
  knead run shoulder-relief --offer
  knead run shoulder-relief --device hf8:/dev/ttyACM0 --on hf8 \\
      --device tcode:/dev/ttyUSB0 --on own.toml
"""


class ControlledBy(StrEnum):
    """Where controls come from, besides signals and other processes."""

    STDIN = "stdin"


Recipient = Annotated[
    str | None,
    typer.Option(
        "--recipient",
        metavar="NAME",
        help="Who is massaged; without it the one in use.",
        autocompletion=complete_recipient,
    ),
]


Resume = Annotated[
    bool,
    typer.Option("--resume", help="Continue the session that lost its device in the last ten minutes."),
]
Control = Annotated[
    ControlledBy | None,
    typer.Option("--control", help="Take controls as JSON lines from standard input, whose end stops."),
]
Offer = Annotated[
    bool,
    typer.Option("--offer", help="Confirm all here, then wait up to 60 s for a start from afar."),
]
Frames = Annotated[
    int | None,
    typer.Option(
        "--frames",
        metavar="FD",
        help="Write every frame to this pipe, in bytes: docs/json.md.",
        show_default=False,
    ),
]
ProfileOrNone = Annotated[
    str | None,
    typer.Argument(metavar="PROFILE", help="A shipped profile or a file.", autocompletion=complete_profile),
]


def run(
    profile: ProfileOrNone = None,
    device: Devices = None,
    on: Descriptions = None,
    limit: Limit = 1.0,
    intensity: Intensity = 1.0,
    recipient: Recipient = None,
    minutes: Minutes = None,
    record: Record = None,
    stature: BodyHeight = None,
    resume: Resume = False,
    control: Control = None,
    frames: Frames = None,
    offer: Offer = False,
    force: Force = False,
    as_json: Json = False,
) -> None:
    """Play a profile on a device."""
    with telling(as_json) as out, ExitStack() as stack:
        from kneadwave.cli.take_up import run_to_the_end
        from kneadwave.config import load_config
        from kneadwave.sessions.frame_stream import FrameStream
        from kneadwave.sessions.start import SessionRequest, taking_up

        _refuse_both(profile, minutes, resume=resume)
        config = load_config()
        (first, described), *also = paired(device, on)
        asked = SessionRequest(
            profile=profile or "",
            device=first,
            on=described,
            also=tuple((url, each) for url, each in also if url is not None),
            limit=min(limit, config.limit),
            intensity=intensity,
            stature_m=stature,
            recipient=recipient,
            minutes=minutes,
            record=record,
            replace=force,
            offered=offer,
            listener=None if frames is None else FrameStream(frames),
            config=config,
        )
        controls = controls_of(stack, control)
        run_to_the_end(out, taking_up(asked) if resume else asked, controls=controls)


def controls_of(
    stack: ExitStack, control: ControlledBy | None, *, keys: bool = False, words: bool = False
) -> "ControlLines | None":
    """What `--control` names, read until `stack` is left; `keys` answer a felt test, `words` a question."""
    from kneadwave.sessions.control_lines import ControlLines

    if control is None:
        return None
    return stack.enter_context(ControlLines(_standard_input(), keys=keys, words=words))


def _standard_input() -> int:
    try:
        return sys.stdin.fileno()
    except (AttributeError, OSError, ValueError) as error:
        raise UsageError(
            "--control stdin, and there is no standard input", hint="give it a pipe to write controls to"
        ) from error


def _refuse_both(profile: str | None, minutes: float | None, *, resume: bool) -> None:
    if resume and (profile is not None or minutes is not None):
        raise UsageError(
            "--resume goes on with what was played, for the time that is left of it",
            hint="leave PROFILE and --minutes out",
        )
    if not resume and profile is None:
        raise UsageError(
            "which profile?", hint="knead profile list shows what ships; knead run PROFILE plays it"
        )
