"""The import contracts of pyproject.toml are exhaustive, and each of them notices what it forbids."""

import ast
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = ("profiles", "firmware_bridge", "simulator", "kneadwave")
SETTINGS = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
CONTRACTS = SETTINGS["tool"]["importlinter"]["contracts"]
STREAMS = ("stdin", "stdout", "stderr")
TALK = ("print", "input")
TODAY = ("now", "today", "utcnow", "fromtimestamp")

BREAKING = {
    "packages": ("profiles/curve_edit.py", "import simulator.faults"),
    "profiles": ("profiles/unheard_of.py", ""),
    "firmware_bridge": ("firmware_bridge/unheard_of.py", ""),
    "simulator": ("simulator/unheard_of.py", ""),
    "kneadwave": ("kneadwave/unheard_of.py", ""),
    "circles": ("kneadwave/tuning/curves/figures.py", "import kneadwave.tuning.curves.view"),
    "front-ends": ("kneadwave/store/files.py", "import rich"),
    "public-names": ("kneadwave/cli/options.py", "import firmware_bridge.limits"),
    "web": ("kneadwave/cli/views/wording.py", "import starlette"),
    "mqtt": ("kneadwave/sessions/stop.py", "import aiomqtt"),
    "databases": ("kneadwave/people/ledger.py", "import psycopg"),
    "cluster": ("kneadwave/tuning/robustness/play.py", "import distributed"),
    "textual": ("kneadwave/cli/views/wording.py", "import textual"),
    "pyserial": ("firmware_bridge/play/session.py", "import serial"),
    "pytest": ("kneadwave/guards/marks.py", "import pytest"),
    "sounddevice": ("kneadwave/guards/sound.py", "import sounddevice"),
    "websockets": ("kneadwave/guards/web.py", "import websockets"),
    "time": ("simulator/clock.py", "import time"),
    "locks": ("kneadwave/people/ledger.py", "import fcntl"),
    "plots": ("kneadwave/cli/views/curves.py", "import matplotlib"),
    "guard": ("firmware_bridge/guard/states.py", "import firmware_bridge.safety.encode"),
    "guard-limits": ("firmware_bridge/guard/output_stage.py", "import firmware_bridge.limits"),
    "veto": ("firmware_bridge/safety/veto.py", "import firmware_bridge.safety.shaping"),
    "footprint": ("firmware_bridge/devices/footprint.py", "import profiles.geometry"),
    "people": ("kneadwave/people/gate.py", "import simulator.run"),
}
"""What breaks each contract: a line at the end of a file. An exhaustive one has a module too many."""


@pytest.fixture(scope="module")
def verdict(tmp_path_factory):
    """What lint-imports says of a copy of the packages in which every contract is broken."""
    copy = tmp_path_factory.mktemp("copy")
    for package in PACKAGES:
        shutil.copytree(ROOT / package, copy / package, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", copy)
    for name, line in BREAKING.values():
        with (copy / name).open("a", encoding="utf-8") as file:
            file.write(f"{line}\n")
    lint = shutil.which("lint-imports", path=Path(sys.executable).parent)
    return subprocess.run([lint, "--no-cache"], cwd=copy, capture_output=True, text=True, check=False).stdout


def test_each_contract_has_something_that_breaks_it():
    assert [contract["id"] for contract in CONTRACTS] == list(BREAKING)


@pytest.mark.parametrize("contract", CONTRACTS, ids=lambda contract: contract["id"])
def test_a_contract_notices_what_it_forbids(verdict, contract):
    summary, _, details = verdict.partition("Broken contracts\n")
    assert f"{contract['name']} BROKEN" in summary
    section = details.partition(f"\n{contract['name']}\n---")[2].partition("\n\n\n")[0]
    name, line = BREAKING[contract["id"]]
    module = name.removesuffix(".py").replace("/", ".")
    # A circle is told of by the package in which it lies.
    named = module.rpartition(".")[0] if contract["type"] == "acyclic_siblings" else module
    assert named in section, line


def test_circles_are_looked_for_everywhere():
    """Each ancestor stands for all that lies below it; together they are every package."""
    (circles,) = [contract for contract in CONTRACTS if contract["type"] == "acyclic_siblings"]
    assert circles["ancestors"] == list(PACKAGES)
    assert not circles.keys() & {"depth", "skip_descendants", "ignore_imports"}


def source(*outside):
    """Every module of the packages as a tree, but for those whose path begins with one of `outside`."""
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            name = path.relative_to(ROOT).as_posix()
            if not name.startswith(outside):
                yield name, ast.parse(path.read_text(encoding="utf-8"))


def uses(tree, module, names):
    """Where `module.name` is used for one of `names`, and where one is imported from `module`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            if node.value.id == module and node.attr in names:
                yield f"{node.lineno}: {module}.{node.attr}"
        elif isinstance(node, ast.ImportFrom) and node.module == module:
            yield from (f"{node.lineno}: {each.name}" for each in node.names if each.name in names)


def talks(tree):
    """Where `print` or `input` is called."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in TALK:
            yield f"{node.lineno}: {node.func.id}"


def test_only_front_ends_use_standard_streams():
    places = [
        f"{name}:{use}"
        for name, tree in source("kneadwave/cli/")
        for use in (*uses(tree, "sys", STREAMS), *talks(tree))
    ]
    assert places == []


def test_only_the_clock_asks_which_day_it_is():
    places = [
        f"{name}:{use}"
        for name, tree in source("firmware_bridge/clock.py")
        for module in ("datetime", "date")
        for use in uses(tree, module, TODAY)
    ]
    assert places == []
