"""How much of a core a guard and its player take; a player without a guard beside them, in the same run."""

import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from time import monotonic, sleep

import psutil

from benchmarks.live import DEVICE, _wait
from benchmarks.measure import KNEAD, row
from benchmarks.people import somebody

FROM_S, FOR_S = 5.0, 20.0
"""Watched from so long after it began, and for so long: start-up is over by then, and the score is not."""
MOST = 0.06
NOWHERE = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}


def share() -> None:
    """Processor share of player and guard, together, on eight motors; that of a player alone beside it."""
    with ExitStack() as stack:
        pad = stack.enter_context(_virtual("--as", "hf8"))
        cushion = stack.enter_context(_virtual("--on", DEVICE))
        guarded = stack.enter_context(_playing(f"hf8:{pad}"))
        plain = stack.enter_context(_playing(str(cushion)))
        sleep(FROM_S)
        both, alone = _shares([guarded, plain])
    row("player and guard, hf8, 8 motors, 50 Hz", f"{both:.1%} of a core", f"under {MOST:.0%}", both < MOST)
    row(f"player alone, {DEVICE}, in the same run", f"{alone:.1%} of a core", "to be reported", None)


def _shares(players: list[psutil.Process]) -> list[float]:
    """The processor time of each player and its children, as a share of the time that passed."""
    began = monotonic()
    before = [_seconds(player) for player in players]
    sleep(FOR_S)
    passed = monotonic() - began
    return [(_seconds(player) - then) / passed for player, then in zip(players, before, strict=True)]


def _seconds(player: psutil.Process) -> float:
    times = [process.cpu_times() for process in (player, *player.children(recursive=True))]
    return sum(time.user + time.system for time in times)


@contextmanager
def _virtual(*words: str) -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as folder:
        port = Path(folder) / "port"
        with subprocess.Popen([*KNEAD, "virtual", "--path", str(port), *words], **NOWHERE) as process:
            try:
                _wait(port.exists, 60)
                yield port
            finally:
                process.terminate()


@contextmanager
def _playing(url: str) -> Iterator[psutil.Process]:
    with (
        somebody() as env,
        subprocess.Popen([*KNEAD, "run", "felt-check", "--device", url], env=env, **NOWHERE) as run,
    ):
        try:
            yield psutil.Process(run.pid)
        finally:
            run.terminate()
