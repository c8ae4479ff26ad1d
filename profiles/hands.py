"""The hands of a step: where each one goes, how fast, and when it has its turn.

Two hands either work together, mirrored, or take turns. Turns follow the session's own time, not the
step's, so that a hand that has just worked rests also when the next step begins: a point works for `HAND_S`
and a fade, then rests (rules 54, 55).
"""

from __future__ import annotations

from dataclasses import dataclass
from math import pi

from profiles.body import BodyMap, Zone
from profiles.errors import ProfileError
from profiles.model import Step
from profiles.route import Pattern, Route, explicit_route, runs_away, zone_route
from profiles.technique import (
    KNEADING_MAX_CPM,
    RUBBING_MAX_CPM,
    Guide,
    Kneading,
    Pressing,
    Rubbing,
    Squeezing,
    Stroking,
    Tapping,
    Vibration,
)

HAND_S = 4.5  # seconds of a turn; ours: with the fade well below the 10 s of rule 55, and as long a rest
HAND_FADE_S = 0.8  # ours: a hand lifts off as softly as it comes
TOGETHER_MM = 700.0  # ours: a round this long has left a point for long enough when it comes back to it

# Radius of the contact in mm; ours, within the 60 mm at which waves are felt (domain figures).
WIDE_MM, NARROW_MM = 55.0, 46.0
# What a device does at its settling floor while a guided step runs (30); the speed is ours.
SETTLING = Stroking(kind="stroking", speed_mm_s=60.0)
STROKED_CIRCLE_MM = 45.0  # radius of stroked circles; ours: about that of a shoulder blade (rule 41)


@dataclass(frozen=True)
class Turn:
    """When a hand works: `on` seconds of every `period`, from `phase` in session time, fades included."""

    period: float
    on: float
    fade_in: float
    fade_out: float
    phase: float


@dataclass(frozen=True)
class Contact:
    """A hand on a route: speed in mm/s, radius and circles in mm, circles a second.

    `side` is -1 or 1 for a hand that stays on the left or right of the body, 0 for one that goes
    anywhere. `hop` is the way from one pressed point to the next; such a hand stands still while it
    presses.
    """

    side: int
    route: Route
    speed: float
    radius: float
    circle: float = 0.0
    circle_hz: float = 0.0
    breathing: bool = False
    hop: float | None = None
    turn: Turn | None = None


def contacts(step: Step, body: BodyMap, place: str) -> tuple[Contact, ...]:
    """Return the one or two contacts that play a step; ProfileError for an unknown or excluded zone."""
    if step.is_guide:
        step = _settling(step)
    if not step.moves:
        return ()
    if step.path is not None:
        return (_contact(step, 0, explicit_route(step.path, body), turn=_single(step)),)
    zones = zones_of(step, body, place)
    pattern, return_level = _pattern(step)
    away = runs_away(zones, getattr(step.technique, "direction", None))
    sides = [
        (side, [zone for zone in zones if zone.side == name]) for side, name in ((-1, "left"), (1, "right"))
    ]
    routes = [
        (side, zone_route(tuple(dict.fromkeys(own)), pattern, away, return_level, body))
        for side, own in sides
        if own
    ]
    if len(routes) == 1:
        return tuple(_contact(step, side, route, turn=_single(step)) for side, route in routes)
    together = step.hands == "both" or (
        step.hands == "auto"
        and isinstance(step.technique, Stroking | Squeezing)
        and pattern in ("lanes", "sides")
        and min(route.length for _, route in routes) >= TOGETHER_MM
    )
    if together:
        return tuple(_contact(step, side, route, turn=_single(step)) for side, route in routes)
    return tuple(
        _contact(step, side, route, turn=_alternating(step, number))
        for number, (side, route) in enumerate(routes)
    )


def _pattern(step: Step) -> tuple[Pattern, float]:
    match step.technique:
        case Stroking(path="transverse"):
            return "rows", 1.0
        case Stroking(path="diagonal"):
            return "diagonal", 1.0
        case Stroking(path="circular" | "spiral"):
            return "lanes", 1.0
        case Stroking(form="embracing", return_level=level):
            return "sides", level
        case Stroking(return_level=level) | Squeezing(return_level=level):
            return "lanes", level
        case Rubbing(path="zigzag"):
            return "rows", 1.0
        case _:
            return "lanes", 1.0


def _contact(step: Step, side: int, route: Route, turn: Turn | None) -> Contact:
    match step.technique:
        case Stroking(path="circular" | "spiral") as t:
            return Contact(
                side,
                route,
                speed=t.speed_mm_s / 4.0,  # the circles move on at a quarter of the speed of the hand
                radius=_radius(t.depth),
                circle=STROKED_CIRCLE_MM,
                circle_hz=min(t.speed_mm_s / (2.0 * pi * STROKED_CIRCLE_MM), RUBBING_MAX_CPM / 60.0),
                breathing=t.path == "spiral",
                turn=turn,
            )
        case Stroking() as t:
            return Contact(side, route, t.speed_mm_s, _radius(t.depth), turn=turn)
        case Rubbing() as t:
            return Contact(
                side,
                route,
                speed=t.advance_mm_s,
                radius=_radius(t.depth),
                circle=0.0 if t.path == "zigzag" else t.circle_mm,
                circle_hz=min(t.rate_cpm, RUBBING_MAX_CPM) / 60.0,
                breathing=t.path == "spiral",
                turn=turn,
            )
        case Squeezing() as t:
            return Contact(side, route, t.speed_mm_s, WIDE_MM, turn=turn)
        case Kneading() as t:
            circle_hz = min(t.rate_cpm, KNEADING_MAX_CPM) / 60.0
            return Contact(side, route, t.advance_mm_s, WIDE_MM, t.circle_mm, circle_hz, turn=turn)
        case Pressing() as t:
            return Contact(side, route, 0.0, NARROW_MM, hop=t.spacing_mm, turn=turn)
        case Vibration() as t:
            circle_hz = RUBBING_MAX_CPM / 60.0
            return Contact(side, route, t.advance_mm_s, NARROW_MM, t.circle_mm, circle_hz, turn=turn)
        case Tapping() as t:
            return Contact(side, route, t.advance_mm_s, NARROW_MM, turn=turn)
        case Guide():
            raise AssertionError("a guide has no hand of its own")


def _settling(step: Step) -> Step:
    """Return the slow strokes that a device waits with while hands or breath work."""
    return step.model_copy(update={"technique": SETTLING})


def _radius(depth: str) -> float:
    return NARROW_MM if depth == "deep" else WIDE_MM


def _alternating(step: Step, number: int) -> Turn:
    """Return the turn of the first or the second of two hands; one begins while the other fades."""
    if isinstance(step.technique, Pressing):
        t = step.technique
        whole = t.attack_s + t.hold_s + t.release_s
        # One hand begins where the other lets go; even a long release ends before the next press.
        half = max(t.attack_s + t.hold_s, t.release_s)
        return Turn(2.0 * half, whole, t.attack_s, t.release_s, number * half)
    return Turn(2.0 * HAND_S, HAND_S + HAND_FADE_S, HAND_FADE_S, HAND_FADE_S, number * HAND_S)


def _single(step: Step) -> Turn | None:
    """Return the turn of a hand that waits for no other: presses follow each other, all else goes on."""
    if isinstance(step.technique, Pressing):
        t = step.technique
        whole = t.attack_s + t.hold_s + t.release_s
        return Turn(whole, whole, t.attack_s, t.release_s, 0.0)
    return None


def zones_of(step: Step, body: BodyMap, place: str) -> tuple[Zone, ...]:
    """Return every zone of one side that a step names; ProfileError for an unknown or excluded one."""
    found: list[Zone] = []
    for number, name in enumerate(step.zones or (), start=1):
        try:
            found += body.zones_named(name)
        except ProfileError as error:
            raise error.at(place=f"{place}.zones[{number}]") from error
    return tuple(found)
