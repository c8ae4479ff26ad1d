"""`knead stop`: stop a device from anywhere."""

from typing import Annotated

import typer

from kneadwave.cli.options import Device, Json
from kneadwave.cli.terminal.output import telling

HELP = """Stop whatever runs on this computer, and wait until the devices confirm.

Every running session is asked to stop its devices, or with --device the one that holds that port. Where none
runs, the port is opened: that of --device, KNEAD_DEVICE or the config file, else of each known device.

\b
Examples:
  knead stop
  knead stop --device /dev/ttyACM0
  knead stop --reset
"""


def stop(
    device: Device = None,
    reset: Annotated[
        bool, typer.Option("--reset", help="Also clear a latched trip, after telling its reason.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Stop a device and wait until it confirms."""
    with telling(as_json) as out:
        from kneadwave.cli.views.stop import stop as stop_device

        stop_device(out, device, reset=reset)
