"""What a device description may say: the models behind the TOML files in `devices/`.

Lengths in mm on the body map's axes, times in ms, slew in drive units per second. Numbers must be finite,
keys known, and integers written as integers.
"""

from collections import Counter
from functools import cached_property
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from firmware_bridge.devices.placement import placement_at
from firmware_bridge.limits import (
    ACTUATORS_MAX,
    ACTUATORS_MAX_LATER,
    ATTACK_MIN_PER_S,
    DRIVE_MAX,
    KNEADING_MAX_CPM,
    PAYLOAD_MAX,
    RELEASE_MIN_PER_S,
    SESSION_REST_S,
    SLEW_MAX_PER_S,
)
from profiles.body import body_map
from profiles.technique import Modality, Mounting

Millimetres = Annotated[int, Field(ge=-2000, le=2000)]


CEILING_WITHOUT_WATCHDOG = 0.6
"""Fraction of full drive for a device that does not stop by itself; project's choice: what runs on while
nobody can reach it has to be bearable."""


def _lowered(actuator: object, overall: float) -> object:
    ceiling = actuator.get("ceiling") if isinstance(actuator, dict) else None
    if isinstance(actuator, dict) and isinstance(ceiling, float | int) and overall < ceiling <= 1:
        return actuator | {"ceiling": float(overall)}
    return actuator


def _refusal(message: str, place: str = "") -> PydanticCustomError:
    """A validation error with a place of its own: `place` extends the place that pydantic knows."""
    # The message goes in as a context value: as a template its braces would be taken for fields.
    return PydanticCustomError("device", "{message}", {"message": message, "place": place})


class _DescriptionTable(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=False)


class ResponseSpec(_DescriptionTable):
    """How felt level becomes drive: starts at `start`, keeps turning down to `hold` (drive 0..254)."""

    start: int = Field(ge=0, le=DRIVE_MAX - 1)
    hold: int = Field(ge=0, le=DRIVE_MAX - 1)
    exponent: float = Field(ge=0.2, le=2.5)

    @model_validator(mode="after")
    def _holds_below_start(self) -> Self:
        if self.hold > self.start:
            raise _refusal(f"hold level {self.hold} is above the start level {self.start}", ".hold")
        return self


class RateSpec(_DescriptionTable):
    """Range of an adjustable rate: Hz for vibration, cycles per minute for kneading."""

    min: int = Field(ge=1, le=255)
    max: int = Field(ge=1, le=255)

    @model_validator(mode="after")
    def _is_a_range(self) -> Self:
        if self.min > self.max:
            raise _refusal(f"lowest rate {self.min} is above the highest {self.max}", ".min")
        return self


class MotorSpec(_DescriptionTable):
    """What the simulator's motor model needs; nothing here limits the device."""

    tau_ms: int = Field(ge=1, le=5000)  # first-order time constant of speed (pressure: of filling)
    vent_tau_ms: int | None = Field(default=None, ge=1, le=10_000)  # pressure cells only
    full_hz: float | None = Field(default=None, gt=0.0, le=400.0)  # vibration at full drive


class ActuatorSpec(_DescriptionTable):
    """One actuator: where it lies, how strong it may get, how fast it may change.

    An actuator without a place is accepted, but stays off (deny by default); one that lies off the body is
    refused.
    """

    id: str = Field(pattern=r"^[a-z0-9-]{1,12}$")
    kind: Modality = Field(strict=False)
    x_mm: Millimetres | None = None
    y_mm: Millimetres | None = None
    off: str = Field(default="", max_length=80)  # why it has no place
    radius_mm: int = Field(ge=1, le=100)
    ceiling: float = Field(ge=0.0, le=1.0)  # fraction of full drive
    attack_per_s: int = Field(ge=ATTACK_MIN_PER_S, le=SLEW_MAX_PER_S)
    release_per_s: int = Field(ge=RELEASE_MIN_PER_S, le=SLEW_MAX_PER_S)
    response: ResponseSpec
    rate: RateSpec | None = None
    motor: MotorSpec

    @property
    def ceiling_drive(self) -> int:
        """The description's own ceiling in drive units, rounded down."""
        # 255 * 0.6 must give 153 although the product may fall a hair short of it.
        return int(DRIVE_MAX * self.ceiling + 1e-9)

    @model_validator(mode="after")
    def _rate_fits_the_kind(self) -> Self:
        if self.kind is Modality.PRESSURE and self.rate is not None:
            raise _refusal("a pressure cell has no rate", ".rate")
        if self.kind is Modality.KNEADING:
            if self.rate is None:
                raise _refusal(f"kneading needs a rate of at most {KNEADING_MAX_CPM}/min (rule 64)", ".rate")
            if self.rate.max > KNEADING_MAX_CPM:
                raise _refusal(
                    f"kneading at {self.rate.max}/min is above {KNEADING_MAX_CPM}/min (rule 64)", ".rate.max"
                )
        return self

    @model_validator(mode="after")
    def _can_start(self) -> Self:
        if self.ceiling > 0 and self.ceiling_drive < max(self.response.start, 1):
            raise _refusal(
                f"ceiling {self.ceiling:g} is drive {self.ceiling_drive}, "
                f"below the start level {self.response.start}: it would never turn",
                ".ceiling",
            )
        return self

    @model_validator(mode="after")
    def _lies_on_the_body(self) -> Self:
        if self.x_mm is None or self.y_mm is None:
            if self.x_mm is not self.y_mm:
                raise _refusal("a place needs both x_mm and y_mm", ".x_mm" if self.x_mm is None else ".y_mm")
        elif self.off:
            raise _refusal("what stays off has no place: leave out x_mm and y_mm, or this", ".off")
        elif not body_map().on_body(self.x_mm, self.y_mm, self.radius_mm):
            raise _refusal(
                f"footprint at ({self.x_mm}, {self.y_mm}) mm, radius {self.radius_mm} mm, lies off the body"
            )
        return self


class DeviceDescription(_DescriptionTable):
    """A device as its TOML file describes it; the tables `[[actuator]]` are in wire order."""

    schema_: int = Field(alias="schema", ge=1, le=1)  # a bool would pass as Literal[1]
    name: str = Field(pattern=r"^[a-z0-9-]{1,24}$")
    title: str = Field(min_length=1, max_length=80)
    description: str = Field(default="", max_length=2000)
    mounting: Mounting | None = Field(default=None, strict=False)  # None: nobody has said
    power_budget: int = Field(ge=1, le=ACTUATORS_MAX * DRIVE_MAX)  # sum of all drives at one time
    stops_by_itself: bool = True  # whether it has a watchdog of its own
    overall_ceiling: float = Field(default=1.0, gt=0.0, le=1.0)  # no actuator's ceiling lies above it
    rest_s: int = Field(default=SESSION_REST_S, ge=SESSION_REST_S, le=3600)  # after a session that ran out
    actuators: tuple[ActuatorSpec, ...] = Field(alias="actuator", strict=False, min_length=1)

    @model_validator(mode="before")
    @classmethod
    def _not_too_many(cls, data: object) -> object:
        # Before the actuators are looked at one by one: a thousand errors would hide this one.
        listed = data.get("actuator") if isinstance(data, dict) else None
        if isinstance(listed, list | tuple) and len(listed) > ACTUATORS_MAX:
            raise _refusal(
                f"{len(listed)} actuators are more than the {ACTUATORS_MAX} that the wire carries "
                f"(a later version is meant to carry {ACTUATORS_MAX_LATER})",
                "actuator",
            )
        return data

    @model_validator(mode="before")
    @classmethod
    def _keep_below_the_overall_ceiling(cls, data: object) -> object:
        """Lower the ceilings of actuators to that of the device, less where it does not stop by itself."""
        if not isinstance(data, dict) or not isinstance(data.get("actuator"), list | tuple):
            return data
        stops = data.get("stops_by_itself", True) is not False
        most = 1.0 if stops else CEILING_WITHOUT_WATCHDOG
        overall = data.get("overall_ceiling", most)
        if isinstance(overall, float | int):  # anything else is refused where its own type is looked at
            listed = [_lowered(actuator, overall) for actuator in data["actuator"]]
            return data | {"overall_ceiling": overall, "actuator": listed}
        return data

    @model_validator(mode="after")
    def _is_no_stronger_than_it_may_be(self) -> Self:
        if not self.stops_by_itself and self.overall_ceiling > CEILING_WITHOUT_WATCHDOG:
            raise _refusal(
                f"{self.overall_ceiling:g} is above {CEILING_WITHOUT_WATCHDOG:g}, "
                "the most of a device that does not stop by itself",
                "overall_ceiling",
            )
        return self

    @model_validator(mode="after")
    def _ids_are_unique(self) -> Self:
        (name, count), *_ = Counter(spec.id for spec in self.actuators).most_common(1)
        if count > 1:
            places = [index for index, spec in enumerate(self.actuators) if spec.id == name]
            raise _refusal(
                f"id '{name}' is taken by actuator[{places[0]}] already", f"actuator[{places[1]}].id"
            )
        return self

    @model_validator(mode="after")
    def _full_frame_fits(self) -> Self:
        if self.full_frame_bytes > PAYLOAD_MAX:
            raise _refusal(
                f"a frame that drives every allowed actuator takes {self.full_frame_bytes} payload bytes; "
                f"the wire carries {PAYLOAD_MAX}",
                "actuator",
            )
        return self

    @cached_property
    def full_frame_bytes(self) -> int:
        """Payload bytes of a frame with every allowed actuator on: bitmask, drives, rates (docs/wire.md)."""
        allowed = [
            spec
            for spec in self.actuators
            if not placement_at(spec.x_mm, spec.y_mm, spec.radius_mm, body_map()).excluded
        ]
        rated = sum(spec.rate is not None for spec in allowed)
        return (len(self.actuators) + 7) // 8 + len(allowed) + rated
