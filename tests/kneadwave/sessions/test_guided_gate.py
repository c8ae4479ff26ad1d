"""By hand is massage, too: whatever leads to hands, nobody is led who may not be massaged."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from people import cleared, make_recipient, screened

Knead = Callable[..., Any]

pytestmark = pytest.mark.usefixtures("one_clock")

HEAD = 'schema = 1\nname = "{name}"\naudience = "quick"\n'
GUIDE = """
[[step]]
name = "strokes"
technique = { kind = "guide", instruction = "Stroke the neck.", part = "neck" }
duration_s = 4
"""
FEET = """
[[step]]
name = "strokes"
technique = { kind = "stroking" }
zones = ["foot"]
duration_s = 5
level = 0.2
crossfade_s = 1
"""


@pytest.fixture(
    params=["alone", "with a virtual cushion", "nothing reached", "nothing reached by a virtual one"]
)
def words(request: pytest.FixtureRequest, tmp_path: Path) -> list[str]:
    hands, feet = tmp_path / "hands.toml", tmp_path / "feet.toml"
    hands.write_text(HEAD.format(name="hands") + GUIDE, encoding="utf-8")
    feet.write_text(HEAD.format(name="feet") + FEET, encoding="utf-8")
    return {
        "alone": [str(hands)],
        "with a virtual cushion": [str(hands), "--device", "sim:"],
        "nothing reached": [str(feet), "--device", "/dev/cushion", "--on", "reference-cushion"],
        "nothing reached by a virtual one": [str(feet), "--device", "sim:"],
    }[request.param]


def refused(knead: Knead, words: list[str]) -> str:
    ended = knead("run", *words)
    assert ended.code == 7
    assert "step 1" not in ended.out
    return str(ended.err)


def test_fever(knead: Knead, words: list[str], wall: Any) -> None:
    make_recipient("me")
    screened("me", now=wall(), yes=["fever"])
    assert "rule 142" in refused(knead, words)


def test_early_pregnancy(knead: Knead, words: list[str], wall: Any) -> None:
    cleared("me", now=wall(), pregnancy_month=2)
    assert "rule 272" in refused(knead, words)


def test_later_pregnancy(knead: Knead, words: list[str], wall: Any) -> None:
    cleared("me", now=wall(), pregnancy_month=6)
    assert "rule 273" in refused(knead, words)


def test_a_child(knead: Knead, words: list[str], wall: Any) -> None:
    cleared("me", now=wall(), adult=False)
    assert "rule 98" in refused(knead, words)


@pytest.mark.usefixtures("wall")
def test_nobody_and_nobody_asked(knead: Knead, words: list[str]) -> None:
    assert "there is no recipient yet" in refused(knead, words)
    make_recipient("me")
    assert "not asked today" in refused(knead, words)


def test_a_list_that_nobody_confirmed(knead: Knead, words: list[str], wall: Any) -> None:
    make_recipient("me")
    screened("me", now=wall(), ready=False)
    assert "the list before a run" in refused(knead, words)


@pytest.mark.parametrize("name", ["abdomen", "head", "chest"])
def test_what_ships(knead: Knead, name: str, wall: Any) -> None:
    make_recipient("me")
    screened("me", now=wall(), yes=["fever"])
    assert "rule 142" in refused(knead, [name])
