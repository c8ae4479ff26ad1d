"""The ledger: what is written is read, and what cannot be read is told."""

import errno
import json
import os
import stat
from datetime import datetime, timedelta

import pytest
from ledgers import NOW, entries, files, noticed, witness, write
from people import ledger_of

from kneadwave.errors import PersonFileError
from kneadwave.people import ledger
from kneadwave.store.log_lines import LogEntry, encode


@pytest.mark.usefixtures("me")
def test_what_is_written_is_read():
    write(3)
    write(1, start=3)
    found = ledger.read("me")
    assert [entry.fields["number"] for entry in found] == [0, 1, 2, 3]
    assert found[1] == LogEntry(NOW + timedelta(seconds=1), "ready", {"number": 1})
    assert entries() == found


@pytest.mark.usefixtures("me")
def test_a_new_ledger_is_empty_and_nothing_is_noticed():
    assert ledger.read("me") == []
    assert entries() == []


@pytest.mark.usefixtures("me")
def test_each_line_carries_the_sum_of_the_one_before():
    write(3)
    lines = [json.loads(line) for line in ledger_of().read_text(encoding="utf-8").splitlines()]
    assert [line["prev"] for line in lines] == ["", lines[0]["sum"], lines[1]["sum"]]
    for place in (files()[1], witness()):
        end = json.loads(place.read_text(encoding="utf-8"))
        assert end == {"schema": 1, "count": 3, "sum": lines[2]["sum"]}


@pytest.mark.usefixtures("me")
def test_the_ledger_is_for_its_owner_alone():
    before = os.umask(0)
    try:
        write(1)
    finally:
        os.umask(before)
    for path in (*files(), ledger_of().with_name("ledger.lock"), witness()):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(witness().parent.stat().st_mode) == 0o700


@pytest.mark.usefixtures("me")
def test_a_time_without_an_offset_is_refused():
    with ledger.opened("me", NOW) as book, pytest.raises(ValueError, match="offset"):
        book.append("ready", datetime(2026, 3, 1))  # noqa: DTZ001


@pytest.mark.usefixtures("me")
def test_a_last_line_that_was_cut_short_is_dropped_and_the_next_one_starts_afresh():
    write(2)
    path, _ = files()
    whole = path.read_bytes()
    line, _ = encode(LogEntry(NOW, "ready", {"number": 2}), ledger.FORMAT, "x")
    path.write_bytes(whole + line[:-1])
    assert len(ledger.read("me")) == 2
    write(1, start=2)
    assert noticed() == []
    assert [entry.fields["number"] for entry in entries()] == [0, 1, 2]
    assert path.read_bytes().startswith(whole)


@pytest.mark.usefixtures("me")
def test_a_line_that_the_anchor_does_not_know_yet_is_kept():
    write(2)
    _, anchor = files()
    before = anchor.read_bytes()
    write(1, start=2)
    for each in (anchor, witness()):  # it is written after the anchor
        each.write_bytes(before)
    assert noticed() == []
    write(1, start=3)
    assert noticed() == []
    assert len(entries()) == 4


@pytest.mark.usefixtures("me")
def test_a_first_line_that_the_anchor_does_not_know_yet_is_kept():
    before = files()[1].read_bytes()
    write(1)
    for each in (files()[1], witness()):
        each.write_bytes(before)
    assert noticed() == []


@pytest.mark.usefixtures("me")
def test_an_anchor_two_lines_behind_is_noticed():
    write(2)
    before = files()[1].read_bytes()
    write(2, start=2)
    files()[1].write_bytes(before)
    assert len(noticed()) == 1


@pytest.mark.usefixtures("me")
def test_reading_alone_changes_nothing():
    write(3)
    path, anchor = files()
    path.write_bytes(path.read_bytes()[:-5])
    before = path.read_bytes(), anchor.read_bytes()
    assert len(ledger.read("me")) == 2
    assert (path.read_bytes(), anchor.read_bytes()) == before


@pytest.mark.usefixtures("me")
@pytest.mark.parametrize("place", [0, 1, 2])
def test_another_schema_version_is_told_and_nothing_is_written(place):
    write(2)
    path = (*files(), witness())[place]
    path.write_bytes(path.read_bytes().replace(b'"schema":1', b'"schema":2').replace(b'": 1,', b'": 2,', 1))
    before = [each.read_bytes() for each in (*files(), witness())]
    with pytest.raises(PersonFileError) as caught:
        entries()
    assert str(path) in str(caught.value)
    assert "schema 2" in str(caught.value)
    assert [each.read_bytes() for each in (*files(), witness())] == before


@pytest.mark.usefixtures("me")
@pytest.mark.parametrize("place", [0, 1, 2])
@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda path: path.mkdir(), "not a regular file"),
        (lambda path: os.mkfifo(path), "not a regular file"),
        (lambda path: path.symlink_to("/dev/full"), "a link"),
        (lambda path: path.symlink_to("elsewhere"), "a link"),
        (
            lambda path: os.truncate(os.open(path, os.O_CREAT | os.O_RDWR), (1 << 26) + 1),
            "larger than 64 MiB",
        ),
    ],
)
def test_what_is_no_ledger_is_told(place, make, said):
    write(2)
    path = (*files(), witness())[place]
    path.unlink()
    make(path)
    with pytest.raises(PersonFileError, match=said) as caught:
        entries()
    assert str(path) in str(caught.value)


@pytest.mark.usefixtures("me")
@pytest.mark.parametrize("place", [ledger_of, witness])
def test_a_folder_that_leads_elsewhere_is_told(tmp_path, place):
    write(1)
    folder = place().parent
    folder.rename(tmp_path / "elsewhere")
    folder.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(PersonFileError, match="a link"):
        entries()


@pytest.mark.usefixtures("me")
@pytest.mark.parametrize("place", [ledger_of, witness])
def test_a_file_that_may_not_be_read_is_told(monkeypatch, place):
    write(1)
    where, real = place(), os.open

    def forbidding(path, *rest):
        if path == where:
            raise PermissionError(errno.EACCES, "no", path)
        return real(path, *rest)

    monkeypatch.setattr(os, "open", forbidding)
    with pytest.raises(PersonFileError, match=f"{where.name}: cannot be read: permission denied"):
        entries()
