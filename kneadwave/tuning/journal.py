"""A file of lines that is only ever appended to: what was done while tuning, and every version whole.

    {"at":"2026-03-01T20:15:00.000+01:00","event":"edited",…,"schema":1,"sum":"…"}

`sum` is the SHA-256 of the line as canonical JSON without it. A line counts once it is whole and synced. A
process that is killed leaves at most a last line that was cut short: it is passed over, and cut off before
the next one is written. Anything else that does not fit is told with its line, and nothing is written then.
"""

import errno
import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from kneadwave.errors import Exit, KneadError
from kneadwave.store.files import MAX_BYTES, KeptFileError, open_private, own_folder, reason_of, sync_folder
from kneadwave.store.lock import still_there, try_lock

__all__ = [
    "SCHEMA",
    "Contents",
    "InUse",
    "Journal",
    "Line",
    "journal_path",
    "opened",
    "read",
    "tuning_folder",
]

SCHEMA: Final = 1
SPARE_BYTES: Final = 1 << 16  # 64 KiB that no version fills: the last one can still be saved; ours
_SUM: Final = b',"sum":"'
_SUM_HEX: Final = 64
_SUM_LENGTH: Final = len(_SUM) + _SUM_HEX + 2  # with the closing quote and brace
_ROOM_HINT: Final = "make room, or look who may write there; nothing was changed"


class InUse(KneadError):
    """Another process holds what this one wants to change."""

    exit = Exit.NOT_PERMITTED


@dataclass(frozen=True)
class Line:
    """What was written down: when (with its offset from UTC), what, and what belongs to it."""

    at: datetime
    event: str
    fields: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Contents:
    """What a journal's bytes hold."""

    lines: tuple[Line, ...] = ()
    size: int = 0
    """Bytes of the whole lines; what follows is a last line that was cut short."""
    damage: str = ""
    """Which line was damaged, and in which file; empty when none was."""


class Journal:
    """A journal, open and locked for this process alone; made by `opened`."""

    def __init__(self, path: Path, fd: int, contents: Contents) -> None:
        self.path = path
        self.lines: list[Line] = list(contents.lines)
        """Everything in it, oldest first; grows with `append`."""
        self._fd = fd
        self._size = contents.size

    def append(self, *lines: Line) -> None:
        """Write lines and wait until they lie on the disk; KeptFileError where that fails, nothing kept."""
        data = b"".join(map(bytes_of, lines))
        spare = SPARE_BYTES if any("text" in line.fields for line in lines) else 0
        if self._size + len(data) > MAX_BYTES - spare:
            raise KeptFileError(
                f"{self.path}: is full; {MAX_BYTES >> 20} MiB is the most",
                hint="save, then move the journal away; the next edit begins a new one",
            )
        try:
            self._refuse_another_file()
            self._write(data)
        except OSError as error:
            raise _unwritable(self.path, error) from error
        self._size += len(data)
        self.lines += lines

    def _refuse_another_file(self) -> None:
        mine = os.fstat(self._fd)
        # Longer than what was read: the rest of a line that was cut short.
        if still_there(self._fd, self.path) and mine.st_size >= self._size:
            return
        raise KeptFileError(
            f"{self.path}: was changed while it was in use",
            hint="let nothing else write there; the next command looks at it anew",
        )

    def _write(self, data: bytes) -> None:
        try:
            os.ftruncate(self._fd, self._size)
            os.lseek(self._fd, self._size, os.SEEK_SET)
            if os.write(self._fd, data) != len(data):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            os.fsync(self._fd)
        except OSError:
            with suppress(OSError):
                os.ftruncate(self._fd, self._size)
            raise
        if self._size == 0:
            sync_folder(self.path.parent)


@contextmanager
def opened(path: Path, what: str) -> Iterator[Journal]:
    """The journal at `path`, locked; `what` it is about, for whoever finds it locked.

    InUse when another process has it; KeptFileError when it cannot be read or written, when a line of it was
    damaged, or when it is of another version.
    """
    try:
        own_folder(path.parent)
        lock = open_private(path.with_suffix(".lock"), os.O_RDWR | os.O_CREAT)
    except OSError as error:
        raise _unwritable(path, error) from error
    try:
        if not (try_lock(lock) and still_there(lock, path.with_suffix(".lock"))):
            raise InUse(f"{what} is being tuned by another process", hint="wait until it has ended")
        try:
            fd = open_private(path, os.O_RDWR | os.O_CREAT)
        except OSError as error:
            raise _unwritable(path, error) from error
        try:
            contents = _read(fd, path)
            if contents.damage:
                raise KeptFileError(
                    contents.damage,
                    hint="nothing was changed; with the journal moved away, tuning begins anew",
                )
            yield Journal(path, fd, contents)
        finally:
            os.close(fd)
    finally:
        os.close(lock)  # lets go of the lock as well


def read(path: Path) -> Contents:
    """What a journal holds; changes and locks nothing, and passes over a damaged line, which it tells.

    KeptFileError when it cannot be read or is of another version.
    """
    try:
        fd = open_private(path, os.O_RDONLY)
    except (FileNotFoundError, NotADirectoryError):
        return Contents()
    except OSError as error:
        raise KeptFileError(f"{path}: cannot be read: {reason_of(error)}") from error
    try:
        return _read(fd, path)
    finally:
        os.close(fd)


def tuning_folder() -> Path:
    """The folder of the journals, whether it is there or not."""
    import platformdirs

    return platformdirs.user_state_path("kneadwave", appauthor=False) / "tuning"


def journal_path(stem: str, key: str) -> Path:
    """Where the journal lies of what `key` says in full and `stem` in short, whether it is there or not."""
    short = "".join(c if c.isascii() and (c.isalnum() or c in "-_") else "-" for c in stem)[:60]
    digest = hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()[:16]
    return tuning_folder() / f"{short}-{digest}.jsonl"


def bytes_of(line: Line) -> bytes:
    """The line as it lies in the file."""
    if line.at.tzinfo is None:
        raise ValueError("a journal needs times with their offset")
    content = {**line.fields, "schema": SCHEMA, "at": line.at.isoformat(), "event": line.event}
    body = json.dumps(content, sort_keys=True, separators=(",", ":"), allow_nan=False).encode("ascii")
    return body[:-1] + _SUM + hashlib.sha256(body).hexdigest().encode() + b'"}\n'


def contents_of(data: bytes, where: str) -> Contents:
    """What the bytes of a journal hold. KeptFileError where a line is of another version."""
    size = data.rfind(b"\n") + 1
    raw = data[:size].split(b"\n")[:-1]
    if raw and b"\0" in raw[-1]:  # a page that never reached the disk before the power went
        size -= len(raw.pop()) + 1
    lines: list[Line] = []
    damage = ""
    for number, each in enumerate(raw, start=1):
        line = _line_from(each, f"{where}: line {number}")
        if line is not None:
            lines.append(line)
        elif not damage:
            damage = f"{where}: line {number} was damaged"
    return Contents(tuple(lines), size, damage)


def _read(fd: int, path: Path) -> Contents:
    try:
        with os.fdopen(os.dup(fd), "rb") as file:
            return contents_of(file.read(MAX_BYTES + 1), str(path))
    except OSError as error:
        raise KeptFileError(f"{path}: cannot be read: {reason_of(error)}") from error


def _line_from(raw: bytes, where: str) -> Line | None:
    try:
        content = json.loads(raw)
    except (ValueError, RecursionError):
        return None
    if not isinstance(content, dict):
        return None
    schema = content.pop("schema", None)
    if type(schema) is int and schema != SCHEMA:
        raise KeptFileError(
            f"{where}: schema {schema} is not {SCHEMA}, the one this version knows",
            hint="use the version of knead that wrote it; nothing was changed",
        )
    own = str(content.pop("sum", "")).encode()
    body = raw[:-_SUM_LENGTH] + b"}"
    if raw[-_SUM_LENGTH:] != _SUM + own + b'"}' or hashlib.sha256(body).hexdigest().encode() != own:
        return None
    try:
        at = datetime.fromisoformat(content.pop("at"))
        return Line(at, str(content.pop("event")), content)
    except (KeyError, TypeError, ValueError):
        return None


def _unwritable(path: Path, error: OSError) -> KeptFileError:
    return KeptFileError(f"{path}: cannot be written: {reason_of(error)}", hint=_ROOM_HINT)
