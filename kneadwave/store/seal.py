"""What is kept in a database, made unreadable without its key; and how a name is found there all the same.

Texts: AES-256 in GCM with a nonce of its own each, bound to where they stand, so that none can be put in the
place of another. Names: a mark, by HMAC-SHA-256, equal for equal names; it tells nothing without the key.
"""

import hashlib
import hmac
import os
from typing import Final

from kneadwave.errors import not_installed

KEY_BYTES: Final = 32
NONCE_BYTES: Final = 12
MARK_BYTES: Final = 16


class Seal:
    """Closes and opens texts by one key. UsageError where the package `cryptography` is not installed."""

    def __init__(self, key: bytes) -> None:
        try:
            from cryptography.exceptions import InvalidTag
            from cryptography.hazmat.primitives.ciphers.aead import AESGCM
        except ImportError as error:
            raise not_installed("a database of people", error.name, "store") from error
        self._invalid: type[Exception] = InvalidTag
        self._cipher = AESGCM(_derived(key, b"texts"))
        self._names = _derived(key, b"names")
        self.check = _derived(key, b"check")[:MARK_BYTES]
        """By which a database knows its key again; tells nothing of it."""

    def close(self, text: bytes, place: bytes) -> bytes:
        """The text as it may lie in a database, at `place`."""
        nonce = os.urandom(NONCE_BYTES)
        sealed: bytes = self._cipher.encrypt(nonce, text, place)
        return nonce + sealed

    def open(self, sealed: bytes, place: bytes) -> bytes | None:
        """The text again; None where it is not what was closed there."""
        try:
            text: bytes = self._cipher.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], place)
        except (self._invalid, ValueError):
            return None
        return text

    def mark(self, name: str) -> bytes:
        """What stands for a name."""
        return hmac.digest(self._names, name.encode(), hashlib.sha256)[:MARK_BYTES]


def _derived(key: bytes, purpose: bytes) -> bytes:
    return hmac.digest(key, b"kneadwave store " + purpose, hashlib.sha256)
