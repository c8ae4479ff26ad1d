"""Response curves over a layout: they lower, they never raise, and they leave the device what it is."""

from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from firmware_bridge.devices.calibration import (
    NO_ROOM,
    ResponseCurve,
    Responses,
    check_curve,
    described,
    dump_responses,
    load_responses,
    parse_responses,
    probing,
    tuned,
)
from firmware_bridge.devices.load import load_device, place_device
from firmware_bridge.devices.response import Response
from firmware_bridge.errors import DeviceDescriptionError
from firmware_bridge.limits import DRIVE_MAX, FELT_FLOOR
from firmware_bridge.wire.identity import expected_hash
from profiles.body import body_map

DEVICES = {name: load_device(name) for name in ("seat-pad-8", "reference-cushion", "mat-64")}
LAYOUTS = {name: place_device(device) for name, device in DEVICES.items()}
DAY = date(2026, 3, 1)


@st.composite
def curves(draw):
    start = draw(st.integers(0, DRIVE_MAX - 1))
    least = max(start, 1) / DRIVE_MAX
    return ResponseCurve(
        start=start,
        hold=draw(st.integers(0, start)),
        exponent=draw(st.floats(0.2, 2.5)),
        ceiling=draw(st.floats(min(1.0, least + 1e-6), 1.0)),
    )


@st.composite
def responses(draw, device):
    ids = [spec.id for spec in DEVICES[device].actuators]
    chosen = draw(st.dictionaries(st.sampled_from(ids), curves()))
    return Responses(device=device, made=DAY, actuator=chosen)


def curve(**values):
    return ResponseCurve(**{"start": 66, "hold": 48, "exponent": 0.5, "ceiling": 0.7, **values})


def only(device="seat-pad-8", **by_id):
    named = {name.replace("_", "-"): each for name, each in by_id.items()}
    return Responses(device=device, made=DAY, actuator=named)


@given(st.data(), st.sampled_from(sorted(DEVICES)), st.sampled_from([1.5, 1.7, 2.0]), st.floats(0.1, 1.0))
def test_no_curve_raises_a_ceiling_or_brings_an_excluded_actuator_back(data, device, stature, factor):
    body = body_map(stature).lowered({"lumbar-left": factor, "shoulder-right": factor})
    layout = place_device(DEVICES[device], body)
    laid = tuned(layout, data.draw(responses(device)))
    for before, after in zip(layout.actuators, laid.actuators, strict=True):
        assert after.ceiling <= before.ceiling
        assert bool(after.excluded) == (after.ceiling == 0)
        if before.excluded:
            assert after == before
    assert laid.power_budget == layout.power_budget


@given(st.data(), st.sampled_from(sorted(DEVICES)))
def test_what_is_felt_at_a_ceiling_is_no_more_than_before(data, device):
    layout = LAYOUTS[device]
    laid = tuned(layout, data.draw(responses(device)))
    for before, after in zip(layout.actuators, laid.actuators, strict=True):
        if after.excluded:
            continue
        felt = Response.felt_for(before.ceiling, before.start, before.exponent)
        # A drive is a whole number: the ceiling may lie half a unit above what the level asks for.
        most = Response.drive_for(max(float(felt), FELT_FLOOR), after.start, after.exponent)
        assert after.ceiling <= most


@given(st.data(), st.sampled_from(sorted(DEVICES)), st.floats(0.01, 1.0))
def test_no_curve_gets_past_what_a_limit_leaves_of_the_described_one(data, device, limit):
    layout = LAYOUTS[device]
    laid = tuned(layout, data.draw(responses(device)), limit)
    named = data.draw(st.sampled_from(laid.actuators))
    before = layout.actuators[named.index]
    if named == before:  # no curve of its own: the limit scales its level
        return
    felt = limit * float(Response.felt_for(before.ceiling, before.start, before.exponent))
    most = Response.drive_for(max(felt, FELT_FLOOR), before.start, before.exponent)
    assert named.ceiling <= most


@given(curves(), st.floats(FELT_FLOOR, 1.0))
def test_felt_to_drive_and_back_with_a_new_curve(new, level):
    laid = tuned(LAYOUTS["seat-pad-8"], only(thigh_r=new))
    start, exponent = laid.starts[0], laid.exponents[0]
    drive = Response.drive_for(level, start, exponent)
    felt = Response.felt_for(drive, start, exponent)
    assert Response.drive_for(max(float(felt), FELT_FLOOR), start, exponent) == pytest.approx(drive, abs=1)
    half = Response.felt_for([max(0.0, drive - 0.5), drive + 0.5], start, exponent)
    assert half[0] - 1e-9 <= level <= half[1] + 1e-9


def test_a_curve_changes_start_hold_exponent_and_nothing_else_of_the_actuator():
    layout = LAYOUTS["seat-pad-8"]
    laid = tuned(layout, only(thigh_r=curve()))
    first, *others = laid.actuators
    assert (first.start, first.hold, first.exponent, first.ceiling) == (66, 48, 0.5, 178)
    assert replace(first, start=60, hold=40, ceiling=layout.actuators[0].ceiling) == layout.actuators[0]
    assert tuple(others) == layout.actuators[1:]


def test_description_and_hash_of_limits_stay():
    layout = LAYOUTS["seat-pad-8"]
    laid = tuned(layout, only(thigh_r=curve()))
    assert laid.description is layout.description
    assert expected_hash(laid.description) == expected_hash(layout.description)


@pytest.mark.parametrize("drive", [131, 132, 133])
def test_the_ceiling_of_the_curve_counts_where_it_is_the_lowest(drive):
    laid = tuned(LAYOUTS["seat-pad-8"], only(thigh_r=curve(ceiling=drive / 255)))
    assert laid.actuators[0].ceiling == drive


def test_a_motor_that_starts_earlier_gets_a_lower_ceiling_for_the_same_felt_level():
    layout = LAYOUTS["seat-pad-8"]
    laid = tuned(layout, only(back_r=curve(start=30, hold=20, ceiling=0.95)))
    before, after = layout.actuators[4], laid.actuators[4]
    assert after.ceiling < before.ceiling
    felt = [float(Response.felt_for(a.ceiling, a.start, a.exponent)) for a in (before, after)]
    assert felt[1] == pytest.approx(felt[0], abs=0.01)


def test_an_actuator_that_would_never_turn_is_off():
    description = DEVICES["reference-cushion"]
    body = body_map().lowered({"lumbar-right": 0.1})
    layout = place_device(description, body)
    lumbar = next(actuator for actuator in layout.actuators if actuator.id == "lumbar-r")
    new = curve(start=lumbar.ceiling + 1, hold=10, ceiling=0.8)
    off = tuned(layout, only("reference-cushion", lumbar_r=new)).actuators[lumbar.index]
    assert (off.ceiling, off.excluded) == (0, NO_ROOM)
    at = curve(start=lumbar.ceiling, hold=10, ceiling=0.8)
    assert not tuned(layout, only("reference-cushion", lumbar_r=at)).actuators[lumbar.index].excluded


def test_curves_of_unknown_actuators_mean_nothing_to_a_layout():
    assert tuned(LAYOUTS["seat-pad-8"], only(nowhere=curve())) == LAYOUTS["seat-pad-8"]


@given(st.sampled_from(sorted(DEVICES)), st.floats(-1.0, 2.0))
def test_a_probing_layout_turns_levels_into_drives_below_every_ceiling(device, share):
    layout = LAYOUTS[device]
    bare = probing(layout, share)
    for before, after, spec in zip(
        layout.actuators, bare.actuators, layout.description.actuators, strict=True
    ):
        assert after.ceiling <= min(before.ceiling, max(0.0, share) * spec.ceiling_drive)
        assert after.excluded == before.excluded
        if not after.excluded:
            assert (after.start, after.hold, after.exponent) == (0, 0, 1.0)
    drives = np.arange(6, 256)
    assert (Response.drive_for(drives / 255, 0, 1.0) == drives).all()


@given(st.data(), st.sampled_from(sorted(DEVICES)))
def test_dump_and_read_give_the_same_curves(data, device):
    made = data.draw(responses(device))
    text = dump_responses(made, "two lines\n\nof a comment")
    assert parse_responses(text, "here") == made
    assert text.startswith("# two lines\n#\n# of a comment\nschema = 1\n")


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"hold": 67}, "hold level 67 is above the start level 66"),
        ({"start": 179, "hold": 10}, "below the start level 179"),
        ({"start": 255}, "less than or equal to 254"),
        ({"exponent": 0.19}, "greater than or equal to 0.2"),
        ({"exponent": float("nan")}, "finite"),
        ({"ceiling": 1.01}, "less than or equal to 1"),
    ],
)
def test_a_curve_that_is_none_is_refused(values, words):
    with pytest.raises(ValidationError, match=words):
        curve(**values)


@pytest.mark.parametrize("by", [-0.01, 0.0, 0.01])
def test_a_ceiling_above_that_of_the_description_is_refused(by):
    spec = DEVICES["seat-pad-8"].actuators[0]
    new = curve(ceiling=spec.ceiling + by)
    if by > 0:
        with pytest.raises(DeviceDescriptionError, match="96% is above the 95% of the description"):
            check_curve(new, spec)
    else:
        check_curve(new, spec)


HEAD = 'schema = 1\ndevice = "seat-pad-8"\nmade = 2026-03-01\n'
CURVE = "start = 66\nhold = 48\nexponent = 0.5\nceiling = 0.7\n"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "schema: is missing"),
        ("x = [", "not valid TOML"),
        (HEAD.replace("schema = 1", "schema = 2"), "schema: must be 1 at most"),
        (HEAD.replace("seat-pad-8", "mat-64"), "device: holds the curves of 'mat-64', not of 'seat-pad-8'"),
        (HEAD + "extra = 1\n", "extra: unknown key"),
        (f"{HEAD}[actuator.thigh-x]\n{CURVE}", "actuator.thigh-x: 'seat-pad-8' has no actuator 'thigh-x'"),
        (f"{HEAD}[actuator.thigh-r]\n{CURVE}".replace("0.7", "0.96"), "thigh-r.ceiling: a ceiling of 96%"),
        (
            f"{HEAD}[actuator.thigh-r]\n{CURVE}".replace("48", "70"),
            "actuator.thigh-r: hold level 70 is above",
        ),
        (f"{HEAD}[actuator.thigh-r]\n{CURVE}".replace("66", "66.0"), "actuator.thigh-r.start"),
    ],
)
def test_a_file_that_is_amiss_is_refused_with_its_place(tmp_path, text, words):
    path = tmp_path / "seat-pad-8.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(DeviceDescriptionError) as caught:
        load_responses(path, DEVICES["seat-pad-8"])
    assert str(caught.value).startswith(str(path))
    assert words in str(caught.value)


def test_what_is_no_file_of_curves_is_refused(tmp_path):
    assert load_responses(tmp_path / "none.toml") is None
    (tmp_path / "large.toml").write_text("#" * 70_000, encoding="utf-8")
    (tmp_path / "bytes.toml").write_bytes(b"\xff")
    for name, words in (("large.toml", "64 KiB"), ("bytes.toml", "UTF-8"), (".", "regular file")):
        with pytest.raises(DeviceDescriptionError, match=words):
            load_responses(tmp_path / name)


@pytest.mark.parametrize("device", sorted(DEVICES))
def test_the_described_curves_change_no_ceiling(device):
    specs = DEVICES[device].actuators
    same = Responses(device=device, made=DAY, actuator={spec.id: described(spec) for spec in specs})
    assert tuned(LAYOUTS[device], same) == LAYOUTS[device]
