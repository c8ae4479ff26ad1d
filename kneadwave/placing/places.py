"""What somebody says of one channel: a zone and a side, millimetres, or that nothing was felt.

Places are those on the body map of a person of 1.70 m. Of a zone alone nobody knows where in it the motor
lies: it is taken for the place nearest to the middle of the zone where a motor of FOOTPRINT_MM may work.
Where a zone reaches to spine or kidneys somebody has to say that the motor lies clear of them; else it stays
off.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

from firmware_bridge.devices.placement import placement_at
from kneadwave.errors import UsageError
from kneadwave.text import clean
from profiles.body import Zone, body_map
from profiles.near import did_you_mean

FOOTPRINT_MM: Final = 20
"""The radius that a motor is taken to have; project's choice, as in the descriptions that ship."""
NOTHING_FELT: Final = "nothing felt"
NOT_CLEAR: Final = "over or beside spine or kidneys"
GRID_MM: Final = 2
SIDES: Final = {"l": "left", "left": "left", "r": "right", "right": "right"}
_MILLIMETRES: Final = re.compile(r"([+-]?\d{1,4})(?: *mm)?[ ,;]+([+-]?\d{1,4})(?: *mm)?")
_NUMBERED: Final = re.compile(r"(\d{1,2}) *(l|left|r|right|)")
FORMS: Final = "a number and l or r (9r), a zone and a side (thigh right), or millimetres (85 -220)"
"""What can be said."""
_OFF: Final = re.compile(r"off *[:,] *(\S.*)", re.IGNORECASE)
WHY_MAX: Final = 80
"""Characters of why a motor stays off."""


@dataclass(frozen=True)
class Measured:
    """Millimetres from the midline (the person's right is positive) and from the seat surface (up)."""

    x_mm: int
    y_mm: int


@dataclass(frozen=True)
class Off:
    """It stays off, and why."""

    why: str


Said = Zone | Measured | Off


def zone_names() -> tuple[str, ...]:
    """The names of the zones in the order of their numbers, from the neck down."""
    return tuple(dict.fromkeys(zone.name for zone in body_map().zones))


def said(text: str) -> Said:
    """What an answer means; UsageError, with what can be said, for one that means nothing."""
    words = " ".join(text.lower().split())
    if words in ("n", "nothing", NOTHING_FELT, "off"):
        return Off(NOTHING_FELT)
    why = _OFF.fullmatch(text.strip())
    if why:
        return Off(clean(why[1])[:WHY_MAX])
    figures = _MILLIMETRES.fullmatch(words)
    if figures:
        return measured(int(figures[1]), int(figures[2]))
    return _zone(words, text)


def measured(x_mm: int, y_mm: int) -> Measured:
    """A measured place; UsageError for one that lies off the body map."""
    if not body_map().on_body(x_mm, y_mm, FOOTPRINT_MM):
        (x_min, y_min), (x_max, y_max) = body_map().region
        raise UsageError(
            f"({x_mm}, {y_mm}) mm lies off the body",
            hint=f"x goes from {x_min:g} to {x_max:g}, y from {y_min:g} to {y_max:g}, less {FOOTPRINT_MM}",
        )
    return Measured(x_mm, y_mm)


def _zone(words: str, text: str) -> Zone:
    names = zone_names()
    numbered = _NUMBERED.fullmatch(words)
    if numbered:
        number, side = int(numbered[1]), numbered[2]
        if not 0 < number <= len(names):
            raise UsageError(f"there is no zone {number}", hint=f"zones are 1 to {len(names)}; {FORMS}")
        name = names[number - 1]
    else:
        name, side = _split(words)
    if name not in names:
        raise UsageError(f"'{clean(text)}' says no place", hint=f"{did_you_mean(name, names)}{FORMS}")
    if not side:
        number = names.index(name) + 1
        raise UsageError(
            f"'{clean(text)}' does not say which side of the person",
            hint=f"{number}l or {name} left, {number}r or {name} right",
        )
    return body_map().zone(f"{name}-{SIDES[side]}")


def _split(words: str) -> tuple[str, str]:
    """The name of a zone, and the side, "" where none is said; it may stand before the name as well."""
    parts = words.replace("-", " ").split()
    side = next((part for part in (parts[-1:] + parts[:1]) if part in SIDES), "")
    if side:
        parts.remove(side)
    return "-".join(parts), side


@cache
def reaches_excluded(zone_id: str) -> bool:
    """Whether a motor whose centre lies in the zone might touch spine or kidneys, margins included."""
    body = body_map()
    return any(body.exclusion_at(x, y, FOOTPRINT_MM) is not None for x, y in _grid(body.zone(zone_id)))


@cache
def spot_of(zone_id: str) -> Measured | None:
    """Where a motor is taken to lie of which only the zone is known; None where none may work there."""
    body = body_map()
    zone = body.zone(zone_id)
    lane = zone.lanes[0]
    middle = [sum(axis) / len(lane) for axis in zip(*lane, strict=True)]
    allowed = [
        (x, y) for x, y in _grid(zone) if not placement_at(x, y, FOOTPRINT_MM, body).excluded
    ]  # fmt: skip
    if not allowed:
        return None
    x, y = min(allowed, key=lambda at: ((at[0] - middle[0]) ** 2 + (at[1] - middle[1]) ** 2, abs(at[0])))
    return Measured(x, y)


def _grid(zone: Zone) -> Sequence[tuple[int, int]]:
    """Whole millimetres in a zone, GRID_MM apart, the same on either side of the body."""
    xs, ys = zip(*zone.outline, strict=True)
    side = -1 if zone.side == "left" else 1
    across = range(0, int(max(map(abs, xs))) + 1, GRID_MM)
    return [
        (side * x, y)
        for y in range(int(min(ys)), int(max(ys)) + 1, GRID_MM)
        for x in across
        if zone.holds(side * x, y)
    ]
