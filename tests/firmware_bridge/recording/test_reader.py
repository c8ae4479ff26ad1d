"""A recording is read back strictly, and up to its last whole line."""

import json
import os
import re

import pytest
from depth import at_depth
from hypothesis import given, settings
from hypothesis import strategies as st
from recordings import write

from firmware_bridge.errors import RecordingError
from firmware_bridge.recording.reader import Damage, read_recording


@pytest.fixture
def recorded(tmp_path):
    return write(tmp_path / "run.jsonl")


@pytest.fixture
def refusal(recorded):
    """Puts a line in the place of line `number`, and gives the error with which reading ends."""

    def refused(number, line):
        lines = recorded.read_bytes().splitlines(keepends=True)
        lines[number - 1] = line if isinstance(line, bytes) else line.encode() + b"\n"
        recorded.write_bytes(b"".join(lines))
        with pytest.raises(RecordingError) as caught:
            list(read_recording(recorded))
        assert str(caught.value).startswith(f"{recorded}: line {number}: ")
        return str(caught.value)

    return refused


def test_a_recording_cut_anywhere_reads_up_to_its_last_whole_line(recorded):
    whole = recorded.read_bytes()
    header_end = whole.index(b"\n")
    items = list(read_recording(recorded))
    for cut in range(header_end, len(whole)):
        recorded.write_bytes(whole[:cut])
        read = list(read_recording(recorded))
        # A last line that lacks nothing but its line feed is whole.
        assert len(read) == whole[: cut + 1].count(b"\n") - 1
        assert read == items[: len(read)]
        assert read_recording(recorded).end == (items[-1] if cut == len(whole) - 1 else None)


@pytest.mark.parametrize("content", [b"", b'{"kind":"head', b'{"kind":"header","schema":1'])
def test_without_a_whole_header_there_is_no_recording(tmp_path, content):
    path = tmp_path / "run.jsonl"
    path.write_bytes(content)
    with pytest.raises(RecordingError, match="is empty"):
        read_recording(path)


@pytest.mark.parametrize(
    ("number", "line", "message"),
    [
        (1, '{"kind":"tick","t":0}', "begins with its header"),
        (1, "[]", "not a JSON object"),
        (1, '{"kind":"header","schema":1}', "profile"),
        (3, '{"kind":"header","schema":1}', "a second recording begins here"),
        (1, b'{"kind":"x"' + b" " * (1 << 18) + b"}\n", "longer than"),
    ],
)
def test_what_is_no_recording_or_two_of_them_is_refused_with_the_line(refusal, number, line, message):
    assert message in refusal(number, line)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ('{"kind":"tick","t":-1,"drive":[],"rate":[]}', "not a time"),
        ('{"kind":"tick","t":true,"drive":[],"rate":[]}', "not a time"),
        ('{"kind":"tick","t":1' + "0" * 400 + ',"drive":[],"rate":[]}', "huge"),
        ('{"kind":"tick","drive":[],"rate":[]}', "not a time"),
        ('{"kind":"tick","t":0,"drive":[1],"rate":[0,0,0,0,0,0,0,0]}', "drive is not a list of 8"),
        ('{"kind":"tick","t":0,"drive":[0,0,0,0,0,0,0,0]}', "rate is not a list of 8"),
        ('{"kind":"tick","t":0,"drive":8,"rate":[]}', "drive is not a list of 8"),
        ('{"kind":"tick","t":0,"drive":[0,0,0,0,0,0,0,1.0],"rate":[]}', "list of 8 integers"),
        ('{"kind":"tick","t":0,"drive":[0,0,0,0,0,0,0,true],"rate":[]}', "list of 8 integers"),
        ('{"kind":"tick","t":0,"drive":[0,0,0,0,0,0,0,256],"rate":[]}', "outside 0 to 255"),
        ('{"kind":"tick","t":0,"drive":[0,0,0,0,0,0,0,-1],"rate":[]}', "outside 0 to 255"),
        (f'{{"kind":"tick","t":0,"drive":{[0] * 8},"rate":{[0] * 8},"asked":[1]}}', "asked is not a list"),
        (f'{{"kind":"tick","t":0,"drive":{[0] * 8},"rate":{[0] * 8},"asked":null}}', "asked is not a"),
        ('{"kind":"event","t":0}', "unknown event None"),
        ('{"kind":"event","t":0,"event":"party"}', "unknown event 'party'"),
        ('{"kind":"event","t":0,"event":[]}', "unknown event"),
        ('{"kind":"end","t":0,"ok":1,"reason":"x"}', "an end needs ok"),
        ('{"kind":"end","t":0,"ok":true}', "an end needs ok"),
        ('{"kind":"other","t":0}', "kind is 'other'"),
        ('{"t":0}', "kind is None"),
    ],
)
def test_a_line_that_is_not_of_the_format_is_passed_over_and_named_where_nothing_else_is_there(
    recorded, line, message
):
    header, first, *rest = recorded.read_text().splitlines(keepends=True)
    items = list(read_recording(recorded))
    recorded.write_text("".join([header, first, line + "\n", *rest]))
    assert list(read_recording(recorded)) == [items[0], Damage(3, 3), *items[1:]]
    recorded.write_text(header + line + "\n")
    with pytest.raises(RecordingError, match=f"{recorded}: line 2: .*{re.escape(message)}"):
        list(read_recording(recorded))


DAMAGED = [
    b"\n",
    b"nonsense\n",
    b"[]\n",
    b"[" * 100_000 + b"\n",
    b"\xff\xfe\n",
    b'{"kind":"tick","t":NaN,"drive":[],"rate":[]}\n',
    b'{"kind":"tick","t":1e999,"drive":[],"rate":[]}\n',
    bytes(4096) + b"\n",
    b'{"kind":"x"' + b" " * (1 << 18) + b"}\n",
    bytes(1 << 20) + b"\n",
]


@pytest.mark.parametrize("line", DAMAGED, ids=range(len(DAMAGED)))
@pytest.mark.parametrize("count", [1, 2])
def test_damage_in_the_middle_is_told_and_the_rest_is_read(recorded, line, count):
    lines, items = recorded.read_bytes().splitlines(keepends=True), list(read_recording(recorded))
    for at in range(1, len(lines) - count):
        damaged = [*lines[:at], *[line] * count, *lines[at + count :]]
        recorded.write_bytes(b"".join(damaged))
        found = list(read_recording(recorded))
        assert found[at - 1] == Damage(at + 1, at + count)
        assert found[: at - 1] + found[at:] == items[: at - 1] + items[at - 1 + count :]
    recorded.write_bytes(b"".join([*lines[:-1], *[line] * count]))
    assert list(read_recording(recorded))[-1] == Damage(len(lines), len(lines) - 1 + count)


def test_a_file_that_is_damage_alone_is_refused_in_time(recorded):
    with recorded.open("ab") as file:
        file.truncate(100_000_000_000)  # sparse: it would take for ever to read
    with pytest.raises(RecordingError, match="longer than"):
        list(read_recording(recorded))


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("schema", 2),
        ("schema", True),
        ("source", "rumour"),
        ("rate_hz", 0),
        ("rate_hz", "50"),
        ("profile", None),
        ("actuators", {}),
        ("actuators", [{}]),
        ("stature_m", 0.5),
        ("stature_m", "1.7"),
        ("power_budget", 0),
    ],
)
def test_a_wrong_header_is_refused_with_its_key(recorded, key, value):
    lines = recorded.read_text().splitlines(keepends=True)
    header = json.loads(lines[0]) | {key: value}
    recorded.write_text(json.dumps(header) + "\n" + "".join(lines[1:]))
    with pytest.raises(RecordingError, match=f"line 1: header: {key}"):
        read_recording(recorded)


@pytest.mark.parametrize(
    ("part", "key", "value"),
    [
        ("response", "start", 255),
        ("response", "exponent", 0),
        ("response", "exponent", 1e300),
        ("motor", "tau_ms", 0),
        ("motor", "adjustable", 1),
    ],
)
def test_a_wrong_response_or_motor_is_refused(recorded, part, key, value):
    header, *lines = recorded.read_text().splitlines(keepends=True)
    told = json.loads(header)
    told["actuators"][0][part][key] = value
    recorded.write_text(json.dumps(told) + "\n" + "".join(lines))
    with pytest.raises(RecordingError, match=rf"header: actuators\.0\.{part}\.{key}"):
        read_recording(recorded)


def test_a_recording_of_the_first_version_still_reads(recorded):
    header, *lines = recorded.read_text().splitlines(keepends=True)
    told = json.loads(header)
    del told["stature_m"], told["power_budget"]
    for actuator in told["actuators"]:
        del actuator["response"], actuator["motor"]
    recorded.write_text(json.dumps(told) + "\n" + "".join(lines))
    recording = read_recording(recorded)
    assert recording.header.stature_m is recording.header.power_budget is None
    assert {(each.response, each.motor) for each in recording.header.actuators} == {(None, None)}
    assert [tick.asked for tick in recording.ticks()] == [None] * 3


def test_what_follows_the_end_is_damage_and_a_second_recording_is_refused(recorded):
    whole = recorded.read_text()
    items = list(read_recording(recorded))
    recorded.write_text(whole + whole.splitlines(keepends=True)[-1] * 2)
    assert list(read_recording(recorded)) == [*items, Damage(7, 8)]
    assert read_recording(recorded).end == items[-1]
    recorded.write_text(whole + whole)
    with pytest.raises(RecordingError, match="line 7: a second recording begins here"):
        list(read_recording(recorded))


def test_an_end_that_is_not_valid_is_none(recorded):
    recorded.write_text(recorded.read_text().replace('"ok":true', '"ok":1'))
    assert read_recording(recorded).end is None


def test_a_missing_file_a_directory_and_a_fifo_are_told_apart(tmp_path):
    with pytest.raises(RecordingError, match="there is no such recording"):
        read_recording(tmp_path / "none")
    with pytest.raises(RecordingError, match="is a directory"):
        read_recording(tmp_path)
    with pytest.raises(RecordingError, match="cannot be read"):
        read_recording("a\x00b")
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / "fifo")
        with pytest.raises(RecordingError, match="not a regular file"):
            read_recording(tmp_path / "fifo")


@settings(max_examples=at_depth(60))
@given(data=st.data())
def test_no_damage_to_a_recording_raises_anything_else(tmp_path_factory, data):
    path = write(tmp_path_factory.mktemp("damaged") / "run.jsonl")
    raw = bytearray(path.read_bytes())
    for _ in range(data.draw(st.integers(1, 4))):
        raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    path.write_bytes(raw)
    try:
        recording = read_recording(path)
        items = list(recording)
        assert recording.end is None or recording.end in items
    except RecordingError as error:
        assert str(path) in str(error)  # noqa: PT017


def test_the_mark_of_an_editor_is_passed_over_and_utf_16_is_named(recorded):
    whole, items = recorded.read_bytes(), list(read_recording(recorded))
    recorded.write_bytes(b"\xef\xbb\xbf" + whole)
    assert list(read_recording(recorded)) == items
    recorded.write_bytes(whole.decode().encode("utf-16"))
    with pytest.raises(RecordingError, match="is text in UTF-16, as PowerShell writes it"):
        read_recording(recorded)
