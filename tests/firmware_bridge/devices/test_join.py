"""Descriptions of several devices as one, and their parts again."""

import pytest
from descriptions import two_parts

from firmware_bridge.devices.description import DeviceDescription
from firmware_bridge.devices.join import join, parts_of, with_parts
from firmware_bridge.devices.layout import place_device
from firmware_bridge.devices.load import load_device
from firmware_bridge.devices.person import limited
from firmware_bridge.errors import DeviceDescriptionError


def test_one_is_itself():
    one = load_device("hf8")
    assert join([one]) is one
    layout = place_device(one)
    assert parts_of(layout) == (layout,)


def test_all_are_there_in_their_order_and_apart_again():
    feet, pad = two_parts()
    whole = join([feet, pad])
    assert whole.name == "feet-pad"
    assert whole.power_budget == feet.power_budget + pad.power_budget
    layout = place_device(whole)
    assert [a.id for a in layout.actuators] == [s.id for s in (*feet.actuators, *pad.actuators)]
    assert parts_of(layout) == (place_device(feet), place_device(pad))
    assert with_parts(layout, parts_of(layout)) == layout


def test_an_id_that_is_taken_gets_the_number_of_its_device():
    feet, pad = two_parts()
    other = DeviceDescription(
        **pad.model_dump(by_alias=True)
        | {"actuator": [pad.actuators[0].model_copy(update={"id": "lumbar-r"}), *pad.actuators[1:]]}
    )
    assert [spec.id for spec in join([feet, other]).actuators][2] == "lumbar-r-2"
    assert parts_of(place_device(join([feet, other])))[1] == place_device(other)


def test_what_lowers_all_lowers_the_parts():
    layout = limited(place_device(join(two_parts())), 0.2)
    for whole, own in zip(parts_of(place_device(join(two_parts()))), parts_of(layout), strict=True):
        assert all(b.ceiling < a.ceiling for a, b in zip(whole.actuators, own.actuators, strict=True))


def test_two_devices_at_one_point_are_refused():
    with pytest.raises(DeviceDescriptionError, match=r"would work one point \(rule 55\)") as refused:
        join([load_device("hf8"), load_device("cushion-4")])
    assert "thigh-r of hf8, thigh-r of cushion-4" in str(refused.value)


def test_more_than_a_frame_can_carry_are_refused():
    mat, feet = load_device("mat-64"), two_parts()[0]
    moved = [spec.model_copy(update={"x_mm": None, "y_mm": None}) for spec in feet.actuators]
    off = DeviceDescription(**feet.model_dump(by_alias=True) | {"actuator": moved})
    with pytest.raises(DeviceDescriptionError, match="mat-64 and feet do not play together: 66 actuators"):
        join([mat, off])
