"""Devices of tests/vectors/states.json that may start, and some that may not: docs/wire.md, "Soundness"."""

from collections.abc import Iterator
from typing import Any

from reference_device import is_sound
from reference_wire import table_hash
from vector_devices import DEVICES, MAT, PAD, PRESSURE, device

ONE = [PRESSURE | {"id": "one", "x_mm": 0}]


def told(*, of: list[dict[str, Any]] = ONE, identity: dict[str, Any] | None = None) -> dict[str, Any]:
    """A device whose identity tells something else; its hash is right, unless that is told, too."""
    made = device(9, "told", 240, of)
    changed = identity or {}
    made["identity"] |= changed
    if "limits_hash" not in changed:
        made["identity"]["limits_hash"] = table_hash(made["identity"], made["table"])
    return made


def slew(**slews: int) -> dict[str, Any]:
    """A device whose last actuator has other slews."""
    return told(of=[*PAD[:-1], PAD[-1] | slews])


def sound_cases() -> Iterator[dict[str, Any]]:
    """Name, whether it starts, identity, table: one below a bound, at it and one above."""
    fine = {
        "one actuator": DEVICES["one"],
        "sixty-four actuators": DEVICES["mat"],
        "eight slots": told(identity={"slots": 8}),
        "255 slots": told(identity={"slots": 255}),
        "an attack of 4000": slew(attack=4000),
        "a release of 1020": slew(release=1020),
        "a release of 4000": slew(release=4000),
    }
    first, second, *others = DEVICES["pad"]["table"]
    swapped = told(of=PAD)
    swapped["table"] = [first | {"index": 1}, second | {"index": 0}, *others]
    swapped["identity"]["limits_hash"] = table_hash(swapped["identity"], swapped["table"])
    right = DEVICES["pad"]["identity"]
    wrong = {
        "another protocol": told(identity={"protocol": 3}),
        "no actuator": told(of=[]),
        "sixty-five actuators": told(of=[*MAT, PRESSURE | {"id": "cell-64", "x_mm": 400}]),
        "no slots": told(identity={"slots": 0}),
        "seven slots": told(identity={"slots": 7}),
        "two actuators that changed places": swapped,
        "an attack of 4001": slew(attack=4001),
        "a release of 1019": slew(release=1019),
        "a release of 4001": slew(release=4001),
        "another hash": told(of=PAD, identity={"limits_hash": right["limits_hash"] ^ 1}),
        "the hash of another power budget": told(
            of=PAD, identity={"power_budget": 241, "limits_hash": right["limits_hash"]}
        ),
        "the hash of another rest": told(of=PAD, identity={"rest_s": 1, "limits_hash": right["limits_hash"]}),
        "the hash of another ceiling": told(
            of=[PAD[0] | {"ceiling": 201}, *PAD[1:]], identity={"limits_hash": right["limits_hash"]}
        ),
    }
    for starts, devices in ((True, fine), (False, wrong)):
        for name, made in devices.items():
            assert is_sound(**made) is starts, name
            yield {"name": name, "starts": starts, **made}
