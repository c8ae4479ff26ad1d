"""Who may be recorded under which name, and in which store that lies."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from kneadwave.config import load_config
from kneadwave.errors import PersonFileError, UsageError
from kneadwave.store.choice import store_at
from kneadwave.store.files import reason_of
from kneadwave.store.people_files import CURRENT
from kneadwave.store.people_store import PeopleStore
from kneadwave.text import is_reserved

NAME: Final = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?")


def store() -> PeopleStore:
    """The store of all recipients, which the config names. ConfigError where it names none."""
    return store_at(load_config().store)


def store_for(name: str) -> PeopleStore:
    """The store that has, or may have, a recipient `name`. UsageError where that is no name."""
    if name == CURRENT or is_reserved(name):
        raise UsageError(f"'{name}' is a name that is reserved", hint="choose another name")
    if not NAME.fullmatch(name):
        raise UsageError(
            f"'{name}' is no name for a recipient", hint="lower case letters, digits and dashes, at most 40"
        )
    return store()


def names() -> list[str]:
    """The names of all recipients, sorted. PersonFileError where they cannot be read."""
    return sorted(name for name in store().names() if NAME.fullmatch(name))


@contextmanager
def told_as_file_error(place: str) -> Iterator[None]:
    """Turn an OSError of writing into a PersonFileError that names the place."""
    try:
        yield
    except OSError as error:
        raise PersonFileError(
            f"{place}: cannot be written: {reason_of(error)}", hint="make room, or look who may write there"
        ) from error
