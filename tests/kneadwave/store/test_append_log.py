"""Logs of both kinds: their lines and sums without any file, then their files."""

import errno
import hashlib
import json
import os
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kneadwave.errors import PersonFileError
from kneadwave.people import ledger
from kneadwave.store.append_log import open_log, read_log
from kneadwave.store.files import KeptFileError
from kneadwave.store.lock import LockHeld
from kneadwave.store.log_lines import LogBreak, LogContents, LogEntry, LogFormat, decode, encode
from kneadwave.store.open_log import LogChanged
from kneadwave.tuning import journal

NOW = datetime(2026, 3, 1, 20, 0, tzinfo=UTC)
CHAINED, PLAIN = ledger.FORMAT, journal.FORMAT
FORMATS = pytest.mark.parametrize("form", [CHAINED, PLAIN], ids=["ledger", "journal"])
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)
NAMES = st.text().filter(lambda name: name not in ("at", "event", "prev", "schema", "sum"))
ENTRIES = st.builds(
    LogEntry,
    at=st.datetimes(timezones=st.just(UTC)).map(lambda at: at.replace(microsecond=0)),
    event=st.sampled_from(["screening", "ready", "began", "going", "ended"]),
    fields=st.dictionaries(NAMES, VALUES, max_size=4),
)


def log_of(entries, form=CHAINED):
    data, prev = b"", ""
    for entry in entries:
        line, prev = encode(entry, form, prev)
        data += line
    return data, prev


@FORMATS
@given(entries=st.lists(ENTRIES, max_size=5))
def test_what_is_written_is_read(form, entries):
    data, last = log_of(entries, form)
    found = decode(data, form, "here")
    assert list(found.entries) == entries
    assert (found.count, found.size, found.length) == (len(entries), len(data), len(data))
    assert (found.last, found.broken) == (last, None)
    assert found.everything == hashlib.sha256(data).hexdigest()


@FORMATS
@given(entries=st.lists(ENTRIES, min_size=1, max_size=3), data=st.data())
def test_one_changed_byte_is_never_overlooked(form, entries, data):
    whole, _ = log_of(entries, form)
    place = data.draw(st.integers(0, len(whole) - 1))
    changed = bytearray(whole)
    changed[place] ^= 1 << data.draw(st.integers(0, 7))
    try:
        found = decode(bytes(changed), form, "here")
    except (PersonFileError, KeptFileError):
        return
    # The last newline makes a line: without it the line is one that was cut short.
    assert found.broken or found.count < len(entries)


# What lies on disks today: written by the versions before both kinds were kept by one log.
LEDGER_LINES = (
    b'{"at":"2026-03-01T20:00:00.000+00:00","event":"ready","number":0,"prev":"","schema":1,'
    b'"sum":"452193609c1e090fb3528de9c8d5b2858e0e729625370d0e5883a82e59d1b132"}\n'
    b'{"at":"2026-03-01T20:00:01.000+00:00","event":"ready","number":1,"prev":'
    b'"452193609c1e090fb3528de9c8d5b2858e0e729625370d0e5883a82e59d1b132","schema":1,'
    b'"sum":"c85c9589aa0404878a96dabf88e993c34301f3a623aae5b9a6e1ee1e17f05d96"}\n'
)
JOURNAL_LINE = (
    b'{"at":"2026-03-01T20:00:00.000250+00:00","event":"edited","number":0,"schema":1,'
    b'"sum":"f0f97a4c259fe86755d2c507443f9ea98df5954c3163e68557b2c23350bb1769"}\n'
)


def test_the_bytes_of_a_ledger_are_what_they_always_were():
    entries = [LogEntry(NOW + timedelta(seconds=n), "ready", {"number": n}) for n in range(2)]
    assert log_of(entries)[0] == LEDGER_LINES
    assert decode(LEDGER_LINES, CHAINED, "here").entries == tuple(entries)


def test_the_bytes_of_a_journal_are_what_they_always_were():
    entry = LogEntry(NOW + timedelta(microseconds=250), "edited", {"number": 0})
    assert encode(entry, PLAIN)[0] == JOURNAL_LINE
    assert decode(JOURNAL_LINE, PLAIN, "here").entries == (entry,)


@FORMATS
def test_nothing_is_an_empty_log(form, tmp_path):
    assert decode(b"", form, "here") == LogContents(length=0)
    assert read_log(tmp_path / "none", form) == LogContents()


@FORMATS
def test_figures_that_json_does_not_know_are_refused(form):
    with pytest.raises(ValueError, match="JSON"):
        encode(LogEntry(NOW, "going", {"seconds": float("nan")}), form)


@FORMATS
def test_a_time_without_its_offset_is_refused(form):
    with pytest.raises(ValueError, match="offset"):
        encode(LogEntry(datetime(2026, 3, 4), "going"), form)  # noqa: DTZ001


def test_a_notice_begins_a_chain_that_stands_on_everything_before():
    broken = b"nonsense\n"
    line, _ = encode(LogEntry(NOW, "noticed", {}), CHAINED, hashlib.sha256(broken).hexdigest())
    assert decode(broken, CHAINED, "here").broken == LogBreak(1, changed=True)
    assert decode(broken + line, CHAINED, "here").broken is None
    assert decode(b"Nonsense\n" + line, CHAINED, "here").broken
    assert decode(broken + line + line, CHAINED, "here").broken == LogBreak(3, changed=False)
    assert decode(broken + line, PLAIN, "here").broken == LogBreak(1, changed=True)


@pytest.mark.parametrize(
    "line",
    [
        b'{"at":"2026-03-01T20:00:00","event":"ready","prev":"","schema":1}',
        b'{"at":"yesterday","event":"ready","prev":"","schema":1}',
        b'{"at":7,"event":"ready","prev":"","schema":1}',
        b'{"at":"2026-03-01T20:00:00+00:00","event":"danced","prev":"","schema":1}',
        b'{"at":"2026-03-01T20:00:00+00:00","event":7,"prev":"","schema":1}',
        b'{"at":"2026-03-01T20:00:00+00:00","event":"ready","prev":7,"schema":1}',
        b'{"at":"2026-03-01T20:00:00+00:00","event":"ready","schema":1}',
        b'{"event":"ready","prev":"","schema":1}',
    ],
)
def test_a_line_with_the_right_sum_and_the_wrong_content_is_broken(line):
    own = hashlib.sha256(line).hexdigest().encode()
    found = decode(line[:-1] + b',"sum":"' + own + b'"}\n', CHAINED, "here")
    assert found.broken == LogBreak(1, changed=True)
    assert found.entries == ()


@FORMATS
@pytest.mark.parametrize("odd", [b"{}\n", b"[]\n", b"\n", b"null\n", b"[" * 5000 + b"\n", b"\xff\n"])
def test_a_line_that_is_none_is_broken(form, odd):
    first, prev = log_of([LogEntry(NOW, "ready")], form)
    found = decode(first + odd + encode(LogEntry(NOW, "ready"), form, prev)[0], form, "x")
    assert found.broken == LogBreak(2, changed=True)
    assert len(found.entries) == 2


@FORMATS
def test_a_line_of_another_version_is_told_with_its_place(form):
    line, _ = encode(LogEntry(NOW, "ready"), form)
    with pytest.raises(form.error, match=r"here: line 2: schema 2 is not 1"):
        decode(line + b'{"schema": 2, "whatever": []}\n', form, "here")


def test_a_page_of_zeros_is_a_cut_line_but_for_a_chain_which_knows_its_length():
    for form, broken in ((PLAIN, None), (CHAINED, LogBreak(2, changed=True))):
        whole, _ = log_of([LogEntry(NOW, "ready")], form)
        assert decode(whole + b'{"at":' + b"\0" * 19 + b"\n", form, "here").broken == broken


def opened(tmp_path, form):
    return closing(open_log(tmp_path / "log", form, tmp_path / "lock"))


@FORMATS
def test_a_log_grows_by_whole_lines_and_is_read_back(form, tmp_path):
    entries = [LogEntry(NOW + timedelta(seconds=n), "ready", {"n": n}) for n in range(4)]
    with opened(tmp_path, form) as log:
        log.append(entries[0])
        log.append(*entries[1:3])
    with opened(tmp_path, form) as log:
        assert log.entries == entries[:3]
        log.append(entries[3])
        assert (log.count, log.size) == (4, (tmp_path / "log").stat().st_size)
    assert (tmp_path / "log").read_bytes() == log_of(entries, form)[0]


@FORMATS
def test_one_process_at_a_time_even_where_its_lock_was_taken_away(form, tmp_path):
    with opened(tmp_path, form) as log:
        log.append(LogEntry(NOW, "ready"))
        with pytest.raises(LockHeld):
            open_log(tmp_path / "log", form, tmp_path / "lock")
        if os.name == "posix":
            (tmp_path / "lock").unlink()
            with pytest.raises(LockHeld):
                open_log(tmp_path / "log", form, tmp_path / "lock")
    opened(tmp_path, form).__enter__().close()


@FORMATS
@pytest.mark.parametrize(
    "spoil",
    [
        lambda path: path.unlink(),
        lambda path: path.write_bytes(b""),
        lambda path: path.write_bytes(path.read_bytes() + b"x"),
        lambda path: path.rename(path.with_name("other")) and path.symlink_to(path.with_name("other")),
    ],
    ids=["gone", "emptied", "longer", "a link"],
)
def test_a_log_that_somebody_else_changed_is_not_written_to(form, tmp_path, spoil):
    path = tmp_path / "log"
    with opened(tmp_path, form) as log:
        log.append(LogEntry(NOW, "ready"))
        spoil(path)
        before = path.read_bytes() if path.exists() else None
        with pytest.raises(LogChanged):
            log.append(LogEntry(NOW, "ready"))
        assert (path.read_bytes() if path.exists() else None) == before
        assert len(log.entries) == 1


@FORMATS
def test_a_cut_line_stays_until_the_next_one_takes_its_place(form, tmp_path):
    path, entry = tmp_path / "log", LogEntry(NOW, "ready")
    whole, _ = log_of([entry], form)
    path.write_bytes(whole + b'{"at":')
    with opened(tmp_path, form) as log:
        assert path.read_bytes() != whole
        log.append(entry)
    assert path.read_bytes() == log_of([entry, entry], form)[0]


@FORMATS
def test_after_a_disk_that_was_full_even_for_taking_back_the_next_line_stands_alone(
    form, tmp_path, monkeypatch
):
    entry, real = LogEntry(NOW, "ready"), os.write

    def full(*_):
        raise OSError(errno.ENOSPC, "full")

    with opened(tmp_path, form) as log:
        log.append(entry)
        with monkeypatch.context() as patched:
            patched.setattr(os, "write", lambda fd, data: real(fd, data[:7]))
            patched.setattr(os, "ftruncate", full)
            with pytest.raises(OSError, match="space"):
                log.append(entry)
        log.append(entry)
    assert (tmp_path / "log").read_bytes() == log_of([entry, entry], form)[0]


def test_a_format_of_ones_own_has_its_own_error(tmp_path):
    (tmp_path / "log").mkdir()
    with pytest.raises(PersonFileError, match="not a regular file"):
        read_log(tmp_path / "log", LogFormat(error=PersonFileError))


def test_json_in_another_order_is_not_the_line_that_was_written():
    line, _ = encode(LogEntry(NOW, "ready", {"a": 1}), PLAIN)
    turned = dict(reversed(json.loads(line).items()))
    assert decode(json.dumps(turned).encode() + b"\n", PLAIN, "here").broken
