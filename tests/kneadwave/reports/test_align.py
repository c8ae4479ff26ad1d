"""The run of a host is found in what its device was asked for, wherever it lies there."""

from pathlib import Path

import pytest
from recordings import LAYOUT

from firmware_bridge.errors import RecordingError
from firmware_bridge.recording.reader import read_recording
from firmware_bridge.recording.writer import open_recorder
from kneadwave.reports.align import Aligned, align, paired

RATE = bytes(8)


def ramp(first: int, frames: int = 100, step: int = 1) -> list[int]:
    return [0] * first + [min(200, 40 + step * k) for k in range(frames)] + [0] * 50


def written(path: Path, source: str, drives: list[int], *, asked: bool = False) -> Path:
    with open_recorder(path, live=False) as recorder:
        recorder.header(LAYOUT, "p", source, "d")  # type: ignore[arg-type]
        for k, drive in enumerate(drives, start=1):
            wanted = bytes([drive] * 8)
            put = bytes(8) if asked else wanted
            recorder.tick(k * 0.02, put, RATE, wanted if asked else None)
    return path


@pytest.mark.parametrize("asked", [False, True])
@pytest.mark.parametrize(("early", "late"), [(10, 10), (10, 400), (200, 30)])
def test_a_run_is_found_wherever_it_lies(tmp_path: Path, early: int, late: int, asked: bool) -> None:
    device = read_recording(written(tmp_path / "device", "device", ramp(late), asked=asked))
    host = read_recording(written(tmp_path / "host", "host", ramp(early)))
    assert align(device, host) == Aligned(late - early, still=late + 101, last=late + 151)


def test_of_several_runs_the_one_that_is_most_alike_is_taken(tmp_path: Path) -> None:
    drives = ramp(30, step=2) + ramp(30, step=1) + ramp(30, step=3)
    device = read_recording(written(tmp_path / "device", "device", drives))
    host = read_recording(written(tmp_path / "host", "host", ramp(5, step=1)))
    assert align(device, host).shift == 180 + 25


def test_what_is_too_different_is_no_run_of_the_host(tmp_path: Path) -> None:
    device = read_recording(written(tmp_path / "device", "device", ramp(30, step=0)))
    host = read_recording(written(tmp_path / "host", "host", ramp(5, step=3)))
    with pytest.raises(RecordingError, match="does not hold the run") as caught:
        align(device, host)
    assert caught.value.hint == "give two recordings of the same run"


def test_the_device_is_told_from_the_host_in_either_order(tmp_path: Path) -> None:
    device = read_recording(written(tmp_path / "device", "device", ramp(3)))
    host = read_recording(written(tmp_path / "host", "host", ramp(3)))
    assert paired(device, host) == paired(host, device) == (device, host)
    with pytest.raises(RecordingError, match="both recordings of the host"):
        paired(host, host)
