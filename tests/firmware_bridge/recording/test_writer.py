"""A recording is written as the format says, and can be followed while it grows."""

import io
import json
import os

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from recordings import DRIVE, LAYOUT, RATE, write

from firmware_bridge.devices.load import load_device, place_device
from firmware_bridge.errors import RecordingError
from firmware_bridge.recording.reader import End, RecordedEvent, Tick, read_recording
from firmware_bridge.recording.writer import EVENTS, Recorder, open_recorder


@pytest.fixture
def recorded(tmp_path):
    return write(tmp_path / "run.jsonl")


def test_lines_are_those_of_the_format(recorded):
    lines = recorded.read_text().splitlines()
    header = json.loads(lines[0])
    first = header["actuators"][0]
    assert list(header)[-1] == "actuators"
    assert {key: header[key] for key in list(header)[:-1]} == {
        "kind": "header",
        "schema": 1,
        "profile": "felt-check",
        "source": "device",
        "device": "seat-pad-8",
        "rate_hz": 50,
        "stature_m": 1.7,
        "power_budget": LAYOUT.power_budget,
    }
    assert first == {
        "id": "thigh-r",
        "kind": "vibration",
        "zone": "thigh-right",
        "x_mm": 85,
        "y_mm": -220,
        "radius_mm": 20,
        "excluded": False,
        "ceiling": first["ceiling"],
        "response": {"start": 60, "hold": 40, "exponent": 0.5},
        "motor": {"tau_ms": 60, "vent_tau_ms": 60, "adjustable": False},
    }
    assert lines[1] == '{"kind":"tick","t":0.0,"drive":[0,12,255,1,2,3,4,5],"rate":[0,0,0,0,0,0,0,0]}'
    assert lines[2].startswith('{"kind":"tick","t":0.02,')
    assert lines[4] == '{"kind":"event","t":0.05,"event":"step","index":1,"name":"warm-up"}'
    assert lines[5] == '{"kind":"end","t":0.06,"ok":true,"reason":"completed"}'


@pytest.mark.parametrize("name", ["mat-64", "reference-cushion", "seat-pad-8"])
def test_a_drive_at_its_ceiling_never_reads_as_above_it(name):
    layout = place_device(load_device(name))
    stream = io.StringIO()
    Recorder(stream).header(layout, "p", "host", name)
    for told, actuator in zip(json.loads(stream.getvalue())["actuators"], layout.actuators, strict=True):
        assert actuator.ceiling / 255 <= told["ceiling"] < actuator.ceiling / 255 + 0.0001
        assert told["ceiling"] == round(told["ceiling"], 4)
        assert told["excluded"] is bool(actuator.excluded)


def test_an_unknown_place_is_recorded_as_none(tmp_path):
    device = load_device("seat-pad-8")
    lost = device.actuators[0].model_copy(update={"x_mm": None, "y_mm": None})
    layout = place_device(device.model_copy(update={"actuators": (lost,)}))
    with open_recorder(tmp_path / "r") as recorder:
        recorder.header(layout, "p", "host", "d")
    told = read_recording(tmp_path / "r").header.actuators[0]
    assert (told.x_mm, told.y_mm, told.excluded, told.zone) == (None, None, True, "")


def test_what_was_written_is_read_back(recorded):
    recording = read_recording(recorded)
    assert recording.header.profile == "felt-check"
    assert [actuator.id for actuator in recording.header.actuators][:2] == ["thigh-r", "thigh-l"]
    assert list(recording.ticks()) == [Tick(t, DRIVE, RATE) for t in (0.0, 0.02, 0.04)]
    assert list(recording.events()) == [RecordedEvent(0.05, "step", {"index": 1, "name": "warm-up"})]
    assert recording.end == End(0.06, True, "completed")
    assert len(list(recording)) == 5


def test_a_recording_can_be_followed_while_it_grows(tmp_path):
    path = tmp_path / "run.jsonl"
    with open_recorder(path) as recorder:
        recorder.header(LAYOUT, "p", "device", "d")
        recording = read_recording(path)
        for index in range(3):
            recorder.tick(index, DRIVE, RATE)
            assert len(list(recording.ticks())) == index + 1
            assert recording.end is None
        recorder.end(3, False, "interlock")
        assert recording.end == End(3.0, False, "interlock")


def test_lines_may_go_out_in_larger_pieces(tmp_path):
    path = tmp_path / "run.jsonl"
    with open_recorder(path, live=False) as recorder:
        recorder.header(LAYOUT, "p", "host", "d")
        assert path.read_bytes() == b""
    assert list(read_recording(path)) == []


@pytest.mark.parametrize(
    "convert", [bytes, list, tuple, bytearray, lambda b: np.frombuffer(b, dtype=np.uint8)]
)
def test_drives_may_come_in_any_sequence_of_integers(convert):
    stream = io.StringIO()
    recorder = Recorder(stream)
    recorder.header(LAYOUT, "p", "host", "d")
    recorder.tick(0, convert(DRIVE), convert(RATE))
    assert json.loads(stream.getvalue().splitlines()[1])["drive"] == list(DRIVE)


@pytest.mark.parametrize(
    ("t", "drive", "rate"),
    [
        (0, DRIVE[:7], RATE),
        (0, DRIVE, RATE + b"\0"),
        (0, [0] * 7 + [256], RATE),
        (0, [0] * 7 + [-1], RATE),
        (-0.02, DRIVE, RATE),
        (float("nan"), DRIVE, RATE),
        (float("inf"), DRIVE, RATE),
    ],
)
def test_a_tick_that_the_format_does_not_hold_is_not_written(t, drive, rate):
    stream = io.StringIO()
    recorder = Recorder(stream)
    recorder.header(LAYOUT, "p", "host", "d")
    before = stream.getvalue()
    with pytest.raises(ValueError, match=r".+"):
        recorder.tick(t, drive, rate)
    assert stream.getvalue() == before


def test_an_event_that_the_format_does_not_hold_is_not_written():
    recorder = Recorder(io.StringIO())
    recorder.header(LAYOUT, "p", "host", "d")
    for event in sorted(EVENTS):
        recorder.event(1.0, event)
    with pytest.raises(ValueError, match="unknown event"):
        recorder.event(1.0, "party")
    with pytest.raises(ValueError, match="kind"):
        recorder.event(1.0, "step", kind="x")
    with pytest.raises(ValueError, match="not JSON compliant"):
        recorder.event(1.0, "step", level=float("nan"))


def test_a_recording_is_one_header_then_lines_then_one_end():
    recorder = Recorder(io.StringIO())
    for early in (
        lambda: recorder.tick(0, DRIVE, RATE),
        lambda: recorder.event(0, "stop"),
        lambda: recorder.end(0, True, "completed"),
    ):
        with pytest.raises(RecordingError, match="begins with its header"):
            early()
    recorder.header(LAYOUT, "p", "host", "d")
    with pytest.raises(RecordingError, match="one header"):
        recorder.header(LAYOUT, "p", "host", "d")
    recorder.end(0, True, "completed")
    with pytest.raises(RecordingError, match="has ended"):
        recorder.tick(0, DRIVE, RATE)


def test_what_was_asked_for_stands_beside_what_was_put_out(tmp_path):
    path = tmp_path / "run.jsonl"
    with open_recorder(path) as recorder:
        recorder.header(LAYOUT, "p", "device", "d")
        recorder.tick(0, DRIVE, RATE, bytes(range(8)))
        recorder.tick(0.02, DRIVE, RATE)
        with pytest.raises(ValueError, match="8 drives asked for, not 7"):
            recorder.tick(0.04, DRIVE, RATE, bytes(7))
    assert path.read_text().splitlines()[1].endswith(',"asked":[0,1,2,3,4,5,6,7]}')
    assert list(read_recording(path)) == [Tick(0.0, DRIVE, RATE, bytes(range(8))), Tick(0.02, DRIVE, RATE)]


@pytest.mark.parametrize("path", ["/nowhere/run.jsonl", "a\x00b"])
def test_a_file_that_cannot_be_written_is_told(path):
    with pytest.raises(RecordingError, match="cannot be written"), open_recorder(path):
        pass


class FullDisk(io.StringIO):
    def write(self, _text):
        raise OSError(28, "No space left on device")


def test_a_full_disk_is_told():
    with pytest.raises(RecordingError, match="no space left"):
        Recorder(FullDisk()).header(LAYOUT, "p", "host", "d")


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs /dev/full")
def test_a_disk_that_is_full_only_at_the_end_is_told():
    with (
        pytest.raises(RecordingError, match="no space left"),
        open_recorder("/dev/full", live=False) as recorder,
    ):
        recorder.header(LAYOUT, "p", "host", "d")


@given(st.lists(st.tuples(st.integers(0, 60_000_000), st.binary(min_size=24, max_size=24)), max_size=30))
def test_many_ticks_are_written_as_one_by_one(told):
    rows = np.frombuffer(b"".join(row for _, row in told), np.uint8).reshape(len(told), 3, 8)
    times = [ms / 1000 for ms, _ in told]
    streams = io.StringIO(), io.StringIO()
    one_by_one, at_once = map(Recorder, streams)
    for recorder in (one_by_one, at_once):
        recorder.header(LAYOUT, "p", "device", "d")
    for t, (drive, rate, asked) in zip(times, rows, strict=True):
        one_by_one.tick(t, drive, rate, asked)
    at_once.ticks(times, rows[:, 0], rows[:, 1], rows[:, 2])
    assert at_once.t == one_by_one.t
    assert streams[0].getvalue() == streams[1].getvalue()


def test_many_ticks_are_of_one_width_and_of_a_time():
    recorder = Recorder(io.StringIO())
    good, narrow = np.zeros((2, 8), np.uint8), np.zeros((2, 7), np.uint8)
    with pytest.raises(RecordingError, match="begins with its header"):
        recorder.ticks([0.0, 0.02], good, good, good)
    recorder.header(LAYOUT, "p", "device", "d")
    for wrong in ((narrow, good, good), (good, narrow, good), (good, good, narrow), (good[:1], good, good)):
        with pytest.raises(ValueError, match=r"\(2, 8\) drives"):
            recorder.ticks([0.0, 0.02], *wrong)
    with pytest.raises(ValueError, match="not a time"):
        recorder.ticks([0.0, float("nan")], good, good, good)
