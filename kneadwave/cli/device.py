"""`knead device`: what devices are described, what one looks like, and what is plugged in."""

from typing import Annotated, Any

import typer

from kneadwave.cli.completion import complete_device, complete_url
from kneadwave.cli.options import Device, Json, Stature
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


def make_app(plain: dict[str, Any]) -> typer.Typer:
    """The group of commands."""
    app = typer.Typer(no_args_is_help=True, help="List, show and find devices.", **plain)
    app.command("list", help=LIST, short_help="List the device descriptions that ship.")(list_devices)
    app.command("show", help=SHOW, short_help="Draw a device on the body.")(show)
    app.command("scan", help=SCAN, short_help="Tell what is plugged in, without opening it.")(scan)
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
