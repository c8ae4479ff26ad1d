"""The body map: where the zones lie, how strongly each may be worked on, and what must never be touched.

Millimetres on the recipient's body. x is lateral, x > 0 is the recipient's right; y is cranial, y = 0 is
the seat surface, the legs lie at negative y. Seated and prone share the map. The figures and their sources
are in body.toml.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cached_property, lru_cache
from math import isfinite
from pathlib import Path
from typing import Any

from profiles.errors import ProfileError
from profiles.geometry import Point, Polygon, contains, distance
from profiles.near import nearest_or

DEFAULT_STATURE_M = 1.70  # the stature for which body.toml gives its figures
STATURE_MIN_M = (
    1.20  # metres; project's choice: below it the landmarks no longer scale, and it would be a child (98)
)
STATURE_MAX_M = 2.20  # metres; project's choice: a body map is scaled to nobody taller
ROUNDING_MM = 1e-6  # mm; a disc that is nearer than this touches: rounding never lets a motor run


def zone_name(zone: str) -> str:
    """Return what both sides of a zone are called: "shoulder" for "shoulder-left" and for "shoulder"."""
    return zone.removesuffix("-left").removesuffix("-right")


class Direction(StrEnum):
    """Which way a zone is stroked (rules 3 to 5, 86, 189 to 191)."""

    TOWARD_NECK = "toward-neck"
    AWAY = "away"
    FREE = "free"


class Outlined:
    """What lies within an outline, mm."""

    outline: Polygon

    def touches(self, x: float, y: float, radius: float) -> bool:
        """Tell whether a disc touches it; to touch its edge is enough."""
        return _within(self.outline, self._box, x, y, radius)

    @cached_property
    def _box(self) -> tuple[float, float, float, float]:
        return _box(self.outline)


@dataclass(frozen=True)
class Zone(Outlined):
    """One side of a zone: outline in mm, the strongest felt level allowed, and how it may be worked on."""

    id: str
    name: str
    side: str
    outline: Polygon
    ceiling: float
    tapping: bool
    direction: Direction
    rules: tuple[int, ...]
    lanes: tuple[Polygon, ...]

    def holds(self, x: float, y: float) -> bool:
        """Tell whether a point lies in the zone."""
        x_min, y_min, x_max, y_max = self._box
        return x_min <= x <= x_max and y_min <= y <= y_max and contains(self.outline, x, y)


@dataclass(frozen=True)
class ExcludedZone(Outlined):
    """A part of the body that nothing may touch, and the margin in mm by which it is grown."""

    id: str
    title: str
    outline: Polygon
    margin: float
    rules: tuple[int, ...]

    def touches(self, x: float, y: float, radius: float) -> bool:
        """Tell whether a disc touches the zone grown by its margin."""
        return super().touches(x, y, self.margin + radius)


@dataclass(frozen=True)
class ZonePart:
    """One side of a part of a zone: where it lies and which zone that is."""

    id: str
    zone_id: str
    outline: Polygon
    lanes: tuple[Polygon, ...]


@dataclass(frozen=True)
class Cap(Outlined):
    """A part of zones, on one side, that bears no more than its ceiling; eased with the zone it names."""

    id: str
    zone: str
    side: str
    outline: Polygon
    ceiling: float
    rules: tuple[int, ...]


@dataclass(frozen=True)
class BodyMap:
    """Zones, caps and excluded zones of one body; every figure in mm, scaled with the stature.

    `parts` are those of zones that have names of their own ("middle-back").
    """

    stature_m: float
    zones: tuple[Zone, ...]
    excluded: tuple[ExcludedZone, ...]
    region: tuple[Point, Point]
    caps: tuple[Cap, ...] = ()
    parts: tuple[ZonePart, ...] = ()

    def zone(self, zone_id: str) -> Zone:
        """Return the zone of one side, as "shoulder-left"; ProfileError with the nearest names otherwise."""
        for zone in self.zones:
            if zone.id == zone_id:
                return zone
        raise self._unknown(zone_id)

    def zones_named(self, name: str) -> tuple[Zone, ...]:
        """Return both sides for a name ("shoulder"), one for an id ("shoulder-left"), else ProfileError.

        A part gives its zone, with the outline and the lanes of the part.
        """
        found = tuple(zone for zone in self.zones if name in (zone.name, zone.id))
        found = found or tuple(
            replace(self.zone(part.zone_id), outline=part.outline, lanes=part.lanes)
            for part in self.parts
            if name in (zone_name(part.id), part.id)
        )
        if not found:
            raise self._unknown(name)
        return found

    def zone_at(self, x: float, y: float) -> Zone | None:
        """Return the zone around the point, None outside every zone."""
        for zone in self.zones:
            if zone.holds(x, y):
                return zone
        return None

    def zones_under(self, x: float, y: float, radius: float) -> tuple[Zone, ...]:
        """Return every zone that a disc touches; none when its centre lies in none of them."""
        touched = tuple(zone for zone in self.zones if zone.touches(x, y, radius))
        return touched if any(zone.holds(x, y) for zone in touched) else ()

    def ceiling_at(self, x: float, y: float, radius: float) -> float:
        """Return the highest felt level of a disc: that of the strictest zone or cap it touches; 0 where off.

        Every ceiling of an actuator is asked for here; on a `lowered` map it is the person's.
        """
        if self.exclusion_at(x, y, radius) is not None:
            return 0.0
        zones = self.zones_under(x, y, radius)
        if not zones:
            return 0.0
        caps = self.caps_under(x, y, radius)
        return min([zone.ceiling for zone in zones] + [cap.ceiling for cap in caps])

    def caps_under(self, x: float, y: float, radius: float = 0.0) -> tuple[Cap, ...]:
        """Return every cap that a disc touches."""
        return tuple(cap for cap in self.caps if cap.touches(x, y, radius))

    def exclusion_at(self, x: float, y: float, radius: float = 0.0) -> ExcludedZone | None:
        """Return the excluded zone that a disc touches, margin included; None when it is clear of all."""
        if not isfinite(x + y + radius):
            return self.excluded[0]  # where nobody knows where a disc lies it is not allowed: deny by default
        return next((zone for zone in self.excluded if zone.touches(x, y, radius)), None)

    def on_body(self, x: float, y: float, radius: float = 0.0) -> bool:
        """Tell whether a disc lies wholly inside the region that the map covers."""
        (x_min, y_min), (x_max, y_max) = self.region
        return x_min <= x - radius and x + radius <= x_max and y_min <= y - radius and y + radius <= y_max

    def is_excluded_name(self, name: str) -> ExcludedZone | None:
        """Return the excluded zone that a profile asks for by name ("spine", "kidney", "kidney-left")."""
        for zone in self.excluded:
            if name in (zone.id, zone_name(zone.id)):
                return zone
        return None

    def lowered(self, factors: Mapping[str, float]) -> BodyMap:
        """Return the map with the ceilings of named zones (both sides, or one by its id) times 0 to 1.

        A factor outside 0 to 1 counts as the nearer of them, and one that is no number as 0. Caps are
        lowered with the zone that they name.
        """
        if not factors:
            return self
        zones = tuple(
            replace(zone, ceiling=zone.ceiling * _share(factors, zone.name) * _share(factors, zone.id))
            for zone in self.zones
        )
        caps = tuple(
            replace(
                cap,
                ceiling=cap.ceiling * _share(factors, cap.zone) * _share(factors, f"{cap.zone}-{cap.side}"),
            )
            for cap in self.caps
        )
        return replace(self, zones=zones, caps=caps)

    def _unknown(self, name: str) -> ProfileError:
        excluded = self.is_excluded_name(name)
        if excluded is not None:
            message = f"'{name}' is an excluded zone: {excluded.title} is never worked on"
            return ProfileError(message, hint="take a zone beside it", rule=excluded.rules[0])
        ids = [zone.id for zone in self.zones] + [part.id for part in self.parts]
        known = sorted({zone_name(each) for each in ids} | set(ids))
        zones = "zones are " + ", ".join(dict.fromkeys(zone.name for zone in self.zones))
        hint = nearest_or(name, known, zones, most=3)
        return ProfileError(f"there is no zone '{name}'", hint=hint)


def _box(outline: Polygon) -> tuple[float, float, float, float]:
    xs, ys = zip(*outline, strict=True)
    return min(xs), min(ys), max(xs), max(ys)


def _within(
    outline: Polygon, box: tuple[float, float, float, float], x: float, y: float, near: float
) -> bool:
    """Tell whether a point is at most `near` mm from an outline; `box` is around that."""
    near += ROUNDING_MM
    x_min, y_min, x_max, y_max = box
    if x < x_min - near or x > x_max + near or y < y_min - near or y > y_max + near:
        return False
    return distance(outline, x, y) <= near


def _share(factors: Mapping[str, float], name: str) -> float:
    factor = factors.get(name, 1.0)
    return min(1.0, max(0.0, factor)) if isfinite(factor) else 0.0


@lru_cache(maxsize=8)
def body_map(stature_m: float = DEFAULT_STATURE_M) -> BodyMap:
    """Return the map for a stature in metres (1.2 to 2.2, ProfileError otherwise), the same each time."""
    if not (isfinite(stature_m) and STATURE_MIN_M <= stature_m <= STATURE_MAX_M):
        raise ProfileError(
            f"a stature of {stature_m:g} m is outside {STATURE_MIN_M:.2f} to {STATURE_MAX_M:.2f} m",
            place="stature_m",
        )
    data = _data()
    scale = stature_m / float(data["stature_m"])
    zones: list[Zone] = []
    for entry in data["zone"]:
        for side, mirror in (("left", -1.0), ("right", 1.0)):
            zones.append(
                Zone(
                    id=f"{entry['name']}-{side}",
                    name=entry["name"],
                    side=side,
                    outline=_scaled(entry["outline"], scale, mirror),
                    ceiling=float(entry["ceiling"]),
                    tapping=entry["tapping"],
                    direction=Direction(entry["direction"]),
                    rules=tuple(entry["rules"]),
                    lanes=tuple(_scaled(lane, scale, mirror) for lane in entry["lanes"]),
                )
            )
    parts = tuple(
        ZonePart(
            id=f"{entry['name']}-{side}",
            zone_id=f"{entry['of']}-{side}",
            outline=_scaled(entry["outline"], scale, mirror),
            lanes=tuple(_scaled(lane, scale, mirror) for lane in entry["lanes"]),
        )
        for entry in data["part"]
        for side, mirror in (("left", -1.0), ("right", 1.0))
    )
    excluded = tuple(
        ExcludedZone(
            id=entry["id"],
            title=entry["title"],
            outline=_scaled(entry["outline"], scale),
            # The margin covers what we do not know; a small body gets the whole of it all the same.
            margin=float(entry["margin_mm"]) * max(1.0, scale),
            rules=tuple(entry["rules"]),
        )
        for entry in data["excluded"]
    )
    caps = tuple(
        Cap(
            id=f"{entry['id']}-{side}",
            zone=entry["zone"],
            side=side,
            outline=_scaled(entry["outline"], scale, mirror),
            ceiling=float(entry["ceiling"]),
            rules=tuple(entry["rules"]),
        )
        for entry in data["cap"]
        for side, mirror in (("left", -1.0), ("right", 1.0))
    )
    (x_min, x_max), (y_min, y_max) = data["region"]["x_mm"], data["region"]["y_mm"]
    region = ((x_min * scale, y_min * scale), (x_max * scale, y_max * scale))
    return BodyMap(stature_m, tuple(zones), excluded, region, caps, parts)


@lru_cache(maxsize=1)
def _data() -> dict[str, Any]:
    return tomllib.loads((Path(__file__).parent / "body.toml").read_text(encoding="utf-8"))


def _scaled(points: list[list[float]], scale: float, mirror: float = 1.0) -> Polygon:
    return tuple((x * scale * mirror, y * scale) for x, y in points)
