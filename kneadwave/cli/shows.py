"""Events of a session, handed to all who show them."""

from collections.abc import Callable, Generator, Sequence
from typing import TypeVar

from kneadwave.sessions.events import Event

T = TypeVar("T")
Show = Callable[[Event], None]


def show_each(
    events: Generator[Event, None, T],
    shows: Sequence[Show],
    unheard: Callable[[BaseException], BaseException] = lambda error: error,
) -> T:
    """Show every event; what the generator returns. An error of a show is thrown into it as `unheard` has it.

    What the generator tells after that is shown as far as anybody still sees it.
    """
    lost = False
    try:
        event = next(events)
        while True:
            try:
                for show in shows:
                    show(event)
            except BaseException as error:
                event = next(events) if lost else events.throw(unheard(error))
                lost = True
            else:
                event = next(events)
    except StopIteration as end:
        ended: T = end.value
        return ended
    finally:
        events.close()
