"""A process that is killed at any call to the disk, or refused it: never taken for tampering."""

import errno
import os
import shutil
from pathlib import Path

import pytest
from ledgers import NOW, entries, files, noticed, witness, write
from people import folder_of, make_recipient

from kneadwave.errors import NotCleared, PersonFileError
from kneadwave.people import ledger
from kneadwave.store.ledger_end import LedgerEnd, write_end
from kneadwave.store.log_lines import LogEntry, encode

CALLS = ((os, "open"), (os, "write"), (os, "fsync"), (os, "ftruncate"), (Path, "mkdir"), (Path, "replace"))
"""Everything by which the ledger changes what lies on the disk."""
MOST = 60
"""More calls than any of what is tried here makes."""


class Killed(BaseException):
    """The process is gone; nothing after it runs but what closes files."""


@pytest.fixture(autouse=True)
def no_waiting_for_disks(monkeypatch):
    monkeypatch.setattr(os, "fsync", id)


@pytest.fixture
def at_call(monkeypatch):
    """Raise a fault in place of the call of that number, or right after it; whether it came to that."""

    def run(number, what, fault, *, after=False):
        made = 0

        def counted(real):
            def call(*args, **kwargs):
                nonlocal made
                made += 1
                if made != number:
                    return real(*args, **kwargs)
                if after:
                    real(*args, **kwargs)
                raise fault

            return call

        with monkeypatch.context() as patch:
            for place, name in CALLS:
                patch.setattr(place, name, counted(getattr(place, name)))
            what()
        return made >= number

    return run


def append():
    with ledger.opened("me", NOW) as book:
        book.append("ready", NOW, number=99)


def as_it_is():
    write(2)


def without_a_line():
    make_recipient()


def behind():
    """Killed between a line and its anchor."""
    write(1)
    before = files()[1].read_bytes()
    write(1, start=1)
    for path in (files()[1], witness()):
        path.write_bytes(before)


def with_a_cut_line():
    write(2)
    files()[0].write_bytes(files()[0].read_bytes() + b'{"at":')


def from_before_witnesses():
    line, last = encode(LogEntry(NOW, "ready", {"number": 0}), ledger.FORMAT)
    files()[0].write_bytes(line)
    write_end(files()[1], LedgerEnd(1, last))
    shutil.rmtree(witness().parent, ignore_errors=True)


def keep(folder):
    for home in ("data", "state"):
        (folder / home).mkdir(exist_ok=True)
        shutil.copytree(folder / home, folder / f"{home}-kept")


def restore(folder):
    for home in ("data", "state"):
        shutil.rmtree(folder / home)
        shutil.copytree(folder / f"{home}-kept", folder / home)


STATES = [as_it_is, without_a_line, behind, with_a_cut_line, from_before_witnesses]


@pytest.mark.usefixtures("me")
@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("state", STATES)
def test_a_process_killed_at_any_call_leaves_nothing_to_notice(at_call, tmp_path, state, after):
    state()
    had = len(ledger.read("me"))
    keep(tmp_path)
    for number in range(1, MOST):
        restore(tmp_path)
        try:
            came_to_it = at_call(number, append, Killed, after=after)
        except Killed:
            came_to_it = True
        assert ledger.break_in("me") == ""
        assert len(entries()) in (had, had + 1), number
        assert noticed() == [], number
        append()
        assert noticed() == [], number
        if not came_to_it:
            break
    assert 10 < number < MOST - 1


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_a_recipient_who_was_half_recorded_is_recorded_by_trying_again(at_call, after):
    for number in range(1, MOST):
        try:
            came_to_it = at_call(number, make_recipient, Killed, after=after)
        except Killed:
            came_to_it = True
        make_recipient()
        append()
        assert noticed() == [], number
        for path in (folder_of("me"), witness().parent):
            shutil.rmtree(path)
        if not came_to_it:
            break
    assert 10 < number < MOST - 1


@pytest.mark.usefixtures("me")
@pytest.mark.parametrize("fault", [Killed(), OSError(errno.ENOSPC, "full")], ids=["killed", "full"])
@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("gone", [0, 1, 2, None])
def test_a_notice_that_is_broken_off_is_never_forgotten(at_call, fault, after, gone):
    write(1)
    earlier = [path.read_bytes() for path in files()]
    write(2, start=1)
    places = (*files(), witness())
    kept = [path.read_bytes() for path in places]
    if gone is None:
        kept[:2] = earlier
    for number in range(1, MOST):
        for place, path in enumerate(places):
            path.write_bytes(kept[place])
            if place == gone:
                path.unlink()
        try:
            came_to_it = at_call(number, entries, fault, after=after)
        except (Killed, NotCleared, PersonFileError):
            came_to_it = True
        assert noticed(), number
        assert len(noticed()) <= 2
        if not came_to_it:
            break
    assert 10 < number < MOST - 1


@pytest.mark.usefixtures("me")
@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EROFS, errno.EIO])
@pytest.mark.parametrize("state", STATES)
def test_a_disk_that_refuses_any_call_is_told_and_leaves_nothing_to_notice(at_call, tmp_path, state, code):
    state()
    had = len(ledger.read("me"))
    keep(tmp_path)
    refusals = 0
    for number in range(1, MOST):
        restore(tmp_path)
        said = ""  # a folder that cannot be synced is no error
        try:
            came_to_it = at_call(number, append, OSError(code, "no"))
        except (NotCleared, PersonFileError) as told:
            came_to_it, said = True, str(told)
        refusals += "cannot be" in said
        found = len(entries())
        assert found == had + 1 if not said else found in (had, had + 1), number
        assert noticed() == [], number
        if not came_to_it:
            break
    assert 10 < number < MOST - 1
    assert refusals > 8


def refusing(path, monkeypatch):
    """Let no file be made or changed in the folder of `path`."""
    real = os.open

    def read_only(where, flags, *rest, **kwargs):
        if Path(where).parent == path.parent and flags & (os.O_CREAT | os.O_WRONLY | os.O_RDWR):
            raise OSError(errno.EROFS, "no", str(where))
        return real(where, flags, *rest, **kwargs)

    monkeypatch.setattr(os, "open", read_only)


@pytest.mark.usefixtures("me")
def test_where_the_witness_cannot_be_written_no_second_line_is(monkeypatch):
    write(2)
    with monkeypatch.context() as patch:
        refusing(witness(), patch)
        for _ in range(3):
            with pytest.raises(
                NotCleared, match="witness of the ledger of 'me' cannot be written: read-on"
            ) as told:
                append()
            assert str(witness().parent) in str(told.value.hint)
            assert len(ledger.read("me")) == 3
    append()
    assert len(entries()) == 4
    assert noticed() == []


@pytest.mark.usefixtures("me")
def test_a_ledger_from_before_witnesses_is_not_played_by_where_none_can_be_written(monkeypatch):
    from_before_witnesses()
    with monkeypatch.context() as patch:
        refusing(witness(), patch)
        for _ in range(2):
            with pytest.raises(NotCleared, match="witness of the ledger of 'me' cannot be written"):
                append()
            assert len(ledger.read("me")) == 1
    append()
    assert noticed() == []
