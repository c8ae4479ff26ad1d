"""A step as a person would read it: one sentence in plain words, figures included."""

from itertools import pairwise
from typing import Final

from kneadwave.text import clean, listed
from profiles.contact import STRAIGHT
from profiles.curve import PRESETS, IntensityCurve
from profiles.model import Step
from profiles.technique import (
    Breath,
    Guide,
    Kneading,
    Modality,
    Pressing,
    Rubbing,
    Squeezing,
    Stroking,
    Tapping,
    Technique,
    Vibration,
)

VERBS: Final[dict[str, str]] = {
    "stroking": "Stroke",
    "rubbing": "Rub",
    "squeezing": "Squeeze",
    "kneading": "Knead",
    "pressing": "Press",
    "vibration": "Vibrate on",
    "tapping": "Tap",
    "kneading.form.pinching": "Pinch",
    "kneading.form.shifting": "Shift the skin of",
    "kneading.form.felting": "Roll",
    "kneading.form.stretching": "Stretch",
    "vibration.form.shaking": "Shake",
    "vibration.form.twitching": "Twitch",
    "tapping.form.patting": "Pat",
    "tapping.form.fists": "Drum on",
}
"""What the hands do: for a kind of technique, or for one of its forms."""

MANNERS: Final[dict[str, str]] = {
    "stroking.form.planar": "",
    "stroking.form.embracing": "with embracing hands, back down the sides",
    "stroking.depth.superficial": "",
    "stroking.depth.deep": "deeply",
    "stroking.path.longitudinal": "",
    "stroking.path.transverse": "across",
    "stroking.path.circular": "in circles",
    "stroking.path.spiral": "in spirals",
    "stroking.path.diagonal": "diagonally",
    "stroking.path.ring": "in rings",
    "stroking.path.outward": "from the spine outwards",
    "rubbing.depth.superficial": "",
    "rubbing.depth.deep": "deeply",
    "rubbing.path.circular": "in circles",
    "rubbing.path.spiral": "in spirals",
    "rubbing.path.zigzag": "in zigzags",
    "rubbing.path.longitudinal": "up and down",
    "rubbing.path.diagonal": "diagonally",
    "rubbing.path.inward": "from the side in towards the spine",
    "squeezing.return_hand.two-fingers": "returning with two fingers",
    "squeezing.return_hand.palms": "returning with the palms",
    "kneading.form.palm": "",
    "kneading.form.finger": "with the fingertips",
    "kneading.form.pinching": "between thumb and fingers",
    "kneading.form.shifting": "to and fro",
    "kneading.form.felting": "between both hands, one against the other",
    "kneading.form.stretching": "lengthways",
    "vibration.form.circles": "with the fingertips, in small circles",
    "vibration.form.shaking": "loosely",
    "vibration.form.twitching": "with short, quick pulls",
    "tapping.form.box": "with loose hands",
    "tapping.form.patting": "with cupped hands",
    "tapping.form.fists": "with loose fists",
}
"""How they do it, by kind, field and value; a value that is not here is told by its own name."""

FIELDS: Final = ("form", "depth", "path", "return_hand")

ZONES: Final[dict[str, tuple[str, str]]] = {
    "neck": ("the neck", "the {side} of the neck"),
    "shoulder": ("the shoulders", "the {side} shoulder"),
    "scapular": ("the shoulder blades", "the {side} shoulder blade"),
    "upper-back": ("the upper back", "the {side} upper back"),
    "flank": ("the sides", "the {side} side"),
    "lumbar": ("the lower back", "the {side} lower back"),
    "sacrum": ("the sacrum", "the {side} of the sacrum"),
    "gluteal": ("the buttocks", "the {side} buttock"),
    "thigh": ("the thighs", "the {side} thigh"),
    "calf": ("the calves", "the {side} calf"),
    "foot": ("the feet", "the {side} foot"),
    "arm": ("the arms", "the {side} arm"),
}
"""A zone of the body map in words: both sides, one side."""

STRENGTHS: Final = ((0.15, "very light"), (0.3, "light"), (0.5, "medium"), (0.7, "strong"))
"""The felt level up to which a word holds; above the last one it is "very strong". Project's choice."""

SHAPES: Final[dict[str, str]] = {
    "hold": "evenly",
    "rise": "growing",
    "light-strong-light": "rising and falling",
    "wave": "in waves",
}
COUNTS: Final = (
    "once",
    "twice",
    "three times",
    "four times",
    "five times",
    "six times",
    "seven times",
    "eight times",
    "nine times",
    "ten times",
)
HANDS: Final = {"auto": "", "both": "both hands together", "alternate": "both hands by turns"}
KINDS: Final = {
    Modality.VIBRATION: "vibration motors",
    Modality.KNEADING: "kneading heads",
    Modality.PRESSURE: "pressure cells",
}


def sentence(step: Step) -> str:
    """What is done, where, how, how fast, with which hands, for how long, how strongly."""
    technique = step.technique
    if isinstance(technique, Guide):
        return _guided(step, technique)
    manners = ", ".join(_manners(technique))
    phrases = [
        f"{_verb(technique)} {_where(step)} {manners}".rstrip(),
        _way(technique),
        _pace(technique),
        HANDS.get(step.hands, step.hands),
        f"using all {listed([KINDS[kind] for kind in step.on])} there" if step.on else "",
        length(step),
        f"{strength(step.peak)} ({step.peak * 100:.0f} %)",
        shape(step.curve),
    ]
    return ", ".join(phrase for phrase in phrases if phrase) + "."


def strength(level: float) -> str:
    """A felt level in a word."""
    return next((word for most, word in STRENGTHS if level <= most), "very strong")


def shape(curve: IntensityCurve) -> str:
    """How the strength of a step goes from its beginning to its end."""
    if curve.unit == "fraction":
        for name, points in PRESETS.items():
            if points == curve.points:
                return SHAPES.get(name, name)
    changes = [b - a for (_, a), (_, b) in pairwise(curve.points) if b != a]
    turns = sum((a < 0) != (b < 0) for a, b in pairwise(changes))
    if not changes:
        return "evenly"
    if turns > 1:
        return "in waves"
    if turns == 1:
        return "rising and falling" if changes[0] > 0 else "falling and rising"
    return "growing" if changes[0] > 0 else "fading"


def zone_words(zone: str) -> str:
    """A zone in words: "shoulder" is "the shoulders", "shoulder-left" "the left shoulder"."""
    name, _, side = zone.rpartition("-")
    if name in ZONES and side in ("left", "right"):
        return ZONES[name][1].format(side=side)
    return ZONES[zone][0] if zone in ZONES else clean(zone.replace("-", " "))


def duration(seconds: float) -> str:
    """Seconds in minutes and seconds: "1 min 30 s"."""
    if round(seconds) < 60:
        return f"{round(seconds, 1) if seconds < 10 else round(seconds):g} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if rest else f"{minutes} min"


def length(step: Step) -> str:
    """How long a step is, its repeats counted."""
    if step.repeats == 1:
        return f"for {duration(step.duration_s)}"
    return f"{times(step.repeats)}, {duration(step.duration_s)} each"


def times(count: int) -> str:
    """A count in words as far as people write it so."""
    return COUNTS[count - 1] if 1 <= count <= len(COUNTS) else f"{count} times"


def breathing(breath: Breath, count: int) -> str:
    """A pace to breathe at, and how often."""
    hold = f", hold {breath.hold_s:g} s" if breath.hold_s else ""
    return f"Breathe in {breath.inhale_s:g} s{hold}, out {breath.exhale_s:g} s, {times(count)}."


def _guided(step: Step, guide: Guide) -> str:
    said = [clean(guide.instruction)]
    if not said[0].endswith((".", "!", "?")):
        said[0] += "."
    if guide.breath is not None:
        said.append(breathing(guide.breath, round(step.total_s / guide.breath.cycle_s)))
    if guide.posture is not None:
        said.append("A key says when that is done.")
    elif guide.breath is not None:
        said.append(f"In all {duration(step.total_s)}.")
    else:
        how_long = length(step)
        said.append(how_long[0].upper() + how_long[1:] + ".")
    if step.zones:
        said.append(f"Meanwhile slow strokes over {listed([zone_words(z) for z in step.zones])}, very light.")
    return " ".join(said)


def _verb(technique: Technique) -> str:
    own = [f"{technique.kind}.{field}.{getattr(technique, field, '')}" for field in FIELDS]
    return next((VERBS[key] for key in [*own, technique.kind] if key in VERBS), technique.kind.capitalize())


def _manners(technique: Technique) -> list[str]:
    found = []
    for field in FIELDS:
        value = getattr(technique, field, None)
        if isinstance(value, str):
            found.append(MANNERS.get(f"{technique.kind}.{field}.{value}", value.replace("-", " ")))
    return [words for words in found if words]


def _where(step: Step) -> str:
    if step.path is not None:
        return f"along a line of {len(step.path)} points"
    words = [zone_words(zone) for zone in step.zones or ()]
    if len(words) > 1 and isinstance(step.technique, Stroking | Squeezing):
        over = f" over {listed(words[1:-1])}" if words[1:-1] else ""
        return f"from {words[0]}{over} to {words[-1]}"
    return listed(words)


def _way(technique: Technique) -> str:
    direction = getattr(technique, "direction", None)
    return {"toward-neck": "towards the neck", "away": "away from the neck"}.get(direction or "", "")


def _pace(technique: Technique) -> str:
    match technique:
        case Stroking() | Squeezing():
            return f"{technique.speed_mm_s / 10:.3g} cm a second"
        case Rubbing():
            what = "strokes to and fro" if technique.path in STRAIGHT else "circles"
            return f"{technique.rate_cpm:.3g} {what} a minute"
        case Kneading():
            return f"{technique.rate_cpm:.3g} a minute"
        case Tapping():
            return f"{technique.rate_hz:.3g} a second"
        case Pressing():
            return f"point by point, {technique.hold_s:.3g} s held at each"
        case Vibration():
            return f"{technique.frequency_hz:.3g} times a second"
        case _:
            return ""
