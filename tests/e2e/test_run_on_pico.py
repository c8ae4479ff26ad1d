"""`knead run` on the image of the Pico, in an emulator that keeps up with the clock, at a pseudo-terminal."""

import os
import signal
from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Any

import pytest
from depth import DEPTH
from pico import build
from pico_terminal import PERMIT, PicoAtTerminal

Bench = Any
"""That of conftest, which no test module can import."""

pytestmark = pytest.mark.skipif(os.name != "posix", reason="needs pseudo-terminals")
PLAYED_MS = 30_000 if DEPTH == 1 else 2000
ZERO_MS = 550


@pytest.fixture
def board(shared: Any, bench: Bench) -> Iterator[PicoAtTerminal]:
    board = PicoAtTerminal(shared.get("pico", build), bench.folder / "pico")
    bench.clear()
    yield board
    board.end()


def no_drive_without_a_permit(board: PicoAtTerminal) -> None:
    """But in the tick of a trip, which is switched off and still counts as put out."""
    for row, after in pairwise([*board.rows, [0] * 18]):
        if any(row[1:PERMIT]) and not row[PERMIT]:
            assert after[0] == row[0] + 1
            assert not any(after[1:])


def test_a_run_plays_to_its_end_and_leaves_no_power(bench: Bench, board: PicoAtTerminal) -> None:
    ended = bench.call("run", "short.toml", "--device", str(board.path))
    assert ended.code == 0, ended.err
    bench.until(board.is_off, "power switched off")
    assert max(max(row[1:PERMIT]) for row in board.rows) > 0
    no_drive_without_a_permit(board)


LOSSES: dict[str, Callable[[Any, PicoAtTerminal], None]] = {
    "the host is killed": lambda run, _: run.kill(),
    "the host is frozen": lambda run, _: run.send_signal(signal.SIGSTOP),
    "the line is cut": lambda _, board: board.cut(),
}


@pytest.mark.parametrize("lose", LOSSES.values(), ids=LOSSES)
def test_whatever_happens_to_the_host_leaves_no_power(
    bench: Bench, board: PicoAtTerminal, lose: Callable[[Any, PicoAtTerminal], None]
) -> None:
    run = bench.start("run", "relaxing-back", "--device", str(board.path))
    bench.until(board.works, "work of the board")
    begun = board.now_ms
    bench.until(lambda: board.now_ms - begun >= PLAYED_MS or run.poll() is not None, "play")
    assert run.poll() is None, bench.ended(run)
    lose(run, board)
    bench.until(board.is_off, "power switched off")
    assert board.last_ms() - board.heard_ms <= ZERO_MS
    assert board.rows[-1][0] - board.heard_ms <= 1000 + 5
    no_drive_without_a_permit(board)


def test_a_board_that_hangs_is_reset_and_the_run_ends(bench: Bench, board: PicoAtTerminal) -> None:
    run = bench.start("run", "long.toml", "--device", str(board.path))
    bench.until(board.works, "work of the board")
    board.hang()
    bench.until(lambda: board.resets, "reset")
    ended = bench.ended(run)
    assert ended.code != 0
    assert board.is_off()
    no_drive_without_a_permit(board)
