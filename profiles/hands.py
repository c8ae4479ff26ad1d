"""The hands of a step: where each one goes, how fast, and when it has its turn.

Two hands either work together, mirrored, or take turns. Turns follow the session's own time, not the
step's, so that a hand that has just worked rests also when the next step begins: a point works for `HAND_S`
and a fade, then rests (rules 54, 55).
"""

from __future__ import annotations

from collections.abc import Sequence

from profiles.body import BodyMap, Zone
from profiles.contact import Contact, Turn, contacts_of, form_of
from profiles.errors import ProfileError
from profiles.model import Step
from profiles.route import Pattern, explicit_route, runs_away, zone_route
from profiles.technique import Guide, Kneading, Moving, Pressing, Rubbing, Squeezing, Stroking

HAND_S = 4.5  # seconds of a turn; project's choice: with its fade well below rule 55's 10 s
HAND_FADE_S = 0.8  # project's choice: a hand lifts off as softly as it comes
TOGETHER_MM = 700.0  # project's choice: a round this long has left a point long enough when it comes back
LIGHT_RETURN = 0.5  # project's choice: a hand that works across comes back half as strong besides

# What a device does at its settling floor while a guided step runs (30); the speed is the project's choice.
SETTLING = Stroking(kind="stroking", speed_mm_s=60.0)


def contacts(step: Step, body: BodyMap, place: str) -> tuple[Contact, ...]:
    """Return the contacts that play a step; ProfileError for an unknown or excluded zone."""
    if not step.moves:
        return ()
    technique = SETTLING if isinstance(step.technique, Guide) else step.technique
    if step.path is not None:
        return contacts_of(
            technique, 0, explicit_route(step.path, body, _returns(technique)), _single(technique)
        )
    zones = zones_of(step, body, place)
    pattern = _pattern(technique)
    away = way_of(technique, zones)
    sides = [
        (side, [zone for zone in zones if zone.side == name]) for side, name in ((-1, "left"), (1, "right"))
    ]
    routes = [
        (side, zone_route(tuple(dict.fromkeys(own)), pattern, away, _returns(technique), body))
        for side, own in sides
        if own
    ]
    shortest = min(route.length for _, route in routes)
    by_turns = len(routes) > 1 and not _together(step, technique, pattern, shortest)
    return tuple(
        contact
        for number, (side, route) in enumerate(routes)
        for contact in contacts_of(
            technique, side, route, _alternating(technique, number) if by_turns else _single(technique)
        )
    )


def way_of(technique: Moving, zones: Sequence[Zone]) -> bool:
    """Tell whether the main pass leaves the neck; shoulders that nobody says more of are rubbed down (14)."""
    rubbed = isinstance(technique, Rubbing) and technique.direction is None and zones[0].name == "shoulder"
    return rubbed or runs_away(zones, technique.direction)


def _together(step: Step, technique: Moving, pattern: Pattern, shortest: float) -> bool:
    """Tell whether both sides are worked on at once: where no point is worked on for too long (55)."""
    if step.hands != "auto":
        return step.hands == "both"
    if isinstance(technique, Kneading):
        return form_of(technique).opposed and shortest >= TOGETHER_MM
    if isinstance(technique, Rubbing):  # oncoming hands: each circles towards the other, and away again (61)
        return technique.depth == "deep" and technique.path == "spiral" and shortest >= TOGETHER_MM
    long_strokes = isinstance(technique, Stroking | Squeezing) and pattern in ("lanes", "sides")
    return long_strokes and shortest >= TOGETHER_MM


def _pattern(technique: Moving) -> Pattern:
    match technique:
        case Stroking(path="transverse") | Rubbing(path="zigzag"):
            return "rows"
        case Stroking(path="diagonal") | Rubbing(path="diagonal"):
            return "diagonal"
        case Stroking(path="ring"):
            return "ring"
        case Stroking(path="outward"):
            return "outward"
        case Rubbing(path="inward"):
            return "inward"
        case Stroking(path="longitudinal", form="embracing"):
            return "sides"
        case _:
            return "lanes"


def _returns(technique: Moving) -> float:
    """Return the level of the way back, relative to the way there."""
    match technique:
        case Stroking(path="longitudinal", return_level=level) | Squeezing(return_level=level):
            return level
        case Stroking(path="outward", return_level=level):
            return level * LIGHT_RETURN
        case Rubbing(path="inward"):
            return LIGHT_RETURN
        case _:
            return 1.0


def _alternating(technique: Moving, number: int) -> Turn:
    """Return the turn of the first or the second of two hands; one begins while the other fades."""
    if isinstance(technique, Pressing):
        t = technique
        whole = t.attack_s + t.hold_s + t.release_s
        # One hand begins where the other lets go; even a long release ends before the next press.
        half = max(t.attack_s + t.hold_s, t.release_s)
        return Turn(2.0 * half, whole, t.attack_s, t.release_s, number * half)
    return Turn(2.0 * HAND_S, HAND_S + HAND_FADE_S, HAND_FADE_S, HAND_FADE_S, number * HAND_S)


def _single(technique: Moving) -> Turn | None:
    """Return the turn of a hand that waits for no other: only presses and pulls come one by one."""
    match technique:
        case Pressing() as t:
            whole = t.attack_s + t.hold_s + t.release_s
            return Turn(whole, whole, t.attack_s, t.release_s, 0.0)
        case Kneading() as t if form_of(t).parting:
            return Turn(HAND_S, HAND_S, HAND_FADE_S, HAND_FADE_S, 0.0)
        case _:
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
