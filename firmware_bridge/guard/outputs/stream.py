"""An output over bytes: what is said again, what waits, and what must arrive."""

from collections.abc import Callable
from math import inf
from typing import Protocol

from firmware_bridge.guard.outputs.output import OutputStuck, Traits

ZERO_GAP_S = 0.02
"""Between the first time that everything is told to be off and the second."""
STUCK_S = 0.2
"""What a device has not taken in so long counts as stuck; below the 250 ms of the wire's link loss."""
ASK_AGAIN_S = 0.3


class Dialect(Protocol):
    """A device's own words, as bytes. Opens nothing, waits for nothing."""

    traits: Traits

    def questions(self) -> bytes:
        """What to ask the device before it is driven."""
        ...

    def take(self, data: bytes) -> None:
        """What it said."""
        ...

    def answered(self) -> bool:
        """Whether it has said what was asked; OutputRefused for an answer with which it is not driven."""
        ...

    def levels(self, drives: bytes) -> bytes:
        """All levels, none left out, so that each update mends whatever the line has done to the last."""
        ...

    def zeros(self) -> bytes:
        """Everything off, in the form that also ends what was cut off on the line before."""
        ...


class Pipe(Protocol):
    """A line to the device. Each may raise LinkLost."""

    def send(self, data: bytes) -> int:
        """Hand over as much as the line takes now; how many bytes it took."""
        ...

    def receive(self) -> bytes:
        """What has arrived, perhaps nothing."""
        ...

    def discard(self) -> None:
        """Throw away what is handed over and not yet on the line."""
        ...

    def close(self) -> None:
        """Never raises."""
        ...


class StreamOutput:
    """Drives a device that speaks `dialect` at the end of `pipe`; a GuardOutput.

    `now` and `sleep` are of the clock of its process. Updates that the line cannot take in time are left out,
    the latest counts; zeros are said twice and never wait behind levels.
    """

    def __init__(
        self, dialect: Dialect, pipe: Pipe, now: Callable[[], float], sleep: Callable[[float], None]
    ) -> None:
        self.traits = dialect.traits
        self._dialect = dialect
        self._pipe = pipe
        self._now = now
        self._sleep = sleep
        self._wanted = b""
        self._said = b""
        self._said_at = self._asked_at = -inf
        self._owed = 0  # how often the last update is to be said again, as it turned something off
        self._rest = b""
        self._stuck_at = inf

    def ask(self, now: float) -> bool:
        if now - self._asked_at >= ASK_AGAIN_S:
            self._asked_at = now
            self._hand_over(self._dialect.questions(), now)
        self.tend(now)
        return self._dialect.answered()

    def put(self, drives: bytes, rates: bytes, now: float) -> None:  # noqa: ARG002  (no rates in bytes)
        self._wanted = drives
        self.tend(now)

    def tend(self, now: float) -> None:
        self._dialect.take(self._pipe.receive())
        if self._rest:
            self._hand_over(b"", now)
        if self._rest or not self._due(now):
            return
        off = any(new < old for new, old in zip(self._wanted, self._said, strict=False) if not new)
        self._owed = 1 if off else max(0, self._owed - 1)
        self._said, self._said_at = self._wanted, now
        self._hand_over(self._dialect.levels(self._wanted), now)

    def zero(self) -> None:
        self._wanted = self._said = b""
        self._rest, self._stuck_at = b"", inf
        deadline = self._now() + STUCK_S
        for again in (False, True):
            if again:
                self._sleep(ZERO_GAP_S)
            self._pipe.discard()
            left = self._dialect.zeros()
            while left:
                left = left[self._pipe.send(left) :]
                if left and self._now() >= deadline:
                    raise OutputStuck("the device takes nothing more")
                if left:
                    self._sleep(0.001)

    def close(self) -> None:
        self._pipe.close()

    def _due(self, now: float) -> bool:
        passed = now - self._said_at
        if not self._wanted or passed < self.traits.gap_s:
            return False
        if self._wanted != self._said or (self._owed and passed >= ZERO_GAP_S):
            return True
        return 0 < self.traits.refresh_s <= passed

    def _hand_over(self, data: bytes, now: float) -> None:
        data = self._rest + data
        self._rest = data[self._pipe.send(data) :]
        if not self._rest:
            self._stuck_at = inf
        elif self._stuck_at == inf:
            self._stuck_at = now + STUCK_S
        elif now >= self._stuck_at:
            raise OutputStuck("the device takes nothing more")
