"""How to lie or sit, and that a second person is needed: told before anything is asked or opened."""

from collections.abc import Callable
from typing import Any

import pytest
from people import cleared

from kneadwave.sessions.events import Arrangement
from kneadwave.sessions.start import SessionRequest, plan_session

Knead = Callable[..., Any]


@pytest.mark.parametrize(
    ("profile", "on", "says", "helper"),
    [
        (
            "relaxing-back",
            "seat-pad-8",
            "Sit, or lie on your back, with the device under you. Not lying",
            False,
        ),
        ("relaxing-back", "neck-pillow", "Sit and lean back on the device. Not lying on the front", True),
        ("shoulder-relief", "neck-pillow", "Sit and lean back on the device.", False),
        ("pregnancy", "seat-pad-8", "Sit, the back at ease and supported.", True),
        ("head", "seat-pad-8", "", True),
        ("abdomen", "seat-pad-8", "Sit, the back at ease and supported.", False),
    ],
)
def test_a_plan_knows_how_to_lie_and_with_whom(profile: str, on: str, says: str, helper: bool) -> None:
    plan = plan_session(SessionRequest(profile, "sim:", on, attended=True))
    assert plan.arrangement.says.startswith(says)
    assert plan.arrangement.helper is helper


def test_a_device_that_nobody_described_is_not_lain_on(port: Any) -> None:
    plan = plan_session(SessionRequest("relaxing-back", port.url))
    assert "lie so only with the device on you" in plan.arrangement.says


def test_it_is_told_before_anything_is_opened(
    knead: Knead, minutes: Callable[..., str], port: Any, wall: Any
) -> None:
    cleared("me", now=wall())
    path = minutes(1, posture='"prone"')
    ended = knead("run", path, "--device", port.url, "--on", "reference-cushion")
    assert ended.code == 0
    assert ended.out.splitlines()[0].startswith("Sit, or lie on your back, with the device under you.")
    assert "warning: posture: written for lying on the front" in ended.err
    cleared("me", now=wall())
    events = knead("run", "felt-check", "--device", port.url, "--json").events
    names = [event["event"] for event in events]
    assert names.index("arrangement") < names.index("start")


@pytest.mark.usefixtures("one_clock", "wall")
def test_hands_of_a_second_person_are_told(knead: Knead, wall: Any) -> None:
    cleared("me", now=wall())
    assert "It needs a second person" in knead("run", "head").out
    cleared("me", now=wall())
    assert "second person" not in knead("run", "abdomen").out


def test_it_is_data_for_every_front_end() -> None:
    told = Arrangement("prone", "Sit.", helper=True)
    assert (told.name, told.fields()) == ("arrangement", {"posture": "prone", "says": "Sit.", "helper": True})
