"""The numbers of a step that a hand would vary, by the names under which they are tuned."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from pydantic import BaseModel, ValidationError

from profiles.errors import ProfileError
from profiles.files.toml_model import in_words
from profiles.idle import idle_fields
from profiles.near import did_you_mean
from profiles.rules.limits import JND
from profiles.step import Step
from profiles.technique import TECHNIQUES

FREQUENCY_JND: Final = 0.35
"""The whole body at 20 to 90 Hz, 35 to 80 %: the lower end (Merchel 2011)."""

_MEASURED = "arm and shoulder 20 %, as measured for amplitude"
_CHOSEN = "20 %, project's choice: that of amplitude"

Fields = Mapping[str, str]


@dataclass(frozen=True)
class Number:
    """A number that steps may have.

    `fields` say for each kind of technique which field of its table carries it; `of_step` is the field of
    the step itself, for a number that every step has. `jnd` is the change, as a part of the value, that is
    just told apart; `source` says who found that.
    """

    name: str
    title: str
    fields: Fields
    jnd: float
    source: str
    of_step: str = ""
    unit: str = ""


@dataclass(frozen=True)
class Bounds:
    """The least and the most that a file may say; the massage rules are stricter."""

    least: float
    most: float


def _of(kinds: str, field: str) -> dict[str, str]:
    return dict.fromkeys(kinds.split(), field)


_ADVANCE = _of("rubbing kneading vibration tapping", "advance_mm_s")
_TABLE = (
    Number("level", "felt level at the top of the curve", {}, JND, _MEASURED, of_step="level", unit="1"),
    Number(
        "rate",
        "circles or taps",
        _of("rubbing kneading", "rate_cpm") | _of("tapping", "rate_hz"),
        JND,
        _CHOSEN,
    ),
    Number(
        "frequency",
        "frequency of the motors",
        _of("vibration", "frequency_hz"),
        FREQUENCY_JND,
        "whole body at 20 to 90 Hz, the lower end of what was measured",
    ),
    Number(
        "speed",
        "how fast the hand moves on",
        _of("stroking squeezing", "speed_mm_s") | _ADVANCE,
        JND,
        _CHOSEN,
    ),
    Number("radius", "radius of the circles", _of("rubbing kneading vibration", "circle_mm"), JND, _CHOSEN),
    Number("ramp", "from nothing to the full pressure", _of("pressing", "attack_s"), JND, _CHOSEN),
    Number("hold", "hold at the full pressure", _of("pressing", "hold_s"), JND, _CHOSEN),
    Number("release", "from the full pressure to nothing", _of("pressing", "release_s"), JND, _CHOSEN),
    Number("onset", "from nothing to the full tap", _of("tapping", "onset_s"), JND, _CHOSEN),
    Number("spacing", "from one point to the next", _of("pressing", "spacing_mm"), JND, _CHOSEN),
    Number(
        "return",
        "level of the way back, of that of the way up",
        _of("stroking squeezing", "return_level"),
        JND,
        _MEASURED,
    ),
    Number(
        "cross-fade",
        "how long the step fades into the next one",
        {},
        JND,
        _CHOSEN,
        of_step="crossfade_s",
        unit="s",
    ),
    Number(
        "duration",
        "how long the step lasts, each time that it is played",
        {},
        JND,
        _CHOSEN,
        of_step="duration_s",
        unit="s",
    ),
)
OF_EVERY_STEP: Final = ("cross-fade", "duration")
NUMBERS: Final[dict[str, Number]] = {number.name: number for number in _TABLE}


def names_for(step: Step) -> list[str]:
    """Return the names of the numbers that a step has, those without effect in it left out."""
    kind, idle = step.technique.kind, idle_fields(step)
    return [
        number.name
        for number in _TABLE
        if (kind in number.fields and number.fields[kind] not in idle)
        or (number.of_step == "level" and step.moves)
        or number.name in OF_EVERY_STEP
    ]


def number_of(step: Step, name: str) -> float:
    """Return the present value of a number; ProfileError lists the numbers that the step has."""
    owner, field = _where(step, name)
    return float(getattr(owner, field))


def unit_of(step: Step, name: str) -> str:
    """Return the unit of a number in this step: "s", "cycles/min"; "1" for a level."""
    owner, field = _where(step, name)
    extra: Any = type(owner).model_fields[field].json_schema_extra or {}
    return NUMBERS[name].unit or str(extra.get("unit", "1"))


def bounds_of(step: Step, name: str) -> Bounds:
    """Return what a file may say for a number in this step."""
    owner, field = _where(step, name)
    least, most = 0.0, 0.0
    for mark in type(owner).model_fields[field].metadata:
        least, most = float(getattr(mark, "ge", least)), float(getattr(mark, "le", most))
    return Bounds(least, most)


def with_number(step: Step, name: str, value: float) -> Step:
    """Return the step with another value of a number; what the step left unsaid stays unsaid.

    ProfileError for a name that the step has not, and for a value that a file may not say.
    """
    owner, field = _where(step, name)
    bounds, unit = bounds_of(step, name), unit_of(step, name)
    if not bounds.least <= value <= bounds.most:  # false for what is not a number, too
        shown = "" if unit == "1" else f" {unit}"
        raise ProfileError(
            f"{name} is {bounds.least:g} to {bounds.most:g}{shown}, not {value:g}",
            hint=f"this step has {_present(step, name)}",
        )
    data = step.model_dump(exclude_unset=True)
    if owner is step:
        data[field] = float(value)
        if field == "duration_s" and step.curve.unit == "seconds":
            data["curve"] = step.curve.stretched(value / step.duration_s).model_dump()
    else:
        data["technique"] = {**data["technique"], field: float(value)}
    try:
        return Step.model_validate(data)
    except ValidationError as error:
        raise ProfileError(f"{name}: {in_words(error.errors()[0])}") from error


def _where(step: Step, name: str) -> tuple[BaseModel, str]:
    """The model that carries a number, and its field there."""
    number = NUMBERS.get(name)
    if number is None or name not in names_for(step):
        raise _unknown(step, name)
    if number.of_step:
        return step, number.of_step
    return step.technique, number.fields[step.technique.kind]


def _unknown(step: Step, name: str) -> ProfileError:
    names = names_for(step)
    listed = ", ".join(_present(step, each) for each in names)
    hint = f"{did_you_mean(name, names)}this step has {listed}"
    known = f"'{step.name}' has no {name}" if name in NUMBERS else f"there is no number '{name}'"
    return ProfileError(known, hint=hint)


def _present(step: Step, name: str) -> str:
    unit = unit_of(step, name)
    return f"{name} {number_of(step, name):g}" + ("" if unit == "1" else f" {unit}")


assert all(kind in TECHNIQUES for number in _TABLE for kind in number.fields)
