"""Where the records of recipients lie: folders and files that only their owner may read."""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from kneadwave.errors import PersonFileError, UsageError
from kneadwave.store import files
from kneadwave.store.files import FILE_MODE, MAX_BYTES, OPEN_FLAGS, own_folder, reason_of, sync_folder

__all__ = [
    "MAX_BYTES",
    "folder_of",
    "names",
    "open_private",
    "private_folder",
    "read_private",
    "reason_of",
    "root",
    "sync_folder",
    "told_as_file_error",
    "write_private",
]

NAME: Final = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?")
FILE: Final = "recipient.toml"
CURRENT: Final = "current"
"""The file that holds the name of the recipient in use; no recipient can have this name."""
_RESERVED: Final = frozenset(
    [CURRENT, "con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(10))]
)


def root() -> Path:
    """The folder of all recipients, whether it is there or not."""
    import platformdirs

    return platformdirs.user_data_path("kneadwave", appauthor=False) / "recipients"


def folder_of(name: str) -> Path:
    """The folder of one recipient, whether it is there or not. UsageError where that is no name."""
    if not NAME.fullmatch(name) or name in _RESERVED:
        raise UsageError(
            f"'{name}' is no name for a recipient", hint="lower case letters, digits and dashes, at most 40"
        )
    return root() / name


def names() -> list[str]:
    """The names of all recipients, sorted."""
    try:
        found = [entry.name for entry in root().iterdir() if (entry / FILE).is_file()]
    except FileNotFoundError:
        return []
    except OSError as error:
        raise PersonFileError(f"{root()}: cannot be read: {reason_of(error)}") from error
    return sorted(name for name in found if NAME.fullmatch(name))


def private_folder(folder: Path) -> None:
    """Make `folder` where it is missing, and let nobody but its owner in. OSError where that fails."""
    if folder.is_symlink():
        raise PersonFileError(f"{folder}: is a link to somewhere else")
    for path in (root(), folder):
        own_folder(path)


def open_private(path: Path, flags: int) -> int:
    """Open a regular file of at most 64 MiB, readable by its owner alone; the descriptor.

    FileNotFoundError where there is none, PersonFileError where something else lies there.
    """
    return files.open_private(path, flags, error=PersonFileError)


def read_private(path: Path) -> bytes | None:
    """The content of a file, None where there is none. PersonFileError where it cannot be read."""
    try:
        if path.parent.is_symlink():
            raise PersonFileError(f"{path.parent}: is a link to somewhere else")
        with os.fdopen(open_private(path, os.O_RDONLY), "rb") as file:
            return file.read(MAX_BYTES + 1)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise PersonFileError(f"{path}: cannot be read: {reason_of(error)}") from error


def write_private(path: Path, content: str) -> None:
    """Replace a file whole: what is there is either the old content or the new. OSError where that fails."""
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        fd = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | OPEN_FLAGS, FILE_MODE)
        with os.fdopen(fd, "wb") as file:
            file.write(content.encode())
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    except OSError:
        with suppress(OSError):
            beside.unlink()
        raise
    sync_folder(path.parent)


@contextmanager
def told_as_file_error(path: Path) -> Iterator[None]:
    """Turn an OSError of writing into a PersonFileError that names the file."""
    try:
        yield
    except OSError as error:
        raise PersonFileError(
            f"{path}: cannot be written: {reason_of(error)}", hint="make room, or look who may write there"
        ) from error
