"""Clips: a step of a profile, short enough for a felt test, and a test profile made of such steps."""

from collections.abc import Sequence
from typing import Any, Literal

from kneadwave.errors import NotPlayable
from kneadwave.people.history import FELT_S
from profiles.curve import IntensityCurve
from profiles.model import Profile, Step
from profiles.rules.limits import CROSSFADE_MIN_S, SETTLE_LEVEL
from profiles.technique import Guide, Posture, Stroking

FADE_S = 5.0
"""From nothing to what a clip begins with, seconds; project's choice: a soft start."""
FADE_SHARE = 1.0 / 3.0
"""Of a clip that is shorter than three such fades; project's choice."""
FADE_OUT_S = 2.0
"""From what a clip ends with to nothing, seconds; project's choice."""
CLIP_MIN_S = 0.5
"""The shortest step that there is, seconds."""
POINTS_APART_S = 0.002
"""The least time between two points of a compressed curve; project's choice: far less than a frame."""
STROKE_MIN_LEVEL = 0.05
"""The weakest light stroke before a clip; project's choice: still felt."""


def clip(profile: Profile, index: int, seconds: float) -> Step:
    """The step `index` (from 0, as in the file) in at most `seconds`.

    A longer one is compressed: its curve stays, its time shrinks. One that is repeated is repeated as often
    as fits. A step over an order of zones stands for its first region. NotPlayable where only hands do it.
    """
    step = profile.played[part_of(profile, index)]
    if step.duration_s > seconds:
        shrunk = round(max(seconds, CLIP_MIN_S), 3)
        curve = _shrunk(step.curve, shrunk / step.duration_s)
        return step.model_copy(update={"duration_s": shrunk, "repeats": 1, "curve": curve})
    return step.model_copy(update={"repeats": max(1, min(step.repeats, int(seconds // step.duration_s)))})


def clips(
    name: str, steps: Sequence[Step], fade_s: float = FADE_S, fade_out_s: float = FADE_OUT_S, **more: Any
) -> Profile:
    """A test profile that plays `steps` one after the other, fading in over `fade_s`; FELT_S at most.

    It begins and ends with stroking like any other: where the first or last step is none, a light stroke over
    the same zones carries the fade. `more` are other fields of the profile, such as posture or envelope.
    NotPlayable where it would be too long.
    """
    whole = [
        *_light_stroke(steps[0], fade_s, first=True),
        *steps,
        *_light_stroke(steps[-1], fade_out_s, first=False),
    ]
    made = Profile(
        name=name,
        title=f"{name}: felt test",
        purpose="test",
        audience="test",
        fade_in_s=fade_s,
        fade_out_s=fade_out_s,
        step=tuple(whole),
        **more,
    )
    if made.duration_s > FELT_S:
        raise NotPlayable(
            f"{round(made.duration_s, 1):g} s are no felt test; {FELT_S:g} s is the most",
            hint="take shorter clips",
        )
    return made


def lead_s(step: Step, seconds: float) -> float:
    """How long the light stroke is that `clips` adds at an end where `step` stands; 0 for none."""
    return 0.0 if isinstance(step.technique, Stroking) else max(seconds, CLIP_MIN_S)


def part_of(profile: Profile, index: int) -> int:
    """Which of `profile.played` a device plays first of the step `index`; NotPlayable where there is none."""
    for number, (step, origin) in enumerate(zip(profile.played, profile.origins, strict=True)):
        if origin == index and step.moves and not step.is_guide:
            return number
    raise NotPlayable(
        f"'{profile.step[index].name}' is done by hand: no device moves in it",
        hint="choose a step that a device plays",
    )


def posture_at(profile: Profile, part: int) -> Literal["any", Posture]:
    """How the recipient lies or sits when `profile.played[part]` begins: as the last guide before left it."""
    turns = (s.technique.posture for s in profile.played[:part] if isinstance(s.technique, Guide))
    last = [turn for turn in turns if turn is not None][-1:]
    if not last:
        return profile.posture
    return "any" if last[0] == "standing" else last[0]  # nobody stands at a device: it is left open


def _light_stroke(step: Step, seconds: float, *, first: bool) -> list[Step]:
    """A light stroke over the zones of `step`, unless it is stroking itself."""
    length = lead_s(step, seconds)
    if not length:
        return []
    joins = step.curve.points[0 if first else -1][1] * step.level
    return [
        Step(
            name="light stroke before" if first else "light stroke after",
            technique=Stroking(kind="stroking", return_level=1.0),
            zones=step.zones,
            path=step.path,
            duration_s=length,
            level=max(STROKE_MIN_LEVEL, min(SETTLE_LEVEL, joins)),
            crossfade_s=CROSSFADE_MIN_S,
            hands=step.hands,
            on=step.on,
        )
    ]


def _shrunk(curve: IntensityCurve, by: float) -> IntensityCurve:
    if curve.unit == "fraction":
        return curve
    points: list[tuple[float, float]] = []
    for time, level in curve.points:
        # Points that come too close together for a curve are nothing that anybody feels.
        if not points or time * by - points[-1][0] >= POINTS_APART_S:
            points.append((time * by, level))
    if len(points) < 2:
        points.append((points[0][0] + POINTS_APART_S, curve.points[-1][1]))
    return IntensityCurve(points=tuple(points), unit="seconds")
