"""What an edit in words makes of a profile: which step, which points or numbers, and how it is told."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Any, Final

from kneadwave.errors import TuningRemedy, UsageError
from kneadwave.text import clean
from kneadwave.tuning.curves.own_presets import own_presets
from kneadwave.tuning.curves.select import (
    Where,
    choose,
    choose_curve,
    parse_factor,
    parse_points,
    parse_shift,
    with_curve,
    with_step,
)
from profiles import curve_edit as reshaping
from profiles.curve import PRESETS, IntensityCurve
from profiles.curve_edit import Reshaped
from profiles.parameters import number_of, unit_of, with_number
from profiles.profile import Profile


@dataclass(frozen=True)
class Change:
    """What an edit wants: where, in which words it stands in the history, and what it makes of the profile.

    `held` are the times, as a person writes them, of the points that were held at the edge of their range.
    """

    where: Where
    what: str
    after: Profile
    held: tuple[str, ...] = ()
    told: str = ""


_CLOCK: Final = re.compile(r"(\d{1,2}):([0-5]\d(?:\.\d+)?)")
Plan = Callable[[Profile], Change]


def curve_plan(step: str, verb: str, value: Any) -> Plan:
    """The plan that reshapes the curve of a step, or of the session, by a verb of `RESHAPES`."""

    def plan(profile: Profile) -> Change:
        where = choose_curve(profile, step)
        result = RESHAPES[verb](value, where)
        held = tuple(where.time_text(t) for t in result.held)
        after = profile if result.curve == where.curve else with_curve(profile, where, result.curve)
        words = value if isinstance(value, list) else [value]
        return Change(where, f"{where.label}: {' '.join([verb, *map(str, words)])}", after, held)

    return plan


def copy_plan(source: str, target: str) -> Plan:
    """The plan that gives a step, or the session, the curve of another one, over its own length."""

    def plan(profile: Profile) -> Change:
        a, b = choose_curve(profile, source), choose_curve(profile, target)
        curve = reshaping.in_fractions(a.curve, a.duration_s)
        after = profile if curve == b.curve else with_curve(profile, b, curve)
        return Change(b, f"{b.label}: curve of {a.label}", after)

    return plan


def number_plan(of: str, step: str, name: str, text: str) -> Plan:
    """The plan that gives a number of a step another value; `of` is how the profile was named."""

    def plan(profile: Profile) -> Change:
        where = choose(profile, step)
        if where.index is None:
            raise UsageError("the session has no numbers", hint=TuningRemedy.SAY_STEP.of(profile=of))
        old = profile.step[where.index]
        before, unit = number_of(old, name), unit_of(old, name)
        value = _value(text, unit)
        shown = "" if unit == "1" else f" {unit}"
        told = f"{name} {before:g} -> {value:g}{shown}"
        if value == before:
            return Change(where, told, profile, told=told)
        after = with_step(profile, where.index, with_number(old, name, value))
        return Change(where, f"{where.label}: {told}", after, told=told)

    return plan


def set_points(words: Sequence[str], where: Where) -> Reshaped:
    """Give the curve a level at each time; a point is added where there is none."""
    return _one_by_one(where, words, _set_point)


def add_points(words: Sequence[str], where: Where) -> Reshaped:
    """Give the curve a point more at each time, on the curve where no level is said."""
    return _one_by_one(where, words, reshaping.with_added)


def remove_points(words: Sequence[str], where: Where) -> Reshaped:
    """Take the points at these times out of the curve."""
    return _one_by_one(where, words, _remove_point)


def shift(text: str, where: Where) -> Reshaped:
    """Raise or lower the curve, or move it in time."""
    by = parse_shift(where, text)
    if by.time:
        return reshaping.moved(where.curve, by.time, where.end)
    return reshaping.shifted(where.curve, by.level)


def scale(text: str, where: Where) -> Reshaped:
    """Multiply the levels of the curve."""
    return reshaping.scaled(where.curve, parse_factor(text))


def smooth(times: int, where: Where) -> Reshaped:
    """Draw each inner point toward the line between its neighbours."""
    return reshaping.smoothed(where.curve, times)


def preset(name: str, _: Where) -> Reshaped:
    """Take a curve that has a name, of those that ship or of one's own."""
    own = {} if name in PRESETS else own_presets()
    return Reshaped(own[name]) if name in own else reshaping.preset(name)


RESHAPES: Final[dict[str, Callable[[Any, Where], Reshaped]]] = {
    "set": set_points,
    "add": add_points,
    "rm": remove_points,
    "shift": shift,
    "scale": scale,
    "smooth": smooth,
    "preset": preset,
}
"""What each verb does to a curve, with the words that follow it."""


def _one_by_one(where: Where, words: Sequence[str], change: Callable[..., Reshaped]) -> Reshaped:
    curve = where.curve
    held: list[float] = []
    for t, level in parse_points(where, words):
        result = change(curve, t, level)
        curve = result.curve
        held += result.held
    return Reshaped(curve, tuple(held))


def _set_point(curve: IntensityCurve, t: float, level: float | None) -> Reshaped:
    if level is None:
        raise UsageError("set needs a level for each time", hint="write 40%=0.8; add takes a time alone")
    return reshaping.with_point(curve, t, level)


def _remove_point(curve: IntensityCurve, t: float, level: float | None) -> Reshaped:
    if level is not None:
        raise UsageError("rm takes times alone", hint="write 40%, without a level")
    return reshaping.without_point(curve, t)


def _value(text: str, unit: str) -> float:
    word = text.strip()
    if unit == "s" and (clock := _CLOCK.fullmatch(word)):
        return round(60.0 * int(clock[1]) + float(clock[2]), 4)
    by = 0.01 if unit == "1" and word.endswith("%") else 1.0
    try:
        value = round(float(word.removesuffix("%") if by != 1.0 else word) * by, 4)
    except ValueError:
        value = float("nan")
    if not isfinite(value):
        shown = "a number" if unit == "1" else f"a number of {unit}"
        raise UsageError(f"'{clean(text)}' is no value", hint=f"write {shown}, such as 40 or 0.5")
    return value
