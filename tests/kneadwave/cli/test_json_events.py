"""Every name that a JSON line can have stands in docs/json.md, and no other."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from kneadwave.sessions import hold  # noqa: F401  (its events are events, too)
from kneadwave.sessions.events import Event

ROOT = Path(__file__).parents[3]
DOCUMENT = (ROOT / "docs" / "json.md").read_text(encoding="utf-8")


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
    rows = re.findall(r"^\| (`[^|]+) \|", DOCUMENT, re.MULTILINE)
    return {name for row in rows for name in re.findall(r"`([a-z]+)`", row)}


def test_every_event_is_documented_and_every_documented_one_exists() -> None:
    found = {*of_sessions(), *of_commands()}
    assert len(found) >= 47
    assert found == documented()
