"""Writes what a board is, as C and as bytes: python write_board.py boards/NAME.toml FOLDER."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))  # of this very checkout, whatever is installed

from kneadwave.errors import BoardError
from kneadwave.firmware.board import load_board
from kneadwave.firmware.c_source import board_header, self_bytes, self_header


def main(source: str, folder: str) -> None:
    """Write board.h, board_self.h, and board.bin, which `kneadwave-device` takes."""
    board = load_board(Path(source))
    Path(folder).mkdir(parents=True, exist_ok=True)
    Path(folder, "board.h").write_text(board_header(board), encoding="utf-8")
    Path(folder, "board_self.h").write_text(self_header(board), encoding="utf-8")
    Path(folder, "board.bin").write_bytes(b"".join(self_bytes(board)))


if __name__ == "__main__":
    try:
        main(*sys.argv[1:])
    except (BoardError, OSError) as error:
        sys.exit(str(error))
