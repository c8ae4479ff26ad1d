"""Where what is kept of people lies: the one interface to it.

Of each person there are records (`recipient.toml`, `unfinished.json`: whole texts), a chained log, and how
far that log goes, in an anchor beside it and in a witness elsewhere. A store knows no rule of massage, and
takes names as they are: who calls it has looked at them.

Writing raises OSError where it fails; reading raises PersonFileError for what cannot be read.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Final, Protocol

from kneadwave.store.ledger_end import LedgerEnd
from kneadwave.store.log_lines import LogContents, LogFormat
from kneadwave.store.open_log import OpenLog

RECIPIENT: Final = "recipient.toml"
"""The record that makes a person known."""
LINES: Final = "ledger.jsonl"
ANCHOR: Final = "ledger.anchor"
WITNESS: Final = "witness.json"


@dataclass(frozen=True)
class PersonKept:
    """One person, whole, on the way from one store to another."""

    name: str
    records: Mapping[str, bytes]
    lines: bytes
    end: LedgerEnd
    """Where the lines end."""


class PeopleStore(Protocol):
    """Everything that is kept of people."""

    def names(self) -> list[str]:
        """The names of all who have the record RECIPIENT, in any order."""

    def knows(self, name: str) -> bool:
        """Whether there is that record, or a line in the log."""

    def read(self, name: str, record: str) -> bytes | None:
        """A record, None where there is none."""

    def write(self, name: str, record: str, text: str) -> None:
        """Write a record whole. With the first RECIPIENT a log begins that is missed from then on."""

    def drop(self, name: str, record: str) -> None:
        """Forget a record; nothing where there is none."""

    def current(self) -> bytes | None:
        """The name of who is in use and a line end, None where nobody is."""

    def use(self, name: str) -> None:
        """Let `name` be in use."""

    def open_log(self, name: str, form: LogFormat) -> OpenLog:
        """Open the log for this process alone; changes nothing yet.

        LockHeld where another process has it, CannotLock where there can be no lock.
        """

    def read_log(self, name: str, form: LogFormat, *, brief: bool = False) -> LogContents:
        """What the log holds, nothing where there is none; changes and locks nothing.

        `brief` as in `append_log.read_log`.
        """

    def anchor(self, name: str) -> LedgerEnd | None:
        """How far the log goes, by what lies beside it; None where nothing does."""

    def write_anchor(self, name: str, end: LedgerEnd) -> None:
        """Let the anchor say so."""

    def witness(self, name: str) -> LedgerEnd | None:
        """How far it goes by what outlives the person's records; None where nothing says it."""

    def write_witness(self, name: str, end: LedgerEnd) -> None:
        """Let the witness say so."""

    def kept(self, name: str) -> list[str]:
        """What there is of a person: names of records, LINES, ANCHOR; and WITNESS, last."""

    def content(self, name: str, what: str) -> bytes | None:
        """The bytes of one of `kept`, None where it cannot be taken along."""

    def delete(self, name: str) -> None:
        """Delete all of it but for the witness. LockHeld while another process has the log."""

    def rename(self, name: str, new: str, renamed: Callable[[str], str]) -> None:
        """Give all of it the name `new`; `renamed` makes the new RECIPIENT of the old.

        LockHeld as `delete`, FileExistsError where something has that name already.
        """

    def take_in(self, people: Iterable[PersonKept]) -> None:
        """Add people whole, all of them or none. FileExistsError where there is one of that name."""

    def held_elsewhere(self, name: str) -> bool:
        """Whether another computer has begun to write for a person, and has not handed in."""

    def take_over(self, name: str) -> None:
        """Count no longer on what that computer would hand in. LockHeld where it may still be playing."""

    def place(self, name: str, record: str = "") -> str:
        """Where a person's records lie, or one of them, in words for a message."""

    def witness_place(self, name: str) -> str:
        """Where the witness lies."""

    def place_of_current(self) -> str:
        """Where it stands who is in use."""
