"""Files that Kneadwave keeps by itself: readable by their owner alone, no links, of a bounded size."""

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO, Final

from kneadwave.errors import Exit, KneadError, PersonFileError

MAX_BYTES: Final = 1 << 26
"""64 MiB. Project's choice: some three years of two long sessions a day, and read in a moment."""
FOLDER_MODE: Final = 0o700
FILE_MODE: Final = 0o600
OPEN_FLAGS: Final[int] = (
    getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
)


PROFILES_MAX: Final = 200
"""Files of a folder that are looked at for profiles."""
PROFILE_BYTES: Final = 1 << 20
"""Bytes of the longest of them."""


class KeptFileError(KneadError):
    """A file that Kneadwave keeps cannot be used: the message names file and place."""

    exit = Exit.INVALID


def refuse_link(folder: Path) -> None:
    """PersonFileError where the folder of a recipient leads elsewhere."""
    if folder.is_symlink():
        raise PersonFileError(f"{folder}: is a link to somewhere else")


def own_folder(folder: Path) -> None:
    """Make `folder` where it is missing, and let nobody but its owner in. OSError where that fails."""
    folder.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
    if os.name == "posix" and stat.S_IMODE(folder.stat().st_mode) != FOLDER_MODE:
        folder.chmod(FOLDER_MODE)


def open_private(path: Path, flags: int, *, error: type[KneadError] = KeptFileError) -> int:
    """Open a regular file of at most 64 MiB, readable by its owner alone; the descriptor.

    FileNotFoundError where there is none, `error` where something else lies there.
    """
    with suppress(FileNotFoundError):
        _refuse_odd(path, path.lstat(), error)
    fd = os.open(path, flags | OPEN_FLAGS, FILE_MODE)
    try:
        found = os.fstat(fd)
        _refuse_odd(path, found, error)
        if os.name == "posix" and stat.S_IMODE(found.st_mode) != FILE_MODE:
            os.fchmod(fd, FILE_MODE)
    except BaseException:
        os.close(fd)
        raise
    return fd


@contextmanager
def lines_private(path: Path, *, error: type[KneadError] = KeptFileError) -> Iterator[BinaryIO | None]:
    """A file that `open_private` opens, to be read line by line; None where there is none, else `error`."""
    try:
        fd = open_private(path, os.O_RDONLY, error=error)
    except FileNotFoundError:
        yield None
        return
    except OSError as caught:
        raise error(f"{path}: cannot be read: {reason_of(caught)}") from caught
    with os.fdopen(fd, "rb") as file:
        try:
            yield file
        except OSError as caught:
            raise error(f"{path}: cannot be read: {reason_of(caught)}") from caught


def read_private(path: Path, *, error: type[KneadError] = KeptFileError) -> bytes | None:
    """The content of a file that `open_private` opens, None where there is none; `error` for all else."""
    try:
        with os.fdopen(open_private(path, os.O_RDONLY, error=error), "rb") as file:
            return file.read(MAX_BYTES + 1)
    except FileNotFoundError:
        return None
    except OSError as caught:
        raise error(f"{path}: cannot be read: {reason_of(caught)}") from caught


def write_private(path: Path, content: str, *, lasts: bool = True) -> None:
    """Replace a file whole: what is there is either the old content or the new. OSError where that fails.

    What need not survive a loss of power does not wait for the disk (`lasts` false).
    """
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        fd = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | OPEN_FLAGS, FILE_MODE)
        with os.fdopen(fd, "wb") as file:
            file.write(content.encode())
            file.flush()
            if lasts:
                os.fsync(file.fileno())
        beside.replace(path)
    except OSError:
        with suppress(OSError):
            beside.unlink()
        raise
    if lasts:
        sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Let a new name in `folder` survive a loss of power, where the system can do that."""
    with suppress(OSError):  # Windows opens no folders, and needs none of this
        fd = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(fd)
        finally:
            os.close(fd)


def reason_of(error: OSError) -> str:
    """What the system says, in its own words: "no space left on device"."""
    return (os.strerror(error.errno) if error.errno else str(error)).lower()


def _refuse_odd(path: Path, found: os.stat_result, error: type[KneadError]) -> None:
    if stat.S_ISLNK(found.st_mode):
        raise error(f"{path}: is a link to somewhere else", hint="put the file itself there")
    if not stat.S_ISREG(found.st_mode):
        raise error(f"{path}: is not a regular file")
    if found.st_size > MAX_BYTES:
        raise error(
            f"{path}: is larger than {MAX_BYTES >> 20} MiB", hint="move the folder away and begin a new one"
        )


def profiles_in(folder: Path) -> list[Path]:
    """The files of a folder that hold steps, by name; whether they are sound, reading them tells."""
    found = []
    for path in sorted(folder.glob("*.toml"))[:PROFILES_MAX]:
        with suppress(OSError):
            if path.is_file() and path.stat().st_size <= PROFILE_BYTES and b"[[step]]" in path.read_bytes():
                found.append(path)
    return found
