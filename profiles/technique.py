"""The techniques: what a hand does, as a discriminated union on `kind`.

The ranges here are sanity bounds that only keep nonsense out. The massage rules are stricter, and
`rules.check` names the rule that a value breaks; `score.compose` caps the circle rates besides, whatever a
profile asks for. Rule numbers are those of the source article's rule table.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Any, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, model_validator

KNEADING_MAX_CPM = 60.0  # cycles a minute; rule 64
RUBBING_MAX_CPM = 100.0  # circles a minute; rule 53
POINT_MAX_S = 10.0  # seconds of work on one point; rule 55
POINT_REST_S = 2.0  # seconds of rest that end the work on a point; project's choice: rule 55 is silent

SETTLING_MAX = 0.15  # level at which a device may wait while hands or breath work (30); project's choice
MAX_INSTRUCTION = 400  # characters; project's choice: what is read at a glance
BREATH_MAX_S = 30.0  # seconds of a phase of a breath; project's choice: three times the hold of rule 317

# What a guided step works on: parts of the body that the source names, and what is no part of it.
Part = Literal[
    "head", "face", "neck", "shoulders", "chest", "abdomen", "back", "arms", "hands", "buttocks", "legs",
    "feet", "breath", "posture", "whole",
]  # fmt: skip
PARTS: tuple[str, ...] = get_args(Part)

Posture = Literal["prone", "supine", "seated", "side"]
POSTURES = {
    "prone": "Lie on your front, arms beside the body, head to one side.",
    "supine": "Turn over and lie on your back.",
    "seated": "Sit up, the back at ease and supported.",
    "side": "Lie on one side, with a cushion where it helps.",
    "standing": "Stand up, feet apart as wide as the shoulders.",
}


class Mounting(StrEnum):
    """How a device meets the body: what bears it, what it leans on, or what lies on it."""

    UNDER = "under"  # a seat, a cushion, a plate: the person's weight is on it
    BEHIND = "behind"  # at a backrest: the person leans on it
    ON = "on"  # a wrap, a strap, a pad: it lies on the person


class Modality(StrEnum):
    """What an actuator does to the body."""

    VIBRATION = "vibration"
    KNEADING = "kneading"
    PRESSURE = "pressure"


def _number(default: float, low: float, high: float, unit: str, rules: tuple[int, ...], text: str) -> Any:
    extra: dict[str, Any] = {"unit": unit, "rules": list(rules)}
    return Field(
        default, ge=low, le=high, strict=True, allow_inf_nan=False, description=text, json_schema_extra=extra
    )


def _choice(default: str | None, rules: tuple[int, ...], text: str) -> Any:
    return Field(default, description=text, json_schema_extra={"rules": list(rules)})


class _Technique(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Moving(_Technique):
    direction: Literal["toward-neck", "away"] | None = _choice(
        None,
        (3, 4, 86, 189),
        "which way the main pass runs; by default the way of the first zone (else toward the neck)",
    )


class Stroking(_Moving):
    """Effleurage: a hand that slides without moving the tissue (rules 36 to 47, 83, 229)."""

    kind: Literal["stroking"]
    form: Literal["planar", "embracing"] = _choice(
        "planar", (42, 44, 46), "planar returns where it came from, embracing returns down the sides"
    )
    depth: Literal["superficial", "deep"] = _choice(
        "superficial", (35, 201), "deep works on a narrower contact"
    )
    path: Literal["longitudinal", "transverse", "circular", "spiral", "diagonal", "ring", "outward"] = (
        _choice("longitudinal", (41, 45, 113, 120, 231), "the line that the hand follows through the zones")
    )
    speed_mm_s: float = _number(90.0, 5.0, 400.0, "mm/s", (47, 177), "speed of the hand")
    return_level: float = _number(
        0.85, 0.0, 1.0, "1", (165, 217), "level of the way back, relative to the way up"
    )


class Rubbing(_Moving):
    """Friction: circles or zigzags that move the skin over what lies under it (rules 48 to 61, 171)."""

    kind: Literal["rubbing"]
    depth: Literal["superficial", "deep"] = _choice(
        "superficial", (13, 59, 106), "deep works on a narrower contact"
    )
    path: Literal["circular", "spiral", "zigzag", "longitudinal", "diagonal", "inward"] = _choice(
        "circular", (48, 51, 61, 90, 91, 171, 220), "circles, a spiral, or straight lines, to and fro"
    )
    rate_cpm: float = _number(
        50.0,
        1.0,
        600.0,
        "circles/min",
        (52, 53),
        "circles, or strokes to and fro, a minute; rule 53 allows 100",
    )
    circle_mm: float = _number(
        25.0, 2.0, 100.0, "mm", (51,), "radius of the circles; half of a stroke to and fro"
    )
    advance_mm_s: float = _number(25.0, 0.0, 200.0, "mm/s", (54, 60), "how fast the circles move on")


class Squeezing(_Moving):
    """Light extrusion: a slow wave of slight pressure travels up and comes back lighter (rules 56 to 58)."""

    kind: Literal["squeezing"]
    speed_mm_s: float = _number(70.0, 5.0, 200.0, "mm/s", (58,), "speed of the wave")
    return_level: float = _number(0.7, 0.0, 1.0, "1", (57,), "level of the way back, relative to the way up")
    return_hand: Literal["two-fingers", "palms"] = _choice(
        "two-fingers", (57,), "what comes back: two fingers, which are narrower, or the whole palms"
    )


class Kneading(_Moving):
    """Petrissage: tissue is gathered and rolled in slow circles, upwards (rules 16, 62 to 65, 234)."""

    kind: Literal["kneading"]
    form: Literal["palm", "finger", "pinching", "shifting", "felting", "stretching"] = _choice(
        "palm", (67, 97, 207, 250, 263), "what the hand does to the tissue"
    )
    rate_cpm: float = _number(36.0, 1.0, 600.0, "cycles/min", (64, 65), "cycles a minute; rule 64 allows 60")
    circle_mm: float = _number(22.0, 2.0, 100.0, "mm", (234,), "radius of the circles")
    advance_mm_s: float = _number(25.0, 0.0, 200.0, "mm/s", (54, 62), "how fast the wave moves on")


class Pressing(_Moving):
    """Compression: point after point, light start, a hold of seconds, release (rule 109)."""

    kind: Literal["pressing"]
    attack_s: float = _number(1.0, 0.2, 20.0, "s", (109,), "from nothing to the full level")
    hold_s: float = _number(
        3.5, 0.0, 120.0, "s", (55, 109), "hold at the full level; rule 55 allows 10 s on a point"
    )
    release_s: float = _number(1.0, 0.2, 20.0, "s", (109,), "from the full level to nothing")
    spacing_mm: float = _number(60.0, 5.0, 400.0, "mm", (54,), "from one point to the next")


class Vibration(_Moving):
    """Shaking: quick but weak, on a small moving area (rules 110, 173, 204, 237)."""

    kind: Literal["vibration"]
    form: Literal["circles", "shaking", "twitching"] = _choice(
        "circles", (173, 205, 207), "small circles, a light shaking of a limb, or short pulls"
    )
    frequency_hz: float = _number(
        45.0, 1.0, 400.0, "Hz", (110,), "frequency where a motor has an adjustable one; 5 Hz at least"
    )
    circle_mm: float = _number(15.0, 2.0, 100.0, "mm", (173, 237), "radius of the small circles of the hand")
    advance_mm_s: float = _number(35.0, 0.0, 200.0, "mm/s", (54,), "how fast the hand moves on")


class Tapping(_Moving):
    """Tapotement: light taps with a soft onset, clear of bones and kidneys (rules 108, 172, 236, 257)."""

    kind: Literal["tapping"]
    form: Literal["box", "patting", "fists"] = _choice(
        "box", (108, 172, 235, 265), "how the hand is held: like a box, cupped, or a fist"
    )
    rate_hz: float = _number(3.0, 0.2, 20.0, "taps/s", (172,), "taps a second")
    onset_s: float = _number(0.08, 0.0, 1.0, "s", (108,), "from nothing to the full tap")
    advance_mm_s: float = _number(40.0, 0.0, 200.0, "mm/s", (54,), "how fast the taps move on")


class Breath(BaseModel):
    """One breath to keep pace with: in, hold, out (rules 303, 305, 317)."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    inhale_s: float = _number(4.0, 0.0, BREATH_MAX_S, "s", (305,), "breathing in")
    hold_s: float = _number(0.0, 0.0, BREATH_MAX_S, "s", (317,), "holding the breath")
    exhale_s: float = _number(6.0, 0.0, BREATH_MAX_S, "s", (305, 317), "breathing out")

    @model_validator(mode="after")
    def _takes_time(self) -> Breath:
        if self.cycle_s < 1.0:
            raise ValueError("a breath lasts a second at least")
        return self

    @property
    def cycle_s(self) -> float:
        """Seconds of one breath."""
        return self.inhale_s + self.hold_s + self.exhale_s


class Guide(_Technique):
    """A step for hands, breath or posture: the device is off, or strokes slowly at a settling floor."""

    kind: Literal["guide"]
    instruction: str = Field(
        min_length=1, max_length=MAX_INSTRUCTION, description="what to do, in a sentence or two"
    )
    part: Literal["", Part] = _choice("", (288,), "the part of the body that the hands work on")
    breath: Breath | None = _choice(None, (303, 305, 317), "a pace to breathe at")
    posture: Literal[Posture, "standing"] | None = _choice(
        None, (199, 273, 274), "a change of posture; waits for a key"
    )


Moving = Stroking | Rubbing | Squeezing | Kneading | Pressing | Vibration | Tapping
Technique = Annotated[Moving | Guide, Field(discriminator="kind")]

TECHNIQUES: dict[str, type[_Technique]] = {
    "stroking": Stroking,
    "rubbing": Rubbing,
    "squeezing": Squeezing,
    "kneading": Kneading,
    "pressing": Pressing,
    "vibration": Vibration,
    "tapping": Tapping,
    "guide": Guide,
}

# The actuators that a technique asks for (kneading: by its form); where none is within reach it is played on
# vibration (rules 16, 109, 206).
PREFERRED: dict[str, Modality] = {
    "pressing": Modality.PRESSURE,
    "squeezing": Modality.PRESSURE,
}

# What cannot do a technique at all: a cell fills too slowly to tap or to shake, a head turns and taps nothing
# (108, 110). With nothing else there, hands do it.
NEVER_ON: dict[str, tuple[Modality, ...]] = {
    "tapping": (Modality.PRESSURE, Modality.KNEADING),
    "vibration": (Modality.PRESSURE,),
}

# The carrier in Hz where a motor has an adjustable one: project's choice, within the 33 to 83 Hz of cushion
# motors (domain figures).
CARRIER_HZ = {
    "stroking": 35.0,
    "rubbing": 40.0,
    "squeezing": 30.0,
    "kneading": 30.0,
    "pressing": 30.0,
    "tapping": 45.0,
    "guide": 35.0,
}

# What hands do instead of a device, in plain words.
BY_HAND = {
    "stroking": "stroke {} with flat hands",
    "rubbing": "rub {} in slow circles",
    "squeezing": "squeeze lightly along {}",
    "kneading": "knead {} slowly",
    "pressing": "press softly on {}, point after point",
    "vibration": "shake {} lightly",
    "tapping": "tap softly on {}",
}
