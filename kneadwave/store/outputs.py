"""Files that a person asks for: what lies there is replaced where it is of the same kind, and else by force.

    refuse_taken(path, RECORDING, force=False)           before the work begins
    write_output(path, text, PROFILE, force=False)       whole or not at all

No link is followed, and what is no regular file is never written to, force or not.
"""

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final

from kneadwave.errors import SessionRemedy, UsageError
from kneadwave.store.files import OPEN_FLAGS, reason_of
from kneadwave.text import clean, is_reserved
from profiles.errors import ProfileError
from profiles.files.save import write_new, write_whole

HEAD_BYTES: Final = 1 << 16
"""So much of a file tells of which kind it is."""
FOLDER_MISSING: Final = "make the folder first"


@dataclass(frozen=True)
class OutputKind:
    """What a file of one kind begins with and holds near its beginning; without that none is replaced."""

    what: str
    begins: tuple[bytes, ...] = ()
    holds: bytes = b""

    def fits(self, head: bytes) -> bool:
        """Whether a file with this beginning is of this kind, cut short or not; an empty one is of any."""
        if len(head) < HEAD_BYTES and any(each.startswith(head) for each in self.begins):
            return True
        return head.startswith(self.begins) and self.holds in head


RECORDING: Final = OutputKind("recording", (b'{"kind":"header"',))
PAGE: Final = OutputKind("page of a report", (b"<!doctype html>",), b"Kneadwave report")
PROFILE: Final = OutputKind("profile")
"""Somebody's work: never replaced unasked."""
FOREIGN: Final = OutputKind("file for another program")
PICTURES: Final = {
    ".png": OutputKind("PNG picture", (b"\x89PNG\r\n\x1a\n",)),
    ".svg": OutputKind("SVG picture", (b"<?xml", b"<svg"), b"<svg"),
    ".pdf": OutputKind("PDF picture", (b"%PDF-",)),
}
TABLE: Final = OutputKind("table")
STUDY_TABLE: Final = OutputKind("table of a study", (b"PAR1",))
STUDY_PAIR: Final = OutputKind("pair of a study", (b'{"depends_on"',))


def refuse_taken(path: Path, kind: OutputKind, *, force: bool) -> None:
    """UsageError where a file cannot be written to `path`, or where what lies there may not be replaced."""
    shown = clean(str(path))
    if is_reserved(path.name):
        raise UsageError(f"{shown}: that name is reserved by some systems", hint="choose another name")
    try:
        found = path.lstat()
    except (FileNotFoundError, NotADirectoryError):
        _refuse_folder(path, shown)
        return
    except (OSError, ValueError) as error:  # ValueError: a zero byte in the path
        reason = reason_of(error) if isinstance(error, OSError) else "that is no path"
        raise UsageError(f"{shown} cannot be written: {reason}", hint="choose another name") from error
    if stat.S_ISLNK(found.st_mode):
        raise UsageError(f"{shown} is a link to somewhere else", hint="name the file itself")
    if not stat.S_ISREG(found.st_mode):
        what = "a folder" if stat.S_ISDIR(found.st_mode) else "no regular file"
        raise UsageError(f"{shown} is {what}", hint="choose another name")
    if not force and not kind.fits(_head(path, shown)):
        other = f" and is no {kind.what}" if kind.begins else ""
        raise UsageError(f"{shown} is there already{other}", hint=SessionRemedy.REPLACE)
    if not os.access(path, os.W_OK):
        raise UsageError(f"{shown} is there already and may not be written", hint="choose another name")


def refuse_input(path: Path, *reads: str | Path | None) -> None:
    """UsageError where `path` is one of the files that are read, by whatever name: it would be lost."""
    for each in reads:
        with suppress(OSError, ValueError):  # what is not there is no file that could be lost
            if each is not None and os.path.samefile(path, each):
                raise UsageError(
                    f"{clean(str(path))} is read here, and would be lost", hint="choose another name"
                )


def refuse_twice(*paths: Path | None) -> None:
    """UsageError where two outputs are to be written to one place."""
    places = [os.path.realpath(path) for path in paths if path is not None]
    for path in paths:
        if path is not None and places.count(os.path.realpath(path)) > 1:
            raise UsageError(
                f"{clean(str(path))} is named for two things", hint="choose another name for one of them"
            )


def write_output(path: Path, text: str, kind: OutputKind, *, force: bool) -> None:
    """Write a file, whole or not at all; UsageError as for `refuse_taken`, and where it cannot be written."""
    refuse_taken(path, kind, force=force)
    try:
        if os.path.lexists(path):
            write_whole(path, text)
        else:
            write_new(path, text)
    except FileExistsError:  # since it was looked at
        raise UsageError(f"{clean(str(path))} is there already", hint=SessionRemedy.REPLACE) from None
    except ProfileError as error:
        raise UsageError(
            f"{clean(str(path))} cannot be written: {error.message}",
            hint="choose another place, or make room",
        ) from error


@contextmanager
def written_beside(path: Path, kind: OutputKind, *, force: bool) -> Iterator[IO[bytes]]:
    """A file that its owner alone may read, and that takes its name when all is written; errors likewise."""
    refuse_taken(path, kind, force=force)
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with os.fdopen(
            os.open(beside, os.O_RDWR | os.O_CREAT | os.O_TRUNC | OPEN_FLAGS, 0o600), "w+b"
        ) as file:
            yield file
        refuse_taken(path, kind, force=force)
        beside.replace(path)
    except OSError as error:
        shown = f"{clean(str(path))} cannot be written: {reason_of(error)}"
        raise UsageError(shown, hint="choose another place, or make room") from error
    finally:
        with suppress(OSError):
            beside.unlink(missing_ok=True)


def _refuse_folder(path: Path, shown: str) -> None:
    folder = path.absolute().parent
    if not folder.is_dir():
        raise UsageError(f"{shown}: there is no such folder", hint=FOLDER_MISSING)
    if not os.access(folder, os.W_OK | os.X_OK):
        raise UsageError(f"{shown}: nothing may be written in that folder", hint="choose another folder")


def _head(path: Path, shown: str) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(HEAD_BYTES)
    except OSError as error:
        raise UsageError(f"{shown} cannot be read: {reason_of(error)}", hint=SessionRemedy.REPLACE) from error
