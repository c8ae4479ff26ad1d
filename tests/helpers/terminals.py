"""A terminal with a scripted person in front of it: what commands show there, and which keys are pressed."""

import os
import select
import struct
import subprocess
import time
from collections.abc import Callable
from typing import Any


class Terminal:
    """A terminal of 80 x 30 characters, and what was written to it."""

    def __init__(self) -> None:
        import fcntl
        import termios

        self.master, self.slave = os.openpty()
        fcntl.ioctl(self.slave, termios.TIOCSWINSZ, struct.pack("HHHH", 30, 80, 0, 0))
        self.text = ""
        self.before = termios.tcgetattr(self.slave)

    def start(self, bench: Any, *words: str, **env: str) -> "subprocess.Popen[str]":
        import fcntl
        import termios

        def take_terminal() -> None:
            fcntl.ioctl(0, termios.TIOCSCTTY, 0)

        bench.env.update({"TERM": "xterm-256color", "LANG": "C.UTF-8", "PYTHONIOENCODING": "utf-8", **env})
        ends = {"stdin": self.slave, "stdout": self.slave, "stderr": self.slave}
        process: subprocess.Popen[str] = bench.start(
            *words, **ends, start_new_session=True, preexec_fn=take_terminal
        )
        return process

    def shows(self, words: str) -> bool:
        """Whether `words` were written, be it over the end of a line."""
        while select.select([self.master], [], [], 0.01)[0]:
            self.text += os.read(self.master, 65536).decode("utf-8", "replace")
        return words in self.text or " ".join(words.split()) in " ".join(self.text.split())

    def heard(self, condition: Callable[[], Any]) -> Any:
        """What `condition` gives; whatever was written is taken meanwhile, or the writer would wait."""
        self.shows("")
        return condition()

    def ended(self, process: "subprocess.Popen[str]", within: float = 60.0) -> int | None:
        """The exit code of a process that writes here; None where it does not end."""
        deadline = time.monotonic() + within
        while self.heard(process.poll) is None and time.monotonic() < deadline:
            time.sleep(0.01)
        return process.poll()

    def forget(self) -> None:
        self.shows("")
        self.text = ""

    def press(self, key: str) -> None:
        os.write(self.master, key.encode())

    @property
    def restored(self) -> bool:
        import termios

        return bool(termios.tcgetattr(self.slave) == self.before)

    def close(self) -> None:
        for fd in (self.master, self.slave):
            if fd >= 0:
                os.close(fd)
