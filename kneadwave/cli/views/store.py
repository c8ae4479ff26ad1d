"""What `knead store` has to say."""

from kneadwave.cli.terminal.output import Output
from kneadwave.config import STORE_HINT, parse_store
from kneadwave.errors import UsageError
from kneadwave.people.store_copy import copy
from kneadwave.store.choice import store_at
from kneadwave.store.people_store import PeopleStore


def copy_store(out: Output, source: str, target: str) -> None:
    """Copy everybody, and tell how many."""
    if source == target:
        raise UsageError("both are the same store", hint="name two")
    names = copy(_named(source), _named(target))
    out.event("copied", recipients=names)
    out.say(f"{len(names)} recipient{'' if len(names) == 1 else 's'} copied; each is the same in both")


def _named(url: str) -> PeopleStore:
    try:
        return store_at(parse_store(url))
    except ValueError as error:
        raise UsageError(str(error), hint=STORE_HINT) from error
