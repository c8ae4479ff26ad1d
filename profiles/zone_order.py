"""Named orders of zones (orders.toml): which region comes after which, and a step over each of them."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from profiles.body import body_map
from profiles.errors import ProfileError
from profiles.near import nearest_or
from profiles.step import Step
from profiles.technique import (
    BY_HAND,
    MAX_INSTRUCTION,
    POSTURES,
    Guide,
    Kneading,
    Squeezing,
    Stroking,
    Tapping,
    Technique,
    Vibration,
)

# What hands do instead of a device, where a form says more than its technique.
_BY_HAND_FORMS = {
    "finger": "knead {} slowly with the pads of the fingers",
    "pinching": "pinch {} softly, fold after fold",
    "shifting": "shift {} gently from side to side",
    "felting": "move both hands against each other on {}, slowly",
    "stretching": "stretch {} slowly with both hands",
    "twitching": "pull at {} in short, soft twitches",
    "patting": "pat {} softly with cupped hands",
    "fists": "drum softly on {} with loose fists",
}


@dataclass(frozen=True)
class Region:
    """A place in an order: zones of the body map, or a part for hands, or a change of posture.

    `share` is its part of a step's time, relative to the other regions; `by_hand` is what hands heed there;
    `direction` is the way of the main pass, where the order has one of its own.
    """

    name: str
    share: float
    zones: tuple[str, ...] = ()
    part: str = ""
    posture: str | None = None
    rules: tuple[int, ...] = ()
    by_hand: str = ""
    direction: str | None = None


@dataclass(frozen=True)
class Order:
    """Regions in the order in which they are worked on, and the rules that ask for it."""

    name: str
    title: str
    rules: tuple[int, ...]
    regions: tuple[Region, ...]


@lru_cache(maxsize=1)
def orders() -> dict[str, Order]:
    """Return every order (orders.toml) by its name."""
    data = tomllib.loads((Path(__file__).parent / "orders.toml").read_text(encoding="utf-8"))
    return {entry["name"]: _order(entry, data["care"]) for entry in data["order"]}


def order_named(name: str) -> Order:
    """Return an order; ProfileError with the nearest name for one that does not exist."""
    known = orders()
    if name not in known:
        hint = nearest_or(name, known, f"orders are {', '.join(known)}")
        raise ProfileError(f"there is no order '{name}'", place="order", hint=hint)
    return known[name]


def _order(entry: dict[str, Any], care: dict[str, dict[str, Any]]) -> Order:
    """Return one order of the file; `care` is what hands heed in a region, by its name, told once for all."""
    regions = tuple(
        Region(
            name=region["name"],
            share=float(region["share"]),
            zones=tuple(region.get("zones", ())),
            part=region.get("part", ""),
            posture=region.get("posture"),
            rules=tuple(region.get("rules", ())),
            by_hand=region.get("by_hand", ""),
            direction=region.get("direction"),
        )
        for region in (care.get(told["name"], {}) | told for told in entry["region"])
    )
    return Order(entry["name"], entry["title"], tuple(entry["rules"]), regions)


def steps_over(step: Step, order: Order) -> tuple[Step, ...]:
    """Return the steps that one stands for: itself, or with in_order one for each region of the order."""
    if not step.in_order:
        return (step,)
    whole = sum(region.share for region in order.regions)
    return tuple(_at(step, region, region.share / whole) for region in order.regions)


def by_hand_sentence(technique: Technique, where: str) -> str:
    """Return a sentence that tells hands to do what a device would have done; `where` as "the neck"."""
    if isinstance(technique, Guide):
        return technique.instruction
    form = technique.form if isinstance(technique, Kneading | Vibration | Tapping) else ""
    told = _BY_HAND_FORMS.get(form, BY_HAND[technique.kind])
    return f"By hand: {told.format(where)}."


def _at(step: Step, region: Region, share: float) -> Step:
    changed: dict[str, Any] = {
        "name": f"{step.name}: {region.name}"[:80],
        "duration_s": round(step.duration_s * share, 3),
        "in_order": False,
    }
    if region.zones:
        # A region that bears less than the step asks for gets less.
        ceiling = min(zone.ceiling for name in region.zones for zone in body_map().zones_named(name))
        most = ceiling / step.curve.peak if step.curve.peak else 1.0
        changed |= {"zones": region.zones, "level": min(step.level, most), "by_hand": _by_hand(step, region)}
        if region.direction is not None:
            changed["technique"] = _turned(step.technique, region.direction)
    elif region.posture is not None:
        guide = {"kind": "guide", "instruction": POSTURES[region.posture], "posture": region.posture}
        changed |= {"technique": Guide.model_validate(guide | {"part": region.part}), "level": 0.0}
    else:
        guide = {"kind": "guide", "instruction": _by_hand(step, region), "part": region.part}
        changed |= {"technique": Guide.model_validate(guide), "level": 0.0}
    return step.model_copy(update=changed)


def _turned(technique: Technique, direction: str) -> Technique:
    """Return the technique with its main pass that way; up is never weaker than down (165)."""
    update: dict[str, Any] = {"direction": direction}
    if isinstance(technique, Stroking | Squeezing) and direction == "away":
        update["return_level"] = 1.0
    return technique.model_copy(update=update)


def _by_hand(step: Step, region: Region) -> str:
    """Return what hands do in a region: as the step tells, else plainly, and what they heed there."""
    told = step.by_hand.replace("{region}", region.name) or by_hand_sentence(
        step.technique, f"the {region.name}"
    )
    return f"{told} {region.by_hand}".strip()[:MAX_INSTRUCTION]
