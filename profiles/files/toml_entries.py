"""The text of a TOML array or inline table as pieces, so that one entry can change and the others stay.

[ # head                     head
  # lead                     lead of the first entry
  [0, 0.5],   # after        body, comma, after
  [1, 1.0]
]                            close, with the line break before it
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

_SPACE = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_REST_OF_LINE = re.compile(r"[ \t]*(?:#[^\r\n]*)?(?=\r?\n)")
_STRINGS = ('"""', "'''", '"', "'")


@dataclass
class TomlEntry:
    """One entry: what stands before it, itself, what stands between it and its comma, and after that."""

    lead: str
    body: str
    tail: str = ""
    comma: bool = True
    after: str = ""

    @property
    def breaks(self) -> bool:
        """Whether the entry begins a line."""
        return "\n" in self.lead

    def __str__(self) -> str:
        return f"{self.lead}{self.body}{self.tail}{',' if self.comma else ''}{self.after}"


@dataclass
class TomlEntries:
    """An array or an inline table; `str()` gives its text, to the letter where nothing was changed."""

    head: str
    items: list[TomlEntry] = field(default_factory=list)
    close: str = ""

    def __str__(self) -> str:
        return self.head + "".join(map(str, self.items)) + self.close

    def remove(self, index: int) -> None:
        """Take an entry out, with the comment behind it on its line; comments on lines of their own stay."""
        gone = self.items.pop(index)
        following = self.items[index] if index < len(self.items) else None
        if "#" in gone.lead:
            kept = gone.lead.removesuffix(_line_start(gone.lead))
            if following is not None:
                following.lead = kept + (following.lead if following.breaks else gone.lead[len(kept) :])
            else:
                self.close = kept + (
                    self.close if "\n" in self.close else gone.lead[len(kept) :] + self.close
                )
        elif following is not None and not following.breaks:
            following.lead = gone.lead
        if index == 0:
            return
        before = self.items[index - 1]
        if not gone.breaks and not before.after.strip():
            before.after = gone.after  # the line is still there, and this speaks of it
        if following is None and not gone.comma and not gone.breaks:
            before.comma = False
        if following is None and "#" in before.after and "\n" not in self.close:
            self.close = _line_start(gone.lead) + self.close

    def insert(self, index: int, body: str) -> None:
        """Put an entry in, laid out as the one before it, else as the one after it."""
        if not self.items:
            self.items.append(TomlEntry(_line_start(self.close[:-1]), body, comma=False))
            return
        if index == 0:
            first = self.items[0]
            self.items.insert(0, TomlEntry(_line_start(first.lead) if first.breaks else first.lead, body))
            if not first.breaks:
                first.lead = " "
            return
        before = self.items[index - 1]
        last = index == len(self.items)
        new = TomlEntry(self._lead_after(index), body, comma=before.comma or not last)
        if not new.breaks and new.comma:
            new.after, before.after = before.after, ""
        before.comma = True
        self.items.insert(index, new)

    def _lead_after(self, index: int) -> str:
        before = self.items[index - 1]
        if before.breaks:
            return _line_start(before.lead)
        if "#" not in before.after and "#" not in before.tail:
            return before.lead if index > 1 and before.lead else " "
        others = [piece.lead for piece in self.items if piece.breaks]
        return _line_start((others or [self.close[:-1]])[-1])


def split(text: str) -> TomlEntries:
    """Return the pieces of the text of an array or inline table, from its first bracket to its last."""
    head = _REST_OF_LINE.match(text, 1)
    pieces = TomlEntries(text[: head.end()] if head else text[0])
    at, end = len(pieces.head), len(text) - 1
    while True:
        begin = _end_of_space(text, at)
        if begin == end:
            pieces.close = text[at:]
            return pieces
        stop = _end_of_body(text, begin, end)
        delimiter = _end_of_space(text, stop)
        piece = TomlEntry(text[at:begin], text[begin:stop], text[stop:delimiter], delimiter < end)
        pieces.items.append(piece)
        if not piece.comma:
            rest = _REST_OF_LINE.match(piece.tail + "\n") if "\n" in piece.tail else None
            piece.after = rest[0] if rest else ""
            pieces.close = piece.tail[len(piece.after) :] + text[end:]
            piece.tail = ""
            return pieces
        rest = _REST_OF_LINE.match(text, delimiter + 1)
        piece.after = rest[0] if rest else ""
        at = delimiter + 1 + len(piece.after)


def _line_start(lead: str) -> str:
    """The line break and the indent at the end of a lead, without the comments before them."""
    if "\n" not in lead:
        return ""
    at = lead.rindex("\n")
    return lead[at - 1 if lead[at - 1 : at] == "\r" else at :]


def _end_of_space(text: str, at: int) -> int:
    found = _SPACE.match(text, at)
    return found.end() if found else at


def _end_of_body(text: str, at: int, end: int) -> int:
    """Return where the entry that begins at `at` ends, without the space behind it."""
    depth = 0
    stop = at
    while at < end:
        quote = next((each for each in _STRINGS if text.startswith(each, at)), None)
        if quote is not None:
            at = stop = _end_of_string(text, at, quote)
        elif text[at] == "#":
            at = _end_of_space(text, at)
        elif text[at] == "," and depth == 0:
            break
        else:
            depth += (text[at] in "[{") - (text[at] in "]}")
            at += 1
            stop = stop if text[at - 1].isspace() else at
    return stop


def _end_of_string(text: str, at: int, quote: str) -> int:
    at += len(quote)
    while not text.startswith(quote, at):
        at += 2 if text[at] == "\\" and quote[0] == '"' else 1
    at += len(quote)
    while len(quote) == 3 and text.startswith(quote[0], at):  # quotes that belong to the string
        at += 1
    return at
