"""What is said of a channel, and what it means: a zone, millimetres, or that it stays off."""

import pytest

from firmware_bridge.devices.description import ActuatorSpec, MotorSpec, ResponseSpec
from firmware_bridge.devices.footprint import footprint_limits
from firmware_bridge.devices.placement import placement_at
from kneadwave.errors import UsageError
from kneadwave.placing.places import (
    FOOTPRINT_MM,
    NOTHING_FELT,
    Measured,
    Off,
    reaches_excluded,
    said,
    spot_of,
    zone_names,
)
from profiles.body import body_map


@pytest.mark.parametrize(
    ("text", "zone"),
    [
        ("9r", "thigh-right"),
        ("9 l", "thigh-left"),
        ("1R", "neck-right"),
        ("12l", "arm-left"),
        ("thigh right", "thigh-right"),
        ("Thigh-L", "thigh-left"),
        (" upper-back left ", "upper-back-left"),
        ("upper back r", "upper-back-right"),
    ],
)
def test_a_zone_and_a_side(text, zone):
    assert said(text).id == zone


@pytest.mark.parametrize(
    ("text", "at"),
    [("85 -220", (85, -220)), ("-85, 15", (-85, 15)), ("+100 mm; 15mm", (100, 15)), ("0 0", (0, 0))],
)
def test_millimetres(text, at):
    assert said(text) == Measured(*at)


@pytest.mark.parametrize("text", ["n", "nothing", "Nothing felt", "off"])
def test_nothing_felt(text):
    assert said(text) == Off(NOTHING_FELT)


@pytest.mark.parametrize(
    "text",
    ["", "9", "0r", "13r", "r", "thigh", "spine", "kidney left", "85", "85 -220 3", "900 0", "x\x1b[31m"],
)
def test_what_says_no_place_says_what_would(text):
    with pytest.raises(UsageError) as refused:
        said(text)
    assert refused.value.hint
    assert "\x1b" not in str(refused.value)


@pytest.mark.parametrize("text", ["9", " Thigh ", "upper back", "upper-back"])
def test_a_zone_without_a_side_is_told_by_what_is_missing(text):
    with pytest.raises(UsageError, match="does not say which side") as refused:
        said(text)
    name = "thigh" if "9" in text or "igh" in text else "upper-back"
    assert f"{name} left" in refused.value.hint
    assert f"{zone_names().index(name) + 1}r" in refused.value.hint


def test_a_zone_that_there_is_none_of_is_told_with_the_nearest():
    with pytest.raises(UsageError, match="says no place") as refused:
        said("thihg right")
    assert refused.value.hint.startswith("did you mean 'thigh'? ")
    with pytest.raises(UsageError, match="there is no zone 13"):
        said("13r")


def test_the_side_may_stand_first():
    assert said("left thigh").id == said("thigh left").id == "thigh-left"


def test_why_a_motor_stays_off_may_be_said():
    assert said("off: its Wire is torn") == Off("its Wire is torn")
    assert said("OFF, broken") == Off("broken")
    assert len(said(f"off: {'x' * 200}").why) == 80


def test_the_zones_are_those_of_the_map_in_its_order():
    assert zone_names()[0] == "neck"
    assert set(zone_names()) == {zone.name for zone in body_map().zones}


@pytest.mark.parametrize("zone", [zone.id for zone in body_map().zones])
def test_a_zone_stands_for_a_place_in_it_where_a_motor_may_work(zone):
    """By both computations of what is excluded."""
    spot = spot_of(zone)
    assert body_map().zone_at(spot.x_mm, spot.y_mm).id == zone
    assert not placement_at(spot.x_mm, spot.y_mm, FOOTPRINT_MM, body_map()).excluded
    spec = ActuatorSpec(
        id="one", kind="vibration", x_mm=spot.x_mm, y_mm=spot.y_mm, radius_mm=FOOTPRINT_MM, ceiling=0.6,
        attack_per_s=800, release_per_s=1600, response=ResponseSpec(start=60, hold=40, exponent=0.5),
        motor=MotorSpec(tau_ms=60),
    )  # fmt: skip
    assert not footprint_limits([spec], 1.7)[0].off


def test_zones_beside_spine_and_kidneys_are_known():
    near = {name for name in zone_names() if reaches_excluded(f"{name}-left")}
    assert near == {name for name in zone_names() if reaches_excluded(f"{name}-right")}
    assert near == {"neck", "shoulder", "upper-back", "flank", "lumbar", "sacrum"}


def test_both_sides_stand_for_mirrored_places_where_the_body_is_mirrored():
    for name in zone_names():
        left, right = spot_of(f"{name}-left"), spot_of(f"{name}-right")
        assert left.x_mm == -right.x_mm
        assert left.y_mm == right.y_mm or name == "lumbar"  # the right kidney lies lower
