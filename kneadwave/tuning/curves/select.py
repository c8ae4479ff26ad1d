"""From the words STEP, T=LEVEL and +10% of a command to a curve and its points, and back into a profile."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Final

from kneadwave.errors import UsageError
from kneadwave.text import clean
from profiles.curve import IntensityCurve
from profiles.near import did_you_mean
from profiles.profile import Profile, Step
from profiles.score import compose

SESSION: Final = "session"
"""The word for the curve over the whole session."""

_CLOCK = re.compile(r"(\d{1,3}):([0-5]?\d(?:\.\d+)?)")
_SIGNED = re.compile(r"([+-])([\d.].*)")
_TIMES = "write it as 40% of the step, 30s, 1:15, or as the curve counts: 0 to 1, or seconds"
_LEVELS = "write it as 0.8 or 80%, of the step's own level"


@dataclass(frozen=True)
class Where:
    """The curve that is tuned: of a step (its number in the file, from 0) or, with None, of the session.

    `duration_s` is that of one repetition, `level` the felt level at the top of the curve. A step over an
    order of `regions` has its curve in each of them; the duration is that of the first that moves a device.
    """

    index: int | None
    name: str
    duration_s: float
    curve: IntensityCurve
    level: float
    repeats: int = 1
    moves: bool = True
    regions: int = 1

    @property
    def end(self) -> float:
        """Where the step ends, in the curve's own unit."""
        return 1.0 if self.curve.unit == "fraction" else self.duration_s

    @property
    def number(self) -> int | str:
        """The step as JSON has it: its number in the file, from 1, or "session"."""
        return SESSION if self.index is None else self.index + 1

    @property
    def label(self) -> str:
        """Return the number and name of the step, "8 kneading upwards", or "session"."""
        return SESSION if self.index is None else f"{self.index + 1} {clean(self.name)}"

    def seconds(self, t: float) -> float:
        """Return a time of the curve in seconds."""
        return t * self.duration_s if self.curve.unit == "fraction" else t

    def share(self, t: float) -> float:
        """Return a time of the curve as a fraction of the step."""
        return t if self.curve.unit == "fraction" else t / self.duration_s

    def time_text(self, t: float) -> str:
        """Return a time of the curve as `parse_time` reads it: "40%", or "30s" for a curve in seconds."""
        return f"{t * 100:g}%" if self.curve.unit == "fraction" else f"{t:g}s"


@dataclass(frozen=True)
class Shift:
    """How far a curve is shifted: in level, or in time (in the curve's own unit)."""

    level: float = 0.0
    time: float = 0.0


def choose(profile: Profile, text: str) -> Where:
    """Return the step that a person means by its number, its name or the beginning of it, or the session.

    UsageError lists the right ones; ProfileError for a profile that is never played.
    """
    if profile.locked_for:
        compose(profile)  # refuses, in its own words
    wanted = " ".join(text.split()).casefold()
    if wanted == SESSION:
        return Where(None, SESSION, profile.duration_s, profile.envelope, 1.0)
    index = _step_index(profile, wanted)
    if index is None:
        count = len(profile.step)
        listed = ", ".join(f"{n} {clean(step.name)}" for n, step in enumerate(profile.step, start=1))
        named = {" ".join(step.name.split()).casefold(): step.name for step in profile.step}
        mean = did_you_mean(wanted, [*named, SESSION])
        raise UsageError(
            f"{profile.name} has no step '{clean(text)}'",
            hint=f"{mean}steps are 1 to {count}, or {SESSION}: {listed}",
        )
    return where_of(profile, index)


def choose_curve(profile: Profile, text: str) -> Where:
    """As `choose`, for what can only be done to a curve: a step that moves no device has none."""
    where = choose(profile, text)
    if not where.moves:
        raise UsageError(
            f"step {where.label} is done by hand: it has no curve", hint="choose a step that moves a device"
        )
    return where


def where_of(profile: Profile, index: int | None) -> Where:
    """Return the curve of a step by its number in the file, from 0; of the session for None."""
    if index is None:
        return Where(None, SESSION, profile.duration_s, profile.envelope, 1.0)
    step, part = profile.step[index], profile.played[part_of(profile, index)]
    regions = profile.origins.count(index)
    return Where(index, step.name, part.duration_s, step.curve, step.level, step.repeats, step.moves, regions)


def part_of(profile: Profile, index: int) -> int:
    """Return the number, in the steps as they are played, of what a step of the file stands for there.

    Of a step over an order it is the first region that moves a device.
    """
    parts = [number for number, origin in enumerate(profile.origins) if origin == index]
    played = profile.played
    return next((number for number in parts if played[number].moves), parts[0])


def _step_index(profile: Profile, wanted: str) -> int | None:
    if wanted.isdecimal():
        number = int(wanted) if len(wanted) < 4 else 0
        return number - 1 if 1 <= number <= len(profile.step) else None
    names = [" ".join(step.name.split()).casefold() for step in profile.step]
    for found in (
        [n for n, name in enumerate(names) if name == wanted],
        [n for n, name in enumerate(names) if wanted and name.startswith(wanted)],
    ):
        if len(found) == 1:
            return found[0]
        if found:
            listed = ", ".join(f"{n + 1} {clean(profile.step[n].name)}" for n in found)
            raise UsageError(f"'{clean(wanted)}' could be several steps", hint=f"say which: {listed}")
    return None


def parse_points(where: Where, words: Sequence[str]) -> list[tuple[float, float | None]]:
    """Return the time, in the curve's own unit, and the level of each T=LEVEL; None for a T alone."""
    points: list[tuple[float, float | None]] = []
    for word in words:
        time, equals, level = word.partition("=")
        points.append((parse_time(where, time), parse_level(level) if equals else None))
    return points


def parse_time(where: Where, text: str) -> float:
    """Return a time within the step, in the curve's own unit: "40%", "30s", "1:15", or a bare number."""
    word = text.strip().lower()
    clock = _CLOCK.fullmatch(word)
    if word.endswith("%"):
        share = _number(word[:-1], "time", text, _TIMES) / 100.0
        t = share if where.curve.unit == "fraction" else share * where.duration_s
    elif clock or word.endswith("s"):
        seconds = _seconds(clock) if clock else _number(word[:-1], "time", text, _TIMES)
        t = seconds / where.duration_s if where.curve.unit == "fraction" else seconds
    else:
        t = _number(word, "time", text, _TIMES)
    if not 0.0 <= t <= where.end + 1e-9:
        whole = "session" if where.index is None else "step"
        outside = f"a time of {clean(text)} is outside the {whole}, which lasts {where.duration_s:g} s"
        bare = not (clock or word.endswith(("%", "s")))
        if bare and where.curve.unit == "fraction":  # 50 looks as if it lay within 150 s
            raise UsageError(
                f"{outside}: its curve counts from 0 to 1", hint=f"write {clean(word)}%, or {clean(word)}s"
            )
        raise UsageError(outside, hint=_TIMES)
    return tidy_time(where.curve, min(t, where.end))


def parse_level(text: str) -> float:
    """Return a level of 0 to 1 from "0.8" or "80%"."""
    word = text.strip()
    value = _percent(word, "level", text, _LEVELS)
    if not 0.0 <= value <= 1.0:
        raise UsageError(f"a level of {clean(text)} is outside 0 to 1", hint=_LEVELS)
    return round(value, 4)


def parse_shift(where: Where, text: str) -> Shift:
    """Return what "+10%", "-0.05" (levels) or "+5s", "-0:05" (time) means for a curve."""
    hint = "write +10% or -5% for levels, +5s or -5s for time"
    signed = _SIGNED.fullmatch(text.strip().lower())
    if signed is None:
        raise UsageError(f"'{clean(text)}' does not say which way and how far", hint=hint)
    sign, word = -1.0 if signed[1] == "-" else 1.0, signed[2]
    clock = _CLOCK.fullmatch(word)
    if clock or word.endswith("s"):
        seconds = _seconds(clock) if clock else _number(word[:-1], "shift", text, hint)
        by = seconds / where.duration_s if where.curve.unit == "fraction" else seconds
        return Shift(time=sign * by)
    level = _percent(word, "shift", text, hint)
    if level > 1.0:
        raise UsageError(f"a shift of {clean(text)} is more than all of a level", hint=hint)
    return Shift(level=sign * level)


def parse_factor(text: str) -> float:
    """Return a factor of 0 or more from "90%" or "1.1"."""
    hint = "write 90% or 1.1"
    value = _percent(text.strip(), "factor", text, hint)
    if not 0.0 <= value <= 100.0:
        raise UsageError(f"a curve cannot be scaled by {clean(text)}", hint=hint)
    return value


def tidy_time(curve: IntensityCurve, t: float) -> float:
    """Return a time as a file says it: four digits of a fraction, three of seconds."""
    return round(t, 4 if curve.unit == "fraction" else 3)


def with_curve(profile: Profile, where: Where, curve: IntensityCurve) -> Profile:
    """Return the profile with another curve there; everything else stays, said or unsaid."""
    if where.index is None:
        return profile.model_copy(update={"envelope": curve})
    return with_step(profile, where.index, profile.step[where.index].model_copy(update={"curve": curve}))


def with_step(profile: Profile, index: int, step: Step) -> Profile:
    """Return the profile with another step in the place of one, its number in the file counted from 0."""
    steps = (*profile.step[:index], step, *profile.step[index + 1 :])
    return profile.model_copy(update={"step": steps})


def _seconds(clock: re.Match[str]) -> float:
    return int(clock[1]) * 60 + float(clock[2])


def _percent(word: str, what: str, text: str, hint: str) -> float:
    if word.endswith("%"):
        return _number(word[:-1], what, text, hint) / 100.0
    return _number(word, what, text, hint)


def _number(word: str, what: str, text: str, hint: str) -> float:
    try:
        value = float(word)
    except ValueError:
        value = float("nan")
    if not isfinite(value):
        raise UsageError(f"'{clean(text)}' is no {what}", hint=hint)
    return value
