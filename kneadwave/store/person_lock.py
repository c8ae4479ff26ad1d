"""One process at a time for one recipient: a lock of the operating system, gone with its process."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from kneadwave.errors import NotCleared
from kneadwave.people.records import open_private, reason_of
from kneadwave.store.lock import still_there, try_lock


@contextmanager
def locked(path: Path, name: str) -> Iterator[None]:
    """Hold the lock file `path` of the recipient `name`.

    Raises NotCleared when another process holds it, or when there can be no lock.
    """
    try:
        fd = open_private(path, os.O_RDWR | os.O_CREAT)
    except OSError as error:
        raise NotCleared(
            f"the ledger of '{name}' cannot be locked: {reason_of(error)}",
            hint="without a record nothing is played; make room, or look who may write there",
        ) from error
    try:
        if not (try_lock(fd) and still_there(fd, path)):
            raise _busy(name)
        yield
    finally:
        os.close(fd)  # lets go of the lock as well


def hold_as_well(fd: int, name: str) -> None:
    """Lock an open file until it is closed, so that taking the lock file away lets nobody in.

    NotCleared when it is held. Windows takes no file away that is locked.
    """
    if os.name == "posix" and not try_lock(fd):
        raise _busy(name)


def _busy(name: str) -> NotCleared:
    return NotCleared(f"another run or screening for '{name}' is going on", hint="wait until it has ended")
