"""Everything that is kept of one recipient: taken along, deleted, given another name.

What was said of them, the ledger with its screenings, what may be taken up; and the witness, which says how
far their ledger goes, holds nothing else, and outlives them.

Calibrations and comparisons carry no name: they belong to a device and to a profile, whoever felt it, and
neither go along nor are deleted.
"""

import re
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from kneadwave.errors import NotCleared, UsageError
from kneadwave.people.recipient import current, load
from kneadwave.people.records import names, store_for
from kneadwave.store.files import reason_of
from kneadwave.store.lock import LockHeld
from kneadwave.store.outputs import OutputKind, written_beside
from kneadwave.store.people_store import WITNESS, PeopleStore

ARCHIVE: Final = OutputKind("archive")
README: Final = """Everything that Kneadwave keeps of '{name}'.

recipient/recipient.toml   what was said of them
recipient/ledger.jsonl     screenings, sessions and their doses, one JSON object a line
recipient/ledger.anchor, witness.json   how far that goes

Not in it: calibrations of devices and comparisons of curves. They carry no name, and may be of somebody else.
"""
_NAME_LINE: Final = re.compile(r"^name[ \t]*=.*$", re.MULTILINE)


def kept_of(name: str) -> list[str]:
    """What is kept of a recipient, as it is called in an archive. UsageError where there is no such."""
    return [_in_archive(what) for what in _known(name).kept(name)]


def export(name: str, target: Path, *, force: bool) -> list[str]:
    """Write all of it into one ZIP that its owner alone may read; what is in it.

    UsageError where that cannot be written or would replace something.
    """
    store, written = _known(name), []
    with (
        written_beside(target, ARCHIVE, force=force) as file,
        zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as zip_,
    ):
        zip_.writestr("README.txt", README.format(name=name))
        for what in store.kept(name):
            data = store.content(name, what)
            if data is not None:
                zip_.writestr(_in_archive(what), data)
                written.append(_in_archive(what))
    return written


def delete(name: str) -> str:
    """Delete what is kept of a recipient, but for the witness: whoever is recorded anew starts no day anew.

    Returns where that lies, "" where there is none. NotCleared while a session or a screening for them is
    going on, UsageError where it cannot be deleted.
    """
    store = _known(name)
    with _changed(name, "deleted"):
        store.delete(name)
    return "" if store.witness(name) is None else store.witness_place(name)


def rename(name: str, new: str) -> None:
    """Give a recipient another name; the ledger and its witness go along, so that no day is lost or gained.

    UsageError where there is one of that name, NotCleared while a session for them is going on.
    """
    store = _known(name)
    store_for(new)  # which says where that is no name
    taken = UsageError(f"there is a recipient '{new}' already", hint="choose another name")
    if new in names():
        raise taken
    load(name)  # one that is damaged is told before anything is moved
    used = current() == name
    with _changed(name, "renamed"):
        try:
            store.rename(name, new, lambda text: _NAME_LINE.sub(f'name = "{new}"', text, count=1))
        except FileExistsError:
            raise taken from None
        if used:
            store.use(new)


def _known(name: str) -> PeopleStore:
    store = store_for(name)
    if not store.knows(name):
        load(name)  # which says that there is none, and who there is
    return store


def _in_archive(what: str) -> str:
    return what if what == WITNESS else f"recipient/{what}"


@contextmanager
def _changed(name: str, verb: str) -> Iterator[None]:
    """Whatever keeps a recipient from being deleted or renamed, in words."""
    try:
        yield
    except LockHeld as error:
        raise NotCleared.while_going_on(name) from error
    except OSError as error:
        raise UsageError(
            f"'{name}' cannot be {verb}: {reason_of(error)}", hint="look who may write there"
        ) from error
