"""Text for the width of a terminal: paragraphs, rows with cells of several lines, small charts."""

import re
import shutil
import textwrap
from collections.abc import Sequence
from itertools import zip_longest
from typing import Final

from kneadwave.cli.terminal.command_text import commands_in

NARROW, WIDE = 40, 100
"""Columns that text is laid out for at the least and at the most."""
FIGURE: Final = re.compile(r"(?<=\d) (?=(?:min|s|cm)\b|%)|(?<=\d min) (?=\d+ s\b)")
"""The spaces within a figure and its unit."""
STYLED: Final = re.compile(r"(\x1b\[[\d;]*m)([^\x1b]*)(\x1b\[0m)")
"""A line of one style."""
GAP: Final = re.compile(r"\S( {2,})(?=\S)")
"""What stands between two columns."""
HELD: Final = "\xa0"
"""Stands for a space at which no line is broken."""
OUTDENT: Final = 2
"""How far in begins what is longer than a line."""
EIGHTHS: Final = " ▁▂▃▄▅▆▇█"
BAR: Final = "█"
BAR_ASCII: Final = "#"


def width() -> int:
    """The columns to lay text out for: those of the terminal, 80 where there is none."""
    return max(NARROW, min(WIDE, shutil.get_terminal_size((80, 24)).columns))


def paragraph(text: str, *, first: str = "", indent: int = 0) -> list[str]:
    """`text` in lines; the first one begins with `first`, all others with `indent` spaces."""
    return wrapped(text, width(), first=first.ljust(indent), indent=indent)


def wrapped(
    text: str, columns: int, *, first: str = "", indent: int = 0, most: int | None = None
) -> list[str]:
    """`text` in lines of `columns` characters, broken at spaces alone, and in no figure and no command.

    What is longer than a line is left whole, on a line of its own that begins two columns in at the most. The
    first line begins with `first`, all others with `indent` spaces; of more than `most` the rest is left out.
    """
    lines = textwrap.wrap(
        _held(text),
        max(columns, 1),
        initial_indent=first.replace(" ", HELD),
        subsequent_indent=" " * indent,
        break_long_words=False,
        break_on_hyphens=False,
        max_lines=most,
        placeholder=" ...",
    )
    return [_placed(line, columns, indent, number).replace(HELD, " ") for number, line in enumerate(lines)]


def _held(text: str) -> str:
    """`text` with its figures and commands held together."""
    for begin, end in commands_in(text):
        text = text[:begin] + text[begin:end].replace(" ", HELD) + text[end:]
    return FIGURE.sub(HELD, text)


def _placed(line: str, columns: int, indent: int, number: int) -> str:
    """A line after the first that is too long for its place begins where more of it fits."""
    too_long = number > 0 and len(line) > columns
    return " " * min(indent, OUTDENT) + line.strip(" ") if too_long else line


def fitted(line: str, columns: int) -> list[str]:
    """`line` in lines of `columns` characters at the most, broken as `wrapped` says.

    What follows begins below the last column of its first line, or two spaces in.
    """
    if len(line) <= columns:
        return [line]
    styled = STYLED.fullmatch(line)
    if styled is not None:
        return [f"{styled[1]}{part}{styled[3]}" for part in fitted(styled[2], columns)]
    if "\x1b" in line:
        return [line]
    gaps = [gap.end() for gap in GAP.finditer(line, 0, columns) if gap.end() <= columns // 2]
    begin = len(line) - len(line.lstrip())
    lead = gaps[-1] if gaps else begin
    return wrapped(line[lead:], columns, first=line[:lead], indent=max([begin + OUTDENT, *gaps]))


def rows_within(rows: Sequence[Sequence[str]], limits: Sequence[int]) -> list[tuple[str, ...]]:
    """The rows with every cell wrapped to its limit (0 for none): one row may become several.

    A word that is longer than its cell is cut short: in a table there is no other room for it.
    """
    result: list[tuple[str, ...]] = []
    for row in rows:
        cells = [
            [_cut(line, limit) for line in wrapped(cell, limit)] or [""] if limit else [cell]
            for cell, limit in zip(row, limits, strict=True)
        ]
        result += zip_longest(*cells, fillvalue="")
    return result


def _cut(word: str, room: int) -> str:
    return word if len(word) <= room else word[: room - 2] + ".."


def area(levels: Sequence[float], height: int, top: float, *, ascii_only: bool) -> list[str]:
    """A filled curve, one column for each level, `height` rows, full at `top`; the highest row first."""
    eighths = [min(round(level / top * height * 8), height * 8) if top > 0 else 0 for level in levels]
    # What is there at all is to be seen.
    eighths = [max(filled, 1) if level > 0 else 0 for filled, level in zip(eighths, levels, strict=True)]
    lines = []
    for row in reversed(range(height)):
        parts = [max(0, min(8, filled - row * 8)) for filled in eighths]
        lines.append("".join(_ascii(part) if ascii_only else EIGHTHS[part] for part in parts))
    return lines


def bar(value: float, top: float, length: int, *, ascii_only: bool) -> str:
    """A bar of `value`, `length` characters long at `top`; at least one character for more than nothing."""
    filled = min(length, max(1, round(value / top * length))) if value > 0 and top > 0 else 0
    return (BAR_ASCII if ascii_only else BAR) * filled


def axis(ticks: Sequence[tuple[int, str]], length: int) -> str:
    """The words of an axis, each centred at its column; one that would touch a later one is left out."""
    line = [" "] * length
    for column, word in reversed(ticks):
        start = max(0, min(length - len(word), column - len(word) // 2))
        if all(c == " " for c in line[max(0, start - 1) : start + len(word) + 1]):
            line[start : start + len(word)] = word
    return "".join(line).rstrip()


def _ascii(part: int) -> str:
    """A character for as many eighths as a cell is full."""
    return " " if part == 0 else "." if part < 3 else ":" if part < 6 else "#"
