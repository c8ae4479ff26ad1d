"""What the documents point to is there."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
DOCUMENTS = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_files_that_a_document_names_exist(document):
    text = document.read_text(encoding="utf-8")
    links = [document.parent / link for link in re.findall(r"\]\(([^)#:]+)\)", text)]
    # `tests/…`, `profiles/body.toml` and the like: paths from the root, in code quotes
    quoted = [
        ROOT / path
        for path in re.findall(r"`((?:tests|docs|profiles|firmware_bridge|simulator)/[\w./-]+)`", text)
    ]
    missing = [str(path) for path in links + quoted if not path.exists()]
    assert not missing


def test_each_hazard_has_a_test_that_shows_its_answer():
    rows = re.findall(r"^\| (H\d+) \|.*$", (ROOT / "docs" / "safety.md").read_text(encoding="utf-8"), re.M)
    lines = [
        line
        for line in (ROOT / "docs" / "safety.md").read_text(encoding="utf-8").splitlines()
        if line.startswith("| H")
    ]
    assert rows == [f"H{number}" for number in range(1, len(rows) + 1)]
    assert all("tests/" in line or "as H1" in line for line in lines)
