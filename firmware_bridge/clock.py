"""Time is an argument: who needs it is handed a Clock. This is the one room that reads the real time."""

import os
import select
import time
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from datetime import time as time_of_day
from typing import Protocol

Files = Sequence[int] | None
"""Descriptors that can be read when there is a reason to wake; None where a reason can come unseen."""

_SLICE_S = 0.01  # how soon a sleeping clock notices that it should wake, where nothing tells it
_CAN_SELECT = os.name != "nt"  # which knows of sockets alone


def never() -> bool:
    """No reason to wake early."""
    return False


def unseen() -> Files:
    """Nothing tells when there is a reason to wake."""
    return None


def by_time_alone() -> Files:
    """Nothing but time gives a reason to wake."""
    return ()


def together(files: Sequence[Files]) -> Files:
    """All of `files`; None where one of them is."""
    told: list[int] = []
    for each in files:
        if each is None:
            return None
        told += each
    return told


def local_now() -> datetime:
    """The date and time of this place, with its offset; for what is kept from day to day."""
    return datetime.now().astimezone()


def at_that_instant(at: datetime, now: datetime) -> datetime:
    """`at` by the clocks of the place of `now`, as they go then: it may lie behind a change of clocks.

    A `now` that is of no place of this computer's time keeps its own offset.
    """
    here = at.astimezone()
    return here if _is_of_this_place(now) else at.astimezone(now.tzinfo)


def midnight_after(now: datetime, days: int) -> datetime:
    """The beginning of a day, so many after that of `now`, by the clocks of its place as they go then."""
    day = datetime.combine(now.date() + timedelta(days=days), time_of_day())
    return day.astimezone() if _is_of_this_place(now) else day.replace(tzinfo=now.tzinfo)


def _is_of_this_place(now: datetime) -> bool:
    return now.astimezone().utcoffset() == now.utcoffset()


class Clock(Protocol):
    """Monotonic time in seconds."""

    def now(self) -> float:
        """Seconds since some fixed moment; never goes back."""
        ...

    def sleep(self, seconds: float, wake: Callable[[], bool] = never, files: Files = None) -> None:
        """Return after `seconds`, or soon after `wake()` turns true: at once where `files` tell of it."""
        ...


class MonotonicClock:
    """Real time."""

    def now(self) -> float:
        return time.monotonic()

    def sleep(self, seconds: float, wake: Callable[[], bool] = never, files: Files = None) -> None:
        deadline = time.monotonic() + seconds
        if not _CAN_SELECT:
            files = None
        while not wake():
            left = deadline - time.monotonic()
            if left <= 0:
                return
            if files is not None and (_silent(files, left) or wake()):
                return
            time.sleep(left if wake is never else min(left, _SLICE_S))


def _silent(files: Sequence[int], seconds: float) -> bool:
    """Wait for any of `files`; whether all were open, and none told anything in so many seconds."""
    try:
        return not select.select(files, [], [], seconds)[0]
    except (OSError, ValueError):
        return False
