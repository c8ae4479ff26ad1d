"""From a device's own words to a description that a session can be planned on."""

from typing import Any

import pytest

from firmware_bridge.devices.description import DeviceDescription
from firmware_bridge.devices.layout import place_device
from firmware_bridge.devices.load import load_device, shipped_devices
from firmware_bridge.errors import DeviceRefused, DeviceRemedy
from firmware_bridge.wire.describe import description_of
from firmware_bridge.wire.identity import DeviceSelf, device_table, expected_hash, identity_of


def told_by(description: DeviceDescription, **identity: Any) -> DeviceSelf:
    """What a device built to `description` tells of itself."""
    return DeviceSelf(identity_of(description)._replace(**identity), device_table(description))


def with_actuator(device: DeviceSelf, **fields: Any) -> DeviceSelf:
    first, *others = device.table
    return DeviceSelf(device.identity, (first._replace(**fields), *others))


@pytest.mark.parametrize("name", shipped_devices())
def test_a_known_model_with_known_limits_is_the_shipped_description(name: str) -> None:
    assert description_of(told_by(load_device(name))) == load_device(name)


@pytest.mark.parametrize("name", shipped_devices())
def test_an_unknown_model_is_described_by_its_own_table(name: str) -> None:
    """Whoever plans on that description arms with the very hash that the device expects."""
    told = told_by(load_device(name), model="made-at-home")
    built = description_of(told)
    assert built.name == "made-at-home"
    assert "describes itself" in built.title
    assert expected_hash(built) == told.identity.limits_hash
    assert device_table(built) == told.table
    own, shipped = place_device(built), place_device(load_device(name))
    assert [a.id for a in own.allowed] == [a.id for a in shipped.allowed]
    assert [a.ceiling for a in own.actuators] == [a.ceiling for a in shipped.actuators]


def test_a_known_model_with_other_limits_is_described_by_its_own_table() -> None:
    shipped = load_device("seat-pad-8")
    tuned = shipped.model_copy(update={"power_budget": shipped.power_budget - 1})
    built = description_of(told_by(tuned))
    assert built != shipped
    assert built.power_budget == shipped.power_budget - 1
    assert expected_hash(built) == expected_hash(tuned)


@pytest.mark.parametrize(
    ("rest_s", "accepted"), [(59, False), (60, True), (61, True), (3600, True), (3601, False)]
)
def test_the_rest_is_the_device_s_own_within_what_a_description_may_say(rest_s: int, accepted: bool) -> None:
    told = told_by(load_device("seat-pad-8").model_copy(update={"rest_s": rest_s}))
    if accepted:
        assert description_of(told).rest_s == rest_s
        assert expected_hash(description_of(told)) == told.identity.limits_hash
    else:
        with pytest.raises(DeviceRefused):
            description_of(told)


@pytest.mark.parametrize("ceiling", [0, 61, 128, 254, 255])
def test_a_ceiling_survives_to_the_unit(ceiling: int) -> None:
    told = with_actuator(
        told_by(load_device("seat-pad-8"), model="own"), ceiling=ceiling, excluded=int(ceiling == 0)
    )
    assert description_of(told).actuators[0].ceiling_drive == ceiling


def test_what_the_device_excludes_stays_off_wherever_it_lies() -> None:
    told = with_actuator(told_by(load_device("seat-pad-8"), model="own"), excluded=1)
    first = place_device(description_of(told)).actuators[0]
    assert first.excluded
    assert first.ceiling == 0


def test_an_actuator_without_a_place_stays_off() -> None:
    shipped = load_device("seat-pad-8")
    first, *others = shipped.actuators
    lost = shipped.model_copy(
        update={"actuators": (first.model_copy(update={"x_mm": None, "y_mm": None}), *others)}
    )
    built = description_of(told_by(lost, model="own"))
    assert built.actuators[0].x_mm is None
    assert place_device(built).actuators[0].excluded
    assert expected_hash(built) == expected_hash(lost)


@pytest.mark.parametrize(
    "fields",
    [
        {"kind": 0},
        {"kind": 9},
        {"kind": 2},  # kneading without a rate
        {"id": ""},
        {"id": "?[31m"},
        {"x_mm": 5000},
        {"x_mm": -32768, "y_mm": 60, "radius_mm": 0},
        {"radius_mm": 0},
        {"hold": 255, "start": 10},
        {"attack": 0},
        {"release": 1000},
        {"release": 65535},
        {"rate_min": 0, "rate_max": 10},
        {"exponent_percent": 0},
    ],
    ids=str,
)
def test_what_no_description_may_say_is_refused_with_a_hint(fields: dict[str, Any]) -> None:
    with pytest.raises(DeviceRefused) as caught:
        description_of(with_actuator(told_by(load_device("seat-pad-8"), model="own"), **fields))
    assert caught.value.hint is DeviceRemedy.GIVE_DESCRIPTION


@pytest.mark.parametrize("model", ["", "Capital", "a b", "x" * 25, "../../etc", "?"])
def test_a_model_that_is_no_name_is_refused(model: str) -> None:
    with pytest.raises(DeviceRefused):
        description_of(told_by(load_device("seat-pad-8"), model=model))


def test_a_device_without_actuators_or_with_two_of_one_id_is_refused() -> None:
    told = told_by(load_device("seat-pad-8"), model="own")
    with pytest.raises(DeviceRefused):
        description_of(DeviceSelf(told.identity, ()))
    with pytest.raises(DeviceRefused, match="taken"):
        description_of(with_actuator(told, id=told.table[1].id))
