"""Whole processes under the clock, and rows of a table."""

import os
import statistics
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from time import monotonic

PYTHON = sys.executable
KNEAD = [PYTHON, "-m", "kneadwave"]
_NO_BYTECODE = "PYTHONDONTWRITEBYTECODE"
"""With it every process compiles all sources anew, which is no part of what is measured."""


@dataclass(frozen=True)
class Cost:
    """What one process took: seconds of wall and processor, peak memory in MiB."""

    wall: float
    cpu: float
    peak_mib: float
    output: str


def run(command: Sequence[str], *, ok: Sequence[int] = (0,), env: Mapping[str, str] | None = None) -> Cost:
    """Run `command` to its end; RuntimeError when it fails."""
    began = monotonic()
    env = compiled_once(os.environ if env is None else env)
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=env
    ) as process:
        assert process.stdout is not None
        output = process.stdout.read()
        _, status, usage = os.wait4(process.pid, 0)
        wall = monotonic() - began
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in ok:
        raise RuntimeError(f"{' '.join(command)} ended with {process.returncode}")
    return Cost(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, output)


def compiled_once(env: Mapping[str, str]) -> dict[str, str]:
    """The same environment, but what was compiled is kept."""
    return {name: value for name, value in env.items() if name != _NO_BYTECODE}


def ratio(a: Sequence[str], b: Sequence[str], pairs: int, of: Callable[[Cost], float]) -> float:
    """Median of a/b over so many runs in turn, after one of each that does not count."""
    run(a)
    run(b)
    return statistics.median(of(run(a)) / of(run(b)) for _ in range(pairs))


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which `share` of `values` lie (nearest rank)."""
    ranked = sorted(values)
    return ranked[min(len(ranked) - 1, int(share * len(ranked)))]


def row(name: str, figure: str, target: str, met: bool | None) -> None:
    """Print one line of the table."""
    verdict = "" if met is None else "met" if met else "NOT MET"
    print(f"{name:<66} {figure:>22}   {target:<22} {verdict}", flush=True)


def load_of_now() -> str:
    """How many processes wanted a core of how many there are, on the average of 1, 5 and 15 minutes."""
    loads = ", ".join(f"{load:.1f}" for load in os.getloadavg())
    return f"{loads} of {os.cpu_count()}"
