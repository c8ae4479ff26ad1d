"""Lines in the ledger of the recipient "me", and what comes out of it."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from people import ledger_of, witness_of

from kneadwave.people import ledger
from kneadwave.store.log_lines import LogEntry

NOW = datetime(2026, 3, 1, 20, 0, tzinfo=UTC)
LATER = NOW + timedelta(minutes=1)


def write(count: int = 3, start: int = 0) -> None:
    """Append numbered lines, a second apart."""
    with ledger.opened("me", NOW) as book:
        for number in range(start, start + count):
            book.append("ready", NOW + timedelta(seconds=number), number=number)


def files() -> tuple[Path, Path]:
    """The ledger and its anchor."""
    return ledger_of(), ledger_of().with_name("ledger.anchor")


def witness() -> Path:
    """What knows how far the ledger goes, in another folder."""
    return witness_of("me")


def entries(now: datetime = LATER) -> list[LogEntry]:
    """Everything in the ledger, opened as a run opens it: what does not fit is noticed by that."""
    with ledger.opened("me", now) as book:
        return list(book.entries)


def noticed() -> list[str]:
    """Why something was noticed, each time."""
    return [entry.fields["why"] for entry in entries() if entry.event == "noticed"]
