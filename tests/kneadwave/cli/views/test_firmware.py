"""`knead firmware`: what writes an image is told before it is done, and never while a session runs."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from kneadwave.firmware import image
from kneadwave.sessions.registry import Registration

Knead = Callable[..., Any]
PORT = "/dev/no-such-port"


@pytest.fixture
def source(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Built images of both kinds."""
    for name, board in (("kneadwave.hex", "uno"), ("pico.uf2", "pico")):
        folder = tmp_path / "firmware" / "build" / board
        folder.mkdir(parents=True)
        (folder / name).write_bytes(b"an image")
    firmware = tmp_path / "firmware"
    (firmware / "boards").symlink_to(image.FIRMWARE / "boards")
    monkeypatch.setattr(image, "board_called", lambda name: board_called(name, firmware))
    monkeypatch.setattr(image, "image_of_board", lambda board: image_of_board(board, firmware))
    return firmware


board_called, image_of_board = image.board_called, image.image_of_board


@pytest.fixture
def avrdude(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """What avrdude was told; there is no file where it did not run."""
    told = tmp_path / "told"
    program = tmp_path / "bin" / "avrdude"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\necho "$@" > {told}\n', encoding="utf-8")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}{os.pathsep}{os.environ['PATH']}")
    return told


@pytest.mark.usefixtures("images")  # built; says so where there is no compiler
def test_build_tells_where_the_image_lies_and_what_it_becomes(knead: Knead) -> None:
    ended = knead("firmware", "build", "uno")
    assert ended.code == 0, ended.err
    assert "kneadwave.hex" in ended.out
    assert "It becomes seat-pad-8." in ended.out


@pytest.mark.usefixtures("source")
def test_flash_tells_how_and_writes_nothing(knead: Knead, avrdude: Path) -> None:
    ended = knead("firmware", "flash", "uno", "--device", PORT)
    assert ended.code == 0, ended.err
    assert "Switch off the supply of the motors first" in ended.out
    assert f"avrdude -p atmega328p -c arduino -b 115200 -D -P {PORT}" in ended.out
    assert not avrdude.exists()


@pytest.mark.usefixtures("source")
def test_flash_writes_when_it_is_told_to(knead: Knead, avrdude: Path) -> None:
    ended = knead("firmware", "flash", "uno", "--device", PORT, "--write")
    assert ended.code == 0, ended.err
    assert f"-P {PORT}" in avrdude.read_text(encoding="utf-8")


@pytest.mark.usefixtures("source")
@pytest.mark.parametrize("port", ["sim:", "id:KW1", "hf8:/dev/ttyACM0", "--help", "-x"])
def test_what_is_no_port_is_refused(knead: Knead, avrdude: Path, port: str) -> None:
    ended = knead("firmware", "flash", "uno", f"--device={port}", "--write")
    assert ended.code == 2
    assert "no port that a boot loader listens at" in ended.err
    assert not avrdude.exists()


@pytest.mark.usefixtures("source")
@pytest.mark.parametrize("board", ["uno", "pico"])
def test_nothing_is_written_while_a_session_runs_on_the_port(
    knead: Knead, avrdude: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, board: str
) -> None:
    drive = tmp_path / "RPI-RP2"
    drive.mkdir()
    (drive / "INFO_UF2.TXT").touch()
    monkeypatch.setattr(image, "drives_of_boards", lambda: [drive])
    with Registration([PORT], "relaxing-back"):
        ended = knead("firmware", "flash", board, "--device", PORT, "--write")
    assert ended.code != 0
    assert "is in use" in ended.err
    assert not avrdude.exists()
    assert not (drive / "pico.uf2").exists()


@pytest.mark.usefixtures("source")
def test_a_port_is_named_and_an_image_is_built_first(knead: Knead) -> None:
    assert "name the port" in knead("firmware", "flash", "uno").err
    ended = knead("firmware", "flash", "mega", "--device", PORT)
    assert "not built yet" in ended.err
    assert "knead firmware build mega" in ended.err


@pytest.mark.usefixtures("source")
def test_a_pico_is_a_drive(knead: Knead, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "pico.uf2" in knead("firmware", "flash", "pico").out
    drive = tmp_path / "RPI-RP2"
    drive.mkdir()
    (drive / "INFO_UF2.TXT").touch()
    monkeypatch.setattr(image, "drives_of_boards", list)
    assert knead("firmware", "flash", "pico", "--write").code == 4
    monkeypatch.setattr(image, "drives_of_boards", lambda: [drive])
    ended = knead("firmware", "flash", "pico", "--write")
    assert ended.code == 0, ended.err
    assert (drive / "pico.uf2").read_bytes() == b"an image"
