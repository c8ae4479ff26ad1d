"""The summary of a run: figures, dwell and history, in memory that does not grow."""

import json
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from depth import at_depth
from hypothesis import given, settings
from hypothesis import strategies as st

from firmware_bridge.devices.load import DeviceDescription, Layout, place_device
from firmware_bridge.recording.summary import COLUMNS, RunSummary

# Left and right of the back, a second one on the right, and one over the spine.
PLACES = ((-75, 400), (75, 400), (75, 480), (0, 400))


def layout() -> Layout:
    actuators: list[dict[str, Any]] = [
        {
            "id": f"a{i}",
            "kind": "vibration",
            "x_mm": x,
            "y_mm": y,
            "radius_mm": 15,
            "ceiling": 0.9,
            "attack_per_s": 800,
            "release_per_s": 1600,
            "response": {"start": 60, "hold": 40, "exponent": 0.5},
            "motor": {"tau_ms": 60},
        }
        for i, (x, y) in enumerate(PLACES)
    ]
    return place_device(
        DeviceDescription.model_validate(
            {"schema": 1, "name": "bench", "title": "Bench", "power_budget": 900, "actuator": actuators}
        )
    )


LAYOUT = layout()
M = len(PLACES)


def feed(
    summary: RunSummary, drive: np.ndarray, felt: np.ndarray | None = None, block: int = 50
) -> RunSummary:
    levels = drive / 255 if felt is None else felt
    for at in range(0, len(drive), block):
        part = slice(at, at + block)
        summary.add(at * 0.02, drive[part], np.where(drive[part] > 0, 40, 0), levels[part])
    return summary


def works(*spans: tuple[int, bool]) -> np.ndarray:
    """Drive of the first actuator: spans of (frames, at work)."""
    drive = np.zeros((sum(n for n, _ in spans), M), dtype=np.uint8)
    drive[:, 0] = np.concatenate([np.full(n, 100 * on) for n, on in spans])
    return drive


def test_an_empty_summary_reads_as_nothing() -> None:
    summary = RunSummary(LAYOUT)
    assert summary.ticks == 0
    assert summary.duration == 0
    assert summary.longest_dwell == ("", 0.0)
    assert [row.peak for row in summary.zones()] == [0.0, 0.0]
    assert summary.history.drive.shape == (0, M)
    assert summary.as_dict()["mean"] == 0.0


def test_a_layout_on_which_everything_is_excluded_has_no_zones() -> None:
    spine = replace(LAYOUT, actuators=(LAYOUT.actuators[3],))
    summary = RunSummary(spine)
    summary.add(0.0, np.zeros((70, 1)), np.zeros((70, 1)), np.zeros((70, 1)))
    assert summary.zones() == []
    assert summary.as_dict()["peak"] == 0.0


def test_zones_take_the_strongest_of_their_actuators() -> None:
    felt = np.zeros((100, M))
    felt[:50, 1], felt[:50, 2], felt[50:, 2] = 0.4, 0.2, 0.6
    rows = {row.zone: row for row in feed(RunSummary(LAYOUT), np.zeros((100, M)), felt).zones()}
    right = rows["upper-back-right"]
    assert right.peak == pytest.approx(0.6)
    assert right.mean == pytest.approx(0.5)
    assert right.active_s == pytest.approx(2.0)
    assert right.energy == pytest.approx((0.4**2 + 0.2**2 + 0.6**2) * 1.0)
    assert rows["upper-back-left"].active_s == 0


def test_a_zone_counts_as_active_from_the_felt_floor_on() -> None:
    felt = np.zeros((3, M))
    felt[:, 0] = 0.0199, 0.02, 0.0201
    row = feed(RunSummary(LAYOUT), np.zeros((3, M)), felt).zones()[0]
    assert row.active_s == pytest.approx(0.04)


def test_the_excluded_are_told_with_reason_and_what_they_were_driven_with() -> None:
    drive = np.zeros((10, M))
    drive[4, 3] = 7
    summary = feed(RunSummary(LAYOUT), drive)
    ((name, reason),) = summary.excluded
    assert name == "a3"
    assert "spine" in reason
    assert summary.as_dict()["excluded"] == [{"id": "a3", "reason": reason, "peak_drive": 7}]


@pytest.mark.parametrize(("rest", "longest_s"), [(99, 7.98), (100, 3.0), (101, 3.0)])
def test_a_span_counts_on_until_two_seconds_of_unbroken_rest(rest: int, longest_s: float) -> None:
    summary = feed(RunSummary(LAYOUT), works((150, True), (rest, False), (150, True)))
    assert summary.longest_dwell[0] == "a0"
    assert summary.longest_dwell[1] == pytest.approx(longest_s)


def test_a_rest_that_is_broken_does_not_count() -> None:
    summary = feed(RunSummary(LAYOUT), works((100, True), (70, False), (1, True), (70, False), (100, True)))
    assert summary.longest_dwell[1] == pytest.approx(341 * 0.02)


def slow_longest(column: np.ndarray) -> int:
    longest = span = rest = 0
    for on in column > 0:
        rest = 0 if on else rest + 1
        span = 0 if rest >= 100 else span + bool(on or span)
        longest = max(longest, span if on else 0)
    return longest


@given(st.lists(st.tuples(st.integers(1, 230), st.booleans()), min_size=1, max_size=12), st.integers(1, 130))
@settings(max_examples=at_depth(60))
def test_longest_dwell_agrees_with_counting_frame_by_frame(spans: list[tuple[int, bool]], block: int) -> None:
    drive = works(*spans)
    summary = feed(RunSummary(LAYOUT), drive, block=block)
    assert summary.actuators()[0].longest_dwell_s == pytest.approx(slow_longest(drive[:, 0]) * 0.02)


@given(n=st.integers(1, 700), block=st.integers(1, 130))
@settings(max_examples=at_depth(25))
def test_how_frames_fall_into_calls_does_not_change_the_report(n: int, block: int) -> None:
    drive = (np.arange(n * M).reshape(n, M) * 37) % 256
    one, many = feed(RunSummary(LAYOUT), drive, block=n), feed(RunSummary(LAYOUT), drive, block=block)
    assert one.as_dict() == many.as_dict()
    np.testing.assert_array_equal(one.history.felt, many.history.felt)


def test_reading_a_summary_midway_does_not_change_its_end() -> None:
    drive = (np.arange(333 * M).reshape(333, M) * 37) % 256
    plain, read = RunSummary(LAYOUT), RunSummary(LAYOUT)
    for at in range(0, 333, 10):
        for summary in (plain, read):
            summary.add(at * 0.02, drive[at : at + 10], drive[at : at + 10], drive[at : at + 10] / 255)
        assert read.as_dict()["ticks"] == min(at + 10, 333)
        assert len(read.history.t) <= COLUMNS
    assert plain.as_dict() == read.as_dict()


@pytest.mark.parametrize("n", [1, 63, 64, 65, 999, 1000, 1001, 5000, 64_001, 130_100])
def test_history_keeps_means_and_peaks_in_at_most_a_thousand_columns(n: int) -> None:
    drive = ((np.arange(n * M).reshape(n, M) * 37) % 256).astype(np.uint8)
    history = feed(RunSummary(LAYOUT), drive, block=1000).history
    k = len(history.t)
    width = round(history.column_s / 0.02)
    assert k == -(-n // width) <= COLUMNS
    assert n <= COLUMNS or k > COLUMNS // 2 - 2
    np.testing.assert_allclose(history.t, np.arange(k) * history.column_s, atol=1e-6)
    counts = np.diff(np.append(np.arange(k) * width, n))
    total = (history.drive * counts[:, None]).sum(axis=0)
    np.testing.assert_allclose(total, drive.astype(float).sum(axis=0), rtol=1e-9)
    np.testing.assert_allclose(history.felt_peak.max(axis=0), drive.max(axis=0) / 255)
    np.testing.assert_allclose(history.drive[-1], drive[(k - 1) * width :].mean(axis=0))


def test_memory_does_not_grow_with_the_run() -> None:
    def held(summary: RunSummary) -> int:
        return sum(
            value.nbytes
            for part in (summary, *vars(summary).values())
            for value in getattr(part, "__dict__", {}).values()
            if isinstance(value, np.ndarray)
        )

    drive = np.full((500, M), 90, dtype=np.uint8)
    summary = feed(RunSummary(LAYOUT), drive)
    early = held(summary)
    for i in range(200):
        summary.add(10.0 * (i + 1), drive, drive, drive / 255)
    assert held(summary) == early


def test_as_dict_is_json_with_the_figures_of_the_run() -> None:
    drive = works((100, True), (100, False))
    data = json.loads(json.dumps(feed(RunSummary(LAYOUT), drive).as_dict()))
    assert data["ticks"] == 200
    assert data["duration_s"] == 4.0
    assert data["peak"] == pytest.approx(100 / 255, abs=1e-4)
    assert data["mean"] == pytest.approx(50 / 255, abs=1e-4)
    assert data["longest_dwell"] == {"actuator": "a0", "s": 2.0}
    assert data["actuators"][0]["peak_drive"] == 100
    assert data["actuators"][0]["peak_rate"] == 40
    assert data["actuators"][0]["active_s"] == 2.0


def test_an_actuator_is_felt_for_as_long_as_it_lingers() -> None:
    drive, felt = works((50, True), (100, False)), np.zeros((150, M))
    felt[:80, 0] = 0.5
    row = feed(RunSummary(LAYOUT), drive, felt).actuators()[0]
    assert (row.active_s, row.felt_s) == (1.0, 1.6)
