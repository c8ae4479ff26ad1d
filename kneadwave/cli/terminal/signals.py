"""Signals that end a command: the device is stopped first, whatever comes and however often."""

import signal
from types import FrameType, TracebackType
from typing import Any

from firmware_bridge import EndReason, Files
from kneadwave.errors import Interrupted
from kneadwave.sessions.bell import Bell
from kneadwave.sessions.controls import Request, StopSession

_NAMES = ("SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT", "SIGBREAK")  # not every system has each
ENDING = tuple(getattr(signal, name) for name in _NAMES if hasattr(signal, name))
HANG_UP = getattr(signal, "SIGHUP", None)


class Signals:
    """While entered, the signals of ENDING are taken here. The first one counts and is kept in `received`.

    As long as `gentle` is off, it also raises Interrupted wherever the program stands; with `gentle` on,
    and for every further signal, it is only noted. A session that takes requests from it turns `gentle` on:
    from then on the signal is a request to stop.
    """

    def __init__(self) -> None:
        self.received: int | None = None
        self.gentle = False
        self._before: dict[int, Any] = {}
        self._bell = Bell()
        self._rang_before = -1

    def __enter__(self) -> "Signals":
        for number in ENDING:
            # nohup asks that hanging up be ignored, and keeps its wish. A script's background job comes with
            # SIGINT ignored, but whoever sends one means to stop the device.
            if number == HANG_UP and signal.getsignal(number) is signal.SIG_IGN:
                continue
            self._before[number] = signal.signal(number, self._note)
        self._rang_before = signal.set_wakeup_fd(self._bell.rung_by, warn_on_full_buffer=False)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        signal.set_wakeup_fd(self._rang_before)
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def waiting(self) -> bool:
        """Whether a signal came."""
        return self.received is not None

    def files(self) -> Files:
        """What can be read when one came."""
        return (self._bell.fileno(),)

    def take(self) -> list[Request]:
        """The stop that a signal asks for."""
        self.gentle = True
        self._bell.hush()
        if self.received is None:
            return []
        return [StopSession(EndReason.BY_SIGNAL, by=signal.Signals(self.received).name)]

    def _note(self, number: int, frame: FrameType | None) -> None:  # noqa: ARG002
        if self.received is not None:
            return
        self.received = number
        if not self.gentle:
            raise Interrupted(number)
