"""How the store of people stands: whether it could be used now, by a look that makes and changes nothing."""

import os
import sqlite3
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

from kneadwave.config import FILES, user_folder
from kneadwave.store.choice import sqlite_path
from kneadwave.store.database import reading
from kneadwave.store.store_key import seal_by


def standing(url: str) -> str:
    """Where people are kept and how it stands, in words.

    Raises PersonFileError or NotCleared where it cannot be used, UsageError where a package is missing.
    """
    if url == FILES:
        return f"files in {user_folder('data') / 'recipients'}, not sealed"
    if url.startswith("postgresql:"):
        return _of_postgres(url)
    return _of_sqlite(sqlite_path(url))


def _of_postgres(url: str) -> str:
    from kneadwave.store.postgres_database import PostgresDatabase, shown

    with reading(shown(url)):
        db = PostgresDatabase(url)
        try:
            checks = db.rows("SELECT key_check FROM store")
        finally:
            db.drop()
    return _sealed(shown(url), [bytes(check) for (check,) in checks])


def _of_sqlite(path: Path) -> str:
    from kneadwave.store.sqlite import check_version, sqlite_errors

    place = f"sqlite://{path}"
    if not os.path.lexists(path):
        return f"{place}: to be made with the first recipient"
    with (
        reading(place),
        sqlite_errors(),
        closing(sqlite3.connect(f"file:{quote(str(path))}?mode=ro", uri=True)) as db,
    ):
        if not check_version(db, path):
            return f"{place}: of an earlier version; brought up to date when it is used"
        checks = [check for (check,) in db.execute("SELECT key_check FROM store")]
    return _sealed(place, checks)


def _sealed(place: str, checks: list[bytes]) -> str:
    if not checks:
        return f"{place}: empty; its key is made with the first recipient"
    seal_by(checks[0], place)
    return f"{place}: sealed, and its key is here"
