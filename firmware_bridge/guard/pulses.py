"""The last thing before a device whose motors are placed: it lets short soft pulses through, nothing else.

A guard that is built for a session knows ceilings; what a pulse is it does not know. This looks at what
really goes to the device, by a clock, and shares no figure with the host.
"""

from collections.abc import Callable
from math import inf

from firmware_bridge.guard.outputs.output import GuardOutput

DRIVE_MAX = 51
"""Of 255: 20 %; project's choice."""
PULSE_S = 0.44
"""The longest pulse, seconds: half a second, less what an update and a busy computer may take."""
REST_S = 2.0
"""Seconds of silence before each pulse; project's choice."""


class PulseRefused(Exception):
    """The host wants something else than a pulse; nothing more goes to the device."""


class PulsesOnly:
    """A GuardOutput before `output`, which it holds to pulses of one channel at a time.

    `another` is asked before each pulse whether there may be one more. By `lag_s` a pulse may last longer at
    the device than here, so it is cut as much sooner. What is too strong, on two channels at
    once, or one pulse too many is refused: PulseRefused. What comes too early or lasts too long is silence,
    and so is all that comes after a `zero`.
    """

    def __init__(
        self, output: GuardOutput, another: Callable[[], bool], now: float, lag_s: float = 0.0
    ) -> None:
        self._longest = PULSE_S - lag_s
        self.traits = output.traits
        self._output = output
        self._another = another
        self._channel: int | None = None  # of the pulse that runs
        self._began = inf
        self._ended = now
        self._held = False  # whether what is wanted came too early: it counts again after silence

    def ask(self, now: float) -> bool:
        return self._output.ask(now)

    def put(self, drives: bytes, rates: bytes, now: float) -> None:
        wanted = [index for index, drive in enumerate(drives) if drive]
        if len(wanted) > 1 or any(drive > DRIVE_MAX for drive in drives) or any(rates):
            self.zero()
            raise PulseRefused("its host wanted more than a soft pulse of one channel")
        if not wanted:
            self._held = False
            self._end(now)
        elif not self._held:
            self._go_on(wanted[0], now)
        silent = self._channel is None
        self._output.put(bytes(len(drives)) if silent else drives, rates, now)

    def tend(self, now: float) -> None:
        self._output.tend(now)

    def zero(self) -> None:
        self._channel, self._ended = None, inf
        self._output.zero()

    def close(self) -> None:
        self._output.close()

    def _go_on(self, channel: int, now: float) -> None:
        if self._channel is None:
            if now - self._ended < REST_S:
                self._held = True
                return
            if not self._another():
                self.zero()
                raise PulseRefused("its host wanted more pulses than one device may have")
            self._channel, self._began = channel, now
        elif channel != self._channel or now - self._began >= self._longest:
            self._end(now)

    def _end(self, now: float) -> None:
        if self._channel is not None:
            self._channel, self._ended = None, now
