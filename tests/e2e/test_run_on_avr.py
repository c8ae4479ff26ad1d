"""`knead run` on the images for Arduino boards, in simavr, at a pseudo-terminal in real time."""

import os
import signal
from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Any

import pytest
from avr_board import board_named
from avr_terminal import AvrAtTerminal
from depth import DEPTH

from firmware_bridge.wire.messages import DeviceState

Bench = Any
"""That of conftest, which no test module can import."""

pytestmark = pytest.mark.skipif(os.name != "posix", reason="needs pseudo-terminals")
PLAYED_MS = 30_000 if DEPTH == 1 else 2000
ZERO_MS = 550
"""From the last byte that the board took."""
LATCHED_MS = 1000 + 5


@pytest.fixture
def powered(simulator: Any, images: Any, bench: Bench) -> Iterator[Callable[[str], AvrAtTerminal]]:
    made: list[AvrAtTerminal] = []

    def power(name: str) -> AvrAtTerminal:
        path = bench.folder / f"{name}-port"
        made.append(AvrAtTerminal(simulator, images[name], board_named(name).button.pin, path))
        bench.clear()
        return made[-1]

    yield power
    for board in made:
        board.end()


def no_drive_without_a_permit(board: AvrAtTerminal) -> None:
    """But in the tick of a trip, which is switched off and still stands in the registers."""
    for row, after in pairwise([*board.rows, [0] * len(board.rows[0])]):
        if any(row[1:-2]) and not row[-2]:
            assert after[0] == row[0] + 1
            assert not any(after[1:-1])


def falls_still(bench: Bench, board: AvrAtTerminal) -> None:
    """It is at zero in time after the last byte, and latched."""
    bench.until(board.is_off, "power switched off")
    assert board.last_ms() - board.heard_ms <= ZERO_MS
    assert board.rows[-1][0] - board.heard_ms <= LATCHED_MS
    assert board.rows[-1][-1] == DeviceState.TRIPPED
    no_drive_without_a_permit(board)


def at_work(bench: Bench, board: AvrAtTerminal, profile: str = "long.toml") -> Any:
    """A run on the board, which moves."""
    run = bench.start("run", profile, "--device", str(board.path))
    bench.until(lambda: board.works() or run.poll() is not None, "work of the board")
    assert run.poll() is None, bench.ended(run)
    return run


@pytest.mark.parametrize("name", ["uno", "mega"])
def test_a_run_plays_to_its_end_and_leaves_no_power(
    bench: Bench, powered: Callable[[str], AvrAtTerminal], name: str
) -> None:
    board = powered(name)
    ended = bench.call("run", "short.toml", "--device", str(board.path))
    assert ended.code == 0, ended.err
    bench.until(board.is_off, "power switched off")
    assert max(max(row[1:-2]) for row in board.rows) > 0
    assert board.rows[-1][-1] == DeviceState.DISARMED
    no_drive_without_a_permit(board)


@pytest.mark.parametrize("name", ["uno", "mega"])
def test_a_killed_host_leaves_no_power(
    bench: Bench, powered: Callable[[str], AvrAtTerminal], name: str
) -> None:
    board = powered(name)
    run = at_work(bench, board, "relaxing-back")
    begun = board.now_ms
    bench.until(lambda: board.now_ms - begun >= PLAYED_MS or run.poll() is not None, "play")
    assert run.poll() is None, bench.ended(run)
    run.kill()
    falls_still(bench, board)


def test_a_stopped_host_leaves_no_power(bench: Bench, powered: Callable[[str], AvrAtTerminal]) -> None:
    board = powered("uno")
    run = at_work(bench, board)
    os.kill(run.pid, signal.SIGSTOP)
    falls_still(bench, board)
    run.kill()


def test_a_cut_line_leaves_no_power_and_ends_the_run(
    bench: Bench, powered: Callable[[str], AvrAtTerminal]
) -> None:
    board = powered("uno")
    run = at_work(bench, board)
    board.cut()
    falls_still(bench, board)
    assert bench.ended(run).code != 0


def test_a_board_that_is_reset_has_no_power_and_ends_the_run(
    bench: Bench, powered: Callable[[str], AvrAtTerminal]
) -> None:
    board = powered("mega")
    run = at_work(bench, board)
    board.reset()
    assert bench.ended(run).code != 0
    assert board.is_off()
    assert board.rows[-1][-1] == DeviceState.DISARMED
    no_drive_without_a_permit(board)
