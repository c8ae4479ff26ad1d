"""What `knead firmware` has to say: where an image lies, and how it comes to a board."""

import shlex
from pathlib import Path

from kneadwave.cli.terminal.output import Output
from kneadwave.devices import Target
from kneadwave.errors import NoDevice, UsageError
from kneadwave.firmware import image as images
from kneadwave.firmware.board import Board
from kneadwave.sessions.registry import refuse_in_use
from kneadwave.text import clean, word_of_command

SUPPLY = "Switch off the supply of the motors first, and let nobody lie on them."


def build(out: Output, name: str) -> None:
    """Build the image of a board."""
    board = images.board_called(name)
    out.say(clean(f"{board.title}: {images.build_image(board)}"))
    out.say(f"It becomes {board.device}.")


def flash(out: Output, name: str, port: str | None, *, write: bool) -> None:
    """Tell what writes the image, or write it; PortBusy where a session runs on `port`."""
    board = images.board_called(name)
    image = images.image_of_board(board)
    if not image.is_file():
        raise UsageError(
            f"the image of {board.name} is not built yet",
            hint=f"build it with: knead firmware build {board.name}",
        )
    if port is not None:
        _refuse_port(port)
    out.say(SUPPLY)
    if board.avrdude is None:
        _to_drive(out, image, write=write)
    else:
        _by_avrdude(out, board, image, port, write=write)
    if write:
        out.say("It is written. Ask the board what it is before anybody lies on it:")
        out.say(f"  knead device show --device {'PORT' if port is None else word_of_command(port)}")


def _refuse_port(port: str) -> None:
    """UsageError for what is no port of a board, PortBusy for one that a session plays on."""
    if port.startswith("-") or (":" in port and not Path(port).exists()):
        raise UsageError(
            f"{port} is no port that a boot loader listens at", hint="knead device scan lists ports"
        )
    refuse_in_use(Target(port, port))


def _by_avrdude(out: Output, board: Board, image: Path, port: str | None, *, write: bool) -> None:
    if port is None:
        raise UsageError(
            "name the port of the board with --device",
            hint="plug the board in, and its port is listed by: knead device scan",
        )
    command = images.avrdude_command(board, port, image)
    if write:
        images.run_avrdude(command)
        return
    out.say("This writes it; with --write it is done for you:")
    out.say(f"  {clean(shlex.join(command))}")


def _to_drive(out: Output, image: Path, *, write: bool) -> None:
    drives = images.drives_of_boards()
    if write:
        if len(drives) != 1:
            raise NoDevice(
                f"{len(drives)} boards show themselves as a drive, and one has to",
                hint="hold BOOTSEL while the board is plugged in",
            )
        images.copy_to_drive(image, drives[0])
        return
    out.say("Hold BOOTSEL while the board is plugged in, then copy this file to the drive that appears;")
    out.say("with --write it is done for you:")
    out.say(f"  {clean(str(image))}")
