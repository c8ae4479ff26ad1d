"""A lock of the operating system on an open file, gone with its process."""

import os
from pathlib import Path


def try_lock(fd: int) -> bool:
    """Lock an open file until it is closed; False where another process holds it."""
    try:
        if os.name == "nt":
            import msvcrt

            getattr(msvcrt, "locking")(fd, getattr(msvcrt, "LK_NBLCK"), 1)  # noqa: B009  (named only on Windows)
        else:
            import fcntl

            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def still_there(fd: int, path: Path) -> bool:
    """Whether the open file is what the next process will find at `path`."""
    try:
        return os.path.samestat(os.fstat(fd), path.stat())
    except FileNotFoundError:
        return False
