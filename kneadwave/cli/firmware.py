"""`knead firmware`: build the image of a board, and write it to one."""

from typing import Annotated, Any

import typer

from kneadwave.cli.options import Device
from kneadwave.cli.terminal.output import telling

BUILD = """Build the firmware of a board from this checkout, and tell where its image lies.

\b
Examples:
  knead firmware build uno
  knead firmware build pico
"""
FLASH = """Tell what writes the firmware to a board; with --write, do it.

An Arduino board is written by avrdude at its port, a Pico by a copy to the drive as which it shows itself
where BOOTSEL is held while it is plugged in. The supply of the motors has to be off. Nothing is written
while a session runs on that port.

\b
Examples:
  knead firmware flash uno --device /dev/ttyACM0
  knead firmware flash uno --device /dev/ttyACM0 --write
  knead firmware flash pico --write
"""
BoardName = Annotated[str, typer.Argument(metavar="BOARD", help="A board: uno, mega or pico.")]


def make_app(plain: dict[str, Any]) -> typer.Typer:
    """The group of commands."""
    app = typer.Typer(no_args_is_help=True, help="Build the firmware of a board, and flash it.", **plain)
    app.command("build", help=BUILD, short_help="Build the image of a board.")(build)
    app.command("flash", help=FLASH, short_help="Write the image to a board.")(flash)
    return app


def build(board: BoardName) -> None:
    """Build the image of a board."""
    with telling(False) as out:
        from kneadwave.cli.views.firmware import build as build_it

        build_it(out, board)


def flash(
    board: BoardName,
    device: Device = None,
    write: Annotated[bool, typer.Option("--write", help="Write it, rather than tell how.")] = False,
) -> None:
    """Write the image to a board."""
    with telling(False) as out:
        from kneadwave.cli.views.firmware import flash as flash_it

        flash_it(out, board, device, write=write)
