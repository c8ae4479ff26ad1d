"""The contacts of a hand: what touches the body, on which line, how it circles, swells and takes its turn."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import pi, sqrt
from typing import Literal

from profiles.forms import FINGERS_MM, NARROW_MM, WIDE_MM, Form, form_of
from profiles.route import Route
from profiles.technique import (
    KNEADING_MAX_CPM,
    RUBBING_MAX_CPM,
    Kneading,
    Moving,
    Pressing,
    Rubbing,
    Squeezing,
    Stroking,
    Tapping,
    Vibration,
)

STROKED_CIRCLE_MM = 45.0  # radius of stroked circles; ours: about that of a shoulder blade (rule 41)
STRAIGHT = ("zigzag", "diagonal", "inward")  # paths of rubbing on which the hand does not circle


@dataclass(frozen=True)
class Turn:
    """When a hand works: `on` seconds of every `period`, from `phase` in session time, fades included."""

    period: float
    on: float
    fade_in: float
    fade_out: float
    phase: float


@dataclass(frozen=True)
class Pulse:
    """A swell of the level: `hz` a second, each `part` (0 to 1) of its period long, `floor` between two.

    A hand that `moves` between its pulses, or within them, stands still for the rest of the time.
    """

    hz: float
    part: float
    floor: float
    moves: Literal["", "between", "within"]


@dataclass(frozen=True)
class Contact:
    """A hand on a route: speed in mm/s, radius and circles in mm, circles a second.

    `side` is -1 or 1 for a hand that stays on the left or right of the body, 0 for one that goes anywhere.
    `hop` is the way from where one turn begins to where the next one does. `across` and `along` are the
    parts of a circle that run across and along the body, `phase` (in circles) is where circles and pulses
    begin, `gain` is the hand's share of the level.
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
    across: float = 1.0
    along: float = 1.0
    phase: float = 0.0
    gain: float = 1.0
    pulse: Pulse | None = None


def contacts_of(technique: Moving, side: int, route: Route, turn: Turn | None) -> tuple[Contact, ...]:
    """Return what a technique puts on one side of the body: a hand, or two that share its work."""
    match technique:
        case Stroking() | Rubbing() | Pressing():
            return (_hand(technique, side, route, turn),)
        case Squeezing() as t:
            hand = Contact(side, route, t.speed_mm_s, WIDE_MM, turn=turn)
            return (hand,) if t.return_hand == "palms" else _back_with_two_fingers(hand)
        case Kneading() | Vibration() | Tapping() as t:
            form = form_of(t)
            hand = _formed(t, form, side, route, turn)
            return _parting(hand) if form.parting else (hand,)


def _hand(technique: Stroking | Rubbing | Pressing, side: int, route: Route, turn: Turn | None) -> Contact:
    match technique:
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
                circle=0.0 if t.path in STRAIGHT else t.circle_mm,
                circle_hz=min(t.rate_cpm, RUBBING_MAX_CPM) / 60.0,
                breathing=t.path == "spiral",
                turn=turn,
            )
        case Pressing() as t:
            return Contact(side, route, 0.0, NARROW_MM, hop=t.spacing_mm, turn=turn)


def _formed(
    technique: Kneading | Vibration | Tapping, form: Form, side: int, route: Route, turn: Turn | None
) -> Contact:
    circle, circle_hz = 0.0, 0.0
    match technique:
        case Kneading() as t:
            circle, circle_hz = t.circle_mm, min(t.rate_cpm, KNEADING_MAX_CPM) / 60.0
        case Vibration() as t:
            circle, circle_hz = t.circle_mm, RUBBING_MAX_CPM / 60.0
        case Tapping():
            pass
    return Contact(
        side,
        route,
        technique.advance_mm_s * form.advance,
        form.radius,
        circle=circle * form.circle,
        circle_hz=circle_hz,
        turn=turn,
        across=form.across,
        along=form.along,
        phase=0.5 if form.opposed and side > 0 else 0.0,
        pulse=_pulse(form, form.pulse_hz or circle_hz),
    )


def _pulse(form: Form, hz: float) -> Pulse | None:
    if form.floor == 1.0:
        return None
    part = min(form.pulse_s * hz, 0.5) if form.pulse_s else 1.0
    return Pulse(hz, part, form.floor, form.moves)


def _parting(hand: Contact) -> tuple[Contact, ...]:
    """Return two hands that begin each turn at one point and pull apart; the next begins where one ended."""
    hop = hand.speed * hand.turn.on if hand.turn is not None else 0.0
    half = sqrt(0.5)  # each has half of the energy
    return tuple(replace(hand, speed=speed, hop=hop, gain=half) for speed in (hand.speed, -hand.speed))


def _back_with_two_fingers(hand: Contact) -> tuple[Contact, ...]:
    """Return the palms on the way there and two fingers on the way back (57)."""
    there, back = hand.route.halves
    return replace(hand, route=there), replace(hand, route=back, radius=FINGERS_MM)


def _radius(depth: str) -> float:
    return NARROW_MM if depth == "deep" else WIDE_MM
