"""TOML values as text: how one value becomes another with as few letters changed as can be."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from typing import Any, NamedTuple

from profiles.files.toml_entries import TomlEntries, TomlEntry, split

_PAIR = re.compile(r"([A-Za-z0-9_-]+)(\s*=\s*)(.*)", re.DOTALL)
_INTEGER = re.compile(r"[+-]?\d+")
_DECIMAL = re.compile(r"[+-]?\d+\.(\d+)")
Pair = tuple[int | None, int | None]
"""The place of an entry before and after; None where it is new, or goes."""


def reworded(text: str, old: Any, new: Any, *, listed: bool = False) -> str:
    """Return the text of a value that says `old` so that it says `new`; what does not change stays.

    A number in a list keeps its decimals, so that columns stay.
    """
    if _same(old, new):
        return text
    if _is_number(old) and _is_number(new):
        return number_like(new, text, decimals=listed)
    if isinstance(old, list) and isinstance(new, list) and old and new:
        return _list(text, old, new)
    if isinstance(old, dict) and isinstance(new, dict):
        return _table(text, old, new)
    return written(new)


def written(value: Any) -> str:
    """Return a value as TOML, on one line."""
    import tomlkit

    if isinstance(value, dict):
        inside = ", ".join(f"{key} = {written(item)}" for key, item in value.items())
        return f"{{ {inside} }}" if inside else "{}"
    if isinstance(value, list):
        return f"[{', '.join(map(written, value))}]"
    return str(tomlkit.item(value).as_string())


def number_like(value: float, like: str, *, decimals: bool) -> str:
    """Return a number written as `like` is: whole where that is and it can be, and with its decimals."""
    if _INTEGER.fullmatch(like) and float(value).is_integer():
        return str(int(value))
    text = repr(value)
    has, wanted = _DECIMAL.fullmatch(text), _DECIMAL.fullmatch(like)
    return text + "0" * (len(wanted[1]) - len(has[1])) if decimals and has and wanted else text


def paired(old: Sequence[Any], new: Sequence[Any]) -> list[Pair]:
    """Return which entry becomes which: equal ones first, then those of one time, the others in order."""
    pairs: list[Pair] = []
    match = SequenceMatcher(None, [_key(each) for each in old], [_key(each) for each in new], autojunk=False)
    for kind, i1, i2, j1, j2 in match.get_opcodes():
        if kind == "equal" or i2 - i1 == j2 - j1:
            pairs += zip(range(i1, i2), range(j1, j2), strict=True)
        else:
            pairs += _by_time(old, new, range(i1, i2), range(j1, j2))
    return pairs


def _by_time(old: Sequence[Any], new: Sequence[Any], here: range, there: range) -> Iterator[Pair]:
    """Pair points of one time, and in order what lies between them."""
    times = {_time(new[j]): j for j in there if _time(new[j]) is not None}
    i0, j0 = here.start, there.start
    for i in here:
        j = times.get(_time(old[i]))
        if j is not None and j >= j0:
            yield from _in_order(range(i0, i), range(j0, j))
            yield i, j
            i0, j0 = i + 1, j + 1
    yield from _in_order(range(i0, here.stop), range(j0, there.stop))


def _in_order(here: range, there: range) -> Iterator[Pair]:
    shared = min(len(here), len(there))
    yield from zip(here[:shared], there[:shared], strict=True)
    yield from ((i, None) for i in here[shared:])
    yield from ((None, j) for j in there[shared:])


def _list(text: str, old: list[Any], new: list[Any]) -> str:
    pieces = split(text)
    if len(pieces.items) != len(old):
        return written(new)
    layout = _Layout(pieces)
    at, model = 0, pieces.items[0].body
    for i, j in paired(old, new):
        if j is None:
            pieces.remove(at)
            continue
        if i is None:
            pieces.insert(at, layout.fitted(_like(model, new[j])))
        else:
            piece = pieces.items[at]
            if not _same(old[i], new[j]):
                layout.replace(piece, layout.fitted(reworded(piece.body, old[i], new[j], listed=True)))
            model = piece.body
        at += 1
    return str(pieces)


def _like(model: str, value: Any) -> str:
    """Return a new entry laid out as its neighbour: with its spaces and decimals."""
    if isinstance(value, list) and model.startswith("["):
        pieces = split(model)
        if len(pieces.items) == len(value) and all(map(_is_number, value)):
            for piece, number in zip(pieces.items, value, strict=True):
                piece.body = number_like(number, piece.body, decimals=True)
            return str(pieces)
    return written(value)


def _table(text: str, old: dict[str, Any], new: dict[str, Any]) -> str:
    pieces = split(text)
    found = [_PAIR.fullmatch(piece.body) for piece in pieces.items]
    keys = [match[1] for match in found if match]
    if keys != list(old):  # a key in quotes or of several parts
        return written(new)
    for piece, match in zip(list(pieces.items), found, strict=True):
        if match and match[1] in new:
            piece.body = match[1] + match[2] + reworded(match[3], old[match[1]], new[match[1]])
        elif match:
            pieces.remove(pieces.items.index(piece))
    for key, value in new.items():
        if key not in old:
            pieces.insert(len(pieces.items), f"{key} = {written(value)}")
    return str(pieces)


class _Column(NamedTuple):
    """Where the numbers of one column begin, or end; None where nobody aligned them so."""

    start: int | None
    end: int | None
    least: int


class _Layout:
    """Columns of an array of points, where somebody aligned them: numbers to the right, comments below."""

    def __init__(self, pieces: TomlEntries) -> None:
        rows = [split(piece.body).items for piece in pieces.items if piece.body.startswith("[")]
        self._columns: list[_Column] = []
        same_length = len({len(row) for row in rows}) == 1
        begins = [1] * len(rows)  # behind the bracket
        for column in zip(*rows, strict=True) if same_length else ():
            starts = [begin + len(cell.lead) for begin, cell in zip(begins, column, strict=True)]
            ends = [start + len(cell.body) for start, cell in zip(starts, column, strict=True)]
            leads = {len(cell.lead) for cell in column}
            padded = len(leads) > 1 and not any("\n" in cell.lead for cell in column)
            start = starts[0] if padded and len(set(starts)) == 1 else None
            end = ends[0] if padded and len(set(ends)) == 1 else None
            self._columns.append(_Column(start, end, min(leads)))
            begins = [end + len(cell.tail) + 1 for end, cell in zip(ends, column, strict=True)]
        columns = [_comment_column(piece) for piece in pieces.items]
        self._comments = {column for column in columns if column is not None and columns.count(column) > 1}

    def fitted(self, body: str) -> str:
        """Return an entry with its numbers where the others have theirs."""
        if all(column.start is column.end is None for column in self._columns):
            return body
        row = split(body)
        if len(row.items) == len(self._columns):
            begin = 1
            for cell, column in zip(row.items, self._columns, strict=True):
                if column.end is not None:
                    cell.lead = " " * max(column.end - len(cell.body) - begin, column.least)
                elif column.start is not None:
                    cell.lead = " " * max(column.start - begin, column.least)
                begin += len(str(cell))
        return str(row)

    def replace(self, piece: TomlEntry, body: str) -> None:
        """Change an entry, and leave the comment behind it in its column."""
        column = _comment_column(piece)
        piece.body = body
        if column in self._comments and column is not None:
            comment = piece.after.lstrip()
            room = column - (_comment_column(piece) or 0) + len(piece.after) - len(comment)
            piece.after = " " * max(room, 1) + comment


def _comment_column(piece: TomlEntry) -> int | None:
    if not piece.breaks or "#" not in piece.after:
        return None
    line = str(piece).rpartition("\n")[2]
    return line.index("#", len(line) - len(piece.after))


def _same(old: Any, new: Any) -> bool:
    """Whether both say the same; true and 1 do not."""
    return bool(_key(old) == _key(new))


def _key(value: Any) -> Any:
    if isinstance(value, list | tuple):
        return ("list", *map(_key, value))
    if isinstance(value, dict):
        return ("table", *sorted((name, _key(item)) for name, item in value.items()))
    if isinstance(value, str):
        return value.replace("\r\n", "\n")  # in a file of such lines both say the same
    return (isinstance(value, bool), value)


def _time(value: Any) -> float | None:
    return float(value[0]) if isinstance(value, list) and value and _is_number(value[0]) else None


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
