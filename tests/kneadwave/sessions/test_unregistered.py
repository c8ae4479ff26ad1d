"""A session that no other process finds says so, and is played and stopped all the same."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from session_events import events

Knead = Callable[..., Any]
WARNING = "warning: knead stop and the page do not find this session"

pytestmark = pytest.mark.usefixtures("one_clock", "me")


@pytest.fixture(params=["missing", "a file", "of others"])
def amiss(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where sessions are to be registered, and none can be."""
    place = tmp_path / "sessions"
    if request.param == "a file":
        place.write_text("", encoding="utf-8")
    elif request.param == "of others":
        place.mkdir()
        monkeypatch.setattr("os.geteuid", lambda: 4242)
    monkeypatch.setenv("KNEAD_SESSIONS", str(place))
    return place


def test_it_warns_once_with_a_hint_and_a_key_stops_it(
    knead: Knead, port: Any, press: Callable[[float, str], None], amiss: Path
) -> None:
    press(10.0, "s")
    told = knead("run", "felt-check", "--device", port.url)
    assert told.err.count(WARNING) == 1
    assert str(amiss) in told.err
    assert "hint: stop it here" in told.err
    assert "stopped by a key" in told.out


@pytest.mark.usefixtures("amiss")
@pytest.mark.parametrize("command", ["run abdomen", "tune preview relaxing-back 1"])
def test_hands_and_felt_tests_warn_as_well(knead: Knead, port: Any, command: str) -> None:
    device = () if "abdomen" in command else ("--device", port.url)
    assert WARNING in knead(*command.split(), *device).err


@pytest.mark.usefixtures("amiss")
def test_a_script_is_told_as_well(knead: Knead, port: Any) -> None:
    told = knead("run", "felt-check", "--device", port.url, "--json")
    assert [note["kind"] for note in events(told, "note")].count("registry") == 1


def test_nothing_is_said_where_it_is_found(knead: Knead, port: Any) -> None:
    assert "find this session" not in knead("run", "felt-check", "--device", port.url).err
