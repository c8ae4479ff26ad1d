"""`knead profile` and `knead device`."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from firmware_bridge.device import shipped_devices
from profiles.profile import load_profile, profile_source, shipped_profiles

Knead = Callable[..., Any]


def test_profile_list_names_what_ships(knead: Knead) -> None:
    text = knead("profile", "list").out
    events = knead("profile", "list", "--json").events
    assert [event["name"] for event in events[:-1]] == shipped_profiles()
    assert all(name in text for name in shipped_profiles())


def test_profile_show_lists_the_steps(knead: Knead) -> None:
    profile = load_profile("relaxing-back")
    ended = knead("profile", "show", "relaxing-back")
    assert all(step.name in ended.out for step in profile.step)
    shown = knead("profile", "show", "relaxing-back", "--json").events[0]
    assert [step["name"] for step in shown["step"]] == [step.name for step in profile.step]
    assert shown["step"][-1]["end_s"] == 900.0


def test_profile_check_passes_what_ships_on_what_ships(knead: Knead) -> None:
    for device in shipped_devices():
        assert knead("profile", "check", *shipped_profiles(), "--on", device).code == 0


def test_profile_check_looks_at_all_before_it_refuses(knead: Knead, written: Callable[..., str]) -> None:
    ended = knead("profile", "check", "nosuch", written("kneading-61"), "felt-check")
    assert ended.code == 3
    assert "rule 64" in ended.out
    assert "felt-check: may be played" in ended.out
    assert "nosuch" in ended.err
    assert knead("profile", "check", "nosuch").code == 3


def test_profile_new_keeps_the_comments_and_overwrites_nothing(knead: Knead, tmp_path: Path) -> None:
    assert knead("profile", "new", "evening", "--from", "felt-check").code == 0
    text = (tmp_path / "evening.toml").read_text()
    assert text == profile_source("felt-check").replace('name = "felt-check"', 'name = "evening"')
    assert load_profile(tmp_path / "evening.toml").name == "evening"
    again = knead("profile", "new", "evening")
    assert again.code == 2
    assert (tmp_path / "evening.toml").read_text() == text


@pytest.mark.parametrize("name", ["../x", "UPPER", "a" * 41, "relaxing-back", ""])
def test_profile_new_refuses_a_name_that_will_not_do(knead: Knead, name: str) -> None:
    assert knead("profile", "new", name).code == 2


def test_profile_schema_is_json(knead: Knead) -> None:
    assert "step" in json.loads(knead("profile", "schema").out)["properties"]


def test_device_list_names_what_ships(knead: Knead) -> None:
    assert [event["name"] for event in knead("device", "list", "--json").events[:-1]] == shipped_devices()
    assert all(name in knead("device", "list").out for name in shipped_devices())


def test_device_show_draws_zones_and_says_why_some_stay_off(knead: Knead) -> None:
    ended = knead("device", "show")
    for word in ("scapular", "lumbar", "spine: footprint touches spine", "kidney-l: footprint", "x excluded"):
        assert word in ended.out
    actuators = knead("device", "show", "--json").events[0]["actuators"]
    assert [a["id"] for a in actuators if a["excluded"]] == ["kidney-r", "kidney-l", "spine"]
    assert all(a["ceiling"] == 0 for a in actuators if a["excluded"])


@pytest.mark.usefixtures("one_clock")
def test_device_show_asks_the_device_itself(
    knead: Knead, monkeypatch: pytest.MonkeyPatch, one_clock: Any
) -> None:
    monkeypatch.setattr("firmware_bridge.clock.MonotonicClock", lambda: one_clock)
    ended = knead("device", "show", "--device", "sim:", "--json")
    assert ended.code == 0
    assert ended.events[0]["event"] == "identity"
    assert ended.events[1]["name"] == "reference-cushion"
    assert knead("device", "show", "mat-64", "--device", "sim:").code == 2


def test_device_show_of_an_unknown_one_is_3(knead: Knead) -> None:
    ended = knead("device", "show", "mat-46")
    assert ended.code == 3
    assert "mat-64" in ended.err
