"""Records of a person in rows of a database, each sealed."""

from collections.abc import Mapping
from dataclasses import dataclass

from kneadwave.errors import PersonFileError
from kneadwave.store.database import Database, Statement
from kneadwave.store.seal import Seal


@dataclass(frozen=True)
class SealedRecords:
    """The records of one person: each version is a row, the latest counts."""

    seal: Seal
    person: bytes

    def read(self, db: Database, kind: str) -> bytes | None:
        """A record, None where there is none. PersonFileError where it was changed in the database."""
        found = db.rows(
            "SELECT version, content FROM records WHERE person = ? AND kind = ? ORDER BY version DESC"
            " LIMIT 1",
            self.person,
            kind,
        )
        if not found or found[0][1] is None:
            return None
        version, sealed = found[0]
        text = self.seal.open(sealed, place_of(self.person, kind, version))
        if text is None:
            raise PersonFileError(f"{kind}: was changed in the database", hint="put a backup back")
        return text

    def kinds(self, db: Database) -> list[str]:
        """Which there are."""
        kinds = db.rows("SELECT DISTINCT kind FROM records WHERE person = ?", self.person)
        return [kind for (kind,) in kinds if self.read(db, kind) is not None]

    def added(self, db: Database, kind: str, text: str | None) -> Statement:
        """What adds a version; None drops the record."""
        ((most,),) = db.rows(
            "SELECT coalesce(max(version), 0) FROM records WHERE person = ? AND kind = ?", self.person, kind
        )
        return self._row(kind, most + 1, None if text is None else text.encode())

    def first(self, records: Mapping[str, bytes]) -> list[Statement]:
        """What adds the first versions."""
        return [self._row(kind, 1, text) for kind, text in records.items()]

    def _row(self, kind: str, version: int, text: bytes | None) -> Statement:
        sealed = None if text is None else self.seal.close(text, place_of(self.person, kind, version))
        sql = "INSERT INTO records (person, kind, version, content) VALUES (?, ?, ?, ?)"
        return sql, (self.person, kind, version, sealed)


def place_of(person: bytes, what: str, version: int = 0) -> bytes:
    """Where a sealed text stands."""
    return b"%b %b %d" % (what.encode(), person, version)
