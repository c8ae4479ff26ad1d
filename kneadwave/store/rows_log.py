"""The lines of a log in rows of a database, each sealed."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from kneadwave.errors import PersonFileError
from kneadwave.store.database import Database, PersonHold, RowExists, Statement
from kneadwave.store.ledger_end import NOTHING, LedgerEnd
from kneadwave.store.log_lines import LogContents, LogFormat, decode
from kneadwave.store.open_log import LogChanged, OpenLog
from kneadwave.store.seal import Seal

CHANGED_LINE: Final = b"{}\n"
"""What is read in the place of a line that was changed in the database."""
ANY_LINE: Final = LogFormat(chained=True, error=PersonFileError)


class RowsLog(OpenLog):
    """The log of one person in rows."""

    def __init__(
        self, db: Database, hold: PersonHold, lines: "SealedLines", form: LogFormat, contents: LogContents
    ) -> None:
        super().__init__(form, contents)
        self._db = db
        self._hold = hold
        self._lines = lines
        self._extent = lines.extent(db)

    def check_unchanged(self) -> None:
        if self._lines.extent(self._db) != self._extent:
            raise LogChanged("rows")

    def cut_tail(self) -> None:
        pass

    def close(self) -> None:
        self._db.close()
        self._hold.close()

    def _keep(self, lines: Sequence[bytes], *, later: bool) -> None:  # noqa: ARG002  (it is here, or nowhere)
        count, most = self._extent
        try:
            self._db.change(self._lines.added(lines, most + 1))
        except RowExists as error:
            raise LogChanged("rows") from error
        self._extent = count + len(lines), most + len(lines)


@dataclass(frozen=True)
class SealedLines:
    """The lines of one person."""

    seal: Seal
    person: bytes

    def added(self, lines: Iterable[bytes], first: int) -> list[Statement]:
        """What adds them, numbered from `first`."""
        sql = "INSERT INTO lines (person, number, line) VALUES (?, ?, ?)"
        return [
            (sql, (self.person, number, self.seal.close(line, self._place(number))))
            for number, line in enumerate(lines, first)
        ]

    def read(self, db: Database) -> Iterator[bytes]:
        """All of them, in order."""
        for number, sealed in db.rows(
            "SELECT number, line FROM lines WHERE person = ? ORDER BY number", self.person
        ):
            yield self._opened(number, sealed)

    def have(self, db: Database, first: int, lines: Sequence[bytes]) -> bool:
        """Whether these very lines are there, from number `first` on."""
        found = db.rows(
            "SELECT number, line FROM lines WHERE person = ? AND number >= ? AND number < ? ORDER BY number",
            self.person,
            first,
            first + len(lines),
        )
        return [self._opened(number, sealed) for number, sealed in found] == list(lines)

    def sum_of(self, db: Database, number: int) -> str:
        """The sum of one line, "" where there is none."""
        found = db.rows("SELECT line FROM lines WHERE person = ? AND number = ?", self.person, number)
        return sum_in(self._opened(number, found[0][0])) if found else ""

    def extent(self, db: Database) -> tuple[int, int]:
        """How many there are, and the highest number."""
        ((count, most),) = db.rows(
            "SELECT count(*), coalesce(max(number), 0) FROM lines WHERE person = ?", self.person
        )
        return count, most

    def end(self, db: Database) -> LedgerEnd:
        """Where they end."""
        last = db.rows(
            "SELECT number, line FROM lines WHERE person = ? ORDER BY number DESC LIMIT 1", self.person
        )
        if not last:
            return NOTHING
        return LedgerEnd(self.extent(db)[0], sum_in(self._opened(*last[0])))

    def _opened(self, number: int, sealed: bytes) -> bytes:
        line = self.seal.open(sealed, self._place(number))
        return CHANGED_LINE if line is None else line

    def _place(self, number: int) -> bytes:
        return b"line %b %d" % (self.person, number)


def sum_in(line: bytes) -> str:
    """The sum that a line carries, "" where it does not fit."""
    return decode(line, ANY_LINE, "").last
