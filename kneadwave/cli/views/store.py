"""What `knead store` has to say."""

from kneadwave.cli.terminal.output import Output
from kneadwave.config import STORE_HINT, config_path, load_config, parse_store
from kneadwave.errors import UsageError
from kneadwave.people.store_copy import copy
from kneadwave.store.choice import store_at
from kneadwave.store.files import reason_of
from kneadwave.store.people_store import PeopleStore
from kneadwave.text import clean


def copy_store(out: Output, source: str, target: str) -> None:
    """Copy everybody, and tell how many."""
    if source == target:
        raise UsageError("both are the same store", hint="name two")
    names = copy(_named(source), _named(target))
    out.event("copied", recipients=names)
    out.say(f"{len(names)} recipient{'' if len(names) == 1 else 's'} copied; each is the same in both")
    _say_next(out, target, names)


def _say_next(out: Output, target: str, names: list[str]) -> None:
    """What makes the copy the one that counts, and who is massaged next: neither is taken along."""
    from kneadwave.store.postgres_database import shown

    url = shown(target) if target.startswith("postgresql:") else target
    out.say("next:")
    if load_config().store != target:
        out.say(f"  write into {clean(str(config_path()))}:")
        out.say(f'    store = "{clean(url)}"')
    if names:
        out.say(f"  knead recipient use {names[0] if len(names) == 1 else 'NAME'}")
    out.say("  knead recipient list")


def prepare_store(out: Output, url: str) -> None:
    """Make it ready, and tell of which version it is."""
    from kneadwave.store.postgres_database import prepare, shown

    _named(url)
    if not url.startswith("postgresql:"):
        raise UsageError(
            "only PostgreSQL is made ready by its owner", hint="others are made when they are used"
        )
    try:
        version = prepare(url)
    except OSError as error:
        raise UsageError(
            f"{shown(url)} was not made ready: {reason_of(error)}",
            hint="its owner may do that who may also make roles (CREATEROLE)",
        ) from error
    out.event("prepared", store=shown(url), version=version)
    out.say(f"{clean(shown(url))} is ready, of version {version}")
    out.say("who plays and asks needs the role: GRANT kneadwave TO …")


def _named(url: str) -> PeopleStore:
    try:
        return store_at(parse_store(url))
    except ValueError as error:
        raise UsageError(str(error), hint=STORE_HINT) from error
