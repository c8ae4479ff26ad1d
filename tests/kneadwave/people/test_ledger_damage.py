"""What was changed in a ledger is noticed, and no damage buys time."""

import json
import os
from datetime import timedelta

import pytest
from depth import at_depth
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from ledgers import NOW, entries, files, noticed, witness, write
from people import ledger_of

from kneadwave.errors import NotCleared, PersonFileError
from kneadwave.people.allowance import allowed
from kneadwave.people.history import history
from kneadwave.people.ledger import FORMAT
from kneadwave.people.recipient import load, save
from kneadwave.store.log_lines import LogEntry, decode, encode
from profiles.model import Profile


@pytest.mark.usefixtures("me")
@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda lines: [lines[0].replace(b'"number":0', b'"number":9'), *lines[1:]], "line 1 was changed"),
        (lambda lines: lines[1:], "line 1 does not follow"),
        (lambda lines: [lines[0], lines[2], lines[3]], "line 2 does not follow"),
        (lambda lines: lines[:-1], "lines are missing"),
        (lambda lines: lines[:0], "lines are missing"),
        (lambda lines: [lines[1], lines[0], *lines[2:]], "line 1 does not follow"),
        (lambda lines: [*lines, lines[-1]], "line 5 does not follow"),
        (lambda lines: [*lines, b"{}\n"], "line 5 was changed"),
        (lambda lines: [*lines, b"\n"], "line 5 was changed"),
        (lambda lines: [*lines, b"[" * 100_000 + b"\n"], "line 5 was changed"),
        (lambda lines: [b"\xff\xfe\n", *lines], "line 1 was changed"),
        (lambda lines: [lines[0].replace(b'"at"', b' "at"'), *lines[1:]], "line 1 was changed"),
    ],
)
def test_what_was_changed_is_noticed_once(change, why):
    write(4)
    path, _ = files()
    path.write_bytes(b"".join(change(path.read_bytes().splitlines(keepends=True))))
    assert why in noticed()[0]
    assert len(noticed()) == 1
    write(1, start=4)
    assert len(noticed()) == 1


@pytest.mark.usefixtures("me")
@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{}",
        b'{"schema": 1, "count": 4',
        b'{"schema": 1, "count": true, "sum": ""}',
        b'{"schema": 1, "count": 4, "sum": 7}',
        b'{"schema": 1, "count": 4, "sum": "00"}',
        b'{"schema": 1, "count": -1, "sum": ""}',
        b"[]",
        b"\xff",
    ],
)
@pytest.mark.parametrize("place", [lambda: files()[1], witness], ids=["anchor", "witness"])
def test_an_anchor_or_a_witness_that_does_not_fit_is_noticed(place, content):
    write(4)
    place().write_bytes(content)
    assert len(noticed()) == 1


@pytest.mark.usefixtures("me")
@pytest.mark.parametrize("gone", [(0,), (1,), (0, 1)])
def test_files_that_were_taken_away_are_noticed(gone):
    write(2)
    for number in gone:
        files()[number].unlink()
    assert len(noticed()) == 1


def test_saving_a_recipient_again_makes_no_new_ledger(me):
    write(2)
    for path in files():
        path.unlink()
    save(me.model_copy(update={"posture": "seated"}))
    assert not files()[1].exists()
    assert len(noticed()) == 1


def test_a_recipient_recorded_anew_keeps_the_ledger(me):
    write(2)
    ledger_of().with_name("recipient.toml").unlink()
    save(me)
    assert noticed() == []
    assert len(entries()) == 2


@pytest.mark.usefixtures("me")
def test_what_lies_before_a_notice_cannot_change_unseen():
    write(3)
    path, _ = files()
    path.write_bytes(path.read_bytes().replace(b'"number":1', b'"number":7'))
    assert len(noticed()) == 1
    path.write_bytes(path.read_bytes().replace(b'"number":7', b'"number":8'))
    assert len(noticed()) == 2


# What a day left behind: a session and felt tests; nothing may be gained from damaging it.

PROFILES = {
    seconds: Profile.model_validate(
        {
            "name": "played",
            "step": [
                {
                    "name": "stroke",
                    "technique": {"kind": "stroking", "speed_mm_s": 190},
                    "zones": ["lumbar"],
                    "level": 0.3,
                    "duration_s": seconds,
                }
            ],
        }
    )
    for seconds in (30.0, 900.0)
}
EVENING = NOW + timedelta(hours=3)


def a_day():
    lines, prev = [], ""
    for hours, seconds in ((0.0, 50), (0.1, 55), (0.2, 400), (1.1, 58), (1.2, 59), (1.3, 45)):
        began = NOW + timedelta(hours=hours)
        for after, event, fields in (
            (0, "began", {"profile": "p"}),
            (seconds - 10, "going", {"seconds": seconds - 10}),
            (seconds, "ended", {"seconds": seconds, "reason": "completed"}),
        ):
            line, prev = encode(LogEntry(began + timedelta(seconds=after), event, fields), FORMAT, prev)
            lines.append(line)
    return lines, prev


LINES, LAST = a_day()
ANCHOR = json.dumps({"schema": 1, "count": len(LINES), "sum": LAST}).encode() + b"\n"
INDEX = st.integers(0, len(LINES) - 1)


def seconds_left(me, found):
    left = []
    for profile in PROFILES.values():
        try:
            left.append(allowed(me, history(found), profile, EVENING).seconds)
        except NotCleared:
            left.append(0.0)
    return left


@st.composite
def damages(draw):
    """The bytes of the ledger after up to three damages."""
    lines = list(LINES)
    for _ in range(draw(st.integers(1, 3))):
        if not lines:
            break
        index = draw(INDEX) % len(lines)
        kind = draw(st.sampled_from(["cut", "flip", "delete", "swap", "repeat", "cut line"]))
        if kind == "cut":
            whole = b"".join(lines)
            lines = whole[: draw(st.integers(0, len(whole)))].splitlines(keepends=True)
        elif kind == "flip":
            line = bytearray(lines[index] or b"\n")
            line[draw(st.integers(0, len(line) - 1))] ^= 1 << draw(st.integers(0, 7))
            lines[index] = bytes(line)
        elif kind == "delete":
            del lines[index]
        elif kind == "swap":
            other = draw(INDEX) % len(lines)
            lines[index], lines[other] = lines[other], lines[index]
        elif kind == "repeat":
            lines.insert(index, lines[index])
        else:
            lines[index] = lines[index][: draw(st.integers(0, len(lines[index])))]
    return b"".join(lines)


@pytest.fixture
def no_waiting_for_disks(monkeypatch):
    monkeypatch.setattr(os, "fsync", id)


@pytest.mark.usefixtures("me", "no_waiting_for_disks")
@settings(max_examples=at_depth(300), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=damages(), ahead=st.booleans())
def test_damage_is_a_cut_tail_or_noticed_and_never_buys_time(data, ahead):
    me = load("me")
    path, anchor = files()
    path.write_bytes(data)
    end = ANCHOR
    if ahead:  # those of a process that was killed before it could write them
        before = json.loads(LINES[-1])["prev"]
        end = json.dumps({"schema": 1, "count": len(LINES) - 1, "sum": before}).encode()
    witness().parent.mkdir(parents=True, exist_ok=True)
    for each in (anchor, witness()):
        each.write_bytes(end)
    whole = b"".join(LINES)
    honest = seconds_left(me, decode(whole, FORMAT, "honest").entries)
    try:
        found = entries(EVENING)
    except PersonFileError:
        return  # a schema that nobody knows: nothing is played at all
    if any(entry.event == "noticed" for entry in found):
        assert seconds_left(me, found) == [0.0, 0.0]
        return
    # Not noticed: nothing but the end is gone, and only what the anchor never knew.
    kept = LINES[: len(LINES) - 1] if ahead else LINES
    lines = data[: data.rfind(b"\n") + 1]
    assert lines in (whole, b"".join(kept))
    if lines == whole:
        assert seconds_left(me, found) == honest
    else:
        assert all(a <= b for a, b in zip(seconds_left(me, found), honest, strict=True))
