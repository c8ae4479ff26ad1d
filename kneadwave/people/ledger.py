"""What a recipient received, line by line, in a file that notices when it was changed.

    ledger.jsonl    the lines (see chain.py), appended one at a time and synced
    ledger.anchor   how many lines there are and the sum of the last one, replaced whole after each line
    ledger.lock     held by the one process that may write

A process that is killed leaves at most a line that was cut short, or a line that the anchor does not know
yet; both are fine. Anything else is noticed: a line "noticed" begins a new chain, and for that day nothing
more may be played.
"""

import errno
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from kneadwave.errors import NotCleared, PersonFileError
from kneadwave.people.records import (
    folder_of,
    open_private,
    private_folder,
    read_private,
    reason_of,
    sync_folder,
    write_private,
)
from kneadwave.store.append_log import NOTICED, SCHEMA, Chain, Entry, digest, line_of, read_chain
from kneadwave.store.person_lock import hold_as_well, locked

__all__ = ["Entry", "Ledger", "begin", "opened", "read"]

LINES: Final = "ledger.jsonl"
ANCHOR: Final = "ledger.anchor"
LOCK: Final = "ledger.lock"
_Anchor = tuple[int, str]


class Ledger:
    """The ledger of one recipient, open for this process alone; made by `opened`."""

    def __init__(self, folder: Path, name: str, fd: int, chain: Chain, anchor: _Anchor | None) -> None:
        self.entries: list[Entry] = list(chain.entries)
        """Everything that can be trusted, oldest first; grows with `append`."""
        self._folder = folder
        self._name = name
        self._fd = fd
        self._count, self._size, self._last = chain.count, chain.size, chain.last
        self._anchor = anchor

    def append(self, event: str, now: datetime, **fields: Any) -> Entry:
        """Write one line and wait until it lies on the disk. NotCleared where that fails."""
        if now.tzinfo is None:
            raise ValueError("a ledger needs times with their offset")
        return self._append(Entry(now, event, fields), self._last)

    def notice(self, now: datetime, why: str, before: str) -> None:
        """Begin a new chain on what lies there, whatever it is worth; `before` is the sum of all of it."""
        self._anchor = (self._count, self._last)  # it did not fit; the next one does
        self._append(Entry(now, NOTICED, {"why": why}), before)

    def _append(self, entry: Entry, prev: str) -> Entry:
        line, own = line_of(entry, prev)
        try:
            self._check_unchanged()
            if self._anchor != (self._count, self._last):
                self._write_anchor()  # a line that the anchor does not know must stay the only one
            self._write(line)
            self._count, self._size, self._last = self._count + 1, self._size + len(line), own
            self._write_anchor()
        except OSError as error:
            raise _unwritable(self._name, error) from error
        self.entries.append(entry)
        return entry

    def _check_unchanged(self) -> None:
        mine = os.fstat(self._fd)
        with suppress(FileNotFoundError):
            if os.path.samestat(mine, (self._folder / LINES).lstat()) and mine.st_size == self._size:
                return
        raise NotCleared(
            f"the ledger of '{self._name}' was changed while it was in use",
            hint="let nothing else write there; the next run looks at it anew",
        )

    def _write(self, line: bytes) -> None:
        try:
            if os.write(self._fd, line) != len(line):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            os.fsync(self._fd)
        except OSError:
            with suppress(OSError):
                os.ftruncate(self._fd, self._size)
            raise

    def _write_anchor(self) -> None:
        _write_anchor(self._folder, self._count, self._last)
        self._anchor = (self._count, self._last)


@contextmanager
def opened(name: str, now: datetime) -> Iterator[Ledger]:
    """The ledger of `name`, locked, verified, and mended where it was cut short.

    Raises NotCleared when another process has it or when it cannot be written, PersonFileError when it cannot
    be read or is of another version. A break in it is written down as noticed before it is handed out.
    """
    folder = folder_of(name)
    with locked(folder / LOCK, name):
        data, anchor = _contents(folder)
        chain = read_chain(data or b"", str(folder / LINES))
        why = _misfit(chain, anchor, missing=data is None)
        fd = _open_lines(folder, name, chain.size)
        try:
            ledger = Ledger(folder, name, fd, chain, anchor)
            if why:
                ledger.notice(now, why, digest((data or b"")[: chain.size]))
            yield ledger
        finally:
            os.close(fd)


def read(name: str) -> list[Entry]:
    """Everything in the ledger of `name` that can be trusted, oldest first; changes and locks nothing.

    PersonFileError when it cannot be read or is of another version.
    """
    folder = folder_of(name)
    data, _ = _contents(folder)
    return list(read_chain(data or b"", str(folder / LINES)).entries)


def begin(folder: Path) -> None:
    """Prepare the ledger of a new recipient: from here on a ledger that is missing is noticed. OSError."""
    private_folder(folder)
    if not (folder / ANCHOR).exists() and not (folder / LINES).exists():
        _write_anchor(folder, 0, "")


def _contents(folder: Path) -> tuple[bytes | None, _Anchor | None]:
    return read_private(folder / LINES), _read_anchor(folder / ANCHOR)


def _misfit(chain: Chain, anchor: _Anchor | None, *, missing: bool) -> str:
    """Why lines and anchor are not what was written here; empty when they are."""
    if chain.broken:
        return chain.broken
    if anchor is None:
        return "the anchor is missing or was changed"
    if anchor == (chain.count, chain.last):
        return ""
    if chain.count and anchor == (chain.count - 1, chain.before_last):
        return ""  # ended between a line and its anchor
    return "the ledger is missing" if missing else "lines are missing, or the anchor was changed"


def _open_lines(folder: Path, name: str, size: int) -> int:
    try:
        fd = open_private(folder / LINES, os.O_RDWR | os.O_CREAT | os.O_APPEND)
    except OSError as error:
        raise _unwritable(name, error) from error
    try:
        hold_as_well(fd, name)
        if os.fstat(fd).st_size > size:
            os.ftruncate(fd, size)  # a last line that was cut short
    except BaseException as error:
        os.close(fd)
        if isinstance(error, OSError):
            raise _unwritable(name, error) from error
        raise
    sync_folder(folder)
    return fd


def _unwritable(name: str, error: OSError) -> NotCleared:
    return NotCleared(
        f"the ledger of '{name}' cannot be written: {reason_of(error)}",
        hint="without a record nothing is played; make room, or look who may write there",
    )


def _read_anchor(path: Path) -> _Anchor | None:
    data = read_private(path)
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


def _write_anchor(folder: Path, count: int, last: str) -> None:
    content = json.dumps({"schema": SCHEMA, "count": count, "sum": last})
    write_private(folder / ANCHOR, content + "\n")
