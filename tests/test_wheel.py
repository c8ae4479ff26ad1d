"""A wheel carries the kernel where it is built, and is of every platform where it is not."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from hatch_build import CarryKernel
from simulator.kernel_library import NAME, find_kernel

ROOT = Path(__file__).parents[1]


def test_a_wheel_carries_the_kernel_that_is_built(built, tmp_path):
    assert built == ROOT / "firmware" / "build"
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    assert not wheel.stem.endswith("-any")
    with zipfile.ZipFile(wheel) as file:
        file.extractall(tmp_path / "site")
    found = find_kernel(tmp_path / "site")
    assert (found.path, found.problem) == (tmp_path / "site" / "simulator" / NAME, "")


@pytest.mark.parametrize(
    ("there", "newer", "version", "carried"),
    [
        (False, 0, "standard", False),
        (True, 0, "standard", True),
        (True, 1, "standard", False),
        (True, 0, "editable", False),
    ],
)
def test_a_wheel_carries_none_that_is_missing_or_too_old(tmp_path, there, newer, version, carried):
    for name in ("Makefile", "host/library.c", *([f"build/{NAME}"] if there else [])):
        path = tmp_path / "firmware" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
        os.utime(path, (1000, 1000 + newer * name.startswith("host")))
    data = {"force_include": {}}
    CarryKernel(str(tmp_path), {}, None, None, str(tmp_path), "wheel").initialize(version, data)
    assert (data.get("pure_python"), bool(data["force_include"])) == (False if carried else None, carried)
