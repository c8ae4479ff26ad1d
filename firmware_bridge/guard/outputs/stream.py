"""An output over bytes: what is said again, what waits, and what must arrive."""

from collections.abc import Callable, Sequence
from math import inf
from typing import Protocol

from firmware_bridge.guard.outputs.output import OutputStuck, Traits

STUCK_S = 0.2
"""What a device has not taken in so long counts as stuck; below the 250 ms of the wire's link loss."""
ASK_AGAIN_S = 0.3
ZERO_S = 0.3
"""So long it may take until what is off has arrived, where a line can tell."""


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

    def zeros(self) -> Sequence[bytes]:
        """Everything off, twice at least, by the rhythm of `again_s`; it also ends what was cut off before.

        LinkLost where nobody can tell the device any more.
        """
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
        """Throw away what is handed over and not yet on the line: what comes next is urgent."""
        ...

    def arrived(self) -> bool:
        """Whether the other end has read all that was sent; True where that cannot be known."""
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
        self._owed = 0  # how often what was turned off is to be said again
        self._rest = b""
        self._stuck_at = inf

    @property
    def about(self) -> str:
        """What a person should know of what the device said of itself; "" where its dialect has nothing."""
        return str(getattr(self._dialect, "about", ""))

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
        self._owed = len(self.traits.again_s) if self._turns_off() else max(0, self._owed - 1)
        self._said, self._said_at = self._wanted, now
        self._hand_over(self._dialect.levels(self._wanted), now)

    def zero(self) -> None:
        self._wanted = self._said = b""
        self._rest, self._stuck_at = b"", inf
        began = self._now()
        for pause, left in zip((0.0, *self.traits.again_s), self._dialect.zeros(), strict=False):
            self._sleep(pause)
            self._pipe.discard()
            while left:
                left = left[self._pipe.send(left) :]
                if left:
                    self._wait(began + STUCK_S)
        while not self._pipe.arrived():
            self._wait(began + ZERO_S)

    def close(self) -> None:
        self._pipe.close()

    def _due(self, now: float) -> bool:
        passed = now - self._said_at
        if not self._wanted:
            return False
        if self._turns_off() or (self._owed and passed >= self.traits.again_s[-self._owed]):
            return True
        if self._wanted != self._said:
            return passed >= self.traits.gap_s
        return 0 < self.traits.refresh_s <= passed

    def _turns_off(self) -> bool:
        return any(new < old for new, old in zip(self._wanted, self._said, strict=False) if not new)

    def _wait(self, deadline: float) -> None:
        if self._now() >= deadline:
            raise OutputStuck("the device takes nothing more")
        self._sleep(0.001)

    def _hand_over(self, data: bytes, now: float) -> None:
        data = self._rest + data
        self._rest = data[self._pipe.send(data) :]
        if not self._rest:
            self._stuck_at = inf
        elif self._stuck_at == inf:
            self._stuck_at = now + STUCK_S
        elif now >= self._stuck_at:
            raise OutputStuck("the device takes nothing more")
