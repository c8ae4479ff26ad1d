"""What `make mutants` damages, and that it tells what a test notices from what none does."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).parent))

from mutants import kernel, operators
from mutants.damage import mutants_of
from mutants.equivalent import equivalents
from mutants.targets import TESTS, chosen

MODULE = """
LIMITS = {"low": 5}


def held(value):
    if value < 1:
        return 7
    return min(value, LIMITS["low"])
"""
NOTICING = """
import guarded

def test_it_is_held():
    assert [guarded.held(value) for value in (0, 1, 4, 5, 6)] == [7, 1, 4, 5, 5]
"""
BLIND = """
import guarded

def test_it_is_called():
    guarded.held(4)
"""


def test_figures_tables_conditions_and_bounds_are_damaged() -> None:
    words = {damage.words for damage in operators.damages(MODULE)}
    assert words == {
        "5 -> 4",
        "5 -> 6",
        "without 'low'",
        "if value < 1 -> True",
        "if value < 1 -> False",
        "min(value, LIMITS['low']) -> value",
        "min(value, LIMITS['low']) -> LIMITS['low']",
    }


def test_every_damage_of_a_module_is_another_one() -> None:
    mutants = mutants_of("firmware_bridge.guard.watchdog")
    assert len({mutant.key for mutant in mutants}) == len(mutants) > 10


def test_what_is_listed_as_equivalent_of_the_kernel_is_a_damage_that_is_made() -> None:
    listed = kernel.equivalents()
    assert len(set(listed)) == len(listed)
    made = {
        (path.name, damage.words)
        for path in (kernel.FIRMWARE / "kernel").glob("*.[ch]")
        for damage in kernel.damages(path)
    }
    assert set(listed) <= made


def test_what_is_listed_as_equivalent_is_a_damage_that_is_made() -> None:
    listed = equivalents()
    assert len({one[:3] for one in listed}) == len(listed)
    made = [mutant for module in {one.module for one in listed} for mutant in mutants_of(module)]
    assert [one for one in listed if not any(map(one.is_of, made))] == []


def test_a_module_that_nobody_guards_is_refused() -> None:
    assert chosen(["veto"]) == [module for module in TESTS if "veto" in module]
    with pytest.raises(SystemExit, match="no module is called gear"):
        chosen(["gear"])


@pytest.mark.parametrize(("test", "survives"), [(NOTICING, False), (BLIND, True)])
def test_what_no_test_notices_is_told(tmp_path: Path, test: str, survives: bool) -> None:
    (tmp_path / "guarded.py").write_text(MODULE, encoding="utf-8")
    (tmp_path / "setup.cfg").write_text("[mutmut]\nsource_paths=guarded.py\n", encoding="utf-8")
    (tmp_path / "test_guarded.py").write_text(test, encoding="utf-8")
    run = (
        f"import sys; sys.path[:0] = [{str(Path(__file__).parent)!r}, {str(tmp_path)!r}]\n"
        "from pathlib import Path\nfrom mutants import targets\n"
        f"targets.ROOT = Path({str(tmp_path)!r})\n"
        "targets.TESTS = {'guarded': ['test_guarded.py']}\n"
        "from mutants.__main__ import main\nsys.exit(main())\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", run], cwd=tmp_path, capture_output=True, text=True, check=False, timeout=300
    )
    assert done.returncode == 0, done.stderr
    results = json.loads((tmp_path / "out" / "mutants.json").read_text(encoding="utf-8"))
    assert len(results) > 8
    survivors = {result["damage"] for result in results if result["status"] == "survived"}
    assert ("min(value, LIMITS['low']) -> value" in " ".join(survivors)) is survives
    assert bool(survivors) is survives, survivors
    assert f"guarded: {len(results)} made, {len(results) - len(survivors)} killed" in done.stdout
