"""A lock of the operating system on an open file."""

import errno
import os
import subprocess
import sys
from types import SimpleNamespace

import pytest

from kneadwave.store import lock as locking
from kneadwave.store.files import KeptFileError


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


def test_a_lock_is_held_once_and_let_go(tmp_path):
    path = tmp_path / "lock"
    first = locking.take_lock(path)
    with pytest.raises(locking.LockHeld):
        locking.take_lock(path)
    os.close(first)
    os.close(locking.take_lock(path))


@pytest.mark.parametrize("replaced", [False, True])
def test_a_lock_on_a_file_that_was_taken_away_is_none(tmp_path, monkeypatch, replaced):
    path = tmp_path / "lock"
    real = locking.try_lock

    def lock_and_lose(fd):
        held = real(fd)
        path.unlink()
        if replaced:
            path.touch()
        return held

    monkeypatch.setattr(locking, "try_lock", lock_and_lose)
    with pytest.raises(locking.LockHeld):
        locking.take_lock(path)


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda path: path.mkdir(), "not a regular file"),
        (lambda path: os.mkfifo(path), "not a regular file"),
        (lambda path: path.symlink_to("elsewhere"), "a link"),
    ],
)
def test_what_is_no_file_holds_no_lock(tmp_path, make, said):
    make(tmp_path / "lock")
    with pytest.raises(KeptFileError, match=said):
        locking.take_lock(tmp_path / "lock")


def test_a_lock_that_cannot_be_made_is_told(tmp_path):
    with pytest.raises(locking.CannotLock) as caught:
        locking.take_lock(tmp_path / "none" / "lock")
    assert caught.value.errno == errno.ENOENT


HOLDER = """
import os, sys
from pathlib import Path
from kneadwave.store.lock import take_lock
take_lock(Path(sys.argv[1]))
print("held", flush=True)
sys.stdin.read()
"""


def test_a_lock_is_gone_with_its_process_however_that_ends(tmp_path):
    path = tmp_path / "lock"
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "held\n"
        with pytest.raises(locking.LockHeld):
            locking.take_lock(path)
        other.kill()
        other.wait()
    os.close(locking.take_lock(path))


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


@pytest.mark.skipif(os.name == "nt", reason="Windows locks everywhere")
def test_a_file_system_without_locks_is_told_from_another_process(tmp_path, monkeypatch):
    import fcntl

    def unable(_fd, _how):
        raise OSError(errno.ENOLCK, os.strerror(errno.ENOLCK))

    monkeypatch.setattr(fcntl, "flock", unable)
    with pytest.raises(locking.CannotLock, match="locks"):
        locking.take_lock(tmp_path / "lock")
