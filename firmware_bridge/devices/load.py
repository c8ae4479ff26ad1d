"""Device descriptions: which ship, and how one is read from a file without trusting the file.

Whatever is wrong with a file ends as a DeviceDescriptionError that names the file, the place in it and the
limit.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from firmware_bridge.devices.description import (
    ActuatorSpec,
    DeviceDescription,
    MotorSpec,
    RateSpec,
    ResponseSpec,
)
from firmware_bridge.devices.layout import Actuator, Layout, place_device
from firmware_bridge.devices.response import Response
from firmware_bridge.errors import DeviceDescriptionError
from profiles.files import toml_model
from profiles.near import nearest_or

__all__ = [
    "Actuator",
    "ActuatorSpec",
    "DeviceDescription",
    "Layout",
    "MotorSpec",
    "RateSpec",
    "Response",
    "ResponseSpec",
    "load_device",
    "place_device",
    "shipped_devices",
]

FILE_MAX_BYTES: Final = 1 << 20
"""1 MiB. Project's choice: the largest honest description is some 20 KiB."""


@lru_cache(maxsize=1)
def _shipped() -> dict[str, Path]:
    folder = Path(__file__).parent
    return {path.stem: path for path in sorted(folder.glob("*.toml"))}


def shipped_devices() -> list[str]:
    """Names of the device descriptions that ship, sorted."""
    return list(_shipped())


def load_device(name_or_path: str | Path, others: Callable[[], Sequence[str]] = tuple) -> DeviceDescription:
    """Read a shipped description by its name, or any description by its path.

    Whoever knows others by their names hears of those, too, where there is none of this name: `others` is
    asked then, and then alone.
    Raises DeviceDescriptionError, and nothing else, for whatever is wrong with the name, the file or its
    content.
    """
    name = str(name_or_path)
    path = _shipped().get(name) or Path(name)
    try:
        text = toml_model.read_text(path, KIND, name)
    except OSError:
        known = [*shipped_devices(), *others()]
        raise DeviceDescriptionError(
            "there is no device and no file of this name",
            path=name,
            hint=nearest_or(name, known, f"devices: {', '.join(known)}"),
        ) from None
    table = toml_model.parse_table(text, KIND, name)
    return toml_model.validated(DeviceDescription, table, KIND, name)


def _describe(problem: Any, table: Mapping[str, Any], known: Sequence[str]) -> toml_model.Description:
    _, message, hint = toml_model.describe(problem, table, known)
    if problem["type"] == "device":  # a rule of the description's own, told in its own words
        message = problem["msg"]
    return _place(problem["loc"], table) + str(problem.get("ctx", {}).get("place", "")), message, hint


def _place(loc: Sequence[int | str], table: Mapping[str, Any]) -> str:
    """('actuator', 3, 'x_mm') as "actuator[3] 'erm-3'.x_mm"."""
    place = toml_model.place_of(loc)
    listed = table.get("actuator")
    if len(loc) < 2 or loc[0] != "actuator" or not isinstance(loc[1], int) or not isinstance(listed, list):
        return place
    spec = listed[loc[1]]
    name = spec.get("id") if isinstance(spec, dict) else None
    at = f"actuator[{loc[1]}]"
    return place.replace(at, f"{at} {toml_model.shown(name)}", 1) if isinstance(name, str) else place


KIND: Final = toml_model.TomlKind("device description", FILE_MAX_BYTES, DeviceDescriptionError, _describe)
