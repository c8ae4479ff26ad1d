"""Somebody who sits at a terminal."""

import os
import pty
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def somebody_at_a_terminal() -> Iterator[tuple[int, str]]:
    """A process whose terminal it is, and the name of that terminal."""
    pid, master = pty.fork()
    if pid == 0:
        os.write(1, os.ttyname(0).encode() + b"\n")
        os.read(0, 1)
        os._exit(0)
    with os.fdopen(master, "r+b", buffering=0) as terminal:
        yield pid, terminal.readline().decode().strip()
        terminal.write(b"\n")
        os.waitpid(pid, 0)
