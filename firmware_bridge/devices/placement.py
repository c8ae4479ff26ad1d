"""Whether a footprint on the body may be driven at all: deny by default.

Only a footprint (a disc) whose centre lies in a zone of the body map, and which touches no excluded zone
grown by that zone's margin, may be driven. Everything else is off, with the reason told. How strongly is a
matter of every zone that the footprint touches; where it lies, of its centre.
"""

from dataclasses import dataclass

from profiles.body import BodyMap, Zone

DENY_BY_DEFAULT = "deny by default, rule 188"


@dataclass(frozen=True, slots=True)
class Placement:
    """Where a footprint lies: the zone under its centre, if any, and why it is excluded ("" = allowed).

    `ceiling` is the strongest felt level (0 to 1), the lowest of the zones in `touched`; 0 when excluded.
    """

    zone: Zone | None
    excluded: str
    ceiling: float = 0.0
    touched: tuple[Zone, ...] = ()


def placement_at(x_mm: float | None, y_mm: float | None, radius_mm: float, body: BodyMap) -> Placement:
    """Place a disc (mm, body axes) on a body; a missing coordinate means that its place is unknown."""
    if x_mm is None or y_mm is None:
        return Placement(None, f"has no place on the body ({DENY_BY_DEFAULT})")
    zone = body.zone_at(x_mm, y_mm)
    touched = body.exclusion_at(x_mm, y_mm, radius_mm)
    if touched is not None:
        rules = ", ".join(str(rule) for rule in sorted(touched.rules))
        word = "rule" if len(touched.rules) == 1 else "rules"
        margin = f"its margin of {touched.margin:.0f} mm"
        return Placement(zone, f"footprint touches {touched.id} or {margin} ({word} {rules})")
    if zone is None:
        return Placement(None, f"lies in no zone of the body map ({DENY_BY_DEFAULT})")
    return Placement(
        zone, "", body.ceiling_at(x_mm, y_mm, radius_mm), body.zones_under(x_mm, y_mm, radius_mm)
    )
