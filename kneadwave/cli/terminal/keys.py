"""Single keys from the terminal, without waiting for them; the terminal is always put back as it was."""

import os
import re
import sys
from contextlib import suppress
from types import TracebackType
from typing import Any, Final

from firmware_bridge import EndReason, Files
from kneadwave.cli.terminal.layouts import latin
from kneadwave.sessions.controls import (
    AnswerKey,
    Louder,
    Pain,
    PauseOrResume,
    PostureTaken,
    Request,
    SkipToClosing,
    Softer,
    StopSession,
)

STOP: Final = StopSession(EndReason.BY_KEY)
KEYS: Final[dict[str, Request]] = {
    " ": PauseOrResume(),
    "+": Louder(),
    "=": Louder(),
    "-": Softer(),
    "_": Softer(),
    "c": SkipToClosing(),
    "p": Pain(),
    "\r": PostureTaken(),
    "\n": PostureTaken(),
    "s": STOP,
    "q": STOP,
    "\x1b": STOP,  # Esc
    "\x1a": STOP,  # Ctrl-Z: a suspended host would leave the device to its watchdog
    "\x04": STOP,  # Ctrl-D
}
"""What each key asks of a session."""
SEVERAL = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|O[A-Za-z])")
"""What a single key, such as an arrow or F1, sends as several letters: none of them was meant."""
OTHER = "other"
"""A key that sends several letters, as `Keys.typed` gives it."""
_EACH = re.compile(f"{SEVERAL.pattern}|.", re.DOTALL)
_WINDOWS_FIRST = ("\x00", "\xe0")  # what an arrow or F1 begins with there
HELP = "space pause   + - intensity   c closing   p pain   s stop"
GUIDED_HELP = "space pause   c last step   p pain   s stop"
MEANS_NOTHING: Final = "that key means nothing here"
NEEDED: Final = ("s stop", "p pain", "space pause")
"""What is left of either where there is little room, the most needed first."""
_BEGUN = re.compile(rb"\x1b(?:\[[0-?]*[ -/]*|O)?\Z")
"""What may be Esc, or the beginning of several letters whose rest is on its way."""
REST_S: Final = 0.05
"""How long the rest may take, seconds; project's choice: over a slow line an arrow comes in two parts."""


def help_within(columns: int, *, guided: bool = False, paused: bool = False) -> str:
    """The keys as far as there is room for them; how to stop is always said."""
    whole = GUIDED_HELP if guided else HELP
    if paused:
        whole = whole.replace("space pause", "space goes on")
    for left in (whole, *("   ".join(reversed(NEEDED[:count])) for count in (3, 2))):
        if len(left) <= columns:
            return left
    return NEEDED[0]


class Keys:
    """While entered, keys arrive one by one and unseen. Does nothing where nobody sits at standard input."""

    def __init__(self, fd: int | None = None, *, windows: bool = False) -> None:
        self.gone = False
        """Whether the terminal went away."""
        self.puzzled = 0
        """Which key it was, counted, where the last one meant nothing; 0 where it meant something."""
        self._pressed = 0
        self._fd = fd
        self._before: list[Any] | None = None
        self._windows = windows

    @property
    def active(self) -> bool:
        """Whether there is anybody to press a key."""
        return self._windows or self._fd is not None

    def __enter__(self) -> "Keys":
        if not somebody_there():
            return self
        if os.name == "nt":
            self._windows = True
            return self
        import termios

        fd = sys.stdin.fileno()
        try:
            before = termios.tcgetattr(fd)
            mode = termios.tcgetattr(fd)
            mode[0] &= ~termios.IXON  # Ctrl-S would freeze the output, and the session with it
            mode[3] &= ~(termios.ICANON | termios.ECHO)
            mode[6][termios.VMIN], mode[6][termios.VTIME] = 0, 0
            mode[6][termios.VSUSP] = b"\x00"
            termios.tcsetattr(fd, termios.TCSANOW, mode)
        except (OSError, termios.error):
            return self
        self._fd, self._before = fd, before
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._fd is not None:
            import termios

            with suppress(OSError, termios.error):
                termios.tcsetattr(self._fd, termios.TCSANOW, self._before or [])
        self._fd = None

    def waiting(self) -> bool:
        """Whether a key was pressed that `take` would return, or the terminal went away."""
        if self._windows:
            return _windows_waiting()
        if self._fd is None or self.gone:
            return False
        import select

        try:
            return bool(select.select([self._fd], [], [], 0)[0])
        except (OSError, ValueError):
            return True

    def files(self) -> Files:
        """What can be read when a key was pressed; None on Windows, which tells nobody."""
        if self._windows:
            return None
        return () if self._fd is None or self.gone else (self._fd,)

    def take(self) -> list[Request]:
        """What was asked of a session since the last call, in order; other keys mean nothing.

        A terminal that went away stops it.
        """
        typed = self.typed()
        self._pressed += len(typed)
        if typed:
            self.puzzled = 0 if typed[-1] in KEYS else self._pressed
        return [KEYS[key] for key in typed if key in KEYS] + self.absence()

    def absence(self) -> list[Request]:
        """The stop that a terminal which went away asks for; nothing as long as it is there."""
        return [StopSession(EndReason.BY_ABSENCE)] if self.gone else []

    def typed(self) -> list[str]:
        """Every key since the last call, in order: its letter in lower case, OTHER where it sends several.

        A letter of another layout is that of the Latin key in its place.
        """
        if self._windows:
            return [latin(key) for key in _windows_read()]
        if not self.waiting() or self._fd is None:
            return []
        data = self._read(self._fd)
        self.gone = not data
        if _BEGUN.search(data) and self.comes_more(self._fd):
            data += self._read(self._fd)
        text = data.decode("utf-8", "replace")
        return [latin(key.lower()) if len(key) == 1 else OTHER for key in _EACH.findall(text)]

    @staticmethod
    def _read(fd: int) -> bytes:
        try:
            return os.read(fd, 64)
        except OSError:
            return b""

    @staticmethod
    def comes_more(fd: int) -> bool:
        import select

        return bool(select.select([fd], [], [], REST_S)[0])


class AnswerKeys:
    """The same keys as answers to a felt test, which has a use of its own for each."""

    def __init__(self, keys: Keys) -> None:
        self._keys = keys

    def waiting(self) -> bool:
        """Whether there is an answer."""
        return self._keys.waiting()

    def files(self) -> Files:
        """What can be read when there is."""
        return self._keys.files()

    def take(self) -> list[Request]:
        """Every key since the last call, in order; a terminal that went away stops the test."""
        return [*(AnswerKey(key) for key in self._keys.typed()), *self._keys.absence()]


def somebody_there() -> bool:
    """Whether somebody sits at standard input and this process is the one that they talk to."""
    try:
        if sys.stdin is None or not sys.stdin.isatty():
            return False
        # A background job that touches the terminal is stopped by it: leave the terminal alone.
        return os.name == "nt" or os.tcgetpgrp(sys.stdin.fileno()) == os.getpgrp()
    except (OSError, ValueError):
        return False


def _windows_waiting() -> bool:
    import msvcrt

    return bool(getattr(msvcrt, "kbhit")())  # noqa: B009  (named only on Windows)


def _windows_read() -> list[str]:
    import msvcrt

    keys: list[str] = []
    while _windows_waiting():
        key = str(getattr(msvcrt, "getwch")())  # noqa: B009
        if key in _WINDOWS_FIRST and _windows_waiting():
            getattr(msvcrt, "getwch")()  # noqa: B009
            key = OTHER
        keys.append(key.lower())
    return keys
