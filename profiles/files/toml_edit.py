"""Making a TOML document say something else by touching only what differs."""

from __future__ import annotations

from typing import Any

from profiles.curve import IntensityCurve
from profiles.files.toml_values import paired, reworded, written

_TABLES = ("step", "exception")  # lists of tables, each with its comments
_CURVES = ("curve", "envelope")


def merge(table: Any, wanted: dict[str, Any], newline: str = "\n") -> None:
    """Make the TOML table say what `wanted` says, touching only what differs."""
    for key in [key for key in table if key not in wanted]:
        del table[key]
    before: str | None = None
    for key, value in wanted.items():
        if key in _TABLES:
            _merge_tables(table, key, value, newline)
            continue
        present = table.get(key)
        if present is None:
            _add(table, key, value, before, newline)
        elif key in _CURVES:
            _merge_curve(table, key, value, newline)
        else:
            _change(table, key, value, newline)
        before = key


def _change(table: Any, key: str, value: Any, newline: str) -> None:
    """Make a key that is there say `value`, in the form that it has."""
    from tomlkit.items import InlineTable

    present = table[key]
    if isinstance(present, dict) and not isinstance(present, InlineTable) and isinstance(value, dict):
        merge(present, value, newline)
        return
    text = present.as_string() if hasattr(present, "as_string") else written(present)  # true and false
    new = reworded(text, present.unwrap() if hasattr(present, "unwrap") else present, value)
    if new != text:
        table[key] = _item(new)


def _merge_curve(table: Any, key: str, value: Any, newline: str) -> None:
    """Make a curve say `value`, in the form that it has: a preset's name, points, or a table with both."""
    from tomlkit.items import InlineTable

    present = table[key]
    said = present.unwrap() if hasattr(present, "unwrap") else present
    old, new = _curve(said), _curve(value)
    if old == new:
        return
    in_lines = isinstance(present, dict) and not isinstance(present, InlineTable)
    named = isinstance(value, str) and not in_lines  # without its lines a table would take comments with it
    if named and (isinstance(said, str) or _is_another(old, new, present)):
        table[key] = _item(written(value))
        return
    points = [list(point) for point in new.points]
    if isinstance(said, dict):
        unit = {"unit": new.unit} if "unit" in said or new.unit != old.unit else {}
        order = unit | {"points": points} if list(said)[:1] != ["points"] else {"points": points} | unit
        _change(table, key, order, newline)
    elif isinstance(said, list) and new.unit != "fraction":
        text = reworded(present.as_string(), said, points)
        table[key] = _item(f"{{ unit = {written(new.unit)}, points = {text} }}")
    elif isinstance(said, list):
        _change(table, key, points, newline)
    else:
        table[key] = _item(written(value))


def _is_another(old: IntensityCurve, new: IntensityCurve, present: Any) -> bool:
    """Whether a preset took the place of the points, rather than that points came to say the same."""
    changes = [pair for pair in paired(old.points, new.points) if not _stays(old, new, *pair)]
    return len(changes) > 1 and "#" not in present.as_string()


def _stays(old: IntensityCurve, new: IntensityCurve, i: int | None, j: int | None) -> bool:
    return i is not None and j is not None and old.points[i] == new.points[j]


def _curve(value: Any) -> IntensityCurve:
    if isinstance(value, str):
        return IntensityCurve.preset(value)
    data = value if isinstance(value, dict) else {"points": value}
    points = tuple((float(time), float(level)) for time, level in data["points"])
    return IntensityCurve(points=points, unit=data.get("unit", "fraction"))


def _add(table: Any, key: str, value: Any, before: str | None, newline: str) -> None:
    """Add a key on a line of its own, behind the one that goes before it and not behind later comments."""
    item = _item(written(value))
    container: Any = table.value if hasattr(table, "trivia") else table  # a document is its own
    after, neighbour = _last_line(container, before)
    if after is None:
        table[key] = item
        return
    item.trivia.indent = neighbour.trivia.indent.rpartition("\n")[2]
    item.trivia.trail = neighbour.trivia.trail
    if "\n" not in neighbour.trivia.trail:
        neighbour.trivia.trail = newline
    container._insert_after(after, key, item)  # what tomlkit offers in public comes behind the comments
    dict.__setitem__(table, key, item)


def _last_line(container: Any, before: str | None) -> tuple[str | None, Any]:
    """Return the key and item behind which a line can be added: `before` where that is one, else the last."""
    from tomlkit.items import AoT, Table

    found: tuple[str | None, Any] = None, None
    for key, item in getattr(container, "body", ()):
        if key is None or key.is_dotted() or isinstance(item, AoT | Table):
            continue
        found = key.key, item
        if key.key == before:
            break
    return found


def _merge_tables(table: Any, key: str, wanted: list[dict[str, Any]], newline: str) -> None:
    import tomlkit

    present = table.get(key)
    if present is None:
        table[key] = present = tomlkit.aot()
    for entry, value in zip(present, wanted, strict=False):
        merge(entry, value, newline)
    while len(present) > len(wanted):
        del present[-1]
    for value in wanted[len(present) :]:
        entry = tomlkit.table()
        for name, item in value.items():
            entry[name] = _item(written(item))
        # An empty line keeps it apart: after it where the last one ends in such a line, else before it.
        if len(present) and present[-1].as_string().endswith(newline * 2):
            entry.add(tomlkit.ws(newline))
        else:
            entry.trivia.indent = newline
        present.append(entry)


def _item(text: str) -> Any:
    """Return the TOML item that a text says."""
    import tomlkit

    return tomlkit.parse(f"x = {text}\n").body[0][1]  # by its key, true would come without its surroundings
