"""Every name that a JSON line can have stands in docs/json.md, and no other; and so does every field."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from json_fields import EVENTS, of_any, of_events, undocumented
from sample_events import sample_events

from kneadwave.sessions import hold, offer  # noqa: F401  (their events are events, too)
from kneadwave.sessions.events import Event

ROOT = Path(__file__).parents[3]


def of_sessions(kind: type[Event] = Event) -> Iterator[str]:
    """The names of all kinds of events."""
    for each in kind.__subclasses__():
        yield from [each.name] if each.name else []
        yield from of_sessions(each)


def of_commands() -> Iterator[str]:
    """The names that a view or a felt test prints by itself: `event("name", …)`."""
    for path in (ROOT / "kneadwave" / "cli").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call) or not node.args:
                continue
            called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            first = node.args[0]
            if called.strip("_") == "event" and isinstance(first, ast.Constant):
                yield str(first.value)


def documented() -> set[str]:
    """The names in the first column of the tables."""
    rows = re.findall(r"^\| (`[^|]+) \|", EVENTS, re.MULTILINE)
    return {name for row in rows for name in re.findall(r"`([a-z]+)`", row)}


def test_every_event_is_documented_and_every_documented_one_exists() -> None:
    found = {*of_sessions(), *of_commands()}
    assert len(found) >= 47
    assert found == documented()


def test_every_event_has_rows_for_its_fields() -> None:
    bare = {"forgotten", "again", "deleted"}  # they have no field of their own
    assert set(of_events()) | bare >= documented()
    assert set(of_events()) <= documented()


def test_every_field_of_a_session_s_event_has_a_row() -> None:
    told = [{"event": each.name, **each.fields()} for each in sample_events() if each.name]
    assert {line["event"] for line in told} == set(of_sessions())
    assert list(undocumented(told)) == []


def test_every_field_that_has_a_row_exists() -> None:
    source = "\n".join(
        path.read_text(encoding="utf-8")
        for package in ("firmware_bridge", "kneadwave", "profiles")
        for path in (ROOT / package).rglob("*.py")
    )
    words = set(re.findall(r"\w+", source))
    assert {field for fields in of_events().values() for field in fields} | of_any() <= words


@pytest.mark.parametrize("line", [{"event": "state", "mood": 1}, {"event": "moods"}])
def test_a_field_without_a_row_is_found(line: dict[str, object]) -> None:
    known = {"event": "state", "t": 0.0, "took": 0.0, "state": "playing"}
    assert list(undocumented([known])) == []
    assert list(undocumented([line])) == [f"state.{key}" for key in line if key == "mood"]
