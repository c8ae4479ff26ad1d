"""The player's second hand on a device: it switches it off when the guard is gone, or says nothing more."""

import os
import select
import signal
import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Final

from firmware_bridge.errors import LinkError
from firmware_bridge.guard.outputs.output import OffSwitch, OutputStuck
from kneadwave.guards.channel import ChannelReader

SLICES: Final = 5
SLICE_S: Final = 0.048
"""A guard is taken for dead once nothing came in so many slices in a row, a quarter of a second in all. A
computer that stands still for longer counts one of them: nobody could speak meanwhile."""
TRIES = 50
"""How often a device that takes nothing is told to be off, before that is given up."""


class GuardWatch:
    """Listens to the guard `pid` in a thread of its own; `gone` is called once it has ended or fallen silent.

    `second` switches the device off; None where no second process can.
    `off_without_guard`: the device is off once its guard is gone. `off` tells whether it is at the end.
    """

    def __init__(
        self,
        pid: int,
        channel: socket.socket,
        lines: ChannelReader,
        second: OffSwitch | None,
        gone: Callable[[], None],
        *,
        off_without_guard: bool = False,
    ) -> None:
        self.off = False
        self.fell_silent = False
        """Whether it said nothing more, rather than that it ended."""
        self.error: dict[str, Any] | None = None
        self._pid = pid
        self._channel = channel
        self._lines = lines
        self._second = second
        self._gone = gone
        self._off_without_guard = off_without_guard
        self._thread = threading.Thread(target=self._run, name="guard watch", daemon=True)
        self._thread.start()

    def join(self, seconds: float) -> bool:
        """Wait for the guard's end, not longer than `seconds`; whether it came."""
        self._thread.join(seconds)
        return not self._thread.is_alive()

    def _run(self) -> None:
        silent = 0
        while not self._lines.ended and silent < SLICES:
            if not select.select([self._channel], [], [], SLICE_S)[0]:
                silent += 1
                continue
            silent = 0
            for said in self._lines.read():
                self.off = self.off or bool(said.get("off"))
                self.error = said if said.get("error") else self.error
        self.fell_silent = silent >= SLICES
        if not self.off:
            self._switch_off()
        self._gone()

    def _switch_off(self) -> None:
        """End the guard, which might come back and drive once more, and tell the device to be off."""
        with suppress(OSError):
            os.kill(self._pid, signal.SIGKILL)
            if self._off_without_guard:
                os.waitid(os.P_PID, self._pid, os.WEXITED | os.WNOWAIT)
                self.off = True
        for _ in range(TRIES if self._second is not None else 0):
            with suppress(LinkError, OutputStuck):
                assert self._second is not None
                self._second.zero()
                self.off = True
                return
