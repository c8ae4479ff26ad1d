"""The journal of a tuning: what was done, and every version whole, in a file that is only appended to.

    {"at":"2026-03-01T20:15:00+01:00","event":"edited",…,"schema":1,"sum":"…"}

It is a log as store/append_log.py keeps it, without a chain: a line that was damaged is told, and nothing is
written then.
"""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from kneadwave.config import user_folder
from kneadwave.errors import Exit, KneadError
from kneadwave.store.append_log import AppendLog, open_log, read_log
from kneadwave.store.files import MAX_BYTES, KeptFileError, own_folder, reason_of
from kneadwave.store.lock import LockHeld
from kneadwave.store.log_lines import LogContents, LogEntry, LogFormat, encode
from kneadwave.store.open_log import LogChanged

__all__ = ["FORMAT", "InUse", "Journal", "damage", "journal_path", "opened", "read", "tuning_folder"]

FORMAT: Final = LogFormat()
SPARE_BYTES: Final = 1 << 16
"""64 KiB that no version fills. Project's choice: the last version can still be saved, with room to spare."""


class InUse(KneadError):
    """Another process holds what this one wants to change."""

    exit = Exit.NOT_PERMITTED


class Journal:
    """A journal, open and locked for this process alone; made by `opened`."""

    def __init__(self, log: AppendLog) -> None:
        self._log = log

    @property
    def lines(self) -> list[LogEntry]:
        """Everything in it, oldest first; grows with `append`."""
        return self._log.entries

    def append(self, *lines: LogEntry) -> None:
        """Write lines and wait until they lie on the disk; KeptFileError where that fails, nothing kept."""
        path, size = self._log.path, sum(len(encode(line, FORMAT)[0]) for line in lines)
        spare = SPARE_BYTES if any("text" in line.fields for line in lines) else 0
        if self._log.size + size > MAX_BYTES - spare:
            raise KeptFileError(
                f"{path}: is full; {MAX_BYTES >> 20} MiB is the most",
                hint="save, then move the journal away; the next edit begins a new one",
            )
        with _told(path):
            self._log.append(*lines)


@contextmanager
def opened(path: Path, what: str) -> Iterator[Journal]:
    """The journal at `path`, locked; `what` it is about, for whoever finds it locked.

    InUse when another process has it; KeptFileError when it cannot be read or written, when a line of it was
    damaged, or when it is of another version.
    """
    with _told(path):
        try:
            own_folder(path.parent)
            log = open_log(path, FORMAT, path.with_suffix(".lock"))
        except LockHeld as error:
            raise InUse(
                f"{what} is being tuned by another process", hint="wait until it has ended"
            ) from error
    try:
        if log.contents.broken is not None:
            raise KeptFileError(
                damage(path, log.contents),
                hint="nothing was changed; with the journal moved away, tuning begins anew",
            )
        yield Journal(log)
    finally:
        log.close()


def read(path: Path) -> LogContents:
    """What a journal holds; changes and locks nothing, and passes over damaged lines: `damage` tells them.

    KeptFileError when it cannot be read or is of another version.
    """
    return read_log(path, FORMAT) if path.parent.is_dir() else LogContents()


def damage(path: Path, contents: LogContents) -> str:
    """Which line of the journal at `path` was damaged first, and in which file; "" where none was."""
    return "" if contents.broken is None else f"{path}: line {contents.broken.line} was damaged"


def tuning_folder() -> Path:
    """The folder of the journals, whether it is there or not."""
    return user_folder("state") / "tuning"


def journal_path(stem: str, key: str) -> Path:
    """Where the journal lies of what `key` says in full and `stem` in short, whether it is there or not."""
    short = "".join(c if c.isascii() and (c.isalnum() or c in "-_") else "-" for c in stem)[:60]
    digest = hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()[:16]
    return tuning_folder() / f"{short}-{digest}.jsonl"


@contextmanager
def _told(path: Path) -> Iterator[None]:
    """Whatever keeps a journal from being written, as KeptFileError."""
    try:
        yield
    except LogChanged as error:
        raise KeptFileError(
            f"{path}: was changed while it was in use",
            hint="let nothing else write there; the next command looks at it anew",
        ) from error
    except OSError as error:
        raise KeptFileError(
            f"{path}: cannot be written: {reason_of(error)}",
            hint="make room, or look who may write there; nothing was changed",
        ) from error
