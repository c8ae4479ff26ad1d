"""`make` mends what a moved folder broke: a .venv whose commands begin with the old path."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.fixture
def moved(tmp_path: Path) -> Path:
    """A folder with the Makefile and a .venv that is ready, of this place."""
    for name in ("Makefile", "pyproject.toml", "constraints.txt"):
        shutil.copy(ROOT / name, tmp_path / name)
    command = tmp_path / ".venv" / "bin" / "knead"
    command.parent.mkdir(parents=True)
    command.write_text(f"#!{tmp_path.resolve()}/.venv/bin/python\n")
    (tmp_path / ".venv" / ".ready").touch()
    return tmp_path


def would_run(folder: Path) -> str:
    done = subprocess.run(
        ["make", "-n", "demo"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=True,
        env={"PATH": os.environ["PATH"]},
    )
    return done.stdout


def test_a_venv_of_this_place_is_taken_as_it_is(moved: Path) -> None:
    assert "-m venv" not in would_run(moved)


def test_a_venv_of_another_place_is_made_anew(moved: Path) -> None:
    (moved / ".venv" / "bin" / "knead").write_text("#!/before/it/moved/.venv/bin/python\n")
    assert "-m venv --clear .venv" in would_run(moved)
