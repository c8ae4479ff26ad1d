"""Several devices at one body that play as one: a description and a layout of all, and its parts again."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from pydantic import Field, ValidationError

from firmware_bridge.devices.description import ActuatorSpec, DeviceDescription
from firmware_bridge.devices.layout import Layout
from firmware_bridge.errors import DeviceDescriptionError
from profiles.files.toml_model import in_words
from profiles.geometry import meeting
from profiles.technique import Mounting

ID_MAX = 12
NAME_MAX = 24
TITLE_MAX = 80


class JoinedDescription(DeviceDescription):
    """All actuators of its `parts`, in their order. What a part's own description holds, holds."""

    parts: tuple[DeviceDescription, ...] = Field(min_length=2)


def join(parts: Sequence[DeviceDescription]) -> DeviceDescription:
    """The description of all `parts` together; of one, itself.

    Raises DeviceDescriptionError where they have too many actuators, and where two of them work one point:
    neither device knows how long the other has worked it (rule 55).
    """
    if len(parts) == 1:
        return parts[0]
    _refuse_common_points(parts)
    try:
        return JoinedDescription(
            schema=1,
            name="-".join(part.name for part in parts)[:NAME_MAX],
            title=" and ".join(part.title for part in parts)[:TITLE_MAX],
            power_budget=sum(part.power_budget for part in parts),
            rest_s=max(part.rest_s for part in parts),
            actuator=tuple(_with_own_ids(parts)),
            parts=tuple(parts),
        )
    except ValidationError as error:
        raise DeviceDescriptionError(
            f"{_names(parts)} do not play together: {in_words(error.errors()[0])}"
        ) from error


def parts_of(layout: Layout) -> tuple[Layout, ...]:
    """The layouts of the devices that `layout` consists of; of one device, itself."""
    if not isinstance(layout.description, JoinedDescription):
        return (layout,)
    found, first = [], 0
    for part in layout.description.parts:
        own = zip(layout.actuators[first : first + len(part.actuators)], part.actuators, strict=True)
        actuators = tuple(replace(each, index=i, id=spec.id) for i, (each, spec) in enumerate(own))
        found.append(Layout(part, layout.stature_m, actuators, part.power_budget))
        first += len(part.actuators)
    return tuple(found)


def mountings_of(description: DeviceDescription) -> tuple[Mounting, ...]:
    """How it lies, or each of its parts does, as far as somebody said."""
    parts = description.parts if isinstance(description, JoinedDescription) else (description,)
    return tuple(part.mounting for part in parts if part.mounting is not None)


def with_parts(layout: Layout, parts: Sequence[Layout]) -> Layout:
    """`layout` with the actuators of `parts`, which are its own, changed."""
    changed = [actuator for part in parts for actuator in part.actuators]
    pairs = zip(changed, layout.actuators, strict=True)
    return replace(layout, actuators=tuple(replace(new, index=old.index, id=old.id) for new, old in pairs))


def _with_own_ids(parts: Sequence[DeviceDescription]) -> Iterator[ActuatorSpec]:
    """Every actuator; one whose id a part before it has gets the number of its part."""
    taken: set[str] = set()
    for number, part in enumerate(parts, start=1):
        for spec in part.actuators:
            end = f"-{number}"
            own = spec.id if spec.id not in taken else spec.id[: ID_MAX - len(end)] + end
            yield spec.model_copy(update={"id": own})
        taken.update(spec.id for spec in part.actuators)


def _refuse_common_points(parts: Sequence[DeviceDescription]) -> None:
    placed = [
        (number, spec.id, (spec.x_mm, spec.y_mm, spec.radius_mm))
        for number, part in enumerate(parts)
        for spec in part.actuators
        if spec.x_mm is not None and spec.y_mm is not None
    ]
    for group in meeting([where for _, _, where in placed]):
        if len({placed[member][0] for member in group}) > 1:
            told = ", ".join(f"{placed[i][1]} of {parts[placed[i][0]].name}" for i in group)
            raise DeviceDescriptionError(
                f"{_names(parts)} do not play together: {told} would work one point (rule 55)",
                hint="take one of them away, or describe where it really lies",
            )


def _names(parts: Sequence[DeviceDescription]) -> str:
    return " and ".join(part.name for part in parts)
