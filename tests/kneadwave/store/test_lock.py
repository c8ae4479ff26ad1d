"""A lock of the operating system on an open file."""

import os
import sys
from types import SimpleNamespace

import pytest

from kneadwave.store import lock as locking


def test_a_file_is_locked_once_and_let_go_when_it_is_closed(tmp_path):
    first, second = (os.open(tmp_path / "lock", os.O_RDWR | os.O_CREAT) for _ in range(2))
    assert locking.try_lock(first)
    assert not locking.try_lock(second)
    os.close(first)
    assert locking.try_lock(second)
    os.close(second)


def test_a_file_that_was_taken_away_or_replaced_is_not_there(tmp_path):
    path = tmp_path / "lock"
    fd = os.open(path, os.O_RDWR | os.O_CREAT)
    assert locking.still_there(fd, path)
    path.unlink()
    assert not locking.still_there(fd, path)
    path.touch()
    assert not locking.still_there(fd, path)
    os.close(fd)


@pytest.mark.parametrize("free", [True, False])
def test_on_windows_one_byte_is_locked(monkeypatch, free):
    asked = []

    def call(*what):
        asked.append(what)
        if not free:
            raise PermissionError

    monkeypatch.setitem(sys.modules, "msvcrt", SimpleNamespace(locking=call, LK_NBLCK=2))
    monkeypatch.setattr(locking, "os", SimpleNamespace(name="nt"))
    assert locking.try_lock(7) is free
    assert asked == [(7, 2, 1)]
