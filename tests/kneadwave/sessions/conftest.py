"""Somebody who may be massaged, and a profile as long as wanted."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from people import cleared


@pytest.fixture
def me(wall: Any) -> None:
    """`me`, cleared for a session today."""
    cleared("me", now=wall())


@pytest.fixture
def minutes(tmp_path: Path) -> Callable[..., str]:
    """A profile of so many minutes of light strokes, then half a minute of lighter ones; its path."""

    def write(length: float, **head: str) -> str:
        lines = ['schema = 1\nname = "strokes"\naudience = "quick"'] + [f"{k} = {v}" for k, v in head.items()]
        for name, seconds, level in (("opening", length * 60 - 30, 0.3), ("closing", 30, 0.2)):
            lines.append(f'[[step]]\nname = "{name}"\ntechnique = {{ kind = "stroking" }}')
            lines.append('zones = ["lumbar", "upper-back", "shoulder"]\ncrossfade_s = 2')
            lines.append(f"duration_s = {seconds}\nlevel = {level}")
        path = tmp_path / "strokes.toml"
        path.write_text("\n".join(lines), encoding="utf-8")
        return str(path)

    return write
