"""The image of a board: built by firmware/Makefile from a checkout, written by avrdude or to a drive."""

import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from kneadwave.errors import BoardError, NotFlashed, UsageError
from kneadwave.firmware.board import Board, load_board
from profiles.near import nearest_or

FIRMWARE: Final = Path(__file__).parents[2] / "firmware"
IMAGES: Final = {"avr": "kneadwave.hex", "rp2040": "{}.uf2"}
"""What an image is called, by the port; {} stands for the board."""
NEEDED: Final = {
    "avr": (("make", "make"), ("avr-gcc", "gcc-avr avr-libc")),
    "rp2040": (("make", "make"), ("arm-none-eabi-gcc", "gcc-arm-none-eabi")),
}
"""What builds it, and the packages of Debian that have that."""
DRIVE_NOTE: Final = "INFO_UF2.TXT"
"""A file on the drive as which a board shows itself."""
DRIVES: Final = ("/media/*/*", "/run/media/*/*", "/mnt/*", "/Volumes/*")


def board_called(name: str, firmware: Path = FIRMWARE) -> Board:
    """The board of that name. UsageError where there is none, or no source at all."""
    known = sorted(path.stem for path in firmware.glob("boards/*.toml"))
    if not known:
        raise UsageError("the firmware is built from a checkout of the source, and this is none")
    if name not in known:
        hint = nearest_or(name, known, f"boards: {', '.join(known)}")
        raise UsageError(f"there is no board '{name}'", hint=hint)
    return load_board(firmware / "boards" / f"{name}.toml")


def image_of_board(board: Board, firmware: Path = FIRMWARE) -> Path:
    """Where the image of a board lies once it is built."""
    return firmware / "build" / board.name / IMAGES[board.port].format(board.name)


def build_image(board: Board, firmware: Path = FIRMWARE) -> Path:
    """Build the image where it is older than its source; gives where it lies.

    UsageError without a compiler, BoardError where it fails.
    """
    for tool, package in NEEDED[board.port]:
        if shutil.which(tool) is None:
            raise UsageError(f"there is no {tool} here", hint=f"Debian has it in: {package}")
    command = ["make", "-s", "-C", str(firmware), board.name, f"PYTHON={sys.executable}"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        last = (done.stderr or done.stdout).strip().splitlines()[-3:]
        raise BoardError(f"the image of {board.name} was not built: {' / '.join(last)}")
    return image_of_board(board, firmware)


def avrdude_command(board: Board, port: str, image: Path) -> list[str]:
    """What writes the image to a board at `port`."""
    assert board.avrdude is not None
    return [
        "avrdude", "-p", board.mcu, "-c", board.avrdude.programmer, "-b", str(board.avrdude.baud), "-D",
        "-P", port, "-U", f"flash:w:{image}:i",
    ]  # fmt: skip


def run_avrdude(command: Sequence[str]) -> None:
    """Run it, to the end. UsageError where it is missing, NotFlashed where it fails."""
    if shutil.which(command[0]) is None:
        raise UsageError(f"there is no {command[0]} here", hint=f"on Debian: apt install {command[0]}")
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        last = (done.stderr or done.stdout).strip().splitlines()[-1:]
        raise NotFlashed(f"the board was not written: {' '.join(last)}")


def drives_of_boards(patterns: Sequence[str] = DRIVES) -> list[Path]:
    """The drives as which boards show themselves now."""
    found = (path for pattern in patterns for path in Path("/").glob(pattern.lstrip("/")))
    return sorted(path for path in found if (path / DRIVE_NOTE).is_file())


def copy_to_drive(image: Path, drive: Path) -> None:
    """Copy the image to a board that shows itself as `drive`. NotFlashed where that is no board."""
    note = drive / DRIVE_NOTE
    if not note.is_file():
        raise NotFlashed(f"{drive} is no board that waits for an image: it has no {DRIVE_NOTE}")
    try:
        shutil.copyfile(image, drive / image.name)
    except OSError as error:
        raise NotFlashed(f"the board was not written: {error}") from error
