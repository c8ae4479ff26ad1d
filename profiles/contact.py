"""The contacts of a hand: what touches the body, on which line, how it circles, swells and takes its turn.

A form of a technique is a row of `FORMS`; the plain form of each technique is the first. A figure without a
rule number beside it is the project's choice; rates are capped by rules 53 and 64 wherever they come from.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import pi, sqrt
from typing import Literal

from profiles.route import Route
from profiles.technique import (
    KNEADING_MAX_CPM,
    RUBBING_MAX_CPM,
    Kneading,
    Modality,
    Moving,
    Pressing,
    Rubbing,
    Squeezing,
    Stroking,
    Tapping,
    Vibration,
)

# Radius of the contact in mm; project's choice: within the 60 mm at which waves are felt (domain figures).
WIDE_MM, NARROW_MM, FINGERS_MM = 55.0, 46.0, 38.0

# The trough of the slow swell that stands for kneading; project's choice: above the felt floor at any level.
SWELL_LOW = 0.45

STROKED_CIRCLE_MM = 45.0  # radius of stroked circles; project's choice: about a shoulder blade's (rule 41)
# Paths of rubbing on which the hand goes to and fro along its line instead of circling (92, 171, 220, 259).
STRAIGHT = ("zigzag", "longitudinal", "diagonal", "inward")


@dataclass(frozen=True)
class Form:
    """How a hand works: radius of the contact in mm, its circles, and the swell or the pulses of its level.

    `circle` is the radius of the circles relative to the technique's own, `across` and `along` the parts of
    them that run across and along the body (1, 1: round). Between two pulses the level falls to `floor`;
    they come `pulse_hz` a second (0: once in each cycle of the technique) and last `pulse_s` at most (0: the
    whole cycle). A hand that `moves` does so between its pulses or within them, and stands still otherwise.
    `opposed` hands work in opposite phase; two that are `parting` pull away from each other on the same line.
    `advance` and `onset` are relative to the technique's own.
    """

    radius: float
    circle: float = 1.0
    across: float = 1.0
    along: float = 1.0
    floor: float = 1.0
    pulse_hz: float = 0.0
    pulse_s: float = 0.0
    moves: Literal["", "between", "within"] = ""
    opposed: bool = False
    parting: bool = False
    advance: float = 1.0
    onset: float = 1.0
    prefers: Modality = Modality.VIBRATION


# Motors do what kneading heads cannot: a head turns at its own pace and stays where it is.
FORMS: dict[tuple[str, str], Form] = {
    ("kneading", "palm"): Form(WIDE_MM, floor=SWELL_LOW, prefers=Modality.KNEADING),
    # Finger pads: smaller circles under a smaller contact (67).
    ("kneading", "finger"): Form(FINGERS_MM, circle=0.5, floor=SWELL_LOW, prefers=Modality.KNEADING),
    # Short soft pulses; between two of them the fingers stay in touch (34, 281) and go on (97, 250).
    ("kneading", "pinching"): Form(FINGERS_MM, circle=0.0, floor=0.25, pulse_s=0.5, moves="between"),
    # To and fro across the fibres, which run along the back (207).
    ("kneading", "shifting"): Form(WIDE_MM, circle=1.5, along=0.0, floor=0.7),
    # Both hands at once, one up while the other goes down, one strong while the other is light (207).
    # As neither hand rests they go on faster, so that none stays on a point (55).
    ("kneading", "felting"): Form(FINGERS_MM, circle=0.8, across=0.0, floor=0.12, opposed=True, advance=2.0),
    # Two hands pull apart, slowly and lengthwise (263).
    ("kneading", "stretching"): Form(NARROW_MM, circle=0.0, parting=True),
    ("vibration", "circles"): Form(NARROW_MM),
    # The whole hand shakes a limb lightly, a few times a second (205).
    ("vibration", "shaking"): Form(WIDE_MM, circle=0.0, floor=0.4, pulse_hz=4.0),
    # Short pulls along the line, with a pause of touch between them (207).
    ("vibration", "twitching"): Form(
        NARROW_MM, circle=0.0, floor=0.3, pulse_hz=1.5, pulse_s=0.25, moves="within"
    ),
    ("tapping", "box"): Form(NARROW_MM),
    ("tapping", "patting"): Form(NARROW_MM, onset=1.5),  # the cupped hand lands softly (172, 235)
    ("tapping", "fists"): Form(WIDE_MM),  # (265, 308)
}


def form_of(technique: Kneading | Vibration | Tapping) -> Form:
    """Return the form that a technique asks for."""
    return FORMS[technique.kind, technique.form]


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
    `hop` is the way from where one turn begins to where the next one does, `ahead` the way to where the first
    does. `across` and `along` are the parts of a circle that run across and along the body, `phase` (in
    circles) is where circles and pulses begin, `gain` is the hand's share of the level. A hand that goes
    `to_and_fro` does so along its route, `circle` mm either way, instead of circling.
    """

    side: int
    route: Route
    speed: float
    radius: float
    circle: float = 0.0
    circle_hz: float = 0.0
    breathing: bool = False
    hop: float | None = None
    ahead: float = 0.0
    turn: Turn | None = None
    across: float = 1.0
    along: float = 1.0
    phase: float = 0.0
    gain: float = 1.0
    pulse: Pulse | None = None
    to_and_fro: bool = False


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
                circle=t.circle_mm,
                circle_hz=min(t.rate_cpm, RUBBING_MAX_CPM) / 60.0,
                breathing=t.path == "spiral",
                turn=turn,
                to_and_fro=t.path in STRAIGHT,
            )
        case Pressing() as t:
            return Contact(side, route, 0.0, NARROW_MM, hop=_even_hop(t.spacing_mm, route), turn=turn)


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


def _even_hop(spacing: float, route: Route) -> float:
    """Return the hop nearest to `spacing` that divides the way there and the way back, each by itself.

    So no press comes beside the last one where the hand turns back (55).
    """
    half = route.length / 2.0
    return half / max(1, round(half / spacing)) if half > 0.0 else spacing


def _back_with_two_fingers(hand: Contact) -> tuple[Contact, ...]:
    """Return the palms on the way there and two fingers on the way back (57)."""
    there, back = hand.route.halves
    return replace(hand, route=there), replace(hand, route=back, radius=FINGERS_MM)


def _radius(depth: str) -> float:
    return NARROW_MM if depth == "deep" else WIDE_MM
