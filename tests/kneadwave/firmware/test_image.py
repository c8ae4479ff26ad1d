"""An image is built from a checkout, and written by avrdude or to the drive of a board."""

import os
from pathlib import Path

import pytest

from kneadwave.errors import BoardError, NotFlashed, UsageError
from kneadwave.firmware import image
from kneadwave.firmware.image import FIRMWARE, avrdude_command, board_called, build_image, image_of_board


def script(folder, name, text):
    """A program of that name that comes first."""
    path = folder / name
    path.write_text(f"#!/bin/sh\n{text}\n", encoding="utf-8")
    path.chmod(0o755)
    return path


@pytest.fixture
def first(tmp_path, monkeypatch):
    """A folder whose programs come before others."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
    return folder


@pytest.mark.usefixtures("images")  # which says so where there is no compiler, and has built it
def test_an_image_is_built_and_told():
    built = build_image(board_called("uno"))
    assert built == FIRMWARE / "build" / "uno" / "kneadwave.hex"
    assert built.read_text(encoding="ascii").startswith(":10")


def test_an_image_is_called_as_the_port_calls_it(tmp_path):
    """A Pico's by the name of the board, which need not be pico."""
    uno, pico = board_called("uno"), board_called("pico")
    assert image_of_board(uno, tmp_path) == tmp_path / "build" / "uno" / "kneadwave.hex"
    mine = pico.model_copy(update={"name": "my-board"})
    assert image_of_board(mine, tmp_path) == tmp_path / "build" / "my-board" / "my-board.uf2"


@pytest.mark.parametrize(("name", "package"), [("uno", "gcc-avr"), ("pico", "gcc-arm-none-eabi")])
def test_without_a_compiler_its_package_is_named(monkeypatch, tmp_path, name, package):
    script(tmp_path, "make", "exit 1")
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(UsageError) as caught:
        build_image(board_called(name))
    assert package in caught.value.hint


def test_a_build_that_fails_says_why(first):
    script(first, "make", "echo 'main.c: no such thing' >&2; exit 2")
    script(first, "avr-gcc", "exit 1")
    with pytest.raises(BoardError, match=r"the image of uno was not built: main\.c: no such thing"):
        build_image(board_called("uno"))


def test_a_board_that_nobody_knows_is_told_with_the_nearest(tmp_path):
    with pytest.raises(UsageError) as caught:
        board_called("maga")
    assert caught.value.hint == "did you mean 'mega'?"
    with pytest.raises(UsageError) as caught:
        board_called("zzz")
    assert caught.value.hint == "boards: mega, pico, uno"
    with pytest.raises(UsageError, match="this is none"):
        board_called("uno", tmp_path)


def test_avrdude_is_told_controller_boot_loader_and_port():
    told = " ".join(avrdude_command(board_called("mega"), "/dev/ttyACM0", Path("a.hex")))
    assert told == "avrdude -p atmega2560 -c wiring -b 115200 -D -P /dev/ttyACM0 -U flash:w:a.hex:i"


def test_an_avrdude_that_fails_or_is_missing_is_told(first):
    script(first, "avrdude", "echo 'stk500_recv(): not responding' >&2; exit 1")
    with pytest.raises(NotFlashed, match="not responding"):
        image.run_avrdude(["avrdude"])
    with pytest.raises(UsageError, match="there is no no-such-avrdude here"):
        image.run_avrdude(["no-such-avrdude"])


def test_an_image_is_copied_to_a_board_and_to_nothing_else(tmp_path):
    source, drive = tmp_path / "pico.uf2", tmp_path / "media" / "me" / "RPI-RP2"
    source.write_bytes(b"UF2\n")
    drive.mkdir(parents=True)
    with pytest.raises(NotFlashed, match="no board that waits"):
        image.copy_to_drive(source, drive)
    assert not list(drive.iterdir())
    (drive / "INFO_UF2.TXT").write_text("Board-ID: RPI-RP2\n", encoding="ascii")
    assert image.drives_of_boards([f"{tmp_path}/media/*/*"]) == [drive]
    image.copy_to_drive(source, drive)
    assert (drive / "pico.uf2").read_bytes() == b"UF2\n"
    (drive / "pico.uf2").unlink()
    (drive / "pico.uf2").mkdir()
    with pytest.raises(NotFlashed, match="was not written"):
        image.copy_to_drive(source, drive)
