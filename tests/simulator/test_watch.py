"""A watch keeps every twentieth millisecond, however the output is cut."""

import io
import json

import numpy as np
import pytest
from depth import at_depth
from hypothesis import given, settings
from hypothesis import strategies as st

from firmware_bridge.devices.layout import place_device
from firmware_bridge.devices.load import load_device
from firmware_bridge.guard.output_stage import OutputBlock
from firmware_bridge.recording.writer import Recorder
from simulator.watch import Watch

LAYOUT = place_device(load_device("seat-pad-8"))
WIDTH = len(LAYOUT.actuators)


def recorded(stream):
    return [json.loads(line) for line in stream.getvalue().splitlines()[1:]]


def watching(**options):
    stream = io.StringIO()
    recorder = Recorder(stream)
    recorder.header(LAYOUT, "made", "device", "seat-pad-8")
    return Watch(LAYOUT, recorder, **options), stream


def counted(first, count):
    """Output that tells its own time: drive is the millisecond modulo 200."""
    t = np.arange(first, first + count)[:, None] % 200
    return np.broadcast_to(t, (count, WIDTH)).astype(np.uint8)


def feed(watch, sizes, silent=False):
    first = 1
    for size in sizes:
        drive = counted(first, size) * (not silent)
        watch.output(OutputBlock(first, drive, drive, silent))
        first += size
    watch.flush()
    return first - 1


@settings(max_examples=at_depth(40))
@given(st.lists(st.integers(1, 130), min_size=1, max_size=30))
def test_ticks_are_those_of_whole_twentieths_however_the_output_is_cut(sizes):
    watch, stream = watching()
    last = feed(watch, sizes)
    ticks = recorded(stream)
    assert [tick["t"] for tick in ticks] == [round(ms / 1000, 3) for ms in range(20, last + 1, 20)]
    for tick in ticks:
        assert tick["drive"] == tick["rate"] == [round(tick["t"] * 1000) % 200] * WIDTH


def test_the_summary_is_the_same_however_the_output_is_cut():
    summaries = []
    for sizes in ([4000], [7] * 571 + [3], [999, 1, 1000, 20, 1980]):
        watch, _ = watching()
        feed(watch, sizes)
        summaries.append(watch.summary.as_dict())
    assert summaries[0] == summaries[1] == summaries[2]


def test_it_needs_no_recorder():
    watch = Watch(LAYOUT)
    feed(watch, [500, 500])
    watch.event(1000, "trip", reason="button")
    assert watch.trips == 1


def test_events_are_recorded_with_their_time_and_trips_counted():
    watch, stream = watching()
    watch.event(1234, "state", state="armed", reason="none")
    watch.event(2000, "trip", reason="button")
    watch.event(3000, "trip", reason="ceiling")
    assert watch.trips == 2
    assert recorded(stream)[0] == {
        "kind": "event",
        "t": 1.234,
        "event": "state",
        "state": "armed",
        "reason": "none",
    }


def test_a_tick_tells_what_is_asked_for_on_the_line_between_setpoints():
    watch, stream = watching()
    for due in (30, 50, 90):
        watch.accepted(due, bytes([due] * WIDTH))
    feed(watch, [100])
    assert [tick["asked"][0] for tick in recorded(stream)] == [20, 40, 60, 80, 90]


@pytest.mark.parametrize(
    ("state", "left"), [("playing", 50), ("holding", 0), ("stopping", 0), ("tripped", 0), ("disarmed", 0)]
)
def test_nothing_is_asked_for_any_more_once_the_device_heeds_nobody(state, left):
    watch, stream = watching()
    watch.accepted(30, bytes([30] * WIDTH))
    watch.accepted(50, bytes([50] * WIDTH))
    feed(watch, [45])
    watch.event(45, "state", state=state, reason="none")
    watch.output(OutputBlock(46, counted(46, 20), counted(46, 20), False))
    watch.flush()
    assert [line["asked"][0] for line in recorded(stream) if line["kind"] == "tick"] == [20, 40, left]


@pytest.mark.parametrize("thin", [False, True])
def test_a_thin_watch_leaves_out_most_of_a_long_silence_only(thin):
    watch, stream = watching(thin=thin)
    silence = np.zeros((1000, WIDTH), np.uint8)
    for k in range(10):
        watch.output(OutputBlock(1 + k * 1000, silence, silence, True))
    driven = np.full((1000, WIDTH), 9, np.uint8)
    watch.output(OutputBlock(10_001, driven, driven, False))
    watch.flush()
    ticks = recorded(stream)
    quiet = [tick for tick in ticks if not any(tick["drive"])]
    assert len(ticks) - len(quiet) == 50
    assert len(quiet) == (10 if thin else 500)
    if thin:
        gaps = np.diff([tick["t"] for tick in ticks])
        assert gaps.max() <= 1.0


def test_in_real_time_nothing_is_gathered_that_nobody_records():
    watch = Watch(LAYOUT, thin=True)
    feed(watch, [40, 40])
    assert watch.summary.as_dict()["ticks"] == 0
    played = Watch(LAYOUT)
    feed(played, [40, 40])
    assert played.summary.as_dict()["ticks"] == 4
