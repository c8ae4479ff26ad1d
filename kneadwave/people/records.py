"""Where the records of recipients lie: folders and files that only their owner may read."""

import hashlib
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from kneadwave.config import user_folder
from kneadwave.errors import PersonFileError, UsageError
from kneadwave.store import files
from kneadwave.store.files import own_folder, reason_of
from kneadwave.text import is_reserved

NAME: Final = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?")
FILE: Final = "recipient.toml"
CURRENT: Final = "current"
"""The file that holds the name of the recipient in use; no recipient can have this name."""


def root() -> Path:
    """The folder of all recipients, whether it is there or not."""
    return user_folder("data") / "recipients"


def folder_of(name: str) -> Path:
    """The folder of one recipient, whether it is there or not. UsageError where that is no name."""
    if name == CURRENT or is_reserved(name):
        raise UsageError(f"'{name}' is a name that is reserved", hint="choose another name")
    if not NAME.fullmatch(name):
        raise UsageError(
            f"'{name}' is no name for a recipient", hint="lower case letters, digits and dashes, at most 40"
        )
    return root() / name


def witness_of(name: str) -> Path:
    """The witness of one recipient's ledger, whether it is there or not. UsageError where that is no name.

    It lies with the state of this computer's user, not with the recipients: a copy of their folder that is
    put back leaves it as it is. It is that of one folder, so that two data folders do not share a witness.
    """
    place = hashlib.sha256(str(folder_of(name).resolve()).encode()).hexdigest()[:16]
    return user_folder("state") / "witnesses" / f"{name}-{place}.json"


def names() -> list[str]:
    """The names of all recipients, sorted. PersonFileError where their folder cannot be read."""
    try:
        found = [entry.name for entry in root().iterdir() if (entry / FILE).is_file()]
    except FileNotFoundError:
        return []
    except OSError as error:
        raise PersonFileError(f"{root()}: cannot be read: {reason_of(error)}") from error
    return sorted(name for name in found if NAME.fullmatch(name))


def refuse_link(folder: Path) -> None:
    """PersonFileError where the folder of a recipient leads elsewhere."""
    if folder.is_symlink():
        raise PersonFileError(f"{folder}: is a link to somewhere else")


def private_folder(folder: Path) -> None:
    """Make `folder` where it is missing, and let nobody but its owner in.

    OSError where that fails, PersonFileError where it leads elsewhere.
    """
    refuse_link(folder)
    for path in (root(), folder):
        own_folder(path)


def read_record(path: Path) -> bytes | None:
    """The content of a file, None where there is none. PersonFileError where it cannot be read."""
    refuse_link(path.parent)
    return files.read_private(path, error=PersonFileError)


@contextmanager
def told_as_file_error(path: Path) -> Iterator[None]:
    """Turn an OSError of writing into a PersonFileError that names the file."""
    try:
        yield
    except OSError as error:
        raise PersonFileError(
            f"{path}: cannot be written: {reason_of(error)}", hint="make room, or look who may write there"
        ) from error
