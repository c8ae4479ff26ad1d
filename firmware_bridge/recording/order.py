"""Times of a recording that cannot be: one that goes back, or runs ahead of all that follow."""

from collections.abc import Callable, Iterator
from typing import TypeVar

SLACK_S = 2.0
"""Project's choice: ticks are a second apart at most, and an event is nearer to those around it."""
AHEAD_LINES = 50
"""Project's choice: after a jump ahead, so many lines that go on from there make it a gap, not damage."""
AHEAD_S = 3600.0
"""Project's choice: with fewer lines than that before the file ends, a longer jump than this is damage."""

Item = TypeVar("Item")


def in_order(
    lines: Iterator[tuple[int, Item]], when: Callable[[Item], tuple[float, bool] | None]
) -> Iterator[tuple[int, Item | None]]:
    """Yield the same numbered lines, with None for each item whose time (s) cannot be.

    `when` gives an item's time, None for an item that has none, and whether it is exact: those never go back;
    others may lie SLACK_S apart from those around them.
    """
    held: list[tuple[int, Item | None]] = []  # what a time that follows may still show to be wrong
    sure = latest = 0.0  # the last time before what is held, and within it
    ahead = False  # whether what is held begins with a jump
    for number, item in lines:
        told = when(item)
        if told is None:
            held.append((number, None))
        else:
            t, exact = told
            slack = 0.0 if exact else SLACK_S
            if t + slack >= latest:
                if not ahead:
                    yield from held
                    held, sure = [], latest
                latest = max(latest, t - slack)
                ahead = ahead or latest - sure > SLACK_S
                held.append((number, item))
            elif t + slack >= sure and (ahead or not slack):
                yield from _damaged(held)
                held, latest, ahead = [(number, item)], max(sure, t - slack), False
            else:
                held.append((number, None))
        if len(held) >= AHEAD_LINES:
            yield from held
            held, sure, ahead = [], latest, False
    yield from _damaged(held) if ahead and latest - sure > AHEAD_S else held


def _damaged(held: list[tuple[int, Item | None]]) -> Iterator[tuple[int, Item | None]]:
    return ((number, None) for number, _ in held)
