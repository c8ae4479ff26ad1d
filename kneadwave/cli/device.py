"""`knead device`: what devices are described, what one looks like, and what is plugged in."""

from contextlib import ExitStack
from pathlib import Path
from typing import Annotated, Any

import typer

from kneadwave.cli.completion import complete_device, complete_url
from kneadwave.cli.options import Device, Json, Stature
from kneadwave.cli.run import Control, controls_of
from kneadwave.cli.terminal.output import telling

LIST = """List the device descriptions that ship.

\b
Examples:
  knead device list
  knead device list --json
"""
SHOW = """Draw a device on the body: its actuators, the zones, and which actuators stay off and why.

With --device the device itself is asked what it is.

\b
Examples:
  knead device show
  knead device show seat-pad-8
  knead device show --device /dev/ttyACM0
"""
SCAN = """Tell what is plugged in and what it is likely to be: ports, sound cards, rumble motors, Intiface.

Opens nothing and writes nothing. --probe opens the one port that it names and asks it in every known
dialect; nothing moves by it, but some boards restart when their port is opened.

\b
Examples:
  knead device scan
  knead device scan --json
  knead device scan --probe /dev/ttyUSB0
"""
NEW = """Set up a device: find out where each of its motors lies, and write a description of it.

For devices behind a guard of ours: hf8:, tcode:, intiface:. The device lies in front of you and
nobody is on it: that is asked before each run. One channel after another gives a soft pulse of less than
half a second, 20% of full drive, a minute in all, and you say where you felt it: a zone and a side, or
millimetres. What is not placed stays off. Think as long as you like. q, at any time, leaves and keeps what
was said; the same command continues there. Without a terminal, or a program that answers by --control,
nothing moves: --template prints a file to fill in, --answers takes it.

\b
Examples:
  knead device new my-pad --device hf8:/dev/ttyACM0
  knead device new mine --device tcode:/dev/ttyUSB0 --out board.toml
  knead device new mine --device intiface:ws://127.0.0.1:12345/Belt
  knead device new mine --device tcode:/dev/ttyUSB0 --template > places.toml
  knead device new mine --device tcode:/dev/ttyUSB0 --answers places.toml
"""
FORGET = """Forget a device that was left moving and that nobody can reach, once it is off for sure.

Where guard and player were killed while a device moved that does not stop by itself, each command tries to
switch it off, and says so where it cannot. Pull its plug, look that it is off, then forget it.

\b
Example:
  knead device forget hf8:/dev/ttyACM0
"""
UDEV = """Print rules for Linux's udev: ports of massage devices are yours, and ModemManager keeps off them.

With a port, or its USB id, the device behind it gets a line as well.

\b
Examples:
  knead device udev
  knead device udev /dev/ttyACM0
  knead device udev 1a86:7523 | sudo tee /etc/udev/rules.d/60-kneadwave.rules
"""


def make_app(plain: dict[str, Any]) -> typer.Typer:
    """The group of commands."""
    app = typer.Typer(no_args_is_help=True, help="List, show, find and set up devices.", **plain)
    app.command("list", help=LIST, short_help="List the device descriptions that ship.")(list_devices)
    app.command("show", help=SHOW, short_help="Draw a device on the body.")(show)
    app.command("scan", help=SCAN, short_help="Tell what is plugged in, without opening it.")(scan)
    app.command("new", help=NEW, short_help="Set up a device: where each motor lies.")(new)
    app.command("forget", help=FORGET, short_help="Forget a device that was left moving.")(forget)
    app.command("udev", help=UDEV, short_help="Print rules for Linux's udev.")(udev)
    return app


def list_devices(as_json: Json = False) -> None:
    """List the device descriptions that ship."""
    with telling(as_json) as out:
        from kneadwave.cli.views.devices import list_devices as describe

        describe(out)


def show(
    name: Annotated[
        str | None,
        typer.Argument(
            metavar="[NAME]", help="A shipped description or a file.", autocompletion=complete_device
        ),
    ] = None,
    device: Device = None,
    stature: Stature = 1.70,
    as_json: Json = False,
) -> None:
    """Draw a device on the body."""
    with telling(as_json) as out:
        from kneadwave.cli.views.devices import show_device

        show_device(out, name, device, stature)


def scan(
    probe: Annotated[
        str | None,
        typer.Option(
            "--probe",
            metavar="PORT",
            help="Open this port and ask what is there.",
            autocompletion=complete_url,
        ),
    ] = None,
    as_json: Json = False,
) -> None:
    """Tell what is plugged in, without opening it."""
    with telling(as_json) as out:
        from kneadwave.cli.views.scan import probe_port, scan_devices

        if probe is None:
            scan_devices(out)
        else:
            probe_port(out, probe)


def forget(
    url: Annotated[str, typer.Argument(metavar="URL", help="The device, as the warning names it.")],
    as_json: Json = False,
) -> None:
    """Forget a device that was left moving."""
    with telling(as_json) as out:
        from kneadwave.cli.views.devices import forget_device

        forget_device(out, url)


def udev(
    port: Annotated[
        list[str] | None,
        typer.Argument(metavar="[PORT]...", help="A port, or its USB id.", autocompletion=complete_url),
    ] = None,
    as_json: Json = False,
) -> None:
    """Print rules for Linux's udev."""
    with telling(as_json) as out:
        from kneadwave.cli.views.devices import print_udev_rules

        print_udev_rules(out, port or [])


def new(
    name: Annotated[
        str, typer.Argument(metavar="NAME", help="Lower case letters, digits and dashes, at most 24.")
    ],
    device: Device = None,
    answers: Annotated[
        Path | None, typer.Option("--answers", metavar="FILE", help="Take the places from this file.")
    ] = None,
    template: Annotated[bool, typer.Option("--template", help="Print a file of places to fill in.")] = False,
    channels: Annotated[
        int | None,
        typer.Option(
            "--channels", metavar="N", min=1, max=64, help="How many it has, where it does not say so itself."
        ),
    ] = None,
    out_file: Annotated[
        Path | None,
        typer.Option("--out", metavar="FILE", help="Write to this file instead of your own folder."),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace a description that is there.")] = False,
    again: Annotated[
        bool, typer.Option("--again", help="Begin anew; pulses that were given still count.")
    ] = False,
    control: Control = None,
    as_json: Json = False,
) -> None:
    """Set up a device: where each motor lies."""
    with telling(as_json) as out, ExitStack() as stack:
        from kneadwave.cli.views.new_device import NewDevice, new_device, print_template
        from kneadwave.errors import UsageError

        if template and answers:
            raise UsageError("--template and --answers exclude each other", hint="leave one of them out")
        asked = NewDevice(name, device, answers, channels, out_file, force, again)
        if template:
            print_template(out, asked)
        else:
            new_device(out, asked, controls_of(stack, control, words=True))
