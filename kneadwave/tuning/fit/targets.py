"""Targets: "zone=level@time". What is to be felt, where and when, and the curves that give it.

What is meant at a time is the step's level, times its curve, times the session's envelope and fades, while
the hand is at the zone.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import ceil

import numpy as np
from pydantic import ValidationError

from kneadwave.errors import Exit, KneadError, TuningRemedy, UsageError
from kneadwave.text import clean, clock_text
from kneadwave.tuning.curves.select import parse_level, tidy_time, with_step
from profiles.body import BodyMap, Zone, body_map
from profiles.curve import IntensityCurve
from profiles.errors import ProfileError
from profiles.field import strength
from profiles.model import Profile, Step
from profiles.outline import zones_of
from profiles.rules.limits import CROSSFADE_MIN_S, TOLERANCE
from profiles.score import Score, compose
from profiles.step import whole_level
from profiles.waveform import session_level

_TARGET = re.compile(r"(?P<zone>[^=@\s]+)=(?P<level>[^=@\s]+)@(?P<time>[^=@\s]+)")
_CLOCK = re.compile(r"(\d+):(\d{1,2}(?:\.\d+)?)")
_FORM = "write zone=level@time, such as lumbar=40%@7:30; several with a space between them"
_DIGITS = 4  # of levels, as a file says them


class OutOfReach(KneadError):
    """A level that may not, or cannot, be felt there."""

    exit = Exit.INVALID


@dataclass(frozen=True)
class LevelTarget:
    """`level` (felt, 0 to 1) that is wanted on `zone` at `time`, in seconds of the session."""

    zone: str
    level: float
    time: float

    def __str__(self) -> str:
        """Return the target as `parse_targets` reads it: "neck=40%@1:15"."""
        return f"{self.zone}={self.level * 100:g}%@{clock_text(self.time)}"


@dataclass(frozen=True)
class PlacedTarget:
    """A target and where it belongs: the played step, the step of the file (both from 0), and in its curve.

    `t` is in the curve's own unit; `needed` is level times curve there, 0 to 1.
    """

    target: LevelTarget
    played: int
    index: int
    t: float
    needed: float


def parse_targets(words: Sequence[str]) -> list[LevelTarget]:
    """Return the targets in all the words; UsageError where one cannot be read, or there is none."""
    found = []
    for word in " ".join(words).replace(",", " ").split():
        match = _TARGET.fullmatch(word)
        if match is None:
            raise UsageError(f"'{clean(word)}' is no target", hint=_FORM)
        found.append(LevelTarget(match["zone"], parse_level(match["level"]), _seconds(match["time"])))
    if not found:
        raise UsageError("there is no target", hint=_FORM)
    return found


def place_targets(profile: Profile, targets: Sequence[LevelTarget]) -> list[PlacedTarget]:
    """Return where each target belongs.

    UsageError for a time or a zone at which nothing works, and for two targets in one place; OutOfReach for
    a level above a ceiling, or one that no level of the step gives.
    """
    body = body_map()
    score = compose(profile, body)
    placed = [_placed(profile, score, body, target) for target in targets]
    for n, one in enumerate(placed):
        for other in placed[:n]:
            if one.index == other.index and abs(one.t - other.t) < _near(profile.step[one.index]):
                raise UsageError(
                    f"{other.target} and {one.target} ask for two levels of step {one.index + 1} at once",
                    hint=f"leave {CROSSFADE_MIN_S:g} s between two targets of one step",
                )
    return placed


def meet(profile: Profile, placed: Sequence[PlacedTarget]) -> Profile:
    """Return the profile whose steps give what the targets need.

    Each target becomes a point of the step's curve; other points nearer than the shortest change of a level
    give way. Where a curve would have to pass 1 the step's level is raised, and its other points are lowered
    so that they stay what they were.
    """
    for index in dict.fromkeys(each.index for each in placed):
        mine = [each for each in placed if each.index == index]
        profile = with_step(profile, index, _met(profile.step[index], mine))
    return profile


def _met(step: Step, placed: Sequence[PlacedTarget]) -> Step:
    most = max(each.needed for each in placed)
    raised = most > step.level + TOLERANCE
    level = ceil(most * 10**_DIGITS - TOLERANCE) / 10**_DIGITS if raised else step.level
    near = _near(step)
    kept = [
        (t, round(y * step.level / level, _DIGITS) if raised else y)
        for t, y in step.curve.points
        if all(abs(t - each.t) >= near for each in placed)
    ]
    points = sorted([*kept, *((each.t, min(1.0, round(each.needed / level, _DIGITS))) for each in placed)])
    if len(points) < 2:  # a step so short that every other point gave way
        end = step.duration_s if step.curve.unit == "seconds" else 1.0
        points = [(0.0, points[0][1]), (end, points[0][1])]
    try:
        curve = IntensityCurve(points=tuple(points), unit=step.curve.unit)
    except ValidationError as error:
        raise ProfileError(
            f"'{step.name}' would have {len(points)} points, which no curve can have",
            hint=TuningRemedy.REMOVE_POINTS,
        ) from error
    return step.model_copy(update={"curve": curve, "level": level} if raised else {"curve": curve})


def _placed(profile: Profile, score: Score, body: BodyMap, target: LevelTarget) -> PlacedTarget:
    zones = _zones(body, target.zone)
    if target.time > score.duration:
        raise UsageError(
            f"{target}: {profile.name} ends at {clock_text(score.duration)}", hint="choose an earlier time"
        )
    played = score.step_at(target.time).index
    step, index = profile.played[played], profile.origins[played]
    _refuse_elsewhere(profile, score, body, target, zones, played)
    # A side may be asked for where both are worked on; its ceiling is that of the zone.
    ceiling = min(zone.ceiling for zone in zones)
    if target.level > ceiling + TOLERANCE:
        name, rule = zones[0].name, zones[0].rules[0]
        raise OutOfReach(
            f"{target} is above the ceiling of the zone '{name}', {ceiling:g} (rule {rule})",
            hint=f"ask for {ceiling * 100:g}% or less",
        )
    cue = score.cues[played]
    share = share_at(score, played, target.time)
    if share < max(target.level, TOLERANCE):
        raise OutOfReach(
            f"{target} is out of reach: fades and the session's curve leave {share:.0%} of a level then",
            hint="choose a time further from the ends of the step, or raise the curve of the session",
        )
    elapsed = (target.time - cue.start) % cue.period if cue.repeats > 1 else target.time - cue.start
    t = elapsed / cue.period if step.curve.unit == "fraction" else elapsed
    return PlacedTarget(target, played, index, tidy_time(step.curve, t), target.level / share)


def share_at(score: Score, played: int, time: float) -> float:
    """Return what the session leaves of a step's level at a time: its envelope and all fades, 0 to 1."""
    at = np.array([time])
    bare = replace(score.cues[played], level=1.0, curve=whole_level(), taps_hz=0.0)
    return float(strength(bare, at)[0] * session_level(score, at)[0])


def _refuse_elsewhere(
    profile: Profile, score: Score, body: BodyMap, target: LevelTarget, zones: Sequence[Zone], played: int
) -> None:
    ids = {zone.id for zone in zones}
    step = profile.played[played]
    if step.moves and not step.is_guide and ids & _worked(step, body):
        return
    when = [
        f"{clock_text(row.start)} to {clock_text(row.end)}"
        for row, other in zip(score.steps, profile.played, strict=True)
        if other.moves and not other.is_guide and ids & _worked(other, body)
    ]
    on = "for hands" if not step.moves or step.is_guide else f"on {', '.join(zones_of(step, body))}"
    number = profile.origins[played] + 1
    raise UsageError(
        f"{target}: at {clock_text(target.time)} step {number} '{clean(step.name)}' plays, {on}",
        hint=f"{target.zone} is worked on {', '.join(when) if when else 'nowhere'} in {profile.name}",
    )


def _worked(step: Step, body: BodyMap) -> set[str]:
    return {zone.id for name in zones_of(step, body) for zone in body.zones_named(name)}


def _zones(body: BodyMap, name: str) -> tuple[Zone, ...]:
    try:
        return body.zones_named(name)
    except ProfileError as error:
        if error.rule is not None:  # an excluded zone: no matter of spelling
            raise
        raise UsageError(error.message, hint=error.hint) from error


def _near(step: Step) -> float:
    """Return how near to a target another point gives way, in the curve's unit: a change takes that long."""
    return CROSSFADE_MIN_S / step.duration_s if step.curve.unit == "fraction" else CROSSFADE_MIN_S


def _seconds(text: str) -> float:
    clock = _CLOCK.fullmatch(text)
    if clock is not None:
        return int(clock[1]) * 60 + float(clock[2])
    try:
        value = float(text.removesuffix("s"))
    except ValueError:
        value = -1.0
    if not 0.0 <= value < 1e6:
        raise UsageError(f"'{clean(text)}' is no time of the session", hint="write 7:30, 450s or 450")
    return value
