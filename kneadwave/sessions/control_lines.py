"""Controls as JSON lines: how any other program steers a session that it started.

    {"control": "pause"}                 a line for each request; the names are those of CONTROLS
    {"control": "stop", "id": 7}         an id comes back in the event that says it was heard

Of a felt test the one that answers it is {"control": "key", "key": "1"}, with the key that a person would
press; "stop" and "pain" stop it, as does whatever it could not do. Whoever places the motors of a device
answers by {"control": "say", "text": "thigh right"}.

What is offered (offer.py) is begun by {"control": "begin"}, with "minutes" and "intensity" for less of it.

The end of the lines is a hang-up, and stops the session; so is a flood of them, and so is silence of whoever
once said {"control": "here"}, which asks for nothing else and is not told. A line that says nothing is told,
and changes nothing.
"""

import json
import math
import os
import select
from collections import deque
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from threading import Event, Thread
from types import TracebackType
from typing import Any, Final

from firmware_bridge.clock import Files
from firmware_bridge.play.ending import EndReason
from kneadwave.sessions.bell import Bell
from kneadwave.sessions.controls import (
    AnswerKey,
    BeginOffered,
    Heard,
    Louder,
    Pain,
    Pause,
    PostureTaken,
    Request,
    Resume,
    SkipToClosing,
    Softer,
    StopSession,
)

CONTROLS: Final[dict[str, Request]] = {
    "pause": Pause(),
    "resume": Resume(),
    "louder": Louder(),
    "softer": Softer(),
    "pain": Pain(),
    "closing": SkipToClosing(),
    "ready": PostureTaken(),
    "stop": StopSession(EndReason.BY_CONTROL),
}
"""What each control asks of a session."""
KEY: Final = "key"
BEGIN: Final = "begin"
SAY: Final = "say"
HERE: Final = "here"
SILENCE_S: Final = 10.0
"""Who said that it is here, and then nothing for so long, hangs: nobody could stop the session by it."""
HANG_UP: Final = StopSession(EndReason.BY_ABSENCE)
FLOOD: Final = StopSession(EndReason.BY_FLOOD)
LINE_BYTES: Final = 4096
"""The longest line, far more than a control takes; one that is longer is told and skipped."""
WAITING_MAX: Final = 512
"""The most requests that may wait. A session takes them many times a second: whoever gets ahead of it by so
many is out of order, and would keep it from feeding its device."""
FIRST_S: Final = 1.0
"""How long to wait for what can be read as it begins: a session looks at it before it opens anything."""
_READ_BYTES = 65536


class SomebodyThere(Request):
    """Whoever steers it is there, and says so again before SILENCE_S are over."""


@dataclass(frozen=True)
class Spoken(Request):
    """Words that answer a question."""

    text: str


def requests_of(line: bytes, *, keys: bool = False, words: bool = False) -> tuple[Request, ...]:
    """What a line asks for, and that it was heard; an empty line asks nothing.

    `keys` answer a felt test, `words` a question.
    """
    if not line.strip():
        return ()
    if len(line) > LINE_BYTES:
        return (Heard("", refused=f"a line is at most {LINE_BYTES} bytes"),)
    try:
        said = json.loads(line)
    except (ValueError, RecursionError):
        return (Heard("", refused="no JSON"),)
    if not isinstance(said, dict) or not isinstance(said.get("control"), str):
        return (Heard("", refused='no object with a "control"'),)
    name, token = said["control"], said.get("id")
    if token is not None and (isinstance(token, bool) or not isinstance(token, int | str)):
        return (Heard("", refused="an id is a number or a string"),)
    if keys and name == KEY:
        key = said.get("key")
        if not isinstance(key, str) or len(key) != 1:
            return (Heard(name, token, refused="a key is one character"),)
        return AnswerKey(key.lower()), Heard(name, token)
    if words and name == SAY:
        text = said.get("text")
        if not isinstance(text, str):
            return (Heard(name, token, refused="a text is wanted"),)
        return Spoken(text), Heard(name, token)
    if name == HERE:
        return (SomebodyThere(),)
    if name == BEGIN:
        return (_begin(said, token),)
    if name not in CONTROLS:
        known = (*CONTROLS, BEGIN, *([KEY] if keys else []), *([SAY] if words else []))
        return (Heard(name, token, refused=f"no such control; there are {', '.join(known)}"),)
    return CONTROLS[name], Heard(name, token)


def _begin(said: dict[str, Any], token: int | str | None) -> Request:
    minutes, intensity = said.get("minutes"), said.get("intensity", 1.0)
    if not (minutes is None or _is_above_zero(minutes)):
        return Heard(BEGIN, token, refused="minutes are a number above 0")
    if not (_is_above_zero(intensity) and intensity <= 1.0):
        return Heard(BEGIN, token, refused="an intensity is above 0 and at most 1")
    return BeginOffered(minutes, float(intensity), token)


def _is_above_zero(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 < value < math.inf


class ControlLines:
    """While entered, the lines that come at a file descriptor are requests.

    A thread reads them: not every system tells when a pipe can be read.
    """

    def __init__(self, fd: int, *, keys: bool = False, words: bool = False) -> None:
        self._fd = fd
        self._answers = {"keys": keys, "words": words}
        self._bell = Bell()
        self._asked: deque[Request] = deque()
        self._first = Event()
        self._minded = False
        self._reader = Thread(target=self._read, name="controls", daemon=True)

    def __enter__(self) -> "ControlLines":
        self._reader.start()
        with suppress(OSError, ValueError):  # not every system tells
            if select.select([self._fd], [], [], 0)[0]:
                self._first.wait(FIRST_S)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Nothing is waited for: the reader ends with its lines, or with the process."""

    def waiting(self) -> bool:
        """Whether there is a request to take."""
        return bool(self._asked)

    def files(self) -> Files:
        """What can be read when there is one."""
        return (self._bell.fileno(),)

    def take(self) -> Iterable[Request]:
        """What was asked for since the last call, in order."""
        self._bell.hush()
        wanted = []
        while self._asked:
            wanted.append(self._asked.popleft())
        return wanted

    def _read(self) -> None:
        try:
            self._read_on()
        finally:
            self._first.set()

    def _read_on(self) -> None:
        began, skips = b"", False
        while data := self._some():
            *lines, began = (began + data).split(b"\n")
            for line in lines:
                if len(self._asked) >= WAITING_MAX:
                    self._ask((Heard("", refused="too many lines at once"), FLOOD))
                    return
                self._ask(() if skips else self._requests_of(line))
                skips = False
            if len(began) > LINE_BYTES:  # its rest is not worth the memory
                self._ask(() if skips else self._requests_of(began))
                began, skips = b"", True
            self._first.set()
        self._ask((*(() if skips else self._requests_of(began)), HANG_UP))

    def _requests_of(self, line: bytes) -> tuple[Request, ...]:
        asked = requests_of(line, **self._answers)
        there = [each for each in asked if isinstance(each, SomebodyThere)]
        self._minded = self._minded or bool(there)
        return () if there else asked

    def _some(self) -> bytes:
        with suppress(OSError, ValueError):  # not every system tells
            if self._minded and not select.select([self._fd], [], [], SILENCE_S)[0]:
                return b""
        try:
            return os.read(self._fd, _READ_BYTES)
        except OSError:
            return b""

    def _ask(self, requests: Iterable[Request]) -> None:
        self._asked.extend(requests)
        self._bell.ring()
