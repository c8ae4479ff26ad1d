"""How far a ledger goes: what an anchor and a witness hold.

{"schema": 1, "count": 4, "sum": "c85c9589…"}     how many lines there are, and the sum of the last one
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from kneadwave.errors import PersonFileError
from kneadwave.store.files import read_private, refuse_link, write_private
from kneadwave.store.log_lines import SCHEMA


@dataclass(frozen=True)
class LedgerEnd:
    """Where a ledger ends."""

    count: int
    """Whole lines."""
    last: str
    """The sum of the last one, "" where there is none."""

    def text(self) -> str:
        """What an anchor or a witness says."""
        return json.dumps({"schema": SCHEMA, "count": self.count, "sum": self.last}) + "\n"


NOTHING: Final = LedgerEnd(0, "")


def read_end(path: Path) -> LedgerEnd | None:
    """What an anchor or a witness says, None where there is none or it is damaged.

    PersonFileError where it cannot be read or is of another version.
    """
    refuse_link(path.parent)
    data = read_private(path, error=PersonFileError)
    try:
        content = json.loads(data or b"")
        schema, count, last = content["schema"], content["count"], content["sum"]
    except (ValueError, RecursionError, KeyError, TypeError):
        return None
    if isinstance(schema, int) and schema != SCHEMA:
        raise PersonFileError(
            f"{path}: schema {schema} is not {SCHEMA}, the one this version knows",
            hint="use the version of knead that wrote it; nothing was changed",
        )
    if not (type(count) is int and count >= 0 and isinstance(last, str)):
        return None
    return LedgerEnd(count, last)


def write_end(path: Path, end: LedgerEnd) -> None:
    """Replace an anchor or a witness whole. OSError where that fails."""
    write_private(path, end.text())
