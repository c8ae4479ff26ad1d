"""Which store of people there is, by the URL that the config file has."""

import hashlib
from pathlib import Path
from urllib.parse import unquote

from kneadwave.config import FILES, user_folder
from kneadwave.store.people_files import PeopleFiles
from kneadwave.store.people_store import PeopleStore


def store_at(url: str) -> PeopleStore:
    """The store that `url` names, which the config has looked at; nothing is opened yet."""
    if url == FILES:
        return PeopleFiles(user_folder("data") / "recipients", user_folder("state") / "witnesses")
    if url.startswith("postgresql:"):
        from kneadwave.store.postgres import PeopleInPostgres

        return PeopleInPostgres(url, _kept(url))
    from kneadwave.store.sqlite import PeopleInSqlite

    path = sqlite_path(url)
    return PeopleInSqlite(path, _kept(str(path.resolve())))


def sqlite_path(url: str) -> Path:
    """The file that a URL of SQLite names."""
    return Path(unquote(url.removeprefix("sqlite://")))


def _kept(place: str) -> Path:
    """Where the state of this computer's user keeps the witnesses of a database."""
    return user_folder("state") / "stores" / hashlib.sha256(place.encode()).hexdigest()[:16]
