"""A profile of three curves, and a sheet with the first of them."""

from pathlib import Path

import pytest
from editing import PROFILE, made

from kneadwave.cli.editor.sheet import Sheet


@pytest.fixture
def path(tmp_path: Path) -> Path:
    file = tmp_path / "evening.toml"
    file.write_text(PROFILE, encoding="utf-8")
    return file


@pytest.fixture
def sheet(path: Path) -> Sheet:
    return made(str(path), "1")
