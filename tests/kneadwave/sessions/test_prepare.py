"""What a check means for the playing: advice is told, a hard limit refuses."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Knead = Callable[..., Any]

TWO_STROKES = """
schema = 1
name = "two-strokes"
audience = "quick"

[[step]]
name = "opening"
technique = {{ kind = "stroking" }}
zones = ["sacrum", "lumbar", "upper-back"]
duration_s = 30
level = 0.2

[[step]]
name = "closing"
technique = {{ kind = "stroking" }}
zones = ["sacrum", "lumbar", "upper-back"]
duration_s = 30
level = {closing}
"""


@pytest.mark.parametrize(
    ("closing", "code", "told"),
    [
        (0.15, 0, set()),
        (0.25, 0, {("warning", 117)}),  # advice: not weaker than the opening
        (0.55, 3, {("error", 246)}),  # the lower back bears 0.5
    ],
)
def test_advice_is_told_and_plays_and_a_limit_refuses(
    knead: Knead, tmp_path: Path, closing: float, code: int, told: set[tuple[str, int]]
) -> None:
    path = tmp_path / "two-strokes.toml"
    path.write_text(TWO_STROKES.format(closing=closing), encoding="utf-8")
    ended = knead("simulate", str(path), "--json")
    assert ended.code == code
    assert {(e["severity"], e["rule"]) for e in ended.events if e["event"] == "finding"} == told
