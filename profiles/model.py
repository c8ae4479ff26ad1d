"""Profile and Step as data: what a person writes in a profile file, with the sanity bounds of each figure."""

from __future__ import annotations

from itertools import pairwise
from math import dist
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from profiles.curve import Curve, IntensityCurve
from profiles.technique import Modality, Technique

SCHEMA = 1
MAX_STEPS = 200  # ours: a step every 6 s for the longest session
MAX_PATH_POINTS = 100  # ours
MAX_PATH_MM = 20_000.0  # ours: five times up and down the whole body
MAX_TEXT = 2000  # characters; ours

_Seconds = Annotated[float, Field(strict=True, allow_inf_nan=False, json_schema_extra={"unit": "s"})]
_Millimetres = Annotated[
    float, Field(strict=True, allow_inf_nan=False, ge=-3000.0, le=3000.0, json_schema_extra={"unit": "mm"})
]
Hands = Literal["auto", "both", "alternate"]


def _whole() -> IntensityCurve:
    return IntensityCurve.preset("hold")


class Step(BaseModel):
    """One technique on one part of the body for some time."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(min_length=1, max_length=80, description="what the step is called on the screen")
    technique: Technique
    zones: tuple[Annotated[str, Field(min_length=1, max_length=40)], ...] | None = Field(
        None,
        min_length=1,
        max_length=40,
        description="zones in the order of the hand, 'shoulder' for both sides",
    )
    path: tuple[tuple[_Millimetres, _Millimetres], ...] | None = Field(
        None,
        min_length=1,
        max_length=MAX_PATH_POINTS,
        description="points x, y in mm on the body, instead of zones",
    )
    duration_s: _Seconds = Field(
        ge=0.5, le=3600.0, description="length of the step, cross-fade included once"
    )
    repeats: int = Field(
        1, ge=1, le=100, strict=True, description="how many times in a row the step is played"
    )
    level: Annotated[float, Field(strict=True, allow_inf_nan=False)] = Field(
        ge=0.0, le=1.0, description="felt level at the top of the curve"
    )
    curve: Curve = Field(default_factory=_whole)
    crossfade_s: _Seconds = Field(
        2.0, ge=0.0, le=30.0, description="how long the step fades into the next one"
    )
    hands: Hands = Field("auto", description="both sides together, one after the other, or as dwell asks for")
    on: tuple[Modality, ...] | None = Field(
        None,
        min_length=1,
        max_length=3,
        description="drive every actuator of these kinds that the hand passes",
    )

    @model_validator(mode="after")
    def _zones_or_path(self) -> Step:
        if (self.zones is None) == (self.path is None):
            raise ValueError("a step has either zones or a path")
        if self.path is not None:
            length = sum(dist(a, b) for a, b in pairwise(self.path))
            if length > MAX_PATH_MM:
                raise ValueError(f"the path is {length:.0f} mm long; {MAX_PATH_MM:.0f} mm is the most")
        return self

    @property
    def total_s(self) -> float:
        """Seconds with all repeats."""
        return self.duration_s * self.repeats

    @property
    def peak(self) -> float:
        """The highest felt level that the step asks for."""
        return self.level * self.curve.peak


class Profile(BaseModel):
    """A whole session: what it should feel like, on no device in particular."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)

    schema_: Literal[1] = Field(1, alias="schema", description="version of this format")
    name: str = Field(
        pattern=r"^[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?$", description="lower case, digits, dashes"
    )
    title: str = Field("", max_length=80)
    description: str = Field("", max_length=MAX_TEXT)
    variant: str = Field(
        "", max_length=40, description="the sequence of the source that the profile follows, as V1"
    )
    audience: Literal["any", "first-session", "quick", "test"] = Field(
        "any",
        description="first sessions are shorter (167, 224); quick and test profiles may be of any length",
    )
    envelope: Curve = Field(
        default_factory=_whole, description="level over the whole session, in session fraction"
    )
    fade_in_s: _Seconds = Field(2.0, ge=0.0, le=60.0, description="from nothing at the start of the session")
    fade_out_s: _Seconds = Field(4.0, ge=0.0, le=60.0, description="to nothing at its end")
    step: tuple[Step, ...] = Field(min_length=1, max_length=MAX_STEPS)

    @property
    def duration_s(self) -> float:
        """Seconds of the whole session; cross-fades overlap, so they add nothing."""
        return sum(step.total_s for step in self.step)


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema of a profile file."""
    return Profile.model_json_schema(by_alias=True)
