"""The devices that the cases of tests/vectors are played on, as fields of docs/wire.md."""

from typing import Any

from reference_wire import NO_PLACE, table_hash

IDENTITY = {"protocol": 2, "firmware": 1, "rest_s": 2, "slots": 8, "rate": 50, "payload": 64}
PRESSURE: dict[str, Any] = {
    "kind": 3,
    "excluded": 0,
    "y_mm": 0,
    "radius_mm": 20,
    "ceiling": 100,
    "start": 0,
    "hold": 0,
    "exponent": 100,
    "attack": 4000,
    "release": 4000,
    "rate_min": 0,
    "rate_max": 0,
}
KNEADING = PRESSURE | {"kind": 2, "rate_min": 10, "rate_max": 60}
VIBRATION = PRESSURE | {"kind": 1, "rate_min": 20, "rate_max": 120}

PAD = [
    KNEADING | {"id": "knead", "x_mm": 0, "ceiling": 200, "attack": 1000, "release": 1020},
    VIBRATION | {"id": "hum", "x_mm": 100, "ceiling": 120},
    PRESSURE | {"id": "press", "x_mm": 200, "ceiling": 90, "attack": 250, "release": 2000},
    PRESSURE | {"id": "spine", "x_mm": 300, "excluded": 1},
    KNEADING | {"id": "quick", "x_mm": 400, "rate_min": 0, "rate_max": 100},
]
SLEWS = [
    PRESSURE | {"id": f"{attack}/{release}", "x_mm": 100 * i, "attack": attack, "release": release}
    for i, (attack, release) in enumerate(
        [(1, 1020), (249, 1023), (1000, 1024), (1001, 1999), (3999, 3999), (4000, 4000)]
    )
]
POWER = [
    PRESSURE | {"id": "slow-fall", "x_mm": 0, "release": 1020},
    PRESSURE | {"id": "rise-4000", "x_mm": 100},
    PRESSURE | {"id": "rise-1001", "x_mm": 200, "attack": 1001},
    PRESSURE | {"id": "rise-3", "x_mm": 300, "attack": 3},
]
POINTS = [
    PRESSURE | place
    for place in (
        {"id": "at-radius", "x_mm": 50, "y_mm": -60},
        {"id": "at-radius-2", "x_mm": 62, "y_mm": -44, "radius_mm": 30},  # 20 mm, the smaller radius
        {"id": "beyond", "x_mm": 200, "y_mm": 30},
        {"id": "beyond-2", "x_mm": 200, "y_mm": 51, "radius_mm": 30},  # 21 mm
        {"id": "chain", "x_mm": -400, "y_mm": -10, "radius_mm": 10},
        {"id": "chain-2", "x_mm": -400, "y_mm": 0, "radius_mm": 10},
        {"id": "chain-3", "x_mm": -400, "y_mm": 10, "radius_mm": 10},
        {"id": "nowhere", "x_mm": NO_PLACE, "y_mm": NO_PLACE, "radius_mm": 255},
        {"id": "nowhere-2", "x_mm": NO_PLACE, "y_mm": NO_PLACE, "radius_mm": 255},
    )
]
MAT = [
    (VIBRATION if i % 16 == 15 else PRESSURE)
    | {"id": f"cell-{i}", "x_mm": 50 * (i % 8), "y_mm": 50 * (i // 8)}
    for i in range(64)
]


def device(unit_id: int, model: str, power_budget: int, table: list[dict[str, Any]]) -> dict[str, Any]:
    """Identity and table, with the hash and the numbers that follow from them."""
    numbered: list[dict[str, Any]] = [{"index": i} | actuator for i, actuator in enumerate(table)]
    identity: dict[str, Any] = IDENTITY | {
        "unit_id": unit_id,
        "model": model,
        "power_budget": power_budget,
        "actuators": len(table),
    }
    identity["limits_hash"] = table_hash(identity, numbered)
    return {"identity": identity, "table": numbered}


DEVICES = {
    "pad": device(1, "pad", 240, PAD),
    "slews": device(2, "slews", 600, SLEWS),
    "power": device(3, "power", 100, POWER),
    "points": device(4, "points", 900, POINTS),
    "mat": device(5, "mat", 2000, MAT),
    "one": device(6, "one", 100, [VIBRATION | {"id": "one", "x_mm": 0}]),
}
