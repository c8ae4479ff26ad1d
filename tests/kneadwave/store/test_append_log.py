"""Lines and their sums, without any file."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kneadwave.errors import PersonFileError
from kneadwave.store.append_log import Chain, Entry, digest, line_of, read_chain

NOW = datetime(2026, 3, 1, 20, 0, tzinfo=UTC)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)
NAMES = st.text().filter(lambda name: name not in ("at", "event", "prev", "schema", "sum"))
ENTRIES = st.builds(
    Entry,
    at=st.datetimes(timezones=st.just(UTC)).map(lambda at: at.replace(microsecond=0)),
    event=st.sampled_from(["screening", "ready", "began", "going", "ended"]),
    fields=st.dictionaries(NAMES, VALUES, max_size=4),
)


def chain_of(entries):
    data, prev = b"", ""
    for entry in entries:
        line, prev = line_of(entry, prev)
        data += line
    return data, prev


@given(st.lists(ENTRIES, max_size=5))
def test_what_is_written_is_read(entries):
    data, last = chain_of(entries)
    chain = read_chain(data, "here")
    assert list(chain.entries) == entries
    assert (chain.count, chain.size, chain.last, chain.broken) == (len(entries), len(data), last, "")


@given(st.lists(ENTRIES, min_size=1, max_size=3), st.data())
def test_one_changed_byte_is_never_overlooked(entries, data):
    whole, _ = chain_of(entries)
    place = data.draw(st.integers(0, len(whole) - 1))
    changed = bytearray(whole)
    changed[place] ^= 1 << data.draw(st.integers(0, 7))
    try:
        chain = read_chain(bytes(changed), "here")
    except PersonFileError:
        return
    # The last newline makes a line: without it the line is one that was cut short.
    assert chain.broken or chain.count < len(entries)


def test_nothing_is_an_empty_chain():
    assert read_chain(b"", "here") == Chain()


def test_figures_that_json_does_not_know_are_refused():
    with pytest.raises(ValueError, match="JSON"):
        line_of(Entry(NOW, "going", {"seconds": float("nan")}), "")


def test_a_notice_begins_a_chain_that_stands_on_everything_before():
    broken = b"nonsense\n"
    line, _ = line_of(Entry(NOW, "noticed", {}), digest(broken))
    assert read_chain(broken, "here").broken
    assert read_chain(broken + line, "here").broken == ""
    assert read_chain(b"Nonsense\n" + line, "here").broken
    assert read_chain(broken + line + line, "here").broken


@pytest.mark.parametrize(
    "line",
    [
        b'{"at":"2026-03-01T20:00:00","event":"ready","prev":"","schema":1}',
        b'{"at":"yesterday","event":"ready","prev":"","schema":1}',
        b'{"at":7,"event":"ready","prev":"","schema":1}',
        b'{"at":"2026-03-01T20:00:00+00:00","event":"danced","prev":"","schema":1}',
        b'{"at":"2026-03-01T20:00:00+00:00","event":"ready","prev":7,"schema":1}',
        b'{"event":"ready","prev":"","schema":1}',
    ],
)
def test_a_line_with_the_right_sum_and_the_wrong_content_is_broken(line):
    import hashlib

    own = hashlib.sha256(line).hexdigest().encode()
    chain = read_chain(line[:-1] + b',"sum":"' + own + b'"}\n', "here")
    assert chain.broken == "line 1 was changed"
    assert chain.entries == ()


def test_a_line_of_another_version_is_told_with_its_place():
    line, _ = line_of(Entry(NOW, "ready"), "")
    with pytest.raises(PersonFileError, match=r"here: line 2: schema 2 is not 1"):
        read_chain(line + b'{"schema": 2, "whatever": []}\n', "here")
