"""Time is an argument: who needs it is handed a Clock. This is the one room that reads the real time."""

import time
from collections.abc import Callable
from datetime import datetime
from typing import Protocol

_SLICE_S = 0.01  # how soon a sleeping clock notices that it should wake


def never() -> bool:
    """No reason to wake early."""
    return False


def local_now() -> datetime:
    """The date and time of this place, with its offset; for what is kept from day to day."""
    return datetime.now().astimezone()


class Clock(Protocol):
    """Monotonic time in seconds."""

    def now(self) -> float:
        """Seconds since some fixed moment; never goes back."""
        ...

    def sleep(self, seconds: float, wake: Callable[[], bool] = never) -> None:
        """Return after `seconds`, or soon after `wake()` turns true."""
        ...


class MonotonicClock:
    """Real time."""

    def now(self) -> float:
        return time.monotonic()

    def sleep(self, seconds: float, wake: Callable[[], bool] = never) -> None:
        deadline = time.monotonic() + seconds
        while not wake():
            left = deadline - time.monotonic()
            if left <= 0:
                return
            time.sleep(min(left, _SLICE_S))
