"""Everything that is kept of one recipient: taken along, deleted, given another name.

    recipients/NAME/    what was said of them, the ledger with its screenings, what may be taken up
    witnesses/…         how far their ledger goes; holds nothing else, and outlives them

Calibrations and comparisons carry no name: they belong to a device and to a profile, whoever felt it, and
neither go along nor are deleted.
"""

import os
import re
import shutil
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from kneadwave.errors import NotCleared, UsageError
from kneadwave.people.ledger import LINES, LOCK
from kneadwave.people.recipient import current, load
from kneadwave.people.records import CURRENT, FILE, folder_of, names, refuse_link, root, witness_of
from kneadwave.store.files import own_folder, read_private, reason_of, write_private
from kneadwave.store.lock import CannotLock, LockHeld, take_lock
from kneadwave.store.outputs import OutputKind, written_beside

ARCHIVE: Final = OutputKind("archive")
README: Final = """Everything that Kneadwave keeps of '{name}'.

recipient/recipient.toml   what was said of them
recipient/ledger.jsonl     screenings, sessions and their doses, one JSON object a line
recipient/ledger.anchor, witness.json   how far that goes

Not in it: calibrations of devices and comparisons of curves. They carry no name, and may be of somebody else.
"""
_NAME_LINE: Final = re.compile(r"^name[ \t]*=.*$", re.MULTILINE)


def files_of(name: str) -> dict[str, Path]:
    """What is kept of a recipient: name in an archive -> file. UsageError where there is no such."""
    folder = _known(name)
    found = {f"recipient/{path.name}": path for path in sorted(folder.iterdir()) if path.name != LOCK}
    witness = witness_of(name)
    return {**found, "witness.json": witness} if witness.is_file() else found


def export(name: str, target: Path, *, force: bool) -> list[str]:
    """Write all of it into one ZIP that its owner alone may read; what is in it.

    UsageError where that cannot be written or would replace something.
    """
    found, written = files_of(name), []
    with (
        written_beside(target, ARCHIVE, force=force) as file,
        zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as zip_,
    ):
        zip_.writestr("README.txt", README.format(name=name))
        for inside, path in found.items():
            data = read_private(path) if path.is_file() and not path.is_symlink() else None
            if data is not None:
                zip_.writestr(inside, data)
                written.append(inside)
    return written


def delete(name: str) -> None:
    """Delete what is kept of a recipient, but for the witness: whoever is recorded anew starts no day anew.

    NotCleared while a session or a screening for them is going on, UsageError where it cannot be deleted.
    """
    folder = _known(name)
    gone = folder.with_name(f".deleted-{name}-{os.getpid()}")
    try:
        with _alone(name, folder):
            _forget_current(name)
            if os.name != "nt":
                folder.rename(gone)
        if os.name == "nt":  # which moves no folder with an open file in it
            folder.rename(gone)
        shutil.rmtree(gone)
    except OSError as error:
        raise UsageError(
            f"'{name}' cannot be deleted: {reason_of(error)}", hint="look who may write there"
        ) from error


def rename(name: str, new: str) -> None:
    """Give a recipient another name; the ledger and its witness go along, so that no day is lost or gained.

    UsageError where there is one of that name, NotCleared while a session for them is going on.
    """
    folder, there = _known(name), folder_of(new)
    if new in names() or os.path.lexists(there):
        raise UsageError(f"there is a recipient '{new}' already", hint="choose another name")
    load(name)  # one that is damaged is told before anything is moved
    used = current() == name
    old_witness, new_witness = witness_of(name), witness_of(new)
    try:
        with _alone(name, folder):
            text = (folder / FILE).read_text(encoding="utf-8-sig")
            if old_witness.is_file():
                own_folder(new_witness.parent)
                write_private(new_witness, old_witness.read_text(encoding="ascii"))
            if os.name != "nt":
                folder.rename(there)
        if os.name == "nt":
            folder.rename(there)
        write_private(there / FILE, _NAME_LINE.sub(f'name = "{new}"', text, count=1))
        if used:
            write_private(root() / CURRENT, f"{new}\n")
        old_witness.unlink(missing_ok=True)
    except OSError as error:
        raise UsageError(
            f"'{name}' cannot be renamed: {reason_of(error)}", hint="look who may write there"
        ) from error


def _known(name: str) -> Path:
    folder = folder_of(name)
    refuse_link(folder)
    if not ((folder / FILE).is_file() or (folder / LINES).is_file()):
        load(name)  # which says that there is none, and who there is
    return folder


def _forget_current(name: str) -> None:
    with suppress(FileNotFoundError):
        if (root() / CURRENT).read_text(encoding="utf-8").strip() == name:
            (root() / CURRENT).unlink()


@contextmanager
def _alone(name: str, folder: Path) -> Iterator[None]:
    """While nobody is massaged or asked under this name; where no lock can be had, as it is."""
    fd = None
    try:
        fd = take_lock(folder / LOCK)
    except LockHeld as error:
        raise NotCleared(
            f"a session or a screening for '{name}' is going on", hint="wait until it has ended"
        ) from error
    except CannotLock:
        pass
    try:
        yield
    finally:
        if fd is not None:
            os.close(fd)
