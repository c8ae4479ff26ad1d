"""A disk that is full, or read-only: nothing begins, and it says why."""

import errno
import os
import subprocess
import sys

import pytest
from ledgers import NOW, entries, files, noticed, write
from people import cleared, ledger_of

from kneadwave.errors import NotCleared
from kneadwave.people import ledger


@pytest.mark.usefixtures("me")
@pytest.mark.parametrize("call", ["write", "fsync"])
def test_a_line_that_cannot_be_written_leaves_no_trace(monkeypatch, call):
    write(1)
    before = [each.read_bytes() for each in files()]

    def full(*_):
        raise OSError(errno.ENOSPC, "full")

    with ledger.opened("me", NOW) as book:
        with monkeypatch.context() as patched:
            patched.setattr(f"kneadwave.store.append_log.os.{call}", full)
            with pytest.raises(NotCleared, match="no space left on device"):
                book.append("began", NOW)
        assert [each.read_bytes() for each in files()] == before
        assert len(book.entries) == 1
        book.append("began", NOW)
    assert noticed() == []


@pytest.mark.usefixtures("me")
def test_a_line_written_in_part_is_taken_back(monkeypatch):
    write(1)
    real = os.write
    with ledger.opened("me", NOW) as book:
        with monkeypatch.context() as patched:
            patched.setattr("kneadwave.store.append_log.os.write", lambda fd, data: real(fd, data[:20]))
            with pytest.raises(NotCleared, match="no space left"):
                book.append("began", NOW)
        book.append("began", NOW)
    assert len(entries()) == 2
    assert noticed() == []


@pytest.mark.usefixtures("me")
def test_without_an_anchor_no_second_line_is_written(monkeypatch):
    def full(*_):
        raise OSError(errno.ENOSPC, "full")

    with ledger.opened("me", NOW) as book:
        with monkeypatch.context() as patched:
            patched.setattr("kneadwave.store.ledger_end.write_private", full)
            for _ in range(3):
                with pytest.raises(NotCleared, match="no space left"):
                    book.append("ready", NOW)
        assert len(ledger.read("me")) == 1
        book.append("ready", NOW)
    assert noticed() == []


@pytest.mark.usefixtures("me")
@pytest.mark.parametrize("spoil", [lambda path: path.unlink(), lambda path: path.write_bytes(b"")])
def test_a_ledger_changed_while_in_use_is_not_written_to(spoil):
    write(1)
    with ledger.opened("me", NOW) as book:
        spoil(ledger_of())
        with pytest.raises(NotCleared, match="changed while it was in use") as caught:
            book.append("ready", NOW)
        assert caught.value.hint
    assert len(noticed()) == 1


@pytest.mark.usefixtures("me")
@pytest.mark.skipif(os.name != "posix", reason="elsewhere a file that is locked cannot be taken away")
def test_taking_the_lock_away_lets_no_second_run_in():
    write(1)
    with ledger.opened("me", NOW) as book:
        ledger_of().with_name("ledger.lock").unlink()
        with pytest.raises(NotCleared, match="is going on"), ledger.opened("me", NOW):
            raise AssertionError
        book.append("ready", NOW)
    assert noticed() == []


@pytest.mark.usefixtures("me")
def test_a_lock_that_cannot_be_made_is_told(monkeypatch):
    real = os.open

    def full(path, *rest):
        if str(path).endswith("lock"):
            raise OSError(errno.ENOSPC, "full", path)
        return real(path, *rest)

    monkeypatch.setattr(os, "open", full)
    with pytest.raises(NotCleared, match="cannot be locked: no space left"):
        entries()


@pytest.mark.usefixtures("me")
def test_a_ledger_that_cannot_be_opened_for_writing_is_told(monkeypatch):
    write(1)
    real = os.open

    def read_only(path, flags, *rest):
        if str(path).endswith("jsonl") and flags & os.O_RDWR:
            raise OSError(errno.EROFS, "no", path)
        return real(path, flags, *rest)

    monkeypatch.setattr(os, "open", read_only)
    with pytest.raises(NotCleared, match="cannot be written: read-only file system"):
        entries()


SCRIPT_ON_A_FULL_DISK = """
import resource, sys
from firmware_bridge.clock import local_now
from kneadwave.errors import NotCleared
from kneadwave.people.gate import admit
from profiles.profile import load_profile
size, profile, now = int(sys.argv[1]), load_profile("relaxing-back"), local_now()
with admit("me", profile, now, confirmed=None) as sitting:
    resource.setrlimit(resource.RLIMIT_FSIZE, (size + 40, size + 40))
    try:
        sitting.begin(profile, "/dev/nowhere", 900, now)
    except NotCleared as error:
        print(error, sitting.clearance.covers(simulated=False))
"""


def test_on_a_full_disk_nothing_begins():
    cleared()
    before = ledger_of().read_bytes()
    told = subprocess.run(
        [sys.executable, "-c", SCRIPT_ON_A_FULL_DISK, str(len(before))],
        capture_output=True,
        text=True,
        check=True,
    )
    assert told.stdout == "the ledger of 'me' cannot be written: no space left on device False\n"
    assert ledger_of().read_bytes() == before


@pytest.mark.usefixtures("me")
def test_a_cut_line_that_cannot_be_dropped_is_told(monkeypatch):
    write(2)
    ledger_of().write_bytes(ledger_of().read_bytes() + b'{"at":')

    def read_only(*_):
        raise OSError(errno.EROFS, "no")

    monkeypatch.setattr(os, "ftruncate", read_only)
    with pytest.raises(NotCleared, match="cannot be written: read-only file system"):
        entries()
