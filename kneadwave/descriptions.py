"""Descriptions by name: those that ship, those that were made here, and those that other packages bring."""

import os
import re
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from firmware_bridge.errors import DeviceDescriptionError
from kneadwave.config import user_folder
from kneadwave.errors import NoHome
from profiles.files.brought import brought, brought_by

if TYPE_CHECKING:
    from firmware_bridge.devices.description import DeviceDescription

GROUP = "kneadwave.devices"
"""The entry points of other packages that bring descriptions."""
NAME = re.compile(r"[a-z0-9-]{1,24}")
"""What a description may be called."""


def devices_folder() -> Path:
    """The folder of descriptions that somebody made here, whether it is there or not."""
    return user_folder("data") / "devices"


def own_descriptions() -> list[str]:
    """Names of the descriptions in that folder, and of those that other packages bring, sorted."""
    from firmware_bridge.devices.load import shipped_devices

    return sorted({*made_here(), *brought(GROUP)} - set(shipped_devices()))


def made_here() -> list[str]:
    """Names of the descriptions in that folder alone."""
    with suppress(NoHome):
        return [path.stem for path in devices_folder().glob("*.toml") if NAME.fullmatch(path.stem)]
    return []


def described_at(name_or_path: str) -> str:
    """What `load_device` takes for a description: a name that ships, one of one's own, or a path.

    DeviceDescriptionError for a name that two packages bring.
    """
    from firmware_bridge.devices.load import shipped_devices

    if name_or_path in shipped_devices() or not NAME.fullmatch(name_or_path):
        return name_or_path
    if name_or_path not in own_descriptions() or os.path.exists(name_or_path):
        return name_or_path
    if name_or_path in made_here():
        return str(devices_folder() / f"{name_or_path}.toml")
    first, *others = brought(GROUP)[name_or_path]
    if others:
        raise DeviceDescriptionError(
            brought_by(each.package for each in (first, *others)),
            path=name_or_path,
            hint="keep one of these packages",
        )
    return str(first.path)


def load_described(name_or_path: str) -> "DeviceDescription":
    """A shipped description or one of one's own by its name, any by its path; DeviceDescriptionError."""
    from firmware_bridge.devices.load import load_device

    return load_device(described_at(name_or_path), own_descriptions)
