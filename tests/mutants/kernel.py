"""Damages the firmware's kernel, one small thing at a time, and tells what no test notices.

`make kernel-mutants MODULES="queue points"` takes some of its files, `MOST=300` spreads so many over them. A
damage of which the compiler makes the same code is none; what kernel_equivalent.toml says of makes no
difference to anybody, and is counted by itself. All results are in out/kernel-mutants.json.
"""

import argparse
import json
import os
import re
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import tomllib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from mutants.targets import ROOT

FIRMWARE = ROOT / "firmware"
RESULTS = ROOT / "out" / "kernel-mutants.json"
TESTS = [f"tests/firmware/test_{name}.py" for name in ("parts", "vectors", "kernel", "differential")]
BUILDS = {
    "libkneadwave-checked.so": ("host", "host/library.c", ["-fPIC", "-shared"]),
    "libkneadwave-small.so": ("small", "host/library.c", ["-fPIC", "-shared"]),
    "parts": ("small", "host/parts.c", []),
}
"""What tests/firmware plays: each with its sizes, what stands around the kernel, and how it is linked."""
CHECKED = ["-O1", "-fsanitize=undefined", "-fsanitize-undefined-trap-on-error", "-fno-sanitize-recover=all"]
CPU_S = 30
"""Processor time of one trial; a damage may make a loop without end."""
SWAPS = {
    "<": "<=", "<=": "<", ">": ">=", ">=": ">", "==": "!=", "!=": "==", "&&": "||", "||": "&&", "+": "-",
    "-": "+", "+=": "-=", "-=": "+=", "++": "--", "--": "++", "<<": ">>", ">>": "<<", "&": "|",
    "true": "false", "false": "true",
}  # fmt: skip
TOKEN = re.compile(
    r"->|<<=|>>=|<<|>>|<=|>=|==|!=|&&|\|\||\+\+|--|\+=|-=|[<>+&-]|\b0[xX][0-9A-Fa-f]+U?L?\b|\b\d+U?L?\b|\w+"
)
NUMBER = re.compile(r"(0[xX][0-9A-Fa-f]+|\d+)(U?L?)")
STATEMENT = re.compile(r"^ +(?!return|case|default|goto|const|static|struct|enum|u?int\d)[^{}:]*;$")
QUIET = re.compile(r"/\*.*?\*/|^[ \t]*#[^\n]*|\"[^\"]*\"", re.DOTALL | re.MULTILINE)
"""Where nothing is done: comments, what the preprocessor reads, strings."""


class Damage(NamedTuple):
    """One change of a file: its line, what it is in words, and the whole text with it."""

    path: Path
    line: int
    words: str
    text: str


def damages(path: Path) -> Iterator[Damage]:
    """Every damage of a file: operators swapped, numbers one more and one less, statements left out."""
    text = path.read_text(encoding="utf-8")
    hidden = QUIET.sub(lambda found: re.sub(r"[^\n]", " ", found.group()), text)
    for found in TOKEN.finditer(hidden):
        for new in _others(found.group(), header=path.suffix == ".h"):
            yield _put(path, text, found.start(), found.end(), new)
    if path.suffix == ".h":
        return
    at = 0
    for line in hidden.splitlines(keepends=True):
        if STATEMENT.match(line):
            indent = len(line) - len(line.lstrip())
            yield _put(path, text, at + indent, at + len(line.rstrip("\n")), ";")
        at += len(line)


def _others(token: str, *, header: bool) -> list[str]:
    number = NUMBER.fullmatch(token)
    if number:
        value, suffix = int(number[1], 0), number[2]
        return [f"{other}{suffix}" for other in (value - 1, value + 1) if other >= 0]
    return [SWAPS[token]] if token in SWAPS and not header else []


def _put(path: Path, text: str, start: int, end: int, new: str) -> Damage:
    line = text.count("\n", 0, start) + 1
    around = text.splitlines()[line - 1].strip()
    words = f"'{text[start:end]}' -> '{new}' in: {around}"
    return Damage(path, line, words, text[:start] + new + text[end:])


def equivalents() -> list[tuple[str, str]]:
    """File and words of each damage that changes nothing that anybody could see."""
    with Path(__file__).with_name("kernel_equivalent.toml").open("rb") as file:
        told = tomllib.load(file)
    return [(name, words) for name, whys in told.items() for listed in whys.values() for words in listed]


class Bench:
    """A copy of the firmware in which damages are tried."""

    def __init__(self, folder: Path) -> None:
        self.source, self.built = folder / "firmware", folder / "built"
        shutil.copytree(FIRMWARE, self.source, ignore=shutil.ignore_patterns("build"))
        self.built.mkdir()
        self._units = sorted((self.source / "kernel").glob("*.c"))
        self._plain = {size: self._objects(size, ["-O2"]) for size in ("host", "small")}
        self._checked = {size: self._objects(size, CHECKED) for size in ("host", "small")}

    def try_(self, damage: Damage) -> str:
        """What became of a damage: "killed", "survived", "timed out", "same code" or "not compiled"."""
        place = self.source / damage.path.relative_to(FIRMWARE)
        before = place.read_text(encoding="utf-8")
        place.write_text(damage.text, encoding="utf-8")
        try:
            changed = [place] if place.suffix == ".c" else self._units
            try:
                if self._is_same(changed):
                    return "same code"
                self.link(changed)
            except subprocess.CalledProcessError:
                return "not compiled"
            return self.run()
        finally:
            place.write_text(before, encoding="utf-8")

    def _is_same(self, changed: list[Path]) -> bool:
        return all(
            self._compiled(unit, size, ["-O2"]) == self._plain[size][unit]
            for size in ("host", "small")
            for unit in changed
        )

    def link(self, changed: list[Path]) -> None:
        for name, (size, around, how) in BUILDS.items():
            fresh = {unit: self._compiled(unit, size, CHECKED) for unit in changed}
            objects = self._checked[size] | fresh
            paths = []
            for unit, code in objects.items():
                paths.append(self.built / f"{unit.stem}.{size}.o")
                paths[-1].write_bytes(code)
            command = [
                *self._compiler(size, CHECKED),
                *how,
                "-o",
                str(self.built / name),
                around,
                *map(str, paths),
            ]
            subprocess.run(command, cwd=self.source, check=True, capture_output=True)

    def run(self) -> str:
        env = os.environ | {"KNEAD_TEST_KERNELS": str(self.built)}
        done = subprocess.run(
            [sys.executable, "-m", "pytest", "-x", "-q", "--tb=no", "-p", "no:cacheprovider", *TESTS],
            cwd=ROOT,
            env=env,
            capture_output=True,
            check=False,
            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_CPU, (CPU_S, CPU_S + 5)),
        )
        if -done.returncode in (signal.SIGXCPU, signal.SIGKILL):
            return "timed out"
        return "survived" if done.returncode == 0 else "killed"

    def _objects(self, size: str, flags: list[str]) -> dict[Path, bytes]:
        return {unit: self._compiled(unit, size, flags) for unit in self._units}

    def _compiled(self, unit: Path, size: str, flags: list[str]) -> bytes:
        out = self.built / "one.o"
        command = [*self._compiler(size, flags), "-fPIC", "-c", "-o", str(out), str(unit)]
        subprocess.run(command, cwd=self.source, check=True, capture_output=True)
        return out.read_bytes()

    @staticmethod
    def _compiler(size: str, flags: list[str]) -> list[str]:
        compiler = os.environ.get("CC", "cc")
        return [compiler, "-std=c99", "-w", *flags, f'-DKNEAD_PORT="{size}_port.h"', "-Ikernel", "-Ihost"]


def main() -> int:
    """Try damages of the files that are named, or of all; 1 where a test fails without any."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", nargs="*", help="names of files of the kernel, such as queue or points.h")
    parser.add_argument("--most", type=int, default=0, help="so many damages, spread over all of them")
    asked = parser.parse_args()
    paths = sorted((FIRMWARE / "kernel").glob("*.[ch]"))
    chosen = [path for path in paths if not asked.files or {path.name, path.stem} & set(asked.files)]
    every = [damage for path in chosen for damage in damages(path)]
    step = max(1.0, len(every) / asked.most) if asked.most else 1.0
    picked = [every[int(k * step)] for k in range(int(len(every) / step))]
    results: list[dict[str, object]] = []
    listed = equivalents()
    RESULTS.parent.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(Path(folder))
        bench.link([])
        if bench.run() != "survived":
            print("the tests fail without any damage")
            return 1
        for damage in picked:
            status = bench.try_(damage)
            if status == "survived" and (damage.path.name, damage.words) in listed:
                status = "equivalent"
            where = f"{damage.path.name}:{damage.line}"
            results.append({"where": where, "damage": damage.words, "status": status})
            RESULTS.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
            if status in ("survived", "timed out"):
                print(f"{status}: {where}: {damage.words}", flush=True)
    found = Counter(str(result["status"]) for result in results)
    print(", ".join(f"{count} {status}" for status, count in sorted(found.items())))
    return 0


if __name__ == "__main__":
    sys.exit(main())
