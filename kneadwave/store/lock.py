"""One process at a time: a lock of the operating system on an open file, gone with its process.

docs/decisions/0022-the-lock-is-our-own.md says why no library holds it.
"""

import errno
import os
from pathlib import Path

from kneadwave.errors import KneadError
from kneadwave.store.files import KeptFileError, open_private


class LockHeld(Exception):
    """Another process holds the lock."""


class CannotLock(OSError):
    """There can be no lock: its file cannot be made or opened, or its file system keeps none."""


UNABLE = frozenset((errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP, errno.ENOTSUP, errno.EINVAL))
"""What a file system answers that keeps no locks."""


def take_lock(path: Path, *, error: type[KneadError] = KeptFileError) -> int:
    """Lock the file at `path`, made where it is missing; the descriptor, which holds it until it is closed.

    LockHeld where another process has it, or the file was taken away meanwhile; CannotLock where it cannot be
    opened, `error` where something else lies there.
    """
    try:
        fd = open_private(path, os.O_RDWR | os.O_CREAT, error=error)
    except OSError as caught:
        raise CannotLock(caught.errno, caught.strerror) from caught
    try:
        if try_lock(fd) and still_there(fd, path):
            return fd
        raise LockHeld(str(path))
    except BaseException:
        os.close(fd)
        raise


def also_lock(fd: int) -> None:
    """Lock an open file until it closes, so that taking the lock's own file away lets nobody in; LockHeld.

    Windows takes no file away that is locked, and needs none of this.
    """
    if os.name == "posix" and not try_lock(fd):
        raise LockHeld


def try_lock(fd: int) -> bool:
    """Lock an open file until it is closed; False where another process has it, CannotLock where none can."""
    try:
        if os.name == "nt":
            import msvcrt

            getattr(msvcrt, "locking")(fd, getattr(msvcrt, "LK_NBLCK"), 1)  # noqa: B009  (named only on Windows)
        else:
            import fcntl

            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        if error.errno in UNABLE:
            raise CannotLock(error.errno, error.strerror) from error
        return False
    return True


def still_there(fd: int, path: Path) -> bool:
    """Whether the open file is what the next process will find at `path`."""
    try:
        return os.path.samestat(os.fstat(fd), path.lstat())
    except FileNotFoundError:
        return False
