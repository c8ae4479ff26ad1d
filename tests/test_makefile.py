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


def test_a_venv_that_is_made_is_told_first(moved: Path) -> None:
    """Fetching takes minutes and says nothing."""
    (moved / ".venv" / ".ready").unlink()
    commands = would_run(moved)
    assert commands.index("minute or two") < commands.index("-m venv")


@pytest.fixture
def with_source(tmp_path: Path) -> Path:
    """A folder with the Makefile and the source of the kernel."""
    shutil.copy(ROOT / "Makefile", tmp_path)
    for part in ("kernel", "host"):
        shutil.copytree(ROOT / "firmware" / part, tmp_path / "firmware" / part)
    shutil.copy(ROOT / "firmware" / "Makefile", tmp_path / "firmware")
    return tmp_path


def built(folder: Path, *words: str) -> tuple[str, bool]:
    """What making the kernel says, and whether it is there afterwards."""
    library = "firmware/build/libkneadwave.so"
    command = ["make", library, *words]
    env = {"PATH": os.environ["PATH"]}  # without what a make that runs these tests tells the makes below it
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True, env=env)
    return done.stdout + done.stderr, (folder / library).exists()


def test_without_a_compiler_nothing_is_built_and_nothing_fails(with_source: Path) -> None:
    assert built(with_source, "CC=no-such-compiler") == ("", False)


@pytest.mark.usefixtures("built")  # which says so where there is no compiler
def test_with_a_compiler_the_kernel_is_built_without_a_word(with_source: Path) -> None:
    assert built(with_source, "CFLAGS=-O0") == ("", True)


@pytest.mark.usefixtures("built")  # which says so where there is no compiler
def test_a_kernel_that_cannot_be_built_is_told_and_fails_nothing(with_source: Path) -> None:
    (with_source / "firmware" / "host" / "library.c").write_text("no C")
    told, there = built(with_source)
    assert "make firmware says why" in told
    assert not there


def test_what_tests_need_and_is_not_here_is_named(tmp_path: Path) -> None:
    """Where there is no dpkg, only commands can be looked for."""
    for tool in ("sh", "grep", "dirname"):
        (tmp_path / tool).symlink_to(Path(shutil.which(tool) or ""))
    script = ROOT / "tests" / "missing-packages.sh"
    done = subprocess.run(
        [str(tmp_path / "sh"), str(script)],
        env={"PATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    )
    listed = (ROOT / "tests" / "system-packages.txt").read_text(encoding="utf-8").splitlines()
    named = [words[1] for line in listed if (words := line.split())[0] not in ("#", "-")]
    assert done.stdout.split() == ["python3-venv", *named]
    assert {"gcc", "chromium", "gcc-arm-none-eabi"} <= set(named)
