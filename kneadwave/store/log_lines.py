"""The lines of a log that is only ever appended to: the ledger of a recipient, the journal of a tuning.

    {"at":"2026-03-01T20:15:00.000+01:00","event":"began",…,"prev":"…","schema":1,"sum":"…"}

`sum` is the SHA-256 of the line as canonical JSON without it. A line counts once it is whole and synced. A
process that is killed leaves at most a last line that was cut short: it is passed over, and cut off before
the next one is written.

In a chained log `prev` is the sum of the line before; in a line "noticed", which begins a new chain after a
break, it is the SHA-256 of everything before, so that nothing further back can change unseen either. The sums
guard against accident and temptation; they are no secret.
"""

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from io import BytesIO
from typing import Any, Final

from kneadwave.errors import KneadError
from kneadwave.store.files import KeptFileError

SCHEMA: Final = 1
NOTICED: Final = "noticed"
"""The event of a line that begins a new chain."""
_SUM: Final = b',"sum":"'
_SUM_HEX: Final = 64
_SUM_LENGTH: Final = len(_SUM) + _SUM_HEX + 2  # with the closing quote and brace
_SUM_OF_NOTHING: Final = hashlib.sha256().hexdigest()


@dataclass(frozen=True)
class LogEntry:
    """What one line says: when (with its offset from UTC), what, and the figures that belong to it."""

    at: datetime
    event: str
    fields: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Interim:
    """Lines that say how far something is, until a line says how it ended, which has all that they had."""

    shape: re.Pattern[bytes]
    """A whole line of valid JSON, with the groups `at`, `prev` and `sum`; what differs is read whole."""
    end: str
    """The event of the line that ends it."""


@dataclass(frozen=True)
class LogFormat:
    """What tells the lines of one kind of log from those of another."""

    timespec: str = "auto"
    """How exactly `at` is written, in the words of datetime.isoformat."""
    chained: bool = False
    """Whether each line carries the sum of the one before."""
    events: frozenset[str] | None = None
    """Every event that there is; None for any."""
    error: type[KneadError] = KeptFileError
    """What is raised for a file that cannot be read, or is of another version."""
    later: frozenset[str] = frozenset()  # events that may be handed in later, to a log on another computer
    interim: Interim | None = None
    """Which lines a brief reading may leave out of the entries, of a chained log."""


@dataclass(frozen=True)
class LogBreak:
    """The first line that is not what was written there."""

    line: int
    """Counted from 1."""
    changed: bool
    """Whether its own sum is wrong, else it does not follow the line before."""


@dataclass(frozen=True)
class LogContents:
    """What the bytes of a log hold."""

    entries: tuple[LogEntry, ...] = ()
    """Every line whose own sum is right, in the order of the file."""
    count: int = 0
    """Whole lines."""
    size: int = 0
    """Bytes of the whole lines; what follows is a last line that was cut short."""
    length: int | None = None
    """Bytes of the file; None where there is none."""
    last: str = ""
    """The sum of the last line."""
    before_last: str = ""
    everything: str = _SUM_OF_NOTHING
    """The SHA-256 of the whole lines: what a new chain stands on."""
    broken: LogBreak | None = None
    """What does not fit; None when everything does."""


def encode(entry: LogEntry, form: LogFormat, prev: str = "") -> tuple[bytes, str]:
    """The line for `entry` behind a line with the sum `prev`, and its own sum.

    ValueError for a time without its offset from UTC, and for figures that JSON does not know.
    """
    if entry.at.tzinfo is None:
        raise ValueError("a log needs times with their offset")
    at = entry.at.isoformat(timespec=form.timespec)
    content = {**entry.fields, "schema": SCHEMA, "at": at, "event": entry.event}
    if form.chained:
        content["prev"] = prev
    body = json.dumps(content, sort_keys=True, separators=(",", ":"), allow_nan=False).encode("ascii")
    own = hashlib.sha256(body).hexdigest()
    return body[:-1] + _SUM + own.encode() + b'"}\n', own


def decode(data: bytes, form: LogFormat, where: str, *, brief: bool = False) -> LogContents:
    """What the bytes of a log hold; `where` names it in errors, `brief` as in `read_log`.

    The format's error where a line is of another schema version.
    """
    return read_lines(BytesIO(data), form, where, brief=brief)


def read_lines(lines: Iterable[bytes], form: LogFormat, where: str, *, brief: bool) -> LogContents:
    """What a log of these lines holds; the last of them may be cut short. Otherwise as `decode`."""
    reading = _Reading(form, where, form.interim if brief else None)
    length, whole = 0, b""
    for line in lines:
        length += len(line)
        if line.endswith(b"\n"):
            if whole:
                reading.take(whole)
            whole = line
    # With a zero in it, it is of a page that never reached the disk before the power went. A chain knows how
    # many lines it had, and takes whatever lies there instead for a break.
    if whole and (form.chained or b"\0" not in whole):
        reading.take(whole)
    return reading.contents(length)


class _Reading:
    """A log while its whole lines are read, one after the other."""

    def __init__(self, form: LogFormat, where: str, interim: Interim | None) -> None:
        self._form = form
        self._where = where
        self._interim = interim
        self._waiting: list[tuple[datetime, bytes]] = []  # lines that the end may make needless
        self._entries: list[LogEntry] = []
        self._count = self._size = 0
        self._last = self._before_last = ""
        self._broken: LogBreak | None = None
        self._everything = hashlib.sha256()

    def take(self, line: bytes) -> None:
        self._count += 1
        self._size += len(line)
        if not self._wait_for_the_end(line[:-1]):
            self._take_whole(line[:-1])
        self._everything.update(line)

    def contents(self, length: int) -> LogContents:
        self._add_waiting()
        sums = self._last, self._before_last, self._everything.hexdigest()
        return LogContents(tuple(self._entries), self._count, self._size, length, *sums, self._broken)

    def _take_whole(self, line: bytes) -> None:
        entry, prev, own = _read_line(line, self._form, f"{self._where}: line {self._count}")
        if entry is None:
            self._broken = self._broken or LogBreak(self._count, changed=True)
        else:
            if self._form.chained:
                self._follow(prev, notices=entry.event == NOTICED)
            if self._interim is not None and entry.event == self._interim.end:
                self._waiting = [(at, each) for at, each in self._waiting if at > entry.at]
            self._add_waiting()
            self._entries.append(entry)
        self._before_last, self._last = self._last, own

    def _wait_for_the_end(self, line: bytes) -> bool:
        """Whether it is an interim line as it was written: then its sums are looked at, and it waits."""
        found = self._interim and self._interim.shape.fullmatch(line)
        if not found or not _has_its_sum(line):
            return False
        try:
            at = datetime.fromisoformat(found["at"].decode())
        except ValueError:
            return False
        self._follow(found["prev"].decode(), notices=False)
        self._before_last, self._last = self._last, found["sum"].decode()
        self._waiting.append((at, line))
        return True

    def _follow(self, prev: str, *, notices: bool) -> None:
        if notices and prev == self._everything.copy().hexdigest():
            self._broken = None
        elif prev != self._last:
            self._broken = self._broken or LogBreak(self._count, changed=False)

    def _add_waiting(self) -> None:
        read = (_read_line(line, self._form, self._where)[0] for _, line in self._waiting)
        self._entries.extend(entry for entry in read if entry is not None)
        self._waiting = []


def _read_line(line: bytes, form: LogFormat, where: str) -> tuple[LogEntry | None, str, str]:
    """The entry, the sum of the line before and its own; None and nothing for a line that was changed."""
    content = _object(line)
    schema = content.pop("schema", SCHEMA)
    if isinstance(schema, int) and schema != SCHEMA:
        raise form.error(
            f"{where}: schema {schema} is not {SCHEMA}, the one this version knows",
            hint="use the version of knead that wrote it; nothing was changed",
        )
    if not _has_its_sum(line):
        return None, "", ""
    try:
        at, event = datetime.fromisoformat(content.pop("at")), content.pop("event")
        prev = content.pop("prev") if form.chained else ""
    except (KeyError, TypeError, ValueError):
        return None, "", ""
    known = isinstance(event, str) and (form.events is None or event in form.events)
    if at.tzinfo is None or not known or not isinstance(prev, str):
        return None, "", ""
    return LogEntry(at, event, content), prev, content.pop("sum")


def _has_its_sum(line: bytes) -> bool:
    own = line[-_SUM_HEX - 2 : -2]
    body = hashlib.sha256(line[:-_SUM_LENGTH])
    body.update(b"}")
    return line[-_SUM_LENGTH:] == _SUM + own + b'"}' and body.hexdigest().encode() == own


def _object(line: bytes) -> dict[str, Any]:
    try:
        content = json.loads(line)
    except (ValueError, RecursionError):
        return {}
    return content if isinstance(content, dict) else {}
