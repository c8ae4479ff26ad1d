"""Step as data: one technique on one part of the body, with the sanity bounds of each figure."""

from __future__ import annotations

from itertools import pairwise
from math import dist
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from profiles.curve import Curve, IntensityCurve
from profiles.technique import MAX_INSTRUCTION, Guide, Modality, Technique

MAX_PATH_POINTS = 100  # project's choice: far more than a hand's way has turns
MAX_PATH_MM = 20_000.0  # project's choice: five times up and down the whole body

Seconds = Annotated[float, Field(strict=True, allow_inf_nan=False, json_schema_extra={"unit": "s"})]
_Millimetres = Annotated[
    float, Field(strict=True, allow_inf_nan=False, ge=-3000.0, le=3000.0, json_schema_extra={"unit": "mm"})
]
Hands = Literal["auto", "both", "alternate"]


def whole_level() -> IntensityCurve:
    """Return the curve that holds the full level."""
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
    in_order: bool = Field(
        False, strict=True, description="over each region of the profile's order in turn, instead of zones"
    )
    duration_s: Seconds = Field(ge=0.5, le=3600.0, description="length of the step, cross-fade included once")
    repeats: int = Field(
        1, ge=1, le=100, strict=True, description="how many times in a row the step is played"
    )
    level: Annotated[float, Field(strict=True, allow_inf_nan=False)] = Field(
        0.0, ge=0.0, le=1.0, description="felt level at the top of the curve; only a guide may leave it out"
    )
    curve: Curve = Field(default_factory=whole_level)
    crossfade_s: Seconds = Field(
        2.0, ge=0.0, le=30.0, description="how long the step fades into the next one"
    )
    hands: Hands = Field("auto", description="both sides together, one after the other, or as dwell asks for")
    on: tuple[Modality, ...] | None = Field(
        None,
        min_length=1,
        max_length=3,
        description="drive every actuator of these kinds that the hand passes",
    )

    by_hand: str = Field(
        "",
        max_length=MAX_INSTRUCTION,
        description="what hands do instead where a device has nothing; {region} in an order",
    )

    @model_validator(mode="after")
    def _somewhere(self) -> Step:
        if self.is_guide:
            if self.path is not None or self.in_order:
                raise ValueError("a guide has zones to wait over, or none; no path, no order")
            if (self.zones is None) != (self.level == 0.0):
                raise ValueError("a guide that lets the device wait has both zones and a level")
            self._breathes_in_time()
            return self
        if (self.zones is not None) + (self.path is not None) + self.in_order != 1:
            raise ValueError("a step has either zones or a path (or in_order = true)")
        if "level" not in self.model_fields_set:
            raise ValueError("a step has a level")
        if self.path is not None:
            length = sum(dist(a, b) for a, b in pairwise(self.path))
            if length > MAX_PATH_MM:
                raise ValueError(f"the path is {length:.0f} mm long; {MAX_PATH_MM:.0f} mm is the most")
        return self

    def _breathes_in_time(self) -> None:
        breath = self.technique.breath if isinstance(self.technique, Guide) else None
        if breath is None:
            return
        breaths = self.duration_s / breath.cycle_s
        if round(breaths) < 1 or abs(breaths - round(breaths)) > 1e-6:
            raise ValueError(
                f"a breath lasts {breath.cycle_s:g} s; duration_s must be a whole number of them"
            )

    @property
    def is_guide(self) -> bool:
        """Whether hands, breath or posture do this step."""
        return isinstance(self.technique, Guide)

    @property
    def moves(self) -> bool:
        """Whether the step drives a device."""
        return self.zones is not None or self.path is not None or self.in_order

    @property
    def total_s(self) -> float:
        """Seconds with all repeats."""
        return self.duration_s * self.repeats

    @property
    def peak(self) -> float:
        """The highest felt level that the step asks for."""
        return self.level * self.curve.peak
