"""Which zone is meant when somebody says that it hurts."""

import pytest

from firmware_bridge.devices.layout import actuators_of, strongest_zone
from firmware_bridge.devices.load import load_device, place_device
from profiles.body import zone_name

LAYOUT = place_device(load_device("reference-cushion"))
BY_ID = {actuator.id: actuator for actuator in LAYOUT.actuators}


def test_at_rest_no_zone_works() -> None:
    assert strongest_zone(LAYOUT, bytes(len(LAYOUT.actuators))) == ""


@pytest.mark.parametrize("name", [actuator.id for actuator in LAYOUT.allowed])
def test_the_one_actuator_that_works_names_its_zone(name: str) -> None:
    actuator = BY_ID[name]
    for drive in (1, actuator.start, 255):
        found = strongest_zone(LAYOUT, bytes(drive * (a is actuator) for a in LAYOUT.actuators))
        assert found == zone_name(actuator.zone)


def test_what_is_felt_counts_not_what_is_driven() -> None:
    """A drive just above a high start is felt less than a lower drive far above a low start."""
    high = max(LAYOUT.allowed, key=lambda actuator: actuator.start)
    low = min(
        (a for a in LAYOUT.allowed if zone_name(a.zone) != zone_name(high.zone)),
        key=lambda actuator: actuator.start,
    )
    assert low.start < high.start
    levels = bytearray(len(LAYOUT.actuators))
    levels[high.index], levels[low.index] = high.start + 1, high.start
    assert strongest_zone(LAYOUT, bytes(levels)) == zone_name(low.zone)


def test_a_zone_has_both_its_sides() -> None:
    found = [LAYOUT.actuators[index] for index in actuators_of(LAYOUT, "shoulder")]
    assert {actuator.zone for actuator in found} == {"shoulder-left", "shoulder-right"}
    assert actuators_of(LAYOUT, "nowhere") == []


def test_what_touches_a_zone_works_on_it_too() -> None:
    """The cells of the seat lie in the buttocks and meet the sacrum: they may be what hurts there."""
    assert {LAYOUT.actuators[i].id for i in actuators_of(LAYOUT, "sacrum")} == {
        "sacrum",
        "press-r",
        "press-l",
    }
    assert {LAYOUT.actuators[i].id for i in actuators_of(LAYOUT, "gluteal")} == {"press-r", "press-l"}


def test_names_of_both_sides() -> None:
    assert zone_name("upper-back-left") == "upper-back"
