"""The variant table of the source article, as tests/vectors/variants.toml has it."""

import tomllib
from functools import cache
from pathlib import Path

TABLE = Path(__file__).parents[1] / "vectors" / "variants.toml"


@cache
def variants():
    """Every variant by its id, in the table's order."""
    with TABLE.open("rb") as file:
        return {entry["id"]: entry for entry in tomllib.load(file)["variant"]}


def of_kind(*played):
    """The ids of the variants that are played so: "device", "hands", "never"."""
    return [name for name, entry in variants().items() if entry["played"] in played]


def as_played(entry):
    """The rows of a variant with each region of an order as a row of its own."""
    rows = []
    for row in entry["step"]:
        if "order" not in row:
            rows.append(row)
            continue
        rows += [row | _region(text) for text in entry["regions"]]
    return rows


def _region(text):
    what, _, name = text.partition(":")
    if what == "part":
        return {"do": "guide", "part": name}
    if what == "posture":
        return {"do": "guide", "part": "posture", "posture": name}
    way, colon, zones = text.rpartition(":")
    return {"zones": zones.split()} | ({"way": way} if colon else {})
