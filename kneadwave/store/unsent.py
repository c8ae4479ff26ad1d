"""Lines that a database could not take, kept by this computer until it can: sealed, one a line.

12 9f86d0…     the number of the line, and the line, sealed, in hexadecimal digits
"""

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from kneadwave.errors import PersonFileError
from kneadwave.store.files import open_private, own_folder, read_private, sync_folder
from kneadwave.store.seal import Seal


class Unsent:
    """What is still to be handed in for one person."""

    def __init__(self, path: Path, seal: Seal, person: bytes) -> None:
        self._path = path
        self._seal = seal
        self._person = person

    def add(self, number: int, line: bytes) -> None:
        """Keep a line, and wait until it lies on the disk. OSError."""
        sealed = self._seal.close(line, self._place(number)).hex()
        own_folder(self._path.parent)
        fd = open_private(self._path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, error=PersonFileError)
        try:
            os.write(fd, f"{number} {sealed}\n".encode())
            os.fsync(fd)
        finally:
            os.close(fd)
        sync_folder(self._path.parent)

    def lines(self) -> Iterator[tuple[int, bytes]]:
        """All of them with their numbers; what was cut short or changed is left out."""
        for row in (read_private(self._path, error=PersonFileError) or b"").splitlines():
            with suppress(ValueError):
                number, sealed = row.split()
                line = self._seal.open(bytes.fromhex(sealed.decode("ascii")), self._place(int(number)))
                if line is not None:
                    yield int(number), line

    def clear(self) -> None:
        """Forget them: they were handed in. OSError."""
        self._path.unlink(missing_ok=True)

    def _place(self, number: int) -> bytes:
        return b"unsent %b %d" % (self._person, number)
