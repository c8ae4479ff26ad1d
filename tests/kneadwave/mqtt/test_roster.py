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


@pytest.mark.parametrize(("bridge", "status"), [("offline", "online"), ("online", "offline"), ("", "online")])
def test_what_was_true_once_is_not_told(bridge: str, status: str) -> None:
    (told,) = roster(bridge=bridge, status=status).told()
    assert (told["state"], told["problem"]) == ("unavailable", True)
    assert "routine" not in told


@pytest.mark.parametrize("state", ["", "[]", "{", "[" * 100_000])
def test_a_state_that_is_none_counts_for_nothing(state: str) -> None:
    (told,) = roster(state=state).told()
    assert told["state"] == "unavailable"


def test_an_event_says_of_which_cushion_it_is() -> None:
    told = roster().hear("kneadwave/one/event", '{"event_type": "pain", "zone": "neck"}')
    assert told == {"cushion": "one", "title": "One", "event_type": "pain", "zone": "neck"}


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
