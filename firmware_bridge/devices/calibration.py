"""Response curves of one's own device, laid over what its description says: host-side, and only downwards.

A description tells how a device of its kind answers; the one at hand starts a little earlier or later. A
ResponseCurve says so for one actuator, from a calibration or by hand. The description, the device's own
table and the hash of its limits stay what they are; only the host's placed layout changes.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Final

from pydantic import BaseModel, ConfigDict, Field, model_validator

from firmware_bridge.devices.description import ActuatorSpec, DeviceDescription
from firmware_bridge.devices.layout import Actuator, Layout
from firmware_bridge.devices.response import Response
from firmware_bridge.errors import DeviceDescriptionError
from firmware_bridge.limits import ACTUATORS_MAX, DRIVE_MAX, FELT_FLOOR
from profiles.files import toml_model
from profiles.files.toml_model import TomlKind

NO_ROOM = "its response curve starts above its ceiling (deny by default)"
"""Why an actuator is off that its own curve would never let turn."""
FILE_MAX_BYTES: Final = 1 << 16
"""64 KiB. Project's choice: 64 curves need some 6 KiB."""
KIND: Final = TomlKind("file of response curves", FILE_MAX_BYTES, DeviceDescriptionError)
ActuatorId = Annotated[str, Field(pattern=r"^[a-z0-9-]{1,12}$")]


class _FilePart(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=False)


class ResponseCurve(_FilePart):
    """How one actuator answers: starts at `start`, turns on down to `hold` (drive), `ceiling` of full drive.

    `exponent` is that of firmware_bridge.devices.response.
    """

    start: int = Field(ge=0, le=DRIVE_MAX - 1)
    hold: int = Field(ge=0, le=DRIVE_MAX - 1)
    exponent: float = Field(ge=0.2, le=2.5)
    ceiling: float = Field(ge=0.0, le=1.0)

    @property
    def ceiling_drive(self) -> int:
        """The ceiling in drive units, rounded down."""
        return int(DRIVE_MAX * self.ceiling + 1e-9)

    @model_validator(mode="after")
    def _is_in_order(self) -> "ResponseCurve":
        if self.hold > self.start:
            raise ValueError(f"hold level {self.hold} is above the start level {self.start}")
        if self.ceiling_drive < max(self.start, 1):
            raise ValueError(
                f"ceiling {self.ceiling:g} is drive {self.ceiling_drive}, below the start level "
                f"{self.start}: it would never turn"
            )
        return self


class Responses(_FilePart):
    """The response curves of one device, by actuator; one that is not named keeps its described curve."""

    schema_: int = Field(default=1, alias="schema", ge=1, le=1)
    device: str = Field(pattern=r"^[a-z0-9-]{1,24}$")
    made: date
    actuator: dict[ActuatorId, ResponseCurve] = Field(default_factory=dict, max_length=ACTUATORS_MAX)


def described(spec: ActuatorSpec) -> ResponseCurve:
    """The curve that a description gives an actuator.

    A ceiling of 0 is taken as the start level: such an actuator is off whatever its curve says.
    """
    response = spec.response
    lowest = max(response.start, 1) / DRIVE_MAX
    return ResponseCurve(
        start=response.start,
        hold=response.hold,
        exponent=response.exponent,
        ceiling=max(spec.ceiling, lowest),
    )


def tuned(layout: Layout, responses: Responses, limit: float = 1.0) -> Layout:
    """The layout with these curves; no actuator gets a higher ceiling, and none that is off comes back.

    A ceiling becomes the lowest of four: the layout's own; the curve's; the drive at which the new curve
    makes felt what the layout's ceiling was taken to make felt, which carries the zone's ceiling and what the
    person lowered; and the drive that the described curve gives the most that may be felt, `limit` (0 to 1)
    of it: a limit on what is felt so stays one on the drive, whatever a curve says. Curves of actuators that
    the device does not have mean nothing.
    """
    curves = responses.actuator
    return replace(layout, actuators=tuple(_tuned(each, curves, limit) for each in layout.actuators))


def _tuned(actuator: Actuator, curves: Mapping[str, ResponseCurve], limit: float) -> Actuator:
    curve = curves.get(actuator.id)
    if curve is None or actuator.excluded:
        return actuator
    felt = float(Response.felt_for(actuator.ceiling, actuator.start, actuator.exponent))
    # Whatever is on at all is felt as FELT_FLOOR at the least.
    by_curve = Response.drive_for(max(felt, FELT_FLOOR), curve.start, curve.exponent)
    most = max(felt * min(max(limit, 0.0), 1.0), FELT_FLOOR)
    by_description = Response.drive_for(most, actuator.start, actuator.exponent)
    ceiling = min(actuator.ceiling, curve.ceiling_drive, int(by_curve), int(by_description))
    excluded = "" if ceiling >= max(curve.start, 1) else NO_ROOM
    return replace(
        actuator,
        start=curve.start,
        hold=curve.hold,
        exponent=curve.exponent,
        ceiling=0 if excluded else ceiling,
        excluded=excluded,
    )


def probing(layout: Layout, share: float) -> Layout:
    """The layout for finding out how a device answers: felt level times 255 is the drive, from the bottom on.

    Every ceiling is at most the layout's own, and at most `share` (0 to 1) of the description's.
    """
    held = min(max(share, 0.0), 1.0)
    pairs = zip(layout.actuators, layout.description.actuators, strict=True)
    return replace(
        layout, actuators=tuple(_bare(actuator, int(spec.ceiling_drive * held)) for actuator, spec in pairs)
    )


def _bare(actuator: Actuator, most: int) -> Actuator:
    if actuator.excluded:
        return actuator
    return replace(actuator, start=0, hold=0, exponent=1.0, ceiling=min(actuator.ceiling, most))


def check_curve(curve: ResponseCurve, spec: ActuatorSpec) -> None:
    """DeviceDescriptionError for a curve whose ceiling is above that of the actuator's description."""
    if curve.ceiling > described(spec).ceiling + 1e-9:
        raise DeviceDescriptionError(
            f"a ceiling of {curve.ceiling:.0%} is above the {spec.ceiling:.0%} of the description",
            place=f"actuator '{spec.id}'",
            hint="a response curve can only lower a ceiling",
        )


def load_responses(path: Path, description: DeviceDescription | None = None) -> Responses | None:
    """The response curves in a file, None where there is no file; errors as for `parse_responses`."""
    try:
        text = toml_model.read_text(path, KIND)
    except OSError:
        return None
    return parse_responses(text, str(path), description)


def parse_responses(text: str, path: str, description: DeviceDescription | None = None) -> Responses:
    """Read response curves from TOML; DeviceDescriptionError that names file and place for anything wrong.

    With a `description` the curves must be for it, for actuators that it has, and raise no ceiling.
    """
    table = toml_model.parse_table(text, KIND, path)
    if "schema" not in table:
        raise DeviceDescriptionError("is missing", path=path, place="schema")
    responses = toml_model.validated(Responses, table, KIND, path)
    if description is not None:
        _check_device(responses, description, path)
    return responses


def _check_device(responses: Responses, description: DeviceDescription, path: str) -> None:
    if responses.device != description.name:
        raise DeviceDescriptionError(
            f"holds the curves of '{responses.device}', not of '{description.name}'",
            path=path,
            place="device",
        )
    specs = {spec.id: spec for spec in description.actuators}
    for name, curve in responses.actuator.items():
        if name not in specs:
            raise DeviceDescriptionError(
                f"'{description.name}' has no actuator '{name}'",
                path=path,
                place=f"actuator.{name}",
                hint=f"its actuators: {', '.join(specs)}",
            )
        try:
            check_curve(curve, specs[name])
        except DeviceDescriptionError as error:
            raise DeviceDescriptionError(
                error.message, path=path, place=f"actuator.{name}.ceiling", hint=error.hint
            ) from None


def dump_responses(responses: Responses, head: str = "") -> str:
    """The curves as TOML; `head` becomes a comment above them. Reads back to the same curves."""
    lines = [f"# {line}".rstrip() for line in head.splitlines()]
    lines += ["schema = 1", f'device = "{responses.device}"', f"made = {responses.made.isoformat()}"]
    for name, curve in responses.actuator.items():
        values: dict[str, Any] = curve.model_dump()
        lines += ["", f"[actuator.{name}]", *(f"{key} = {value!r}" for key, value in values.items())]
    return "\n".join(lines) + "\n"
