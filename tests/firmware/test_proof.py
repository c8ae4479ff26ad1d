"""What `make prove` looks at: each file has its pin, and a fault can be put in where it says."""

import re
import tomllib
from pathlib import Path

import pytest

FIRMWARE = Path(__file__).parents[2] / "firmware"
PINNED = dict(re.findall(r"^(\w+) (\d+)\b", (FIRMWARE / "proof" / "goals.txt").read_text(), re.MULTILINE))
FAULTS = tomllib.loads((FIRMWARE / "proof" / "faults.toml").read_text())["fault"]


@pytest.mark.parametrize("name", PINNED)
def test_the_page_tells_how_many_goals_a_file_has(name):
    page = (FIRMWARE.parent / "docs" / "firmware.md").read_text()
    assert re.search(rf"^\| `{name}` \|.*\| {PINNED[name]} \|$", page, re.MULTILINE)


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault["what"])
def test_a_fault_has_one_place_in_a_file_that_is_proved(fault):
    assert fault["file"] in PINNED
    assert (FIRMWARE / "kernel" / f"{fault['file']}.c").read_text().count(fault["right"]) == 1
