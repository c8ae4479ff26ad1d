"""The fields of JSON lines as docs/json.md has them."""

import re
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

TITLE = "## Every field"
EVENTS, _, FIELDS = (Path(__file__).parents[2] / "docs" / "json.md").read_text("utf-8").partition(TITLE)
NAME = re.compile(r"`([a-z_]+)`")


@cache
def of_any() -> frozenset[str]:
    """The fields that mean the same in every event."""
    rows = re.findall(r"^\| (`[a-z_]+`) \| [^|]+ \|$", FIELDS, re.MULTILINE)
    return frozenset(name for row in rows for name in NAME.findall(row))


@cache
def of_events() -> dict[str, frozenset[str]]:
    """Event name -> the fields in its own rows."""
    found: dict[str, set[str]] = {}
    for events, fields in re.findall(r"^\| (`[^|]+) \| (`[^|]+) \| [^|]+ \|$", FIELDS, re.MULTILINE):
        for event in NAME.findall(events):
            found.setdefault(event, set()).update(NAME.findall(fields))
    return {event: frozenset(fields) for event, fields in found.items()}


def undocumented(lines: Iterable[dict[str, Any]]) -> Iterator[str]:
    """The fields of JSON lines that have no row, "event.field"."""
    for line in lines:
        known = of_any() | of_events().get(line["event"], frozenset())
        yield from (f"{line['event']}.{field}" for field in line if field not in known)
