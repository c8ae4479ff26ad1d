"""A connection to a database, as the store of people needs one, and what may go wrong with it."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Protocol

from kneadwave.errors import NotCleared, PersonFileError
from kneadwave.store.files import reason_of
from kneadwave.store.lock import LockHeld

Statement = tuple[str, Sequence[Any]]
"""SQL with question marks, and what stands for them."""


class StoreLost(OSError):
    """The database does not answer."""


class RowExists(OSError):
    """There is such a row already."""


class HeldElsewhere(LockHeld):
    """Another computer has begun to write, and has not handed in."""


@contextmanager
def reading(place: str) -> Iterator[None]:
    """Whatever keeps the store at `place` from being read, in words: NotCleared, PersonFileError."""
    try:
        yield
    except StoreLost as error:
        raise NotCleared(
            f"{place}: cannot be reached: {reason_of(error)}",
            hint="look whether it runs; until it answers, no session begins",
        ) from error
    except OSError as error:
        raise PersonFileError(
            f"{place}: cannot be read: {reason_of(error)}",
            hint="look who may read there, and put a backup back where it is damaged",
        ) from error


class Database(Protocol):
    """One connection. OSError where something fails; values stand for the question marks."""

    def rows(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        """What a query finds."""

    def change(self, statements: Iterable[Statement]) -> None:
        """Do all of it and wait until it lasts, or none of it. RowExists."""

    def close(self) -> None:
        """Let go of it."""


class PersonHold(Protocol):
    """That nobody else writes for a person, until it is closed."""

    def close(self) -> None:
        """Let others write."""
