"""What a recipient received, line by line, in a file that notices when it was changed.

    ledger.jsonl    the lines, a chained log (see store/append_log.py), appended one at a time and synced
    ledger.anchor   how many lines there are and the sum of the last one, replaced whole after each line
    ledger.lock     held by the one process that may write

A process that is killed leaves at most a line that was cut short, or a line that the anchor does not know
yet; both are fine. Anything else is noticed: a line "noticed" begins a new chain, and for that day nothing
more may be played.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from kneadwave.errors import NotCleared, PersonFileError
from kneadwave.people.records import folder_of, private_folder, read_record, refuse_link
from kneadwave.store.append_log import (
    NOTICED,
    SCHEMA,
    AppendLog,
    LogBreak,
    LogChanged,
    LogContents,
    LogEntry,
    LogFormat,
    open_log,
    read_log,
)
from kneadwave.store.files import reason_of, write_private
from kneadwave.store.lock import CannotLock, LockHeld

__all__ = ["FORMAT", "Ledger", "begin", "break_in", "opened", "read"]

LINES: Final = "ledger.jsonl"
ANCHOR: Final = "ledger.anchor"
LOCK: Final = "ledger.lock"
EVENTS: Final = ("screening", "ready", "began", "going", "ended", NOTICED)
FORMAT: Final = LogFormat(
    timespec="milliseconds", chained=True, events=frozenset(EVENTS), error=PersonFileError
)
_Anchor = tuple[int, str]
_WITHOUT_RECORD: Final = "without a record nothing is played; make room, or look who may write there"


class Ledger:
    """The ledger of one recipient, open for this process alone; made by `opened`."""

    def __init__(self, folder: Path, name: str, log: AppendLog, anchor: _Anchor | None) -> None:
        self._folder = folder
        self._name = name
        self._log = log
        self._anchor = anchor

    @property
    def entries(self) -> list[LogEntry]:
        """Everything that can be trusted, oldest first; grows with `append`."""
        return self._log.entries

    def append(self, event: str, now: datetime, **fields: Any) -> LogEntry:
        """Write one line and wait until it lies on the disk. NotCleared where that fails."""
        return self._append(LogEntry(now, event, fields), None)

    def notice(self, now: datetime, why: str, before: str) -> None:
        """Begin a new chain on what lies there, whatever it is worth; `before` is the sum of all of it."""
        self._anchor = self._there  # it did not fit; the next one does
        self._append(LogEntry(now, NOTICED, {"why": why}), before)

    @property
    def _there(self) -> _Anchor:
        return self._log.count, self._log.last

    def _append(self, entry: LogEntry, prev: str | None) -> LogEntry:
        with _told(self._name):
            self._log.check_unchanged()
            if self._anchor != self._there:
                self._write_anchor()  # a line that the anchor does not know must stay the only one
            self._log.append(entry, prev=prev)
            self._write_anchor()
        return entry

    def _write_anchor(self) -> None:
        _write_anchor(self._folder, self._there)
        self._anchor = self._there


@contextmanager
def opened(name: str, now: datetime) -> Iterator[Ledger]:
    """The ledger of `name`, locked, verified, and mended where it was cut short.

    Raises NotCleared when another process has it or when it cannot be written, PersonFileError when it cannot
    be read or is of another version. A break in it is written down as noticed before it is handed out.
    """
    folder = folder_of(name)
    refuse_link(folder)
    with _told(name):
        log = open_log(folder / LINES, FORMAT, folder / LOCK)
    try:
        contents, anchor = log.contents, _read_anchor(folder / ANCHOR)
        with _told(name):
            log.cut_tail()
        ledger = Ledger(folder, name, log, anchor)
        why = _misfit(contents, anchor)
        if why:
            ledger.notice(now, why, contents.everything)
        yield ledger
    finally:
        log.close()


def read(name: str) -> list[LogEntry]:
    """Everything in the ledger of `name` that can be trusted, oldest first; changes and locks nothing.

    PersonFileError when it cannot be read or is of another version.
    """
    folder = folder_of(name)
    contents = _lines(folder)
    _read_anchor(folder / ANCHOR)  # one of another version is told
    return list(contents.entries)


def break_in(name: str) -> str:
    """What in the ledger of `name` does not fit together and no run has noticed yet; "" where all does.

    The anchor is left out: a session that is running may be between a line and its anchor. Errors as `read`.
    """
    return _words(_lines(folder_of(name)).broken)


def begin(folder: Path) -> None:
    """Prepare the ledger of a new recipient: from here on a ledger that is missing is noticed. OSError."""
    private_folder(folder)
    if not (folder / ANCHOR).exists() and not (folder / LINES).exists():
        _write_anchor(folder, (0, ""))


def _lines(folder: Path) -> LogContents:
    refuse_link(folder)
    return read_log(folder / LINES, FORMAT)


def _misfit(contents: LogContents, anchor: _Anchor | None) -> str:
    """Why lines and anchor are not what was written here; empty when they are."""
    if contents.broken is not None:
        return _words(contents.broken)
    if anchor is None:
        return "the anchor is missing or was changed"
    if anchor == (contents.count, contents.last):
        return ""
    if contents.count and anchor == (contents.count - 1, contents.before_last):
        return ""  # ended between a line and its anchor
    missing = contents.length is None
    return "the ledger is missing" if missing else "lines are missing, or the anchor was changed"


def _words(broken: LogBreak | None) -> str:
    if broken is None:
        return ""
    return f"line {broken.line} " + ("was changed" if broken.changed else "does not follow the one before it")


@contextmanager
def _told(name: str) -> Iterator[None]:
    """Whatever keeps the ledger of `name` from being written, as NotCleared."""
    try:
        yield
    except LockHeld as error:
        raise NotCleared(
            f"another run or screening for '{name}' is going on", hint="wait until it has ended"
        ) from error
    except LogChanged as error:
        raise NotCleared(
            f"the ledger of '{name}' was changed while it was in use",
            hint="let nothing else write there; the next run looks at it anew",
        ) from error
    except OSError as error:
        what = "locked" if isinstance(error, CannotLock) else "written"
        raise NotCleared(
            f"the ledger of '{name}' cannot be {what}: {reason_of(error)}", hint=_WITHOUT_RECORD
        ) from error


def _read_anchor(path: Path) -> _Anchor | None:
    data = read_record(path)
    try:
        content = json.loads(data or b"")
        schema, count, last = content["schema"], content["count"], content["sum"]
    except (ValueError, RecursionError, KeyError, TypeError):
        return None
    if isinstance(schema, int) and schema != SCHEMA:
        raise PersonFileError(
            f"{path}: schema {schema} is not {SCHEMA}, the one this version knows",
            hint="use the version of knead that wrote it; nothing was changed",
        )
    if not (type(count) is int and isinstance(last, str)):
        return None
    return count, last


def _write_anchor(folder: Path, anchor: _Anchor) -> None:
    count, last = anchor
    content = json.dumps({"schema": SCHEMA, "count": count, "sum": last})
    write_private(folder / ANCHOR, content + "\n")
