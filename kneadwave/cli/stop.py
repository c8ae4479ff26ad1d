"""`knead stop`: stop a device from anywhere."""

from typing import Annotated

import typer

from kneadwave.cli.options import Device, Json
from kneadwave.cli.terminal.output import telling

HELP = """Stop a device and wait until it confirms.

A running 'knead run' that holds the port is asked to stop it; without one the port is opened for it.

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
        from kneadwave.config import load_config

        stop_device(out, device, load_config(), reset=reset)
