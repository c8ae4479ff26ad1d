"""Ticks become frames without gaps, whatever was left out between them."""

import json
from pathlib import Path

import pytest
from recorded_runs import rewritten
from recordings import LAYOUT

from firmware_bridge.errors import RecordingError
from firmware_bridge.recording.reader import End, RecordedEvent, read_recording
from firmware_bridge.recording.writer import open_recorder
from kneadwave.reports.frames import HELD_FRAMES, IDLE_FRAMES, LONGEST_S, FrameRun, Gap, runs

ON, OFF = bytes([9] * 8), bytes(8)


def written(path: Path, *ticks: tuple[float, bytes], asked: bytes | None = None) -> Path:
    with open_recorder(path) as recorder:
        recorder.header(LAYOUT, "p", "device", "d")
        for t, drive in ticks:
            recorder.tick(t, drive, OFF, asked)
    return path


def spans(path: Path) -> list[tuple[int, int, bool]]:
    return [
        (run.at, run.length, any(run.drive))
        for run in runs(read_recording(path))
        if isinstance(run, FrameRun)
    ]


def test_ticks_side_by_side_are_frames(tmp_path: Path) -> None:
    path = written(tmp_path / "r", (0.02, ON), (0.04, ON), (0.06, OFF))
    assert spans(path) == [(1, 1, True), (2, 1, True), (3, 1, False)]


def test_a_short_gap_holds_what_was_there_and_a_long_one_is_silent(tmp_path: Path) -> None:
    path = written(tmp_path / "r", (0.0, ON), (0.1, ON), (1.1, ON), (2.1, OFF), (3.1, OFF))
    assert spans(path) == [
        (0, 1, True),
        (1, 4, True),
        (5, 1, True),
        (6, HELD_FRAMES, True),
        (6 + HELD_FRAMES, 49 - HELD_FRAMES, False),
        (55, 1, True),
        (56, HELD_FRAMES, True),
        (56 + HELD_FRAMES, 49 - HELD_FRAMES, False),
        (105, 1, False),
        (106, HELD_FRAMES, False),
        (106 + HELD_FRAMES, 49 - HELD_FRAMES, False),
        (155, 1, False),
    ]


def test_a_frame_counts_once_and_a_wish_is_no_silence(tmp_path: Path) -> None:
    assert spans(written(tmp_path / "r", (0.02, ON), (0.021, OFF), (0.04, OFF))) == [
        (1, 1, True),
        (2, 1, False),
    ]
    found = next(runs(read_recording(written(tmp_path / "r", (0.02, OFF), asked=ON))))
    assert isinstance(found, FrameRun)
    assert not found.silent


def test_events_and_the_end_keep_their_place(tmp_path: Path) -> None:
    path = tmp_path / "r"
    with open_recorder(path) as recorder:
        recorder.header(LAYOUT, "p", "device", "d")
        recorder.event(0, "state", state="armed")
        recorder.tick(0.02, ON, OFF)
        recorder.event(0.03, "stop")
        recorder.end(0.04, False, "stopped")
    assert [type(item) for item in runs(read_recording(path))] == [
        RecordedEvent,
        FrameRun,
        RecordedEvent,
        End,
    ]


def test_a_longer_recording_than_a_report_reads_is_refused(tmp_path: Path) -> None:
    ticks = [(float(t), OFF) for t in range(0, LONGEST_S + 120, 60)]
    with pytest.raises(RecordingError, match=r"goes on to 43260 s, and a report reads 43200 s at the most"):
        list(runs(read_recording(written(tmp_path / "r", *ticks))))


@pytest.mark.parametrize(("rate_hz", "refused"), [(49, False), (50, False), (51, True)])
def test_a_finer_recording_than_a_report_reads_is_refused(
    tmp_path: Path, rate_hz: int, refused: bool
) -> None:
    path = rewritten(
        written(tmp_path / "r", (0.02, ON)), header=lambda header: header.update(rate_hz=rate_hz)
    )
    assert json.loads(path.read_text().splitlines()[0])["rate_hz"] == rate_hz
    if refused:
        with pytest.raises(RecordingError, match="51 ticks a second"):
            list(runs(read_recording(path)))
    else:
        assert spans(path) == [(1, 1, True)]


def gaps(path: Path) -> list[Gap]:
    return [item for item in runs(read_recording(path)) if isinstance(item, Gap)]


def test_a_gap_is_told_where_work_is_not_known_about(tmp_path: Path) -> None:
    for more in (-1, 0, 1):
        late = round((1 + HELD_FRAMES + more) * 0.02, 4)
        worked = written(tmp_path / "r", (0.0, ON), (late, OFF), (late + 0.02, OFF))
        assert gaps(worked) == ([(0.0, late)] if more > 0 else [])
        idle = round((IDLE_FRAMES + more) * 0.02, 4)
        waited = written(tmp_path / "r", (0.0, OFF), (idle, OFF), (idle + 0.02, ON))
        assert gaps(waited) == ([(0.0, idle)] if more > 0 else [])
        began = written(tmp_path / "r", (late, ON))
        assert gaps(began) == ([(0.0, late)] if more > 0 else [])
    asked = written(tmp_path / "r", (0.0, OFF), (0.5, OFF), asked=ON)
    assert gaps(asked) == [(0.0, 0.5)]


def test_a_gap_before_the_end_is_told(tmp_path: Path) -> None:
    path = written(tmp_path / "r", (0.0, ON), (0.02, ON))
    with path.open("a", encoding="utf-8") as file:
        file.write('{"kind":"end","t":4.02,"ok":true,"reason":"completed"}\n')
    assert gaps(path) == [(0.02, 4.02)]


def test_a_slower_recording_has_ticks_as_far_apart_as_it_says(tmp_path: Path) -> None:
    path = written(tmp_path / "r", (0.0, ON), (0.5, ON), (1.0, ON), (2.0, ON))
    assert gaps(rewritten(path, header=lambda header: header.update(rate_hz=2))) == [(1.0, 2.0)]
