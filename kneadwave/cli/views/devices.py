"""What `knead device` has to say: a list, and a device drawn on the body."""

import shutil
import sys
from collections.abc import Sequence
from typing import Final

from firmware_bridge import (
    Actuator,
    DeviceDescription,
    DeviceDescriptionError,
    Layout,
    load_device,
    place_device,
    shipped_devices,
)
from kneadwave.cli.terminal.bodymap import FULL, draw_body, legend
from kneadwave.cli.terminal.columns import paragraph
from kneadwave.cli.terminal.output import Output, may_style
from kneadwave.descriptions import described_at, load_described, own_descriptions
from kneadwave.devices import DEFAULT_DEVICE
from kneadwave.errors import UsageError
from kneadwave.text import clean
from profiles.body import body_map

MOUNTED: Final = {
    "under": "It lies under the person.",
    "behind": "It is behind the person, who leans on it.",
    "on": "It lies on the person.",
}
"""Words for a mounting."""


CEILINGS: Final = (
    "x, y mm: to the right of the spine, and up from the seat. max %: the most that is felt there, as "
    "profiles and reports tell it. drive %: the share of full drive that this motor takes for that; it is "
    "another figure, as a motor is not felt in proportion to its drive."
)


def list_devices(out: Output) -> None:
    """One line, or one event, for each description that ships, and for each that was made here."""
    rows = []
    for name in [*shipped_devices(), *own_descriptions()]:
        path = described_at(name)
        try:
            layout = place_device(load_device(path))
        except DeviceDescriptionError as error:  # one that ships has none: tests see to that
            out.tell(f"left out: {clean(str(error))}")
            continue
        about = layout.description
        off = len(layout.excluded)
        out.event(
            "device", name=about.name, title=about.title, actuators=len(layout.actuators), excluded=off,
            description=about.description, path=None if path == name else path,
        )  # fmt: skip
        rows.append((about.name, str(len(layout.actuators)), str(off), clean(about.title)))
    out.table(("name", "actuators", "off", "title"), rows, right=(1, 2))
    out.say("off: actuators that are never driven, as over spine and kidneys")


def forget_device(out: Output, url: str) -> None:
    """Forget that a device was left moving; a usage error for one that was not."""
    from kneadwave.guards.marks import forget, left_moving

    left = list(left_moving())
    called = next((each.url for each in left if each.called(url)), None)
    if called is None:
        known = ", ".join(clean(each.url) for each in left)
        raise UsageError(
            f"{clean(url)} was not left moving",
            hint=f"these were: {known}" if known else "no device is known to have been",
        )
    forget(called)
    out.event("forgotten", url=url)
    out.say(f"{clean(url)} is forgotten")


def print_udev_rules(out: Output, named: Sequence[str]) -> None:
    """A file of rules; `named` are ports or USB ids."""
    from firmware_bridge import list_serial_ports
    from kneadwave.discovery.udev import udev_rules, usb_id_of

    text = udev_rules(usb_id_of(each, list_serial_ports()) for each in named)
    out.event("udev", text=text)
    out.put(text)


def show_device(out: Output, name: str | None, url: str | None, stature_m: float) -> None:
    """A device on the body, from its description, or from what the device at `url` tells of itself."""
    if name is not None and url is not None:
        raise UsageError("a NAME and --device are one too many", hint="name a description, or ask a device")
    description = _asked(out, url) if url is not None else load_described(name or DEFAULT_DEVICE)
    layout = place_device(description, body_map(stature_m))
    out.event(
        "device",
        name=description.name,
        title=description.title,
        mounting=description.mounting,
        stature_m=layout.stature_m,
        power_budget=layout.power_budget,
        actuators=[
            _fields(actuator)
            | {"zone_title": layout.zone_title(actuator.zone), "ceiling_felt": round(felt, 4)}
            for actuator, felt in zip(layout.actuators, felt_ceilings(layout), strict=True)
        ],
    )
    if out.as_json:
        return
    _draw(out, layout)


def _asked(out: Output, url: str) -> DeviceDescription:
    from firmware_bridge import MonotonicClock, description_of
    from kneadwave.devices import Target, port_of
    from kneadwave.guards.dialects import refuse_unknown
    from kneadwave.sessions.connect import identify
    from kneadwave.sessions.device_events import DeviceIdentified

    refuse_unknown(url)
    device = identify(Target(url, port_of(url)), MonotonicClock())
    who = device.identity
    told = DeviceIdentified.of(url, who)
    out.event(told.name, **told.fields())
    out.say(
        f"{clean(who.model)}, unit {who.unit_id}, protocol {who.protocol}, "
        f"firmware {who.firmware}, limits {who.limits_hash:08x}"
    )
    return description_of(device)


def _draw(out: Output, layout: Layout) -> None:
    about = layout.description
    out.say(out.bold(f"{about.name}  {clean(about.title)}"))
    if about.description:
        out.say(clean(about.description))
    if about.mounting is not None:
        out.say(MOUNTED[about.mounting])
    out.say()
    width = min(FULL[0], shutil.get_terminal_size((80, 24)).columns)
    for line in draw_body(layout, width=width, colour=may_style(sys.stdout), ascii_only=out.ascii_only):
        out.say(line.rstrip())
    out.say(legend(levels=False, ascii_only=out.ascii_only))
    out.say()
    rows = [
        (
            a.id,
            str(a.kind),
            layout.zone_title(a.zone) or "-",
            f"{a.x_mm}, {a.y_mm}" if a.placed else "unknown",
            "off" if a.excluded else f"{felt * 100:.0f}",
            "-" if a.excluded else f"{a.ceiling / 255 * 100:.0f}",
            f"{a.rate_min} to {a.rate_max} {_unit(a)}" if a.rate_max else "-",
        )
        for a, felt in zip(layout.actuators, felt_ceilings(layout), strict=True)
    ]
    out.table(("actuator", "kind", "zone", "x, y mm", "max %", "drive %", "rate"), rows, right=(4, 5))
    for line in paragraph(CEILINGS):
        out.say(line)
    if layout.excluded:
        out.say()
        out.say(out.bold("excluded, never driven"))
        for actuator in layout.excluded:
            out.say(f"  {actuator.id}: {clean(actuator.excluded)}")


def felt_ceilings(layout: Layout) -> list[float]:
    """The highest felt level that each actuator is allowed, 0 to 1; 0 for one that stays off."""
    most = layout.felt_levels(bytes(a.ceiling for a in layout.actuators))
    return [0.0 if a.excluded else float(level) for a, level in zip(layout.actuators, most, strict=True)]


def _unit(actuator: Actuator) -> str:
    return "a minute" if str(actuator.kind) == "kneading" else "Hz"


def _fields(a: Actuator) -> dict[str, object]:
    return {
        "id": a.id,
        "kind": str(a.kind),
        "zone": a.zone,
        "x_mm": a.x_mm if a.placed else None,
        "y_mm": a.y_mm if a.placed else None,
        "radius_mm": a.radius_mm,
        "ceiling": round(a.ceiling / 255, 4),
        "rate_min": a.rate_min,
        "rate_max": a.rate_max,
        "excluded": a.excluded,
    }
