"""What each zone was commanded: the same figures however the frames come, and those of the definition."""

import numpy as np
import pytest
from depth import at_depth
from hypothesis import given, settings
from hypothesis import strategies as st

from firmware_bridge.devices.load import load_device, place_device
from firmware_bridge.devices.response import Response
from firmware_bridge.limits import DWELL_REST_FRAMES
from firmware_bridge.recording.dose import DoseMeter, Tee

LAYOUT = place_device(load_device("reference-cushion"))
WIDTH = len(LAYOUT.actuators)
ACTUATOR = LAYOUT.allowed[0]
RATES = bytes(WIDTH)


def frame(drive: int, *indices: int) -> bytes:
    return bytes(drive if i in indices else 0 for i in range(WIDTH))


def metered(frames: list[bytes]) -> DoseMeter:
    meter = DoseMeter(LAYOUT)
    for number, drive in enumerate(frames):
        meter.tick(number / 50, drive, RATES)
    return meter


def slowly(frames: list[bytes]) -> dict[str, dict[str, float]]:
    """The definition, one actuator and one frame at a time."""
    figures: dict[str, dict[str, float]] = {}
    for zone in {a.zone for a in LAYOUT.allowed}:
        mine = [a for a in LAYOUT.allowed if a.zone == zone]
        levels, active, longest = [], 0, 0
        for drives in frames:
            felt = [float(Response.felt_for(drives[a.index], a.start, a.exponent)) for a in mine]
            if any(drives[a.index] for a in mine):
                active += 1
                levels.append(max(felt))
        for a in mine:
            first, last = 0, -DWELL_REST_FRAMES - 1  # of a span: shorter pauses than a rest belong to it
            for number, drives in enumerate(frames):
                if drives[a.index]:
                    first = number if number - last > DWELL_REST_FRAMES else first
                    last = number
                    longest = max(longest, last - first + 1)
        if active:
            mean = sum(levels) / active
            figures[zone] = {
                "peak": max(levels),
                "mean": mean,
                "active_s": active / 50,
                "dwell_s": longest / 50,
            }
    return figures


def test_nothing_moved_is_no_dose() -> None:
    meter = metered([bytes(WIDTH)] * 75)
    assert meter.zones() == {}
    assert meter.moved_s == 0.0


def test_one_actuator_at_its_ceiling() -> None:
    meter = metered([frame(ACTUATOR.ceiling, ACTUATOR.index)] * 100 + [bytes(WIDTH)] * 33)
    assert meter.moved_s == 2.0
    dose = meter.zones()
    assert list(dose) == [ACTUATOR.zone]
    felt = float(Response.felt_for(ACTUATOR.ceiling, ACTUATOR.start, ACTUATOR.exponent))
    assert dose[ACTUATOR.zone] == pytest.approx({"peak": felt, "mean": felt, "active_s": 2.0, "dwell_s": 2.0})


@pytest.mark.parametrize(
    ("rest", "dwell"), [(DWELL_REST_FRAMES - 1, 79 + DWELL_REST_FRAMES), (DWELL_REST_FRAMES, 40)]
)
def test_a_dwell_ends_with_a_full_rest(rest: int, dwell: int) -> None:
    on, off = frame(90, ACTUATOR.index), bytes(WIDTH)
    meter = metered([on] * 40 + [off] * rest + [on] * 40)
    assert meter.zones()[ACTUATOR.zone]["dwell_s"] == dwell / 50


@settings(max_examples=at_depth(80))
@given(data=st.data())
def test_it_is_the_definition_however_often_it_is_asked(data: st.DataObject) -> None:
    runs = data.draw(
        st.lists(st.tuples(st.integers(1, 160), st.sets(st.integers(0, WIDTH - 1), max_size=3)), max_size=6)
    )
    drive = data.draw(st.integers(1, 200))
    frames = [frame(drive, *who) for count, who in runs for _ in range(count)]
    allowed = {a.index for a in LAYOUT.allowed}
    frames = [bytes(d if i in allowed else 0 for i, d in enumerate(f)) for f in frames]
    often, once = DoseMeter(LAYOUT), metered(frames)
    for number, drives in enumerate(frames):
        often.tick(number / 50, drives, RATES)
        if number % 7 == 0:
            often.zones()
    expected = slowly(frames)
    for meter in (often, once):
        assert meter.zones().keys() == expected.keys()
        for zone, figures in expected.items():
            assert meter.zones()[zone] == pytest.approx(figures)
        assert meter.moved_s == sum(any(f) for f in frames) / 50


def test_a_tee_hands_on_to_all_and_needs_none() -> None:
    first, second = DoseMeter(LAYOUT), DoseMeter(LAYOUT)
    tee = Tee(first, None, second)
    tee.tick(0.0, frame(90, ACTUATOR.index), RATES)
    Tee(None).tick(0.0, RATES, RATES)
    assert first.zones() == second.zones() != {}
    assert np.isfinite(first.moved_s)
