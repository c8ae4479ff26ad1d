"""Devices drawn by lot, as a description could be, in fields of docs/wire.md."""

import random
from typing import Any

from reference_wire import NO_PLACE, table_hash

Fields = dict[str, Any]


def random_device(rng: random.Random) -> tuple[Fields, list[Fields]]:
    """Identity and table of a device as a description could be; slews as docs/wire.md allows them."""
    count = rng.choice([1, 2, 4, 8, 8, 9, 16, 16, 24, 64])
    spread = rng.choice([20, 60, 400])  # mm; the smaller, the more of them are one point
    table = [random_actuator(rng, i, spread) for i in range(count)]
    tight = rng.random() < 0.3  # little power, and rises that overtake releases
    if tight:
        table = [actuator | {"attack": 4000, "release": 1020} for actuator in table]
    most = sum(actuator["ceiling"] for actuator in table if not actuator["excluded"])
    identity = {
        "protocol": 2,
        "firmware": rng.randrange(65536),
        "unit_id": rng.randrange(2**32),
        "power_budget": max(1, most // 8) if tight else rng.choice([65535, most, max(1, most // 2)]),
        "rest_s": rng.choice([0, 1, 2, 60]),
        "actuators": count,
        "slots": rng.choice([8, 13, 32]),
        "rate": 50,
        "payload": 64,
        "model": "drawn by lot",
    }
    identity["limits_hash"] = table_hash(identity, table)
    return identity, table


def random_actuator(rng: random.Random, index: int, spread: int) -> Fields:
    """One row of a table."""
    kind = rng.choice([1, 1, 2, 3, 3])
    fast = kind != 3 and rng.random() < 0.7
    low = rng.choice([0, 10, 20])
    return {
        "index": index,
        "kind": kind,
        "excluded": int(rng.random() < 0.1),
        "x_mm": rng.choice([NO_PLACE, rng.randrange(spread), rng.randrange(spread)]),
        "y_mm": rng.randrange(spread),
        "radius_mm": rng.randrange(5, 60),
        "ceiling": rng.choice([255, rng.randrange(1, 256)]),
        "start": 0,
        "hold": 0,
        "exponent": 100,
        "attack": rng.choice([1, 250, 1000, 1001, 4000, rng.randrange(1, 4001)]),
        "release": rng.choice([1020, 2000, 4000, rng.randrange(1020, 4001)]),
        "rate_min": low if fast else 0,
        "rate_max": rng.choice([40, 60, 61, 120, 255]) if fast else 0,
        "id": f"a{index}",
    }
