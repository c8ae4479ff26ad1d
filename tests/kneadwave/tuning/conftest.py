"""A commented profile in a folder of its own."""

import pytest
from tuned import COMMENTED


@pytest.fixture
def path(tmp_path):
    """`evening.toml`, the commented profile."""
    where = tmp_path / "evening.toml"
    where.write_text(COMMENTED, encoding="utf-8", newline="")
    return where
