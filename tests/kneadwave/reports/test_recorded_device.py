"""A recording's header gives the device back, within bounds where it is wild."""

import io
import json
from typing import Any

import numpy as np
import pytest

from firmware_bridge.devices.layout import Layout, place_device
from firmware_bridge.devices.load import load_device
from firmware_bridge.recording.reader import RecordingHeader
from firmware_bridge.recording.writer import Recorder
from kneadwave.reports.recorded_device import FeltMeter, held_by_both, layout_of, shortened
from profiles.body import body_map
from simulator.motor import MotorBank


def header_of(layout: Layout, **changes: Any) -> RecordingHeader:
    stream = io.StringIO()
    Recorder(stream).header(layout, "p", "device", layout.description.name)
    told = json.loads(stream.getvalue()) | changes
    del told["kind"]
    return RecordingHeader.model_validate(told)


@pytest.mark.parametrize("name", ["mat-64", "reference-cushion", "seat-pad-8"])
def test_a_device_comes_back_as_it_was_placed(name: str) -> None:
    layout = place_device(load_device(name), body_map(1.7))
    back = layout_of(header_of(layout))
    assert (back.stature_m, back.power_budget) == (layout.stature_m, layout.power_budget)
    same = ("id", "kind", "x_mm", "y_mm", "radius_mm", "placed", "zone", "excluded", "ceiling")
    same += ("start", "hold", "exponent", "tau_ms", "vent_tau_ms")
    for mine, theirs in zip(back.actuators, layout.actuators, strict=True):
        assert {key: getattr(mine, key) for key in same} == {key: getattr(theirs, key) for key in same}
        assert (mine.rate_max > 0) == (theirs.rate_max > 0)


def test_beside_its_host_a_device_lies_under_the_body_that_the_host_knew() -> None:
    device, host = (
        layout_of(header_of(place_device(load_device("reference-cushion"), body_map(stature_m))))
        for stature_m in (1.7, 1.9)
    )
    both = held_by_both(device, host)
    assert both.stature_m == 1.9
    assert both.places() == host.places()


def test_felt_levels_are_those_of_the_motors() -> None:
    layout = place_device(load_device("reference-cushion"))
    header = header_of(layout)
    drive = np.random.default_rng(1).integers(0, 200, (300, len(layout.actuators))).astype(np.uint8)
    meter = FeltMeter(header, layout_of(header).actuators)
    np.testing.assert_allclose(meter.step(drive, drive), MotorBank(layout.actuators).step(drive, drive))


def test_wild_places_and_names_are_brought_within_bounds() -> None:
    layout = place_device(load_device("seat-pad-8"))
    header = header_of(layout, device="d" * 4000)
    wild = [
        header.actuators[0].model_copy(update={"x_mm": 10**9, "radius_mm": 10**9, "zone": "z" * 900}),
        header.actuators[1].model_copy(update={"radius_mm": 0, "excluded": True}),
    ]
    back = layout_of(header.model_copy(update={"actuators": tuple(wild)}))
    assert (back.actuators[0].placed, back.actuators[0].x_mm, back.actuators[0].radius_mm) == (False, 0, 100)
    assert len(back.actuators[0].zone) == 64
    assert back.actuators[1].radius_mm == 1
    assert back.actuators[1].excluded == "off in this recording"
    assert len(back.description.name) == 64


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain", "plain"),
        ("two\n lines\t", "two lines"),
        ("\x1b[2J\u202eevil\ud800", "?[2J?evil?"),
        ("<b>&", "<b>&"),
        ("x" * 65, "x" * 63 + "…"),
    ],
)
def test_a_text_is_one_line_without_anything_unseen(text: str, shown: str) -> None:
    assert shortened(text) == shown
    shortened(text).encode()
