"""All recipients from one store into another: the same bytes, all of them or nobody."""

from collections.abc import Iterator

from kneadwave.errors import NotCleared, PersonFileError, UsageError
from kneadwave.people.ledger import FORMAT
from kneadwave.people.witness import misfit
from kneadwave.store.files import reason_of
from kneadwave.store.ledger_end import LedgerEnd
from kneadwave.store.lock import LockHeld
from kneadwave.store.log_lines import decode
from kneadwave.store.people_store import ANCHOR, LINES, WITNESS, PeopleStore, PersonKept


def copy(source: PeopleStore, target: PeopleStore) -> list[str]:
    """Add everybody in `source` to `target`; whom.

    What stays of deleted people is not taken along. UsageError where somebody is in both or it cannot be
    written, NotCleared while a session or a screening of somebody is going on, PersonFileError for a ledger
    that is not whole, or that was written to meanwhile: then nobody was added.
    """
    names = sorted(source.names())
    both = sorted({*names} & {*target.names()})
    if both:
        raise UsageError(
            f"there is a recipient '{both[0]}' in both stores", hint="copy into a store that has none of them"
        )
    try:
        target.take_in(_people(source, names))
    except OSError as error:
        raise UsageError(
            f"nobody was copied: {reason_of(error)}", hint="make room, or look who may write there"
        ) from error
    return names


def _people(source: PeopleStore, names: list[str]) -> Iterator[PersonKept]:
    ends: dict[str, LedgerEnd] = {}
    for name in names:
        person = _person(source, name)
        ends[name] = person.end
        yield person
    for name, end in ends.items():
        _refuse_going_on(source, name)
        if source.anchor(name) != end:
            raise PersonFileError(
                f"something was written down for '{name}' meanwhile, so nobody was copied",
                hint="let no session or screening be going on",
            )


def _person(source: PeopleStore, name: str) -> PersonKept:
    """One person as they stand; PersonFileError where the ledger is not whole."""
    _refuse_going_on(source, name)
    lines = source.content(name, LINES) or b""
    contents = decode(lines, FORMAT, source.place(name, LINES))
    end = LedgerEnd(contents.count, contents.last)
    why = misfit(contents, source.anchor(name), source.witness(name))
    if why:
        raise PersonFileError(
            f"the record of '{name}' is not whole: {why}", hint="have it repaired first, or delete it"
        )
    records = {what: source.content(name, what) or b"" for what in _records(source, name)}
    return PersonKept(name, records, lines[: contents.size], end)


def _refuse_going_on(source: PeopleStore, name: str) -> None:
    """NotCleared where a line is still to come: what is copied now would lack it."""
    try:
        going_on = source.held_elsewhere(name)
        if not going_on and LINES in source.kept(name):
            source.open_log(name, FORMAT).close()
    except LockHeld:
        going_on = True
    if going_on:
        raise NotCleared.while_going_on(name, ", so nobody was copied")


def _records(source: PeopleStore, name: str) -> list[str]:
    return [what for what in source.kept(name) if what not in (LINES, ANCHOR, WITNESS)]
