"""The variant table of the source article (tests/vectors/variants.toml), and a session laid beside it."""

import tomllib
from functools import cache
from pathlib import Path

from profiles.body import body_map, zone_name
from profiles.technique import Guide

TABLE = Path(__file__).parents[1] / "vectors" / "variants.toml"
BACK = {"back": ("lumbar", "upper-back")}
BACK["whole-back"] = ("lumbar", "flank", "upper-back", "scapular", "shoulder")
OF_BACK = {"gluteal", "sacrum", *BACK["whole-back"]}
"""What a hand on the back may take in: all of it, and the buttocks, where its way may begin (238)."""


@cache
def variants():
    """Every variant by its id, in the table's order."""
    with TABLE.open("rb") as file:
        return {entry["id"]: entry for entry in tomllib.load(file)["variant"]}


def of_kind(*played):
    """The ids of the variants that are played so: "device", "hands", "never"."""
    return [name for name, entry in variants().items() if entry["played"] in played]


def rows(entry):
    """The rows of a variant in their order; one that has each side by itself has its own rows twice."""
    if not entry.get("each_side"):
        return entry["step"]
    own = [row for row in entry["step"] if not row.get("ours")]
    first, last = entry["step"].index(own[0]), entry["step"].index(own[-1])
    sides = [row | {"side": side} for side in ("left", "right") for row in own]
    return [*entry["step"][:first], *sides, *entry["step"][last + 1 :]]


def followed(entry, steps):
    """The steps of each row of a variant, as (row, steps) in the table's order.

    AssertionError, with how far it goes, where the steps are not those of the table.
    """
    wanted, furthest = rows(entry), [0, 0]

    @cache
    def rest(number, at):
        """The numbers of the steps at which the rows from `number` on begin, or None."""
        furthest[:] = max(furthest, [number, at])
        if number == len(wanted):
            return () if at == len(steps) else None
        row = wanted[number]
        for end in _ends(row, steps, at):
            found = rest(number + 1, end)
            if found is not None:
                return (end, *found)
        return None

    ends = rest(0, 0)
    number, at = furthest
    row = wanted[number] if number < len(wanted) else "the end"
    step = steps[at].name if at < len(steps) else "the end"
    assert ends is not None, f"{entry['profile']}: at {step!r}, where the table has {row}"
    starts = (0, *ends)
    return [(row, steps[a:b]) for row, a, b in zip(wanted, starts, ends, strict=False)]


def _ends(row, steps, at):
    """Where a row may end that begins with step `at`: the longest run of its kind first."""
    run = at
    while run < len(steps) and is_of(row, steps[run]):
        run += 1
    for end in range(run, at, -1):
        if _complete(row, steps[at:end]):
            yield end
    if row.get("optional"):
        yield at


def is_of(row, step):
    """Whether a step is of the kind of a row: its technique, its part or its zones, and its side."""
    side = row.get("side")
    if isinstance(step.technique, Guide):
        return (
            row["do"] in ("guide", "any")
            and step.technique.part in row.get("part", "").split(" | ")
            and row.get("posture") in (None, step.technique.posture)
            and (side is None or side in step.name)
        )
    if not any(set(kind.split()) <= words(step.technique) for kind in row["do"].split(" | ")):
        return False
    sides = {name.removeprefix(zone_name(name)).removeprefix("-") or None for name in step.zones}
    return sides == {side} and {zone_name(name) for name in step.zones} <= _allowed(row)


def _allowed(row):
    zones = {*row.get("zones", ()), *row.get("may", ())}
    allowed = (zones - set(BACK)) | (OF_BACK if zones & set(BACK) else set())
    return allowed | {part for part in _parts() if _whole(part) in allowed}


@cache
def _parts():
    return {zone_name(part.id): zone_name(part.zone_id) for part in body_map().parts}


def _whole(name):
    return _parts().get(name, name)


def _complete(row, steps):
    """Whether the steps have all zones of a row, these in its order."""
    if isinstance(steps[0].technique, Guide):
        return True
    named = [zone_name(name) for step in steps for name in step.zones]
    named = [name if name in row["zones"] else _whole(name) for name in named]
    wanted = [name for name in row["zones"] if name not in BACK]
    wholes = {zone for name in row["zones"] for zone in BACK.get(name, ())}
    first = [name for name in dict.fromkeys(named) if name in wanted]
    return first == wanted and wholes <= set(named)


def words(technique):
    """What a technique is called: its kind, form, path and depth; and "any" where it is not a tap."""
    told = {getattr(technique, name, None) for name in ("form", "path", "depth")} - {None}
    return {technique.kind, *told} | ({"any"} if technique.kind != "tapping" else set())
