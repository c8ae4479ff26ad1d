"""A ledger read once: every line is verified, and what an end makes needless is left out."""

from dataclasses import replace
from datetime import timedelta
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ledgers import NOW, witness, write
from people import ledger_of

from kneadwave.errors import PersonFileError
from kneadwave.people import ledger
from kneadwave.people.diary import SittingDiary
from kneadwave.people.history import history
from kneadwave.store.append_log import read_log
from kneadwave.store.log_lines import LogBreak, LogEntry, encode

EIGHTHS = st.integers(0, 4000).map(lambda eighths: eighths / 8)  # so that sums in any order are the same
FIGURES = st.fixed_dictionaries(dict.fromkeys(("peak", "mean", "active_s", "dwell_s"), EIGHTHS))
ZONES = st.sampled_from(["neck-left", "neck-right", "upper-back-left", "lumbar-left"])
STEP = st.tuples(st.integers(-30, 60), EIGHTHS, st.dictionaries(ZONES, FIGURES, max_size=4))
SITTING = st.tuples(st.lists(STEP, max_size=4), st.booleans())


def lines_of(sittings):
    """The lines of some sittings, each with its steps, and whether its end was written."""
    at, lines, prev = NOW, [], ""

    def add(event, **fields):
        nonlocal prev
        line, prev = encode(LogEntry(at, event, fields), ledger.FORMAT, prev)
        lines.append(line)

    for steps, ends in sittings:
        add("began", profile="relaxing-back", device="reference-cushion", planned_s=900.0)
        dose, seconds = {}, 0.0
        for later, more, changed in steps:
            at, seconds = at + timedelta(seconds=later), seconds + more
            dose.update(changed)
            add("going", seconds=seconds, dose=changed)
        if ends:
            add("ended", reason="completed", seconds=seconds, dose=dose)
        at += timedelta(hours=1)
    return lines


@given(
    sittings=st.lists(SITTING, max_size=4),
    damage=st.one_of(st.none(), st.tuples(st.integers(0, 1 << 14), st.integers(0, 255))),
)
def test_a_brief_reading_verifies_the_same_and_tells_the_same_history(tmp_path_factory, sittings, damage):
    data = bytearray(b"".join(lines_of(sittings)))
    if damage is not None and data:
        data[damage[0] % len(data)] = damage[1]
    path = tmp_path_factory.mktemp("log") / "ledger.jsonl"
    path.write_bytes(data)
    whole = read_log(path, ledger.FORMAT)
    brief = read_log(path, ledger.FORMAT, brief=True)
    assert replace(brief, entries=()) == replace(whole, entries=())
    if whole.broken is None:
        assert history(brief.entries) == history(whole.entries)


def test_only_a_sitting_that_did_not_end_keeps_how_far_it_was(tmp_path):
    step = (15, 15.0, {"neck-left": {"peak": 0.5, "mean": 0.25, "active_s": 15.0, "dwell_s": 1.5}})
    path = tmp_path / "ledger.jsonl"
    path.write_bytes(b"".join(lines_of([([step, step], True), ([step, step], False)])))
    events = [entry.event for entry in read_log(path, ledger.FORMAT, brief=True).entries]
    assert events == ["began", "ended", "began", "going", "going"]


def test_a_clock_that_was_set_back_meanwhile_leaves_the_latest_time(tmp_path):
    path = tmp_path / "ledger.jsonl"
    path.write_bytes(b"".join(lines_of([([(60, 1.0, {}), (-30, 1.0, {})], True)])))
    contents = read_log(path, ledger.FORMAT, brief=True)
    assert history(contents.entries).last == NOW + timedelta(seconds=60)


def test_a_time_that_is_none_is_a_change_in_a_brief_reading_too(tmp_path):
    body = lines_of([([(0, 1.0, {})], False)])[1].partition(b',"sum"')[0].replace(b'"2026-03', b'"2026-13')
    own = sha256(body + b"}").hexdigest().encode()
    path = tmp_path / "ledger.jsonl"
    path.write_bytes(body + b',"sum":"' + own + b'"}\n')
    for brief in (True, False):
        assert read_log(path, ledger.FORMAT, brief=brief).broken == LogBreak(1, changed=True)


@pytest.mark.usefixtures("me")
def test_what_a_diary_writes_has_the_shape_that_is_left_out():
    dose = {"neck-left": {"peak": 0.1234, "mean": 0.1, "active_s": 14, "dwell_s": 1}, "neck": {"active_s": 2}}
    with ledger.opened("me", NOW) as book:
        diary = SittingDiary(book)
        diary.begin("relaxing-back", "reference-cushion", 900, NOW)
        for seconds in (15, 30):
            diary.going(seconds, dose, NOW + timedelta(seconds=seconds))
        diary.end("completed", 45.0, dose, NOW + timedelta(seconds=45))
    assert all(
        ledger.GOING_LINE.fullmatch(line)
        for line in ledger_of().read_bytes().splitlines()
        if b'"event":"going"' in line
    )
    view = ledger.view("me")
    assert [entry.event for entry in view.entries] == ["began", "ended"]
    assert view.lines == 4
    assert history(view.entries) == history(ledger.read("me"))


@pytest.mark.usefixtures("me")
def test_a_view_tells_of_a_break_as_break_in_does():
    write(3)
    assert ledger.view("me").broken == ""
    witness().unlink()
    assert ledger.view("me").broken == ledger.break_in("me") != ""
    lines = ledger_of().read_bytes().splitlines(keepends=True)
    ledger_of().write_bytes(lines[0] + lines[2])
    assert ledger.view("me").broken == ledger.break_in("me") == "line 2 does not follow the one before it"


@pytest.mark.usefixtures("me")
def test_a_ledger_that_cannot_be_read_is_told():
    ledger_of().mkdir()
    with pytest.raises(PersonFileError, match="not a regular file"):
        ledger.view("me")
