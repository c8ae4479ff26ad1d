"""Device descriptions: which ship, and how one is read from a file without trusting the file.

Whatever is wrong with a file ends as a DeviceDescriptionError that names the file, the place in it and the
limit.
"""

import re
import stat
import tomllib
from difflib import get_close_matches
from functools import lru_cache
from pathlib import Path

from pydantic import BaseModel, ValidationError

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

FILE_MAX_BYTES = 1 << 20  # 1 MiB; project's choice: the largest honest description is some 20 KiB
KEY_PARTS_MAX = 32  # parts of a dotted key; project's choice: an honest one has three
_BETWEEN_KEYS = re.compile(r"[\n,={}\[\]]")
_DOT = re.compile(r"\.(?!\.)")  # a row of dots, as in a ruled comment, counts once

_TABLES: dict[tuple[str, ...], type[BaseModel]] = {
    (): DeviceDescription,
    ("actuator",): ActuatorSpec,
    ("actuator", "response"): ResponseSpec,
    ("actuator", "rate"): RateSpec,
    ("actuator", "motor"): MotorSpec,
}


@lru_cache(maxsize=1)
def _shipped() -> dict[str, Path]:
    folder = Path(__file__).parent
    return {path.stem: path for path in sorted(folder.glob("*.toml"))}


def shipped_devices() -> list[str]:
    """Names of the device descriptions that ship, sorted."""
    return list(_shipped())


def load_device(name_or_path: str | Path) -> DeviceDescription:
    """Read a shipped description by its name, or any description by its path.

    Raises DeviceDescriptionError, and nothing else, for whatever is wrong with the name, the file or its
    content.
    """
    name = str(name_or_path)
    path = _shipped().get(name) or Path(name)
    data = _parse(_read(path, name), name)
    try:
        return DeviceDescription.model_validate(data)
    except ValidationError as error:
        raise _translated(error, data, name) from None


def _read(path: Path, name: str) -> bytes:
    try:
        # Look before opening: a FIFO would block for ever, and a huge file would fill the memory.
        about = path.stat()
        if stat.S_ISDIR(about.st_mode):
            raise DeviceDescriptionError("is a directory, not a device description", path=name)
        if not stat.S_ISREG(about.st_mode):
            raise DeviceDescriptionError("is not a regular file", path=name)
        if about.st_size > FILE_MAX_BYTES:
            raise DeviceDescriptionError(
                f"has {about.st_size} bytes; a device description has at most {FILE_MAX_BYTES} (1 MiB)",
                path=name,
            )
        with path.open("rb") as file:
            return file.read(FILE_MAX_BYTES)
    except FileNotFoundError:
        near = get_close_matches(name, shipped_devices(), n=1)
        raise DeviceDescriptionError(
            "there is no shipped device and no file of this name",
            path=name,
            hint=f"did you mean '{near[0]}'?" if near else f"shipped devices: {', '.join(shipped_devices())}",
        ) from None
    except PermissionError:
        raise DeviceDescriptionError("may not be read by this user", path=name) from None
    except (OSError, ValueError) as error:  # ValueError: a NUL byte in the path
        raise DeviceDescriptionError(f"cannot be read: {error}", path=name) from None


def _parse(raw: bytes, name: str) -> dict[str, object]:
    try:
        text = raw.decode("utf-8")
        # tomllib takes time with the square of a dotted key: minutes for one that fills the file.
        if any(len(_DOT.findall(piece)) > KEY_PARTS_MAX for piece in _BETWEEN_KEYS.split(text)):
            raise RecursionError
        return tomllib.loads(text)
    except UnicodeDecodeError as error:
        raise DeviceDescriptionError(f"is not UTF-8 text (byte {error.start})", path=name) from None
    except RecursionError:
        raise DeviceDescriptionError("is nested too deeply", path=name) from None
    except ValueError as error:  # TOMLDecodeError, and an integer of thousands of digits
        raise DeviceDescriptionError(f"is not valid TOML: {error}", path=name) from None


def _translated(error: ValidationError, data: dict[str, object], name: str) -> DeviceDescriptionError:
    """The first finding of pydantic, told with the place in the file and the limit."""
    findings = error.errors(include_url=False)
    # An unknown key first: it is most often why another key is missing.
    first = next((item for item in findings if item["type"] == "extra_forbidden"), findings[0])
    kind, loc, shown = first["type"], first["loc"], _shown(first["input"])
    hint = None
    if kind == "extra_forbidden":
        message, hint = f"unknown key {_shown(loc[-1])}", _nearest(loc)
    elif kind == "missing":
        message = "is missing"
    elif kind == "device":
        message = first["msg"]
    else:
        message = f"{first['msg'][:1].lower()}{first['msg'][1:]}, not {shown}"
    place = _place(loc, data) + str(first.get("ctx", {}).get("place", ""))
    more = f" (and {len(findings) - 1} more)" if len(findings) > 1 else ""
    return DeviceDescriptionError(message + more, path=name, place=place or None, hint=hint)


def _shown(value: object, width: int = 40) -> str:
    try:
        text = repr(value)
    except (ValueError, RecursionError):  # thousands of digits, or of nested tables
        text = "a huge value"
    return text if len(text) <= width else f"{text[: width - 3]}..."


def _nearest(loc: tuple[int | str, ...]) -> str:
    table = _TABLES[tuple(part for part in loc[:-1] if isinstance(part, str))]
    known = sorted(field.alias or key for key, field in table.model_fields.items())
    near = get_close_matches(str(loc[-1]), known, n=1, cutoff=0.5)
    return f"did you mean '{near[0]}'?" if near else f"known keys: {', '.join(known)}"


def _place(loc: tuple[int | str, ...], data: dict[str, object]) -> str:
    """('actuator', 3, 'x_mm') as "actuator[3] 'erm-3'.x_mm"."""
    place = ""
    for part in loc:
        if isinstance(part, int):
            place += f"[{part}]"
            listed = data.get("actuator")
            spec = listed[part] if isinstance(listed, list) and part < len(listed) else None
            if isinstance(spec, dict) and isinstance(spec.get("id"), str):
                place += f" {_shown(spec['id'])}"
        else:
            key = part if len(part) <= 40 and part.isprintable() else _shown(part)
            place += f".{key}" if place else key
    return place
