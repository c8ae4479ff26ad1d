"""What a broker tells of cushions, put together: nothing that was true once is told of one that is gone."""

import json
from typing import Any

import pytest

from kneadwave.fleet.roster import Roster, StopAsked

STATE = {"title": "One", "bridge": "first", "host": "h", "state": "playing", "routine": "long", "left_s": 9}


def roster(*, bridge: str = "online", status: str = "online", state: Any = STATE) -> Roster:
    made = Roster()
    made.hear("kneadwave/bridge/first/status", bridge)
    made.hear("kneadwave/one/status", status)
    made.hear("kneadwave/one/state", state if isinstance(state, str) else json.dumps(state))
    return made


def test_how_a_cushion_stands() -> None:
    (told,) = roster().told()
    shown = {key: told[key] for key in ("cushion", "title", "state", "routine", "left_s")}
    assert shown == {"cushion": "one", "title": "One", "state": "playing", "routine": "long", "left_s": 9}


@pytest.mark.parametrize(
    ("bridge", "status", "why", "alarm"),
    [
        ("offline", "online", "its bridge is gone", "bridge"),
        ("online", "offline", "it is not plugged in", "link"),
        ("", "online", "its bridge is gone", "bridge"),
    ],
)
def test_what_was_true_once_is_not_told(bridge: str, status: str, why: str, alarm: str) -> None:
    (told,) = roster(bridge=bridge, status=status).told()
    assert (told["state"], told["problem"], told["problem_why"]) == ("unavailable", True, why)
    assert told["alarms"] == [alarm]
    assert "routine" not in told


def test_without_a_broker_nobody_knows() -> None:
    (told,) = roster().told(broker=False)
    assert (told["state"], told["problem_why"], told["alarms"]) == (
        "unavailable",
        "the broker is gone",
        ["bridge"],
    )


@pytest.mark.parametrize(
    ("state", "alarms"),
    [
        ({"link": True, "pain": "", "tripped": False}, []),
        ({"link": False, "state": "playing"}, ["link"]),
        ({"link": True, "pain": "neck"}, ["pain"]),
        ({"link": True, "tripped": True, "state": "not confirmed"}, ["trip", "not confirmed"]),
    ],
)
def test_what_somebody_has_to_look_after(state: dict[str, Any], alarms: list[str]) -> None:
    (told,) = roster(state=json.dumps(STATE | state)).told()
    assert told["alarms"] == alarms


@pytest.mark.parametrize("what", ["state", "status"])
def test_a_cushion_that_the_broker_was_asked_to_forget_is_forgotten(what: str) -> None:
    made = roster()
    made.hear(f"kneadwave/one/{what}", "")
    assert made.told() == []


@pytest.mark.parametrize("state", ["[]", "{", "[" * 100_000, '{"bridge": "first", "left_s": NaN}'])
def test_a_state_that_is_none_counts_for_nothing(state: str) -> None:
    (told,) = roster(state=state).told()
    assert told["state"] == "unavailable"


def test_an_event_says_of_which_cushion_it_is() -> None:
    told = roster().hear("kneadwave/one/event", '{"event_type": "pain", "zone": "neck"}')
    assert told == {"cushion": "one", "title": "One", "event_type": "pain", "zone": "neck"}


def test_no_event_says_that_it_is_of_another_cushion() -> None:
    told = roster().hear("kneadwave/one/event", '{"cushion": ["two"], "title": "Two", "confirmed": true}')
    assert told == {"cushion": "one", "title": "One", "confirmed": True}


def test_a_stop_is_confirmed_by_each_cushion_for_itself() -> None:
    asked = StopAsked.at(["one", "two", "three"])
    assert asked.hear({"cushion": "one", "event_type": "pain"}) == ""
    assert asked.hear({"cushion": "other", "confirmed": True}) == ""
    assert asked.hear({"cushion": "one", "confirmed": True}) == "one"
    assert asked.hear({"cushion": "two", "confirmed": False}) == "two"
    assert asked.hear({"cushion": "two", "confirmed": True}) == "", "it has answered"
    assert asked.waiting == ["three"]
    asked.give_up()
    assert asked.of == {"one": "confirmed", "two": "not confirmed", "three": "not confirmed"}


@pytest.mark.parametrize("said", [1, "true", None])
def test_only_true_confirms(said: Any) -> None:
    asked = StopAsked.at(["one"])
    asked.hear({"cushion": "one", "confirmed": said})
    assert asked.of == {"one": "not confirmed"}
