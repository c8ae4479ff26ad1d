"""The forms of a technique, as data: what the hand is like, how it circles and how its work swells.

A form is a row of `FORMS`; the plain form of each technique is the first. Every figure is ours unless a rule
number stands beside it; rates are capped by rules 53 and 64 wherever they come from.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from profiles.technique import Kneading, Modality, Tapping, Vibration

# Radius of the contact in mm; ours, within the 60 mm at which waves are felt (domain figures).
WIDE_MM, NARROW_MM, FINGERS_MM = 55.0, 46.0, 38.0

# The trough of the slow swell that stands for kneading; ours: above the felt floor at any level in use.
SWELL_LOW = 0.45


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
