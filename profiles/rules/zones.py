"""The rules of the body: which zones a step may name, how strongly, with what and which way."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from math import floor

from profiles.body import BodyMap, Cap, Direction, Zone
from profiles.contact import form_of
from profiles.errors import ProfileError
from profiles.geometry import centroid
from profiles.hands import way_of
from profiles.route import explicit_route
from profiles.rules.finding import Finding, Located
from profiles.rules.limits import CALM_MM_S, SLOW_MM_S, TOLERANCE
from profiles.rules.under_hand import ways, worked_names
from profiles.technique import (
    Guide,
    Kneading,
    Moving,
    Rubbing,
    Squeezing,
    Stroking,
    Tapping,
    Vibration,
)

KIDNEY_ZONES = ("lumbar", "flank")  # rule 236: no tapping around the kidneys
BACK_ZONES = ("sacrum", "lumbar", "upper-back", "scapular", "flank")  # rule 15: rubbing runs any way there
WAIST_ZONES = ("sacrum", "lumbar")  # where a pass from the waist to the neck begins (60, 86)
_NET_MM = 20.0  # project's choice: a path that gains less than that in a zone has no way there
_LOWER_MM = 30.0  # project's choice: a zone whose middle lies this much lower is "below" another


def check_zones(here: Located, body: BodyMap, *, calm: bool) -> Iterator[Finding]:
    """Yield what is wrong with the zones or the path of one step; if it is to be `calm`, haste too."""
    if calm:
        yield from _speed(here, body)
    if here.step.path is not None:
        yield from _path(here, body)
        yield from _on_points(here, body)
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
    technique = here.step.technique
    if found and not isinstance(technique, Guide):
        yield from _way_up(here, found, way_of(technique, found))


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
    away = way_of(technique, zones)
    wrong = [zone for zone in zones if _against(technique, zone, away, zones[0])]
    if wrong:
        yield _turned(here, technique, wrong[0], "technique.direction")
        return
    rubbing = isinstance(technique, Rubbing)
    ordered = [
        zone
        for zone in zones
        if zone.direction is Direction.TOWARD_NECK
        and zone.side == zones[0].side
        and not (rubbing and zone.name in BACK_ZONES)
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


def _on_points(here: Located, body: BodyMap) -> Iterator[Finding]:
    """Yield a way along points that runs through a zone against its direction, and a weaker way up."""
    technique = here.step.technique
    passed = ways(here, body)
    if not passed or isinstance(technique, Guide):
        return
    for way in passed:
        if abs(way.up) > _NET_MM and _against(technique, way.zone, way.up < 0.0, passed[0].zone):
            yield _turned(here, technique, way.zone, "path")
            break
    down = sum(way.up for way in passed) < -_NET_MM
    yield from _way_up(here, [way.zone for way in passed], down)


def _against(technique: Moving, zone: Zone, away: bool, first: Zone) -> bool:
    """Tell whether a pass through a zone runs against its way; `first` is where the pass begins."""
    if isinstance(technique, Rubbing):
        if zone.name in BACK_ZONES:
            return False
        if zone.name == "shoulder":  # down (14), but for a pass that comes up from the waist (60, 86)
            return not away and first.name not in WAIST_ZONES
    return zone.direction is (Direction.TOWARD_NECK if away else Direction.AWAY)


def _turned(here: Located, technique: Moving, zone: Zone, field: str) -> Finding:
    rubbing = isinstance(technique, Rubbing) and zone.name in ("neck", "shoulder")
    rule = 14 if rubbing else 4 if zone.name == "neck" else 86
    right = "downwards" if rubbing else "toward the neck"
    if zone.name == "neck":
        right = "from the hair to the shoulders"
    return here.find(
        "warning",
        rule,
        field,
        f"the zone '{zone.name}' is worked on {right}",
        "turn the direction, or give the zone a step of its own",
    )


def _way_up(here: Located, zones: Sequence[Zone], down: bool) -> Iterator[Finding]:
    """Yield a stroke whose way down is the stronger one; the neck is stroked down, with what joins it."""
    technique = here.step.technique
    if not isinstance(technique, Stroking | Squeezing) or technique.return_level >= 1.0 or not down:
        return
    if isinstance(technique, Stroking) and technique.path != "longitudinal":
        return
    if all(zone.direction is not Direction.AWAY for zone in zones):
        yield here.find(
            "warning",
            165,
            "technique.return_level",
            f"the way up has {technique.return_level:g} of the strength of the way down",
            "write return_level = 1, or let the stroke run toward the neck",
        )


def _speed(here: Located, body: BodyMap) -> Iterator[Finding]:
    """Yield a hand that hurries: strokes, squeezes and kneading anywhere, and all on the lower back."""
    technique = here.step.technique
    names = worked_names(here, body)
    match technique:
        case Stroking(speed_mm_s=speed):
            rule, most, what = 177, CALM_MM_S, "strokes are calm"
            if names == ["neck"]:  # its nape is stroked quickly (128)
                return
        case Squeezing(speed_mm_s=speed):
            rule, most, what = 58, SLOW_MM_S, "the wave is slow"
        case Kneading(advance_mm_s=advance):
            rule, most, what = 65, SLOW_MM_S, "kneading is slow"
            speed = advance * form_of(technique).advance
        case Rubbing(advance_mm_s=speed) | Vibration(advance_mm_s=speed):
            rule, most, what = 246, CALM_MM_S, "the lower back is worked slowly"
            if "lumbar" not in names:
                return
        case _:
            return
    if speed > most + TOLERANCE:
        name = "speed_mm_s" if isinstance(technique, Stroking | Squeezing) else "advance_mm_s"
        yield here.find(
            "warning",
            246 if "lumbar" in names and rule == 65 else rule,
            f"technique.{name}",
            f"the hand goes on by {round(speed, 1):g} mm a second; {what}, {most:g} at most",
            f"write {name} = {floor(most * getattr(technique, name) / speed * 10 + 1e-6) / 10:g} or less",
        )
