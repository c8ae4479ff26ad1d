"""The key of this user's databases of people: in a file that only they may read, or in the system's keyring.

The file counts where it is there: `store.key` beside the config file, 64 hexadecimal digits. Without it the
keyring is asked, where the package `keyring` is installed and finds one. A key is made only for a database
that has none yet: it goes to the keyring where that keeps it, else to the file.
"""

import os
import re
from pathlib import Path
from typing import Final

from kneadwave.config import user_folder
from kneadwave.errors import PersonFileError
from kneadwave.store.files import own_folder, read_private, write_private
from kneadwave.store.seal import KEY_BYTES, Seal

SERVICE: Final = "kneadwave"
USER: Final = "store"
_KEY: Final = re.compile(rb"([0-9a-f]{64})\s*")


def key_path() -> Path:
    """Where the file of the key lies, whether there is one or not."""
    return user_folder("config") / "store.key"


def found_key() -> bytes | None:
    """The key, None where there is none yet. PersonFileError where its file holds none."""
    data = read_private(key_path(), error=PersonFileError)
    if data is None:
        data = _from_keyring()
    if data is None:
        return None
    match = _KEY.fullmatch(data)
    if match is None:
        raise PersonFileError(
            f"{key_path()}: holds no key", hint="bring the one that the store was made with"
        )
    return bytes.fromhex(match[1].decode())


def new_key() -> bytes:
    """A key, kept from now on. OSError where it cannot be kept."""
    key = os.urandom(KEY_BYTES)
    if not _to_keyring(key.hex()):
        own_folder(key_path().parent)
        write_private(key_path(), key.hex() + "\n")
    return key


def seal_by(check: bytes, place: str) -> Seal:
    """The seal of the database at `place`, which knows its key by `check`; PersonFileError without it."""
    hint = f"bring the key of the computer where it was made, to {key_path()}"
    key = found_key()
    if key is None:
        raise PersonFileError(f"{place}: the key that opens it is not here", hint=hint)
    seal = Seal(key)
    if seal.check != check:
        raise PersonFileError(f"{place}: it was made with another key than the one that is here", hint=hint)
    return seal


def _from_keyring() -> bytes | None:
    try:
        import keyring

        found: str | None = keyring.get_password(SERVICE, USER)
    except Exception:  # whatever its backends raise: then there is none
        return None
    return None if found is None else found.encode()


def _to_keyring(text: str) -> bool:
    """Whether the keyring kept it, and gives it back."""
    try:
        import keyring

        keyring.set_password(SERVICE, USER, text)
    except Exception:
        return False
    return _from_keyring() == text.encode()
