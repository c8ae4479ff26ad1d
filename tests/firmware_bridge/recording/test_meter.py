"""One meter under the dose and the summary: both tell the same of the same frames, however they come."""

import numpy as np
import pytest
from depth import at_depth
from hypothesis import given, settings
from hypothesis import strategies as st
from spans import longest_work

from firmware_bridge.devices.load import load_device, place_device
from firmware_bridge.devices.response import Response
from firmware_bridge.limits import DWELL_REST_FRAMES, FELT_FLOOR
from firmware_bridge.recording.dose import DoseMeter
from firmware_bridge.recording.meter import DwellMeter, ZoneMeter
from firmware_bridge.recording.summary import REST_FRAMES, RunSummary

LAYOUT = place_device(load_device("reference-cushion"))
WIDTH = len(LAYOUT.actuators)
ALLOWED = [actuator.index for actuator in LAYOUT.allowed]
FELT_FROM = [int(Response.drive_for(FELT_FLOOR, a.start, a.exponent)) + 1 for a in LAYOUT.actuators]

Spans = list[tuple[int, dict[int, int]]]
SPANS = st.lists(
    st.tuples(
        st.integers(1, 150),
        st.dictionaries(st.sampled_from(ALLOWED), st.integers(0, 255), max_size=4),
    ),
    min_size=1,
    max_size=8,
)


def drives_of(spans: Spans) -> np.ndarray:
    """Frames of the reference cushion; a drive below the floor of what is felt is raised above it."""
    rows = np.zeros((sum(count for count, _ in spans), WIDTH), dtype=np.uint8)
    at = 0
    for count, levels in spans:
        for index, drive in levels.items():
            rows[at : at + count, index] = max(drive, FELT_FROM[index]) if drive else 0
        at += count
    return rows


@settings(max_examples=at_depth(40))
@given(spans=SPANS, block=st.integers(1, 130))
def test_dose_and_summary_tell_the_same_of_the_same_frames(spans: Spans, block: int) -> None:
    drive = drives_of(spans)
    felt = Response.felt_for(drive, LAYOUT.starts, LAYOUT.exponents)
    assert ((felt >= FELT_FLOOR) == (drive > 0)).all()
    dose, summary = DoseMeter(LAYOUT), RunSummary(LAYOUT)
    for at in range(0, len(drive), block):
        part = slice(at, at + block)
        summary.add(at / 50, drive[part], drive[part], felt[part])
        for row in drive[part]:
            dose.tick(at / 50, row.tobytes(), bytes(WIDTH))
        dose.zones()
    got = dose.zones()
    rows = {row.zone: row for row in summary.zones() if row.active_s}
    assert list(got) == sorted(rows)
    for zone, figures in got.items():
        assert figures["peak"] == rows[zone].peak
        assert figures["mean"] == pytest.approx(rows[zone].mean, rel=1e-12)
        assert figures["active_s"] == pytest.approx(rows[zone].active_s)
        # The host's rest is the longer one, so its stays are as long or longer.
        stays = [row.longest_dwell_s for row in summary.actuators() if row.zone == zone]
        assert figures["dwell_s"] >= max(stays) - 1e-9


@settings(max_examples=at_depth(60))
@given(spans=SPANS, block=st.integers(1, 300), rest=st.sampled_from([2, 64, REST_FRAMES, DWELL_REST_FRAMES]))
def test_work_between_rests_is_what_the_check_counts(spans: Spans, block: int, rest: int) -> None:
    works = drives_of(spans) > 0
    meter = DwellMeter(WIDTH, rest)
    for at in range(0, len(works), block):
        meter.add(works[at : at + block])
    assert meter.longest.tolist() == [work.seconds for work in longest_work(works, 1.0, rest)]
    assert meter.worked.tolist() == works.sum(axis=0).tolist()


def test_the_hosts_rest_is_the_longer_one() -> None:
    assert DWELL_REST_FRAMES > REST_FRAMES


def test_a_zone_takes_the_strongest_of_its_allowed_actuators_and_the_sum_of_all_of_them() -> None:
    zones = ZoneMeter(LAYOUT)
    values = np.arange(WIDTH, dtype=np.float64)
    for zone, strongest, total in zip(
        zones.zones, zones.strongest(values[np.newaxis])[0], zones.total(values), strict=True
    ):
        mine = [actuator.index for actuator in LAYOUT.allowed if actuator.zone == zone]
        assert (strongest, total) == (max(mine), sum(mine))
    assert set(zones.zones) == {actuator.zone for actuator in LAYOUT.allowed}


def test_memory_does_not_grow_with_the_session() -> None:
    def held() -> int:
        return sum(v.nbytes for part in (dwell, zones) for v in vars(part).values() if hasattr(v, "nbytes"))

    dwell, zones = DwellMeter(WIDTH, REST_FRAMES), ZoneMeter(LAYOUT)
    before, works = held(), np.ones((500, WIDTH), dtype=np.bool_)
    for _ in range(20):
        dwell.add(works)
        zones.add(zones.strongest(works * 0.5), zones.strongest(works))
    assert held() == before
    assert dwell.longest.tolist() == [10_000] * WIDTH
