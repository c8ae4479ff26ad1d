"""What the documents point to is there."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from kneadwave import descriptions
from kneadwave.exchange import package_formats
from kneadwave.guards import packages
from profiles import profile

GROUPS = (packages.GROUP, package_formats.GROUP, descriptions.GROUP, profile.GROUP)
"""Entry points are named as modules are."""
ROOT = Path(__file__).parents[1]
DOCUMENTS = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
FOLDERS = "benchmarks|docs|firmware_bridge|kneadwave|profiles|simulator|tests"
PATH = re.compile(rf"`((?:{FOLDERS})/[\w./*-]*|(?:[\w-]+/)*[\w-]+\.py)(?:::(\w+))?`")
"""A path in code quotes, from the root of the repository or the end of one to a module; and a test in it."""
MODULE = re.compile(rf"`((?:{FOLDERS})(?:\.\w+)+)`")
"""A dotted name in code quotes: a module, or something that one defines."""


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_files_that_a_document_names_exist(document):
    text = document.read_text(encoding="utf-8")
    missing = [link for link in re.findall(r"\]\(([^)#:]+)\)", text) if not (document.parent / link).exists()]
    for path, test in PATH.findall(text):
        named = [*ROOT.glob(path)] or [*ROOT.glob(f"*/**/{path}")]
        if not named or (test and f"def {test}(" not in named[0].read_text(encoding="utf-8")):
            missing.append(f"{path}::{test}" if test else path)
    missing += [name for name in MODULE.findall(text) if name not in GROUPS and not is_defined(name)]
    assert missing == []


def is_defined(name):
    """Whether `name` is a module or package, or something that is assigned or defined in one."""
    path = ROOT / name.replace(".", "/")
    if path.is_dir() or path.with_suffix(".py").is_file():
        return True
    file = path.parent.with_suffix(".py")
    return file.is_file() and bool(
        re.search(rf"^(?:def |class )?{path.name}\b", file.read_text(encoding="utf-8"), re.M)
    )


def test_each_decision_has_a_number_of_its_own():
    decisions = sorted((ROOT / "docs" / "decisions").glob("*.md"))
    numbers = [path.name[:4] for path in decisions]
    assert [number for number in numbers if numbers.count(number) > 1] == []
    headed = [path.read_text(encoding="utf-8").startswith(f"# {path.name[:4]} ") for path in decisions]
    assert all(headed)


def test_where_to_look_is_three_files_at_most():
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| ((?!you want to|---).+?) \| (.+) \|$", text, re.M)
    assert len(rows) > 15
    assert [wanted for wanted, files in rows if len(PATH.findall(files)) > 3] == []
    for wanted in (
        "the kidney ban",
        "a technique",
        "rule",
        "another dialect",
        "a front end",
        "an event",
        "a felt test",
    ):
        assert any(wanted in row for row, _ in rows), wanted


def test_the_picture_of_the_architecture_is_what_the_imports_say():
    drawing = [sys.executable, "docs/draw_architecture.py", "--check"]
    done = subprocess.run(drawing, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_each_hazard_has_a_test_that_shows_its_answer():
    rows = re.findall(r"^\| (H\d+) \|.*$", (ROOT / "docs" / "safety.md").read_text(encoding="utf-8"), re.M)
    lines = [
        line
        for line in (ROOT / "docs" / "safety.md").read_text(encoding="utf-8").splitlines()
        if line.startswith("| H")
    ]
    assert rows == [f"H{number}" for number in range(1, len(rows) + 1)]
    assert all("tests/" in line or "as H1" in line for line in lines)
