"""A file of lines that is only appended to: whole, checked, locked, and never written over."""

import errno
import json
import os
import stat
from contextlib import suppress
from datetime import datetime, timedelta, timezone

import pytest
from depth import at_depth
from hypothesis import given, settings
from hypothesis import strategies as st

from kneadwave.store import files
from kneadwave.store.files import KeptFileError
from kneadwave.store.log_lines import LogEntry, decode, encode
from kneadwave.tuning import journal
from kneadwave.tuning.journal import FORMAT, InUse, damage, journal_path, opened, read

AT = datetime(2026, 3, 4, 18, 0, tzinfo=timezone(timedelta(hours=1)))


def line(number, text="schema = 1\n"):
    return LogEntry(AT + timedelta(seconds=number), "edited", {"number": number, "text": text})


def bytes_of(entry):
    return encode(entry, FORMAT)[0]


@pytest.fixture
def path(tmp_path):
    return tmp_path / "tuning" / "evening-0.jsonl"


@pytest.fixture
def three(path):
    with opened(path, "evening") as kept:
        for number in range(3):
            kept.append(line(number))
    return path


def test_what_was_appended_is_read_back(three):
    assert read(three).entries == (line(0), line(1), line(2))
    with opened(three, "evening") as kept:
        assert kept.lines == [line(0), line(1), line(2)]
        kept.append(line(3), line(4))
        assert kept.lines[-1] == line(4)
    assert read(three).entries[3:] == (line(3), line(4))


def test_nothing_there_is_nothing(path):
    assert read(path).entries == ()
    assert not path.parent.exists()


def test_folder_and_files_are_for_their_owner_alone(three):
    assert stat.S_IMODE(three.parent.stat().st_mode) == 0o700
    assert {stat.S_IMODE(entry.stat().st_mode) for entry in three.parent.iterdir()} == {0o600}


def test_the_path_tells_names_apart_and_holds_no_odd_letters(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    one, two = journal_path("my evening/..", "/a/x.toml"), journal_path("my evening/..", "/b/x.toml")
    assert one.parent == two.parent == tmp_path / "kneadwave" / "tuning"
    assert one.name != two.name
    assert one.name.startswith("my-evening----")


def test_a_last_line_cut_at_any_byte_is_passed_over_and_cut_off(three):
    whole = three.read_bytes()
    last = len(bytes_of(line(2)))
    for cut in range(1, last + 1):
        three.write_bytes(whole[:-cut])
        assert read(three).entries == (line(0), line(1))
        assert not read(three).broken
    for cut in (1, last // 2, last - 1):
        three.write_bytes(whole[:-cut])
        with opened(three, "evening") as kept:
            assert three.read_bytes() == whole[:-cut]  # looking alone changes nothing
            kept.append(line(9))
        assert read(three).entries == (line(0), line(1), line(9))


def test_a_page_of_nothing_at_the_end_is_a_line_that_was_cut(three):
    whole = three.read_bytes()
    three.write_bytes(whole[:-20] + b"\0" * 19 + b"\n")
    assert read(three).entries == (line(0), line(1))
    assert not read(three).broken


@pytest.mark.parametrize("number", [1, 2, 3])
def test_a_damaged_line_is_told_and_nothing_is_written(three, number):
    lines = three.read_bytes().splitlines(keepends=True)
    lines[number - 1] = lines[number - 1].replace(b"edited", b"edjted")
    damaged = b"".join(lines)
    three.write_bytes(damaged)
    with (
        pytest.raises(KeptFileError, match=f"jsonl: line {number} was damaged") as caught,
        opened(three, "evening"),
    ):
        raise AssertionError
    assert "nothing was changed" in caught.value.hint
    assert three.read_bytes() == damaged
    found = read(three)
    assert len(found.entries) == 2
    assert damage(three, found) == f"{three}: line {number} was damaged"


@given(st.integers(0, 10**6), st.binary(min_size=1, max_size=4))
@settings(max_examples=at_depth(120))
def test_whatever_is_written_over_a_line_is_noticed(at, data):
    whole = b"".join(bytes_of(line(number)) for number in range(3))
    at %= len(whole) - len(data)
    changed = whole[:at] + data + whole[at + len(data) :]
    with suppress(KeptFileError):  # another schema
        found = decode(changed, FORMAT, "x")
        assert changed == whole or found.broken or found.size < len(changed) or len(found.entries) < 3
        assert all(each in (line(0), line(1), line(2)) for each in found.entries)


def test_a_line_of_a_later_version_is_left_to_that_version(three):
    content = json.loads(bytes_of(line(3))) | {"schema": 2}
    data = three.read_bytes() + json.dumps(content).encode() + b"\n"
    three.write_bytes(data)
    with pytest.raises(KeptFileError, match="line 4: schema 2 is not 1"):
        read(three)
    with pytest.raises(KeptFileError, match="schema 2"), opened(three, "evening"):
        raise AssertionError
    assert three.read_bytes() == data


def test_one_process_at_a_time(path):
    with opened(path, "evening"):
        with (
            pytest.raises(InUse, match="evening is being tuned by another process") as caught,
            opened(path, "evening"),
        ):
            raise AssertionError
        assert caught.value.exit == 5
    with opened(path, "evening"):
        assert path.exists()


@pytest.mark.parametrize("broken", ["fsync", "write", "short"])
def test_a_line_that_cannot_be_written_is_none(three, monkeypatch, broken):
    before = three.read_bytes()

    def full(*_):
        raise OSError(errno.ENOSPC, "full")

    real = os.write
    with opened(three, "evening") as kept:
        with monkeypatch.context() as patched:
            if broken == "short":
                patched.setattr(os, "write", lambda fd, data: real(fd, data[:7]))
            else:
                patched.setattr(os, broken, full)
            with pytest.raises(KeptFileError, match="cannot be written: no space left") as caught:
                kept.append(line(3))
        assert caught.value.hint
        assert three.read_bytes() == before
        assert kept.lines == [line(0), line(1), line(2)]
        kept.append(line(4))
    assert read(three).entries == (line(0), line(1), line(2), line(4))


def test_a_journal_that_would_grow_too_large_takes_no_line(three, monkeypatch):
    size = three.stat().st_size
    most = size + len(bytes_of(line(3))) + journal.SPARE_BYTES
    monkeypatch.setattr(journal, "MAX_BYTES", most)
    with opened(three, "evening") as kept:
        kept.append(line(3))
        with pytest.raises(KeptFileError, match=r"is full; \d+ MiB is the most"):
            kept.append(line(4))
    assert read(three).entries[-1] == line(3)


def test_a_journal_that_is_too_large_is_not_read(path):
    path.parent.mkdir()
    path.touch()
    os.truncate(path, files.MAX_BYTES + 1)
    with pytest.raises(KeptFileError, match="larger than 64 MiB"):
        read(path)


def test_a_journal_that_was_taken_away_meanwhile_is_told(three):
    with opened(three, "evening") as kept:
        three.unlink()
        three.write_bytes(b"")
        with pytest.raises(KeptFileError, match="changed while it was in use"):
            kept.append(line(3))
    assert three.read_bytes() == b""


def test_what_cannot_be_a_journal_is_told(path, tmp_path):
    path.parent.mkdir()
    path.symlink_to(tmp_path / "elsewhere")
    for attempt in (lambda: read(path), lambda: opened(path, "evening").__enter__()):
        with pytest.raises(KeptFileError, match="is a link"):
            attempt()
    path.unlink()
    path.mkdir()
    with pytest.raises(KeptFileError, match="not a regular file"):
        read(path)


def test_a_folder_that_cannot_be_made_is_told(tmp_path):
    (tmp_path / "file").touch()
    with (
        pytest.raises(KeptFileError, match="cannot be written: not a directory"),
        opened(tmp_path / "file" / "tuning" / "x.jsonl", "x"),
    ):
        raise AssertionError
    assert read(tmp_path / "file" / "x.jsonl").entries == ()
