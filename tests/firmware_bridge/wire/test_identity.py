"""What a device says of itself, and the hash that holds host and device to the same limits."""

import struct
import zlib

import pytest

from firmware_bridge.devices.description import DeviceDescription
from firmware_bridge.devices.layout import place_device
from firmware_bridge.devices.load import load_device, shipped_devices
from firmware_bridge.wire.identity import NOWHERE_MM, device_table, expected_hash, identity_of, limits_hash
from firmware_bridge.wire.messages import PROTOCOL_VERSION, Kind
from profiles.technique import Modality

CUSHION = load_device("reference-cushion")


def changed(**fields: object) -> DeviceDescription:
    """The reference cushion with something changed in its first actuator, which may be driven."""
    first, *others = CUSHION.actuators
    return CUSHION.model_copy(update={"actuators": (first.model_copy(update=fields), *others)})


@pytest.mark.parametrize("name", shipped_devices())
def test_the_table_says_what_the_layout_says(name: str) -> None:
    description = load_device(name)
    placed = place_device(description).actuators
    for info, actuator in zip(device_table(description), placed, strict=True):
        assert (info.index, info.id, bool(info.excluded)) == (
            actuator.index,
            actuator.id,
            bool(actuator.excluded),
        )
        assert info.kind == Kind[actuator.kind.name]
        assert info.exponent_percent == pytest.approx(actuator.exponent * 100)
        same = (
            "x_mm",
            "y_mm",
            "radius_mm",
            "ceiling",
            "start",
            "hold",
            "attack",
            "release",
            "rate_min",
            "rate_max",
        )
        assert [getattr(info, f) for f in same] == [getattr(actuator, f) for f in same]
        assert not (info.excluded and info.ceiling)


def test_an_actuator_without_a_place_is_nowhere_and_excluded() -> None:
    info = device_table(changed(x_mm=None, y_mm=None))[0]
    assert (info.x_mm, info.y_mm) == (NOWHERE_MM, NOWHERE_MM)
    assert (info.excluded, info.ceiling) == (1, 0)


def test_the_hash_is_what_the_wire_document_says() -> None:
    """CRC-32 over version, budget and count, then every actuator's payload; packed here by hand."""
    table = device_table(CUSHION)
    data = struct.pack("<BHB", PROTOCOL_VERSION, CUSHION.power_budget, len(table))
    for info in table:
        *numbers, name = info
        data += struct.pack("<BBBhhBBBBBHHBB12s", *numbers, name.encode())
    assert limits_hash(table, CUSHION.power_budget) == zlib.crc32(data) == expected_hash(CUSHION)


@pytest.mark.parametrize(
    "fields",
    [
        {"ceiling": 0.5},
        {"attack_per_s": 801},
        {"release_per_s": 1601},
        {"radius_mm": 21},
        {"x_mm": 1},
        {"y_mm": 61},
        {"id": "other"},
        {"kind": Modality.PRESSURE},
        {"x_mm": None, "y_mm": None},
    ],
    ids=lambda f: "-".join(f),
)
def test_any_other_limit_is_another_hash(fields: dict[str, object]) -> None:
    assert expected_hash(changed(**fields)) != expected_hash(CUSHION)


def test_the_hash_covers_the_budget_and_the_order() -> None:
    table = device_table(CUSHION)
    right = limits_hash(table, 1800)
    assert limits_hash(table, 1801) != right
    assert limits_hash(table[:-1], 1800) != right
    assert limits_hash((table[1], table[0], *table[2:]), 1800) != right


def test_words_for_people_are_not_part_of_the_hash() -> None:
    renamed = CUSHION.model_copy(update={"title": "Another", "description": "text"})
    assert expected_hash(renamed) == expected_hash(CUSHION)


def test_the_identity_says_who_it_is() -> None:
    identity = identity_of(CUSHION, firmware=3, unit_id=42)
    assert identity.protocol == PROTOCOL_VERSION
    assert (identity.firmware, identity.unit_id) == (3, 42)
    assert identity.model == "reference-cushion"
    assert identity.actuators == 16
    assert identity.power_budget == 1800
    assert identity.limits_hash == expected_hash(CUSHION)
