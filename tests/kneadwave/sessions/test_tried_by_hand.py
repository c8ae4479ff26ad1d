"""A routine for hands on the virtual cushion: a try for nobody, and no way past the gate for somebody."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from people import cleared

from firmware_bridge.play.ending import EndReason
from kneadwave.people.history import sessions
from kneadwave.people.ledger import read

Knead = Callable[..., Any]
pytestmark = pytest.mark.usefixtures("one_clock", "wall")
BY_HAND = ["head", "feet"]
"""One that is for hands alone, and one of which the reference cushion reaches nothing."""


@pytest.mark.parametrize("routine", BY_HAND)
def test_nobody_is_asked_for_where_nobody_is_touched(knead: Knead, routine: str) -> None:
    ended = knead("run", routine, "--device", "sim:")
    assert ended.code == 0, ended.err
    assert "a try for nobody: nothing is asked or written down" in " ".join(ended.err.split())
    assert "no device moves in this routine" in ended.out


@pytest.mark.parametrize("routine", BY_HAND)
def test_nothing_of_a_try_is_written_down(knead: Knead, wall: Callable[[], datetime], routine: str) -> None:
    cleared("me", now=wall())
    before = read("me")
    assert knead("run", routine, "--device", "sim:", "--json").code == 0
    assert read("me") == before


@pytest.mark.parametrize("routine", BY_HAND)
@pytest.mark.parametrize(
    "words", [(), ("--device", "sim:", "--recipient", "me")], ids=["a default", "somebody is named"]
)
def test_a_massage_by_hand_passes_the_gate(
    knead: Knead,
    wall: Callable[[], datetime],
    monkeypatch: pytest.MonkeyPatch,
    routine: str,
    words: tuple[str, ...],
) -> None:
    if not words:
        monkeypatch.setenv("KNEAD_DEVICE", "sim:")
    refused = knead("run", routine, *words)
    assert refused.code == (2 if words else 7)
    cleared("me", now=wall())
    ended = knead("run", routine, *words)
    assert ended.code == 0, ended.err
    assert "a try" not in ended.err
    assert sessions(read("me"))[-1].parts
    assert knead("run", routine, *words).code == 7


def test_a_try_lasts_as_long_as_it_may(knead: Knead, one_clock: Any) -> None:
    ended = knead("run", "head", "--device", "sim:", "--minutes", "1", "--json")
    assert ended.events[-1]["reason"] == EndReason.TIME_OVER
    assert one_clock.now() == pytest.approx(60.0, abs=1.0)
