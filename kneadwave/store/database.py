"""A connection to a database, as the store of people needs one, and what may go wrong with it."""

from collections.abc import Iterable, Sequence
from typing import Any, Protocol

from kneadwave.store.lock import LockHeld

Statement = tuple[str, Sequence[Any]]
"""SQL with question marks, and what stands for them."""


class StoreLost(OSError):
    """The database does not answer."""


class RowExists(OSError):
    """There is such a row already."""


class HeldElsewhere(LockHeld):
    """Another computer has begun to write, and has not handed in."""


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
