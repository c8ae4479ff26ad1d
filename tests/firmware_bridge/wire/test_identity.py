"""What a device says of itself, and the hash that holds host and device to the same limits."""

import struct
import zlib
from collections.abc import Callable

import pytest

from firmware_bridge.devices.description import DeviceDescription
from firmware_bridge.devices.footprint import FootprintLimit
from firmware_bridge.devices.layout import place_device
from firmware_bridge.devices.load import load_device, shipped_devices
from firmware_bridge.wire import identity
from firmware_bridge.wire.codec import limits_hash
from firmware_bridge.wire.identity import DeviceSelf, device_table, expected_hash, identity_of
from firmware_bridge.wire.messages import NOWHERE_MM, PROTOCOL_VERSION, Kind
from profiles.body import BodyMap
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


@pytest.mark.parametrize("name", shipped_devices())
def test_the_table_holds_what_either_computation_finds(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A device built to it is off over spine and kidneys although the placement it comes from is broken."""
    description = load_device(name)
    honest = [(info.excluded, info.ceiling) for info in device_table(description)]
    monkeypatch.setattr(BodyMap, "exclusion_at", lambda *_: None)
    monkeypatch.setattr(BodyMap, "zones_under", lambda body, *_: body.zones_named("sacrum"))
    assert [(info.excluded, info.ceiling) for info in device_table(description)] == honest
    monkeypatch.undo()
    anything = [FootprintLimit(255, "")] * len(description.actuators)
    monkeypatch.setattr(identity, "footprint_limits", lambda *_: anything)
    assert [(info.excluded, info.ceiling) for info in device_table(description)] == honest


def test_an_actuator_without_a_place_is_nowhere_and_excluded() -> None:
    info = device_table(changed(x_mm=None, y_mm=None))[0]
    assert (info.x_mm, info.y_mm) == (NOWHERE_MM, NOWHERE_MM)
    assert (info.excluded, info.ceiling) == (1, 0)


def test_the_hash_is_what_the_wire_document_says() -> None:
    """CRC-32 over version, budget, rest and count, then every actuator's payload; packed here by hand."""
    table = device_table(CUSHION)
    data = struct.pack("<BHHB", PROTOCOL_VERSION, CUSHION.power_budget, CUSHION.rest_s, len(table))
    for info in table:
        *numbers, name = info
        data += struct.pack("<BBBhhBBBBBHHBB12s", *numbers, name.encode())
    told = limits_hash(table, CUSHION.power_budget, CUSHION.rest_s)
    assert told == zlib.crc32(data) == expected_hash(CUSHION)


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


def test_the_hash_covers_the_budget_the_rest_and_the_order() -> None:
    table = device_table(CUSHION)
    right = limits_hash(table, 1800, 60)
    assert limits_hash(table, 1801, 60) != right
    assert limits_hash(table, 1800, 61) != right
    assert limits_hash(table[:-1], 1800, 60) != right
    assert limits_hash((table[1], table[0], *table[2:]), 1800, 60) != right


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
    assert identity.rest_s == CUSHION.rest_s == 60
    assert (identity.slots, identity.rate, identity.payload) == (32, 50, 64)


def told_by(description: DeviceDescription) -> DeviceSelf:
    return DeviceSelf(identity_of(description), device_table(description))


@pytest.mark.parametrize("name", shipped_devices())
def test_a_device_built_to_a_description_agrees_with_itself_and_with_that(name: str) -> None:
    device = told_by(load_device(name))
    assert device.agrees_with_itself
    assert [other for other in shipped_devices() if device.is_built_to(load_device(other))] == [name]


OTHERS: dict[str, Callable[[DeviceSelf], DeviceSelf]] = {
    "no actuators": lambda d: DeviceSelf(d.identity, ()),
    "one less": lambda d: DeviceSelf(d.identity, d.table[:-1]),
    "one twice": lambda d: DeviceSelf(d.identity, (*d.table, d.table[-1])),
    "a higher ceiling": lambda d: DeviceSelf(
        d.identity, (d.table[0]._replace(ceiling=d.table[0].ceiling + 1), *d.table[1:])
    ),
    "places exchanged": lambda d: DeviceSelf(
        d.identity,
        (
            d.table[0]._replace(x_mm=d.table[1].x_mm, y_mm=d.table[1].y_mm),
            d.table[1]._replace(x_mm=d.table[0].x_mm, y_mm=d.table[0].y_mm),
            *d.table[2:],
        ),
    ),
    "another budget": lambda d: DeviceSelf(d.identity._replace(power_budget=1801), d.table),
    "another rest": lambda d: DeviceSelf(d.identity._replace(rest_s=61), d.table),
}


@pytest.mark.parametrize("other", OTHERS)
def test_a_hash_that_is_not_its_table_s_gives_a_device_away(other: str) -> None:
    """It tells the hash of the shipped cushion, and of other actuators."""
    lying = OTHERS[other](told_by(CUSHION))
    assert not lying.agrees_with_itself
    assert not lying.is_built_to(CUSHION)


@pytest.mark.parametrize("field", ["limits_hash", "actuators"])
def test_its_identity_alone_gives_a_device_away(field: str) -> None:
    device = told_by(CUSHION)
    wrong = device.identity._replace(**{field: getattr(device.identity, field) + 1})
    assert not DeviceSelf(wrong, device.table).agrees_with_itself
