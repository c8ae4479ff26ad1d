"""The rules of the body: which zones a step may name, how strongly, with what and which way."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from profiles.body import BodyMap, Cap, Direction, Zone
from profiles.errors import ProfileError
from profiles.geometry import centroid
from profiles.route import explicit_route, runs_away
from profiles.rules.finding import Finding, Located
from profiles.rules.limits import TOLERANCE
from profiles.technique import Guide, Rubbing, Squeezing, Stroking, Tapping

KIDNEY_ZONES = ("lumbar", "flank")  # rule 236: no tapping around the kidneys
BACK_ZONES = ("sacrum", "lumbar", "upper-back", "scapular", "flank")  # rule 15: rubbing runs any way there
_LOWER_MM = 30.0  # project's choice: a zone whose middle lies this much lower is "below" another


def check_zones(here: Located, body: BodyMap) -> Iterator[Finding]:
    """Yield what is wrong with the zones or the path of one step."""
    if here.step.path is not None:
        yield from _path(here, body)
        return
    found: list[Zone] = []
    for number, name in enumerate(here.step.zones or (), start=1):
        field = f"zones[{number}]"
        try:
            zones = body.zones_named(name)
        except ProfileError as error:
            yield here.find("error", error.rule, field, error.message, error.hint or "")
            continue
        found += zones
        yield from _allowed(here, field, zones[0])
    yield from _direction(here, found)
    yield from _way_up(here, found)


def _within(here: Located, area: Zone | Cap, what: str) -> Iterator[Finding]:
    if here.step.peak > area.ceiling + TOLERANCE:
        yield here.find(
            "error",
            area.rules[0],
            "level",
            f"level {here.step.peak:g} is above the ceiling of {what}, {area.ceiling:g}",
            f"write level = {area.ceiling:g} or less, or leave the zone to a step of its own",
        )


def _allowed(here: Located, field: str, zone: Zone) -> Iterator[Finding]:
    yield from _within(here, zone, f"the zone '{zone.name}'")
    if isinstance(here.step.technique, Tapping) and not zone.tapping:
        rule = 236 if zone.name in KIDNEY_ZONES else 257
        why = "the kidneys are near" if rule == 236 else "bone lies near the skin"
        yield here.find(
            "error",
            rule,
            field,
            f"no tapping on the zone '{zone.name}': {why}",
            "tap on gluteal, thigh or calf only",
        )


def _path(here: Located, body: BodyMap) -> Iterator[Finding]:
    points = here.step.path or ()
    for number, (x, y) in enumerate(points, start=1):
        if not body.on_body(x, y):
            yield here.find(
                "error",
                None,
                f"path[{number}]",
                f"the point {x:g}, {y:g} is not on the body map",
                "heights are in mm above the seat, x > 0 is the right side",
            )
            return
    route = explicit_route(points, body)
    touched: dict[str, Zone] = {}
    capped: dict[str, Cap] = {}
    for x, y in zip(route.x, route.y, strict=True):
        excluded = body.exclusion_at(x, y)
        if excluded is not None:
            yield here.find(
                "error",
                excluded.rules[0],
                "path",
                f"the path runs over an excluded zone at {x:.0f}, {y:.0f}: {excluded.title}",
                "lead it around",
            )
            return
        zone = body.zone_at(x, y)
        if zone is not None:
            touched.setdefault(zone.name, zone)
            capped |= {cap.id: cap for cap in body.caps_under(x, y)}
    if not touched:
        yield here.find(
            "error",
            None,
            "path",
            "the path touches no zone of the body map",
            "see the zones in docs/profiles.md",
        )
    for zone in touched.values():
        yield from _allowed(here, "path", zone)
    for cap in list(capped.values())[:1]:
        yield from _within(here, cap, f"the {cap.id.removesuffix(f'-{cap.side}')}")


def _direction(here: Located, zones: Sequence[Zone]) -> Iterator[Finding]:
    # Rubbing may run in any direction on the back (15), but not on the neck and the limbs (14, 129, 182).
    # It is the main pass that counts, the way back is lighter.
    technique = here.step.technique
    if not zones or isinstance(technique, Guide):
        return
    rubbing = isinstance(technique, Rubbing)
    away = runs_away(zones, technique.direction)
    if rubbing:
        zones = [zone for zone in zones if zone.name not in BACK_ZONES]
    wrong = Direction.TOWARD_NECK if away else Direction.AWAY
    for zone in zones:
        if zone.direction is wrong:
            rule = 86 if zone.name != "neck" else 14 if rubbing else 4
            right = "from the hair to the shoulders" if zone.name == "neck" else "toward the neck"
            yield here.find(
                "warning",
                rule,
                "technique.direction",
                f"the zone '{zone.name}' is worked on {right}",
                "turn the direction, or give the zone a step of its own",
            )
            return
    ordered = [
        zone for zone in zones if zone.direction is Direction.TOWARD_NECK and zone.side == zones[0].side
    ]
    for before, after in pairwise(ordered):
        if centroid(after.outline)[1] < centroid(before.outline)[1] - _LOWER_MM:
            yield here.find(
                "warning",
                86,
                "zones",
                f"the way leads down from '{before.name}' to '{after.name}'",
                "name the zones in the order from the feet to the neck",
            )
            return


def _way_up(here: Located, zones: Sequence[Zone]) -> Iterator[Finding]:
    """Yield a stroke whose way down is the stronger one; the neck is stroked down, with what joins it."""
    technique = here.step.technique
    if not isinstance(technique, Stroking | Squeezing) or technique.return_level >= 1.0 or not zones:
        return
    if isinstance(technique, Stroking) and technique.path != "longitudinal":
        return
    if runs_away(zones, technique.direction) and all(z.direction is not Direction.AWAY for z in zones):
        yield here.find(
            "warning",
            165,
            "technique.return_level",
            f"the way up has {technique.return_level:g} of the strength of the way down",
            "write return_level = 1, or let the stroke run toward the neck",
        )
