"""Prove the kernel with Frama-C: python prove.py [FILE ...] or --faults; `make prove` does both.

Each file of goals.txt is proved by itself, from the contracts of what it calls. What is not proved, and any
other number of goals than the pinned one, is a failure. The longest files come first.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

Result = TypeVar("Result")
HERE = Path(__file__).parent
FIRMWARE = HERE.parent
GOAL_TIMEOUT_S = 15
"""For each prover at each goal; the longest one that is proved takes 2 s of a processor."""
CVC4_TIMEOUT_S = 60
"""The same in files where CVC4 comes first; there it takes 17 s beside another."""
FAULT_TIMEOUT_S = 5
"""The same where a goal is meant to fail."""
FILE_TIMEOUT_S = 1800
WHOLE = re.compile(r"Proved goals: +(\d+) / (\d+)")
MISSED = re.compile(r"^\[wp\] \[(?:Failed|Timeout|Unknown|Stepout)\] Goal (\S+)", re.MULTILINE)
CVC4_FIRST = ("machine", "machine_begin", "output_stage")
"""CVC4 proves nearly all goals of these, most within a second, where Z3 waits until its time is over."""
PLAIN = ("framing", "states")
"""These read their own constants; the others read those of a board, as out of a flash."""


def prove(name: str, kernel: Path, goal_timeout_s: int, *options: str) -> tuple[int, int, list[str]]:
    """Goals proved, all goals, and those that were not, of `kernel`/`name`.c."""
    flags = f"-I{kernel} -I{FIRMWARE / 'host'} -I{HERE}"
    if name not in PLAIN:
        flags += " -DKNEAD_PORT='\"proof_port.h\"'"
    source = str(kernel / f"{name}.c")
    command = ["frama-c", "-machdep", "gcc_x86_64", f"-cpp-extra-args={flags}", source]
    provers = "cvc4,z3" if name in CVC4_FIRST else "z3,cvc4"
    command += ["-wp", "-wp-rte", "-warn-signed-downcast", "-wp-prover", provers, "-wp-par", "1"]
    command += ["-wp-cache", "none", "-wp-timeout", str(goal_timeout_s), *options]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=FILE_TIMEOUT_S)
    except subprocess.TimeoutExpired:
        return 0, 0, [f"no end after {FILE_TIMEOUT_S} s"]
    found = WHOLE.search(done.stdout)
    if found is None:
        return 0, 0, [done.stdout[-2000:]]
    return int(found[1]), int(found[2]), MISSED.findall(done.stdout)


def tell(line: str) -> None:
    """One line, at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def pinned() -> dict[str, tuple[int, list[str]]]:
    """Goals of each file, and the functions that are left out."""
    lines = (HERE / "goals.txt").read_text(encoding="utf-8").splitlines()
    rows = [line.split() for line in lines if line and line[0] != "#"]
    return {name: (int(goals), left_out) for name, goals, *left_out in rows}


def prove_all(names: list[str]) -> bool:
    """Whether all of these files, or of all where there are none, are proved."""
    goals = pinned()
    held = True

    def proved_file(name: str) -> tuple[int, int, list[str]]:
        left_out = goals[name][1]
        options = ("-wp-skip-fct", ",".join(left_out)) if left_out else ()
        timeout_s = CVC4_TIMEOUT_S if name in CVC4_FIRST else GOAL_TIMEOUT_S
        return prove(name, FIRMWARE / "kernel", timeout_s, *options)

    wanted = names or sorted(goals, key=lambda name: goals[name][0], reverse=True)
    for name, (proved, whole, missed) in zip(wanted, side_by_side(proved_file, wanted), strict=True):
        pin = goals[name][0]
        right = proved == whole == pin
        held &= right
        tell(f"{name}: {proved} of {whole} goals" + ("" if right else f", and {pin} are pinned"))
        for goal in missed:
            tell(f"  not proved: {goal}")
    return held


def side_by_side(work: Callable[[Any], Result], on: list[Any]) -> Iterator[Result]:
    """What `work` gives for each, in order; as many at once as there are processors, for each prover."""
    with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        yield from pool.map(work, on)


def find_faults() -> bool:
    """Whether each fault of faults.toml, put into a copy of the kernel, makes a goal fail."""

    def proved_with(fault: dict[str, str]) -> tuple[int, int, list[str]]:
        with tempfile.TemporaryDirectory() as folder:
            kernel = Path(shutil.copytree(FIRMWARE / "kernel", Path(folder, "kernel")))
            source = kernel / f"{fault['file']}.c"
            text = source.read_text(encoding="utf-8")
            if text.count(fault["right"]) != 1:
                sys.exit(f"{fault['file']}.c has not one of: {fault['right']}")
            source.write_text(text.replace(fault["right"], fault["wrong"]), encoding="utf-8")
            only = ("-wp-fct", fault["function"])
            return prove(fault["file"], kernel, FAULT_TIMEOUT_S, *only)

    held = True
    faults = tomllib.loads((HERE / "faults.toml").read_text(encoding="utf-8"))["fault"]
    for fault, (proved, whole, missed) in zip(faults, side_by_side(proved_with, faults), strict=True):
        found = 0 < proved < whole
        held &= found
        tell(f"{fault['what']}: {'found' if found else 'NOT FOUND'}, {', '.join(missed) or 'all is proved'}")
    return held


def main(arguments: list[str]) -> bool:
    """Whether it is proved, or with --faults every fault is found."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ["WHY3CONFIG"] = str(Path(folder, "why3.conf"))  # of the provers that are here, no other
        subprocess.run(["why3", "config", "detect"], capture_output=True, check=True)
        return find_faults() if arguments == ["--faults"] else prove_all(arguments)


if __name__ == "__main__":
    missing = [tool for tool in ("frama-c", "why3", "z3", "cvc4") if shutil.which(tool) is None]
    if missing:
        sys.exit(f"not installed: {' '.join(missing)}; Debian has them in frama-c-base, why3, z3, cvc4")
    sys.exit(not main(sys.argv[1:]))
