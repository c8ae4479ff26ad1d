"""From what was said of a device to its description: a TOML file that is there whole, or not at all."""

import os
import tomllib
from collections import Counter
from pathlib import Path
from typing import Final

from pydantic import ValidationError

from firmware_bridge.devices.description import CEILING_WITHOUT_WATCHDOG, DeviceDescription
from firmware_bridge.limits import ACTUATORS_MAX, DRIVE_MAX
from kneadwave.errors import SessionRemedy, UsageError
from kneadwave.placing.notes import Notes, toml_text
from kneadwave.placing.places import FOOTPRINT_MM, Measured, Off
from kneadwave.store.files import reason_of, write_private
from kneadwave.text import clean
from profiles.body import body_map, zone_name
from profiles.files.toml_model import in_words

ID_MAX: Final = 12
"""Characters of an actuator's name; docs/wire.md."""
HEAD: Final = """\
# Device description, written while its motors were placed. Edit it where you know better.
#
# Places are mm on the body map of a person of 1.70 m: x > 0 is the recipient's right, y = 0 the seat surface,
# y > 0 up. ceiling is a fraction of full drive; attack and release are drive units (of 255) per second; start
# and hold are drive units; motor.* only feeds the simulator.
#
# Places were said by a person, channel by channel; a zone alone stands for its middle, and {radius} mm is a
# radius that nobody measured. What has no place stays off; off says why. Response, slew and power budget are
# a place to begin: calibrate it. It is taken to hold its last level, as most such devices do.
"""
ACTUATOR: Final = """
[[actuator]]  # {comment}
id = "{id}"
kind = "vibration"
{place}radius_mm = {radius}
ceiling = {ceiling:g}
attack_per_s = 800
release_per_s = 1600
response = {{ start = 60, hold = 40, exponent = 0.5 }}
motor = {{ tau_ms = 60, full_hz = 70.0 }}
"""


def description_text(name: str, notes: Notes) -> str:
    """The description of a device as TOML, its channels in their order."""
    ceiling = CEILING_WITHOUT_WATCHDOG
    budget = min(notes.channels, ACTUATORS_MAX) * int(DRIVE_MAX * ceiling + 1e-9)
    lines = [
        HEAD.format(radius=FOOTPRINT_MM),
        "schema = 1",
        f'name = "{name}"',
        f"title = {toml_text(f'{name}, {notes.channels} channels')}",
        'description = "Set up by feeling each of its motors."',
        *([f'mounting = "{notes.mounting}"'] if notes.mounting is not None else []),
        f"power_budget = {budget}",
        "stops_by_itself = false",
        f"overall_ceiling = {ceiling:g}",
    ]
    names: Counter[str] = Counter()
    actuators = (_actuator(channel, notes.at(channel), names, ceiling) for channel in range(notes.channels))
    return "\n".join(lines) + "\n" + "".join(actuators)


def description_of_notes(name: str, notes: Notes) -> DeviceDescription:
    """The same as a session takes it; UsageError where no session could, as for too many places."""
    try:
        return DeviceDescription.model_validate(tomllib.loads(description_text(name, notes)))
    except ValidationError as error:
        raise UsageError(
            f"this cannot be a device: {in_words(error.errors()[0])}", hint="leave some of its channels off"
        ) from error


def refuse_taken(path: Path, *, force: bool) -> None:
    """UsageError where something lies at `path` that may not be replaced."""
    if os.path.lexists(path) and not (force and path.is_file() and not path.is_symlink()):
        raise UsageError(
            f"{path} is there already",
            hint=SessionRemedy.REPLACE,
        )


def write_description(path: Path, text: str, *, force: bool) -> None:
    """Write the text of a description, whole; UsageError where that fails or something is there already."""
    refuse_taken(path, force=force)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_private(path, text)
    except OSError as error:
        reason = reason_of(error)
        raise UsageError(f"{path} cannot be written: {reason}", hint="choose another place") from error


def _actuator(channel: int, at: Measured | Off, names: Counter[str], ceiling: float) -> str:
    if isinstance(at, Off):
        return ACTUATOR.format(
            comment=f"channel {channel}, off: {clean(at.why)}",
            id=f"channel-{channel}",
            place=f"off = {toml_text(at.why)}\n",
            radius=FOOTPRINT_MM,
            ceiling=ceiling,
        )
    return ACTUATOR.format(
        comment=f"channel {channel}",
        id=_id(channel, at, names),
        place=f"x_mm = {at.x_mm}\ny_mm = {at.y_mm}\n",
        radius=FOOTPRINT_MM,
        ceiling=ceiling,
    )


def _id(channel: int, at: Measured, names: Counter[str]) -> str:
    """A name of twelve characters at the most: the zone and the side, counted where there are several."""
    zone = body_map().zone_at(at.x_mm, at.y_mm)
    if zone is None:
        return f"channel-{channel}"
    name = f"{zone_name(zone.id).replace('-', '')}-{zone.side[0]}"
    names[name] += 1
    counted = name if names[name] == 1 else f"{name}{names[name]}"
    return counted if len(counted) <= ID_MAX else f"channel-{channel}"
