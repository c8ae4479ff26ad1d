"""Profile and Step as data: what a person writes in a profile file, with the sanity bounds of each figure."""

from __future__ import annotations

from functools import cached_property
from itertools import pairwise
from math import dist
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from profiles.body import body_map
from profiles.curve import Curve, IntensityCurve
from profiles.errors import ProfileError
from profiles.indication import indications
from profiles.order import Order, Region, order_named
from profiles.technique import POSTURES, Guide, Modality, Technique

SCHEMA = 1
MAX_STEPS = 200  # ours: a step every 6 s for the longest session
MAX_PATH_POINTS = 100  # ours
MAX_PATH_MM = 20_000.0  # ours: five times up and down the whole body
MAX_TEXT = 2000  # characters; ours
REST_S = 180.0  # rule 70: stay lying afterwards; the source lost its number, the figure is ours
LOCKED_VARIANTS = ("V5", "V6")  # child and newborn: never played, whatever a file says (98, 99, 100)

PURPOSES = (
    "back",
    "whole-body",
    "legs",
    "feet",
    "arms",
    "quick",
    "toning",
    "guided",
    "locked",
    "test",
    "other",
)
Purpose = Literal[
    "back", "whole-body", "legs", "feet", "arms", "quick", "toning", "guided", "locked", "test", "other"
]

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
    in_order: bool = Field(
        False, strict=True, description="over each region of the profile's order in turn, instead of zones"
    )
    duration_s: _Seconds = Field(
        ge=0.5, le=3600.0, description="length of the step, cross-fade included once"
    )
    repeats: int = Field(
        1, ge=1, le=100, strict=True, description="how many times in a row the step is played"
    )
    level: Annotated[float, Field(strict=True, allow_inf_nan=False)] = Field(
        0.0, ge=0.0, le=1.0, description="felt level at the top of the curve; only a guide may leave it out"
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

    by_hand: str = Field(
        "",
        max_length=400,
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

    def over(self, order: Order | None) -> tuple[Step, ...]:
        """Return the steps that this one stands for: itself, or with in_order one for each region."""
        if not self.in_order or order is None:
            return (self,)
        whole = sum(region.share for region in order.regions)
        return tuple(self._at(region, region.share / whole) for region in order.regions)

    def _at(self, region: Region, share: float) -> Step:
        name = f"{self.name}: {region.name}"[:80]
        by_hand = self.by_hand.replace("{region}", region.name)
        common: dict[str, Any] = {"name": name, "duration_s": round(self.duration_s * share, 3)}
        common |= {"repeats": self.repeats, "crossfade_s": self.crossfade_s}
        if region.posture is not None or not region.zones:
            return Step.model_validate(common | {"technique": _by_hand(region, by_hand)})
        ceiling = min(zone.ceiling for name in region.zones for zone in body_map().zones_named(name))
        # What fits every region at once is the step's level; a region that bears less gets less.
        level = min(self.level, ceiling / self.curve.peak if self.curve.peak else 1.0)
        changed = common | {"zones": region.zones, "in_order": False, "level": level, "by_hand": by_hand}
        return self.model_copy(update=changed)

    @property
    def total_s(self) -> float:
        """Seconds with all repeats."""
        return self.duration_s * self.repeats

    @property
    def peak(self) -> float:
        """The highest felt level that the step asks for."""
        return self.level * self.curve.peak


def _by_hand(region: Region, instruction: str) -> dict[str, Any]:
    technique: dict[str, Any] = {"kind": "guide", "part": region.part, "posture": region.posture}
    if region.posture is not None:
        return technique | {"instruction": POSTURES[region.posture]}
    return technique | {"instruction": instruction or f"Work on this by hand: {region.name}."}


class DeclaredException(BaseModel):
    """A rule that the source itself breaks in this sequence: its warnings become information."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    rule: int = Field(ge=1, le=321, strict=True)
    reason: str = Field(min_length=1, max_length=300)


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
    purpose: Purpose = Field("other", description="under which heading the profile is listed")
    good_for: tuple[str, ...] = Field(
        (), max_length=20, description="for whom or when it is suggested; names of indications"
    )
    locked: str = Field("", max_length=300, description="why nothing ever plays this profile (98)")
    order: str | None = Field(None, description="the named order of zones that steps with in_order follow")
    posture: Literal["any", "prone", "supine", "seated", "side"] = "any"
    self_massage: bool = Field(
        False,
        strict=True,
        description="with one's own hands or on a seat: each part five minutes at most (288)",
    )
    rest_s: _Seconds = Field(REST_S, ge=0.0, le=1800.0, description="rest after the end (70, 187, 279)")
    envelope: Curve = Field(
        default_factory=_whole, description="level over the whole session, in session fraction"
    )
    fade_in_s: _Seconds = Field(2.0, ge=0.0, le=60.0, description="from nothing at the start of the session")
    fade_out_s: _Seconds = Field(4.0, ge=0.0, le=60.0, description="to nothing at its end")
    exception: tuple[DeclaredException, ...] = Field((), max_length=20)
    step: tuple[Step, ...] = Field(min_length=1, max_length=MAX_STEPS)

    @model_validator(mode="after")
    def _names_exist(self) -> Profile:
        if self.order is None and any(step.in_order for step in self.step):
            raise ValueError('a step with in_order = true needs order = "…" in the profile')
        if self.order is not None:
            try:
                order_named(self.order)
            except ProfileError as error:
                raise ValueError(f"order: {error.message}; {error.hint}") from error
        unknown = [name for name in self.good_for if name not in indications()]
        if unknown:
            raise ValueError(f"good_for: '{unknown[0]}' is none of {', '.join(indications())}")
        return self

    @property
    def locked_for(self) -> str:
        """Why nothing plays this profile; empty for one that may be played."""
        if self.locked or self.variant not in LOCKED_VARIANTS:
            return self.locked
        return "a powered device is never used on a child"

    @cached_property
    def _sequence(self) -> tuple[tuple[int, Step], ...]:
        order = order_named(self.order) if self.order is not None else None
        return tuple((index, part) for index, step in enumerate(self.step) for part in step.over(order))

    @property
    def played(self) -> tuple[Step, ...]:
        """The steps as they are played: those with in_order over each region in turn."""
        return tuple(step for _, step in self._sequence)

    @property
    def origins(self) -> tuple[int, ...]:
        """For each step of `played` the number, from 0, of the step in the file that it comes from."""
        return tuple(index for index, _ in self._sequence)

    @property
    def guided_only(self) -> bool:
        """Whether no step drives a device."""
        return not any(step.moves for step in self.step)

    @property
    def duration_s(self) -> float:
        """Seconds of the whole session; cross-fades overlap, so they add nothing."""
        return sum(step.total_s for step in self.step)


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema of a profile file."""
    return Profile.model_json_schema(by_alias=True)
