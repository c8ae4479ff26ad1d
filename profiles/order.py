"""Named orders of zones, as data: which region comes after which (orders.toml)."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from difflib import get_close_matches
from functools import lru_cache
from pathlib import Path
from typing import Any

from profiles.errors import ProfileError


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
    """Return every order by its name."""
    data = tomllib.loads((Path(__file__).parent / "orders.toml").read_text(encoding="utf-8"))
    return {entry["name"]: _order(entry, data["care"]) for entry in data["order"]}


def order_named(name: str) -> Order:
    """Return an order; ProfileError with the nearest name for one that does not exist."""
    known = orders()
    if name not in known:
        nearest = get_close_matches(name, known, n=1, cutoff=0.5)
        hint = f"did you mean '{nearest[0]}'?" if nearest else f"orders are {', '.join(known)}"
        raise ProfileError(f"there is no order '{name}'", place="order", hint=hint)
    return known[name]


def _order(entry: dict[str, Any], care: dict[str, dict[str, Any]]) -> Order:
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
