"""A recording tells what its run came to: the same figures as the run itself, in whatever state it is."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from recorded_runs import by_both, by_device, rewritten, without

from firmware_bridge.devices.load import load_device, place_device
from firmware_bridge.errors import RecordingError
from firmware_bridge.limits import DWELL_MAX_S
from firmware_bridge.recording.writer import open_recorder
from kneadwave.reports.collect import COLUMNS_MAX, COURSE_BYTES, SERIES, Collector
from kneadwave.reports.frames import FrameRun
from kneadwave.reports.read import read_report
from kneadwave.text import plainly


@pytest.mark.parametrize(
    ("device", "stature_m"), [("reference-cushion", 1.7), ("mat-64", 1.7), ("seat-pad-8", 1.9)]
)
def test_a_device_recording_gives_the_figures_of_the_run(
    tmp_path: Path, device: str, stature_m: float
) -> None:
    path = tmp_path / "run.jsonl"
    simulation = by_device(path, device, stature_m)
    told = read_report(path)
    assert told.summary.as_dict() == simulation.watch.summary.as_dict()
    assert told.layout.stature_m == stature_m
    assert told.layout.power_budget == simulation.layout.power_budget
    assert (told.title, told.sources) == (f"short on {device}", ("device",))
    assert told.end is not None
    assert (told.end.ok, told.end.reason) == (True, "completed")
    assert [name for name, _, _ in told.steps] == ["up the back", "buzz"]
    assert told.notes == ()
    np.testing.assert_allclose(told.summary.history.felt, simulation.watch.summary.history.felt, atol=1e-12)


def test_zones_are_told_from_the_head_down_with_dose_and_limits(tmp_path: Path) -> None:
    path = tmp_path / "run.jsonl"
    by_device(path)
    told = read_report(path)
    zones = told.zones()
    names = [zone.zone for zone in zones]
    assert names[:4] == ["shoulder-left", "shoulder-right", "scapular-left", "scapular-right"]
    assert names[-2:] == ["gluteal-left", "gluteal-right"]
    middle = {zone.zone: zone.title for zone in zones if zone.title != zone.zone}
    assert middle == {"sacrum-right": "sacrum"}, "its one motor lies on the middle line"
    rows = {row.zone: row for row in told.summary.zones()}
    for zone in zones:
        row = rows[zone.zone]
        assert zone.dose == pytest.approx(row.mean * row.active_s)
        assert zone.dose_most == pytest.approx(zone.ceiling * told.duration)
        assert 0 <= zone.peak <= zone.ceiling <= 1
        assert zone.dwell_s <= DWELL_MAX_S
        assert zone.dwell_s == max(
            each.longest_dwell_s for each in told.rows if each.zone == zone.zone and each.ceiling
        )
    assert max(zone.dose for zone in zones) > 1


def test_asked_and_put_out_lie_close_together_on_a_calm_line(tmp_path: Path) -> None:
    path = tmp_path / "run.jsonl"
    by_device(path)
    told = read_report(path)
    assert told.apart is not None
    assert max(each.most for each in told.apart) <= 1
    assert told.course.asked is not None
    assert told.course.put is not None
    assert np.abs(told.course.asked - told.course.put).max() <= 1


def test_the_figures_are_json_and_hold_every_part(tmp_path: Path) -> None:
    path = tmp_path / "run.jsonl"
    by_device(path)
    figures = json.loads(json.dumps(read_report(path).figures(), allow_nan=False))
    assert figures["duration_s"] == pytest.approx(14.3, abs=0.5)
    assert figures["longest_dwell"]["max_s"] == 10.0
    assert figures["cut"] is False
    assert figures["completed"] is True
    assert {"dose", "dose_most", "dwell_s", "peak", "ceiling"} <= set(figures["zones"][0])
    assert {"ceiling_felt", "apart_mean", "apart_most", "peak_drive"} <= set(figures["actuators"][0])
    assert {row["id"] for row in figures["excluded"]} == {"spine", "kidney-l", "kidney-r"}
    assert figures["events"][0]["event"] == "state"
    assert figures["counts"]["step"] == 2


def test_a_recording_is_told_up_to_where_it_was_cut(tmp_path: Path) -> None:
    path = tmp_path / "run.jsonl"
    by_device(path)
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    told = read_report(path)
    assert told.end is None
    assert 5 < told.duration < 9
    assert "cut, or still grows" in told.notes[0]
    path.write_bytes(whole[: whole.index(b"\n") + 1])
    empty = read_report(path)
    assert (empty.duration, empty.course.felt.shape[0], empty.steps) == (0.0, 0, ())
    assert empty.figures()["longest_dwell"] == {"actuator": "", "s": 0.0, "max_s": 10.0}


def test_a_host_recording_tells_what_was_asked_for_only(tmp_path: Path) -> None:
    by_both(tmp_path / "device", tmp_path / "host")
    told = read_report(tmp_path / "host")
    assert told.sources == ("host",)
    assert told.course.put is told.course.put_peak is told.apart is None
    assert told.course.asked is not None
    assert told.course.asked.max() > 0
    assert "not what was put out" in told.notes[0]


@pytest.mark.parametrize("asked", [True, False])
@pytest.mark.parametrize("first", ["device", "host"])
def test_both_sides_of_a_run_are_told_together(tmp_path: Path, first: str, asked: bool) -> None:
    device, host = tmp_path / "device", tmp_path / "host"
    by_both(device, host, sessions=2)
    if not asked:
        rewritten(device, line=without("asked"))
    told = read_report(device, host) if first == "device" else read_report(host, device)
    assert told.sources == ("device", "host")
    assert told.profile == "short"
    assert [name for name, _, _ in told.steps] == ["up the back", "buzz"]
    assert told.steps[0][1] == pytest.approx(0.0, abs=0.5)
    # The second of two sessions, without the silence around it.
    assert told.duration == pytest.approx(15, abs=2)
    assert told.start_s > 20
    assert told.apart is not None
    # Without what was asked for they are told apart by a frame at most, 20 ms of attack.
    assert max(each.mean for each in told.apart) < (6 if asked else 16)
    assert told.course.asked is not None
    assert told.course.put is not None
    assert told.end is not None
    assert told.end.reason == "completed"


def test_a_device_recording_that_was_cut_within_the_run_of_its_host_says_so(tmp_path: Path) -> None:
    device, host = tmp_path / "device", tmp_path / "host"
    by_both(device, host)
    lines = device.read_text().splitlines(keepends=True)
    kinds = [json.loads(line)["kind"] for line in lines]
    device.write_text("".join(lines[: kinds.index("end")]))
    assert read_report(device, host).end is not None  # it still grows, and the run is over
    device.write_text("".join(lines[: len(lines) // 2]))
    told = read_report(device, host)
    assert told.end is None
    assert "cut, or still grows" in told.notes[0]


def test_long_silence_of_a_waiting_device_is_left_out_at_both_ends(tmp_path: Path) -> None:
    by_both(tmp_path / "device", tmp_path / "host", idle_s=30.0)
    told = read_report(tmp_path / "device")
    assert told.start_s == pytest.approx(28.2, abs=0.5)
    assert told.duration == pytest.approx(18.5, abs=1.0)
    assert any("0:00 here is 0:28 min into the recording" in note for note in told.notes)
    assert all(0 <= event.t <= told.duration for event in told.events)


def test_two_sides_of_different_runs_are_refused(tmp_path: Path) -> None:
    by_both(tmp_path / "device", tmp_path / "host")
    by_device(tmp_path / "other")
    by_device(tmp_path / "pad", "seat-pad-8")
    with pytest.raises(RecordingError, match="both recordings of the device"):
        read_report(tmp_path / "device", tmp_path / "other")
    with pytest.raises(RecordingError, match="other actuators"):
        read_report(tmp_path / "pad", tmp_path / "host")

    def reversed_drives(line: dict) -> None:
        if line["kind"] == "tick":
            line["drive"] = line["drive"][::-1]

    rewritten(tmp_path / "host", line=reversed_drives)
    with pytest.raises(RecordingError, match="does not hold the run of"):
        read_report(tmp_path / "device", tmp_path / "host")

    def silent(line: dict) -> None:
        if line["kind"] == "tick":
            line["drive"] = [0] * len(line["drive"])

    rewritten(tmp_path / "host", line=silent)
    with pytest.raises(RecordingError, match="nothing was driven"):
        read_report(tmp_path / "device", tmp_path / "host")


@pytest.mark.parametrize(
    ("missing", "note", "steady"),
    [
        (("response", "motor", "stature_m", "power_budget"), "share of full drive", False),
        (("motor",), "drives that hold", True),
    ],
)
def test_an_older_recording_says_on_what_its_felt_levels_rest(
    tmp_path: Path, missing: tuple[str, ...], note: str, steady: bool
) -> None:
    path = tmp_path / "run.jsonl"
    by_device(path)
    peak_drive = max(row.peak_drive for row in read_report(path).rows)
    rewritten(path, header=without(*missing), line=without("asked"))
    told = read_report(path)
    assert any(note in each for each in told.notes)
    assert any("does not tell what was asked for" in each for each in told.notes)
    assert told.apart is None
    assert told.course.asked is None
    assert (told.summary.levels[0] == pytest.approx(peak_drive / 255)) is not steady


def test_every_limit_that_was_broken_is_named(tmp_path: Path) -> None:
    path = tmp_path / "run.jsonl"
    by_device(path)
    assert read_report(path).breaches == ()
    ids = [row.id for row in read_report(path).rows]
    spine, upper, knead = ids.index("spine"), ids.index("upper-l"), ids.index("knead-l")

    def wild(line: dict) -> None:
        if line["kind"] == "tick":
            line["drive"][spine], line["drive"][upper], line["drive"][knead] = 3, 183, 100
            line["rate"][knead] = 61

    told = read_report(rewritten(path, line=wild))
    assert told.breaches == (
        "spine has to stay off and was driven up to 3",
        "spine worked 14.2 s at one point, more than 10 s",
        "upper-l was driven up to 183, above its ceiling of 182",
        "upper-l worked 14.2 s at one point, more than 10 s",
        "knead-l worked 14.2 s at one point, more than 10 s",
        "knead-l kneaded 61 times a minute, more than 60",
    )
    assert told.figures()["breaches"] == list(told.breaches)


def test_a_recording_without_actuators_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "run.jsonl"
    by_device(path)
    path.write_text(path.read_text().splitlines()[0] + "\n")
    rewritten(path, header=lambda header: header["actuators"].clear())
    with pytest.raises(RecordingError, match="has no actuators"):
        read_report(path)


def test_memory_does_not_grow_with_the_run(tmp_path: Path) -> None:
    layout = place_device(load_device("mat-64"))
    path = tmp_path / "run.jsonl"
    with open_recorder(path) as recorder:
        recorder.header(layout, "long", "device", "mat-64")
    from firmware_bridge.recording.reader import read_recording

    collector = Collector(read_recording(path).header)
    drive = bytes([90] * 64)
    columns = min(COLUMNS_MAX, COURSE_BYTES // (SERIES * 64))
    for at in range(0, 60_000, 1000):
        collector.take(FrameRun(at, 1000, drive, bytes(64), drive))
    collector.close()
    course = collector.course(True)
    assert columns // 2 - 2 <= len(course.felt) <= columns
    assert course.felt.shape[1] == 64
    assert course.column_s * len(course.felt) == pytest.approx(1200, abs=course.column_s)


def test_what_was_left_for_a_person_is_told_apart_from_what_the_device_allows_everybody(
    tmp_path: Path,
) -> None:
    device, host = tmp_path / "device", tmp_path / "host"
    by_both(device, host)

    def eased(header: dict) -> None:
        for each in header["actuators"]:
            if each["zone"].startswith("lumbar"):
                each["ceiling"] = 0.6
            each["excluded"] = each["excluded"] or each["zone"] == "flank-left"

    rewritten(host, header=eased)
    both = read_report(device, host)
    lumbar = {zone.zone: zone for zone in both.zones()}["lumbar-left"]
    assert lumbar.ceiling_device == pytest.approx(0.5, abs=0.01)
    assert lumbar.ceiling < 0.4
    assert "in this session" in both.ceilings_told
    assert "flank-left" not in {zone.zone for zone in both.zones()}, "the host kept it off"
    assert any("lumbar-l was driven" in text for text in both.breaches), "above what this person may have"
    alone = read_report(device)
    assert {zone.ceiling == zone.ceiling_device for zone in alone.zones()} == {True}
    assert "knows no person" in alone.ceilings_told
    assert {zone.ceiling_device for zone in read_report(host).zones()} == {None}


def test_a_session_of_a_device_that_still_waits_has_the_end_that_the_device_tells(tmp_path: Path) -> None:
    device = tmp_path / "device"
    by_both(device, tmp_path / "host", sessions=2)
    lines = device.read_text().splitlines(keepends=True)
    device.write_text("".join(line for line in lines if '"kind":"end"' not in line))
    for session in (1, 2):
        told = read_report(device, session=session)
        assert told.end is not None
        assert told.end.ok
        assert plainly(told.end.reason) == "told to stop"
        assert not any("cut, or still grows" in note for note in told.notes)
    assert read_report(device).end is None


@pytest.mark.parametrize("second", [False, True])
def test_of_two_sessions_alike_the_one_that_began_when_the_host_says_is_told(
    tmp_path: Path, second: bool
) -> None:
    device, host = tmp_path / "device", tmp_path / "host"
    by_both(device, host, sessions=2)
    began = [span.start for span in read_report(device).sessions][second]
    at = datetime(2026, 3, 1, 20, 0, tzinfo=UTC)
    rewritten(device, header=lambda header: header.update(began=at.isoformat()))
    by_clock = (at + timedelta(seconds=round(began))).isoformat()
    rewritten(host, header=lambda header: header.update(began=by_clock))
    assert read_report(device, host).start_s == pytest.approx(began, abs=2.0)
    rewritten(host, header=lambda header: header.update(began="at tea time"))
    assert read_report(device, host).start_s > 20, "without a time it is the one that fits best"
