"""No test takes a key out of the keyring of whoever runs it, or puts one there."""

from collections.abc import Iterator

import keyring
import pytest
from keyring.backends.fail import Keyring


@pytest.fixture(autouse=True)
def no_keyring(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """As on a computer without one."""
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.fail.Keyring")
    before = keyring.get_keyring()
    keyring.set_keyring(Keyring())
    yield
    keyring.set_keyring(before)
