"""Signals that end a command: the device is stopped first, whatever comes and however often."""

import signal
import sys
import warnings
from threading import Timer, main_thread
from types import FrameType, TracebackType
from typing import TYPE_CHECKING, Any

from firmware_bridge import EndReason, Files
from kneadwave.errors import Interrupted
from kneadwave.sessions.bell import Bell
from kneadwave.sessions.controls import Request, StopSession

_NAMES = ("SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT", "SIGBREAK")  # not every system has each
ENDING = tuple(getattr(signal, name) for name in _NAMES if hasattr(signal, name))
HANG_UP = getattr(signal, "SIGHUP", None)

if TYPE_CHECKING:
    from sys import UnraisableHookArgs

_AGAIN_S = 0.01


class Signals:
    """While entered, the signals of ENDING are taken here. The first one counts and is kept in `received`.

    As long as `gentle` is off, it also raises Interrupted wherever the program stands; with `gentle` on,
    and for every further signal, it is only noted. A session that takes requests from it turns `gentle` on:
    from then on the signal is a request to stop.

    In the middle of an import, and in a callback from which nothing can be raised, Interrupted would be
    lost, or leave a file open: it is raised soon after.
    """

    def __init__(self) -> None:
        self.received: int | None = None
        self.gentle = False
        self._before: dict[int, Any] = {}
        self._bell = Bell()
        self._rang_before = -1
        self._raised = False
        self._again: Timer | None = None
        self._sends = False  # whether that has still to send it
        self._unraisable_before: Any = None

    def __enter__(self) -> "Signals":
        for number in ENDING:
            # nohup asks that hanging up be ignored, and keeps its wish. A script's background job comes with
            # SIGINT ignored, but whoever sends one means to stop the device.
            if number == HANG_UP and signal.getsignal(number) is signal.SIG_IGN:
                continue
            self._before[number] = signal.signal(number, self._note)
        self._rang_before = signal.set_wakeup_fd(self._bell.rung_by, warn_on_full_buffer=False)
        self._unraisable_before, sys.unraisablehook = sys.unraisablehook, self._raise_again
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        was_gentle, self.gentle = self.gentle, True  # what comes now is raised at the end
        if self._again is not None:
            self._again.cancel()
            self._again.join()
        sys.unraisablehook = self._unraisable_before
        signal.set_wakeup_fd(self._rang_before)
        for number, handler in self._before.items():
            signal.signal(number, handler)
        if self.received is not None and not (self._raised or was_gentle or error):
            raise Interrupted(self.received)

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

    def _note(self, number: int, frame: FrameType | None) -> None:
        if self.received is None:
            self.received = number
        if self._raised or self.gentle:
            return
        if _imports(frame):
            self._soon()
        else:
            self._raised = True
            # What a function held open as it was torn out is closed with it, without a word.
            warnings.simplefilter("ignore", ResourceWarning)
            raise Interrupted(self.received)

    def _soon(self) -> None:
        if self._sends:
            return
        self._sends = True
        self._again = Timer(_AGAIN_S, self._send_again)
        self._again.daemon = True
        self._again.start()

    def _send_again(self) -> None:
        self._sends = False  # before: the main thread may have it before this one goes on
        if self.received is not None:
            send_to_main(self.received)

    def _raise_again(self, lost: "UnraisableHookArgs") -> None:
        if isinstance(lost.exc_value, Interrupted):
            self._raised = False
            self._soon()
        else:
            self._unraisable_before(lost)


def _imports(frame: FrameType | None) -> bool:
    while frame is not None:
        if frame.f_code.co_filename.startswith("<frozen importlib"):
            return True
        frame = frame.f_back
    return False


def send_to_main(number: int) -> None:
    """Send a signal to the main thread, which wakes where it waits."""
    ident = main_thread().ident
    if ident is not None and hasattr(signal, "pthread_kill"):
        signal.pthread_kill(ident, number)
    else:
        signal.raise_signal(number)
