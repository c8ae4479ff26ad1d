"""Profile as data: what a person writes in a profile file, with the sanity bounds of each figure."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from profiles.curve import Curve
from profiles.errors import ProfileError
from profiles.step import Seconds, Step, whole_level
from profiles.technique import Posture
from profiles.zone_order import order_named, steps_over

__all__ = [
    "LOCKED_VARIANTS",
    "MAX_STEPS",
    "PURPOSES",
    "REST_S",
    "SCHEMA",
    "DeclaredException",
    "Indication",
    "Profile",
    "Purpose",
    "Step",
    "indications",
    "json_schema",
]

SCHEMA = 1
MAX_STEPS = 200  # project's choice: a step every 6 s for the longest session
MAX_TEXT = 2000  # characters; project's choice: a page of text, so that no listing becomes a book
REST_S = 180.0  # rule 70: stay lying afterwards; the source lost its number: project's choice
LOCKED_VARIANTS = frozenset(
    {"V5", "V6"}
)  # child and newborn: never played, whatever a file says (98, 99, 100)

Purpose = Literal[
    "back", "whole-body", "legs", "feet", "arms", "quick", "toning", "guided", "locked", "test", "other"
]
PURPOSES: tuple[str, ...] = get_args(Purpose)
TITLE_MAX = 80
"""Characters of a title at most."""


@dataclass(frozen=True)
class Indication:
    """For whom or when the source suggests a routine, in a few words, and the rules that say so.

    No medical claim: tests/test_no_claims.py reads the texts.
    """

    name: str
    title: str
    rules: tuple[int, ...]


@lru_cache(maxsize=1)
def indications() -> dict[str, Indication]:
    """Return every indication (indications.toml) by its name."""
    text = (Path(__file__).parent / "indications.toml").read_text(encoding="utf-8")
    entries = tomllib.loads(text)["indication"]
    return {e["name"]: Indication(e["name"], e["title"], tuple(e["rules"])) for e in entries}


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
    title: str = Field("", max_length=TITLE_MAX)
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
    posture: Literal["any", Posture] = Field("any", description="how the recipient lies or sits at first")
    self_massage: bool = Field(
        False,
        strict=True,
        description="with one's own hands or on a seat: each part five minutes at most (288)",
    )
    rest_s: Seconds = Field(REST_S, ge=0.0, le=1800.0, description="rest after the end (70, 187, 279)")
    envelope: Curve = Field(
        default_factory=whole_level, description="level over the whole session, in session fraction"
    )
    fade_in_s: Seconds = Field(2.0, ge=0.0, le=60.0, description="from nothing at the start of the session")
    fade_out_s: Seconds = Field(4.0, ge=0.0, le=60.0, description="to nothing at its end")
    exception: tuple[DeclaredException, ...] = Field((), max_length=20)
    step: tuple[Step, ...] = Field(min_length=1, max_length=MAX_STEPS)

    @field_validator("good_for")
    @classmethod
    def _known_occasions(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        unknown = [name for name in names if name not in indications()]
        if unknown:
            raise ValueError(f"'{unknown[0]}' is none of {', '.join(indications())}")
        return names

    @field_validator("order")
    @classmethod
    def _known_order(cls, name: str | None) -> str | None:
        try:
            return name if name is None else order_named(name).name
        except ProfileError as error:
            raise ValueError(f"{error.message}; {error.hint}") from error

    @model_validator(mode="after")
    def _follows_its_order(self) -> Profile:
        if self.order is None and any(step.in_order for step in self.step):
            raise ValueError('a step with in_order = true needs order = "…" in the profile')
        if len(self.origins) > MAX_STEPS:
            raise ValueError(f"{len(self.origins)} steps over the regions of its order; {MAX_STEPS} at most")
        return self

    @property
    def locked_for(self) -> str:
        """Why nothing plays this profile; empty for one that may be played."""
        if self.locked or LOCKED_VARIANTS.isdisjoint(re.findall(r"[A-Z]+\d+", self.variant.upper())):
            return self.locked
        return "a powered device is never used on a child"

    @property
    def played(self) -> tuple[Step, ...]:
        """The steps as they are played: those with in_order over each region in turn."""
        if self.order is None:
            return self.step
        order = order_named(self.order)
        return tuple(part for step in self.step for part in steps_over(step, order))

    @property
    def origins(self) -> tuple[int, ...]:
        """For each step of `played` the number, from 0, of the step in the file that it comes from."""
        regions = len(order_named(self.order).regions) if self.order is not None else 1
        return tuple(
            index for index, step in enumerate(self.step) for _ in range(regions if step.in_order else 1)
        )

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
