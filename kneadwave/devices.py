"""Which device: from an option, KNEAD_DEVICE, the config file, or the only one that may be opened unasked.

Here alone a URL is looked at for what it stands for; everything else asks a `Target`. The response curves
of a household's devices lie here, too: where their files are, and how a session takes them up.
"""

import os
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from firmware_bridge.errors import DeviceRemedy, PortMissing
from kneadwave.config import Config, user_folder
from kneadwave.descriptions import described_at, own_descriptions
from kneadwave.errors import NoDevice, SessionRemedy, UsageError
from kneadwave.guards.dialects import port_path, refuse_unknown, scheme_of

if TYPE_CHECKING:
    from firmware_bridge.devices.calibration import Responses
    from firmware_bridge.devices.description import DeviceDescription
    from firmware_bridge.devices.layout import Layout
    from firmware_bridge.wire.link import Port

SIM = "sim:"
"""The URL of a virtual cushion in this process."""
HANDS = "hands:"
"""What stands for a port where hands are led, for other processes that look for the session."""
VARIABLE = "KNEAD_DEVICE"
DEFAULT_DEVICE = "reference-cushion"
_COM = re.compile(r"(?:[\\/]{2}[.?][\\/])?(com\d+)", re.IGNORECASE)


@dataclass(frozen=True)
class Target:
    """The device to play on: its URL, its port, and its description where it is known beforehand."""

    url: str
    port: str
    given: "DeviceDescription | None" = None
    on: str = ""
    """The name or the path of that description."""
    others: "tuple[Target, ...]" = ()
    """The devices that play together with it."""
    stands_in: bool = False
    """Whether it is a virtual cushion that nobody chose a description for, so how it lies means nothing."""

    @property
    def simulated(self) -> bool:
        """Whether it is a virtual cushion in this process, which touches nobody."""
        return is_simulated(self.url)

    @property
    def all(self) -> "tuple[Target, ...]":
        """It and the others."""
        return (self, *self.others)

    @property
    def urls(self) -> str:
        """The URLs of all, for people."""
        return " + ".join(each.url for each in self.all)

    @property
    def names(self) -> str:
        """What to write down of all: the names of descriptions, URLs where there are none."""
        return " + ".join(each.url if each.given is None else each.given.name for each in self.all)

    @property
    def opens(self) -> str:
        """What the link opens: the port behind a serial number, else the URL as it was written."""
        return self.port if self.url.startswith("id:") or self.guarded else self.url

    @property
    def guarded(self) -> bool:
        """Whether it needs a guard of ours in front of it."""
        return scheme_of(self.url) is not None


def serial_of(url: str) -> str:
    """The serial number that a URL names a device by; "" where it names it otherwise."""
    scheme, _, rest = url.partition(":")
    return rest if scheme == "id" else ""


def target_of(device: str | None, on: str | None, config: Config) -> Target:
    """The device that the options `device` (a URL) and `on` (a description) mean; opens nothing.

    NoDevice and PortMissing for a device that is not there, DeviceDescriptionError for a description,
    UsageError where one is needed and none named.
    """
    url = resolve_url(device, config)
    scheme = scheme_of(url)  # what the config file names is not behind every guard
    chosen = on or (config.on if scheme is None else None)
    named = chosen or described_by(url)
    port = port_of(url)
    if named is None and scheme is not None:
        raise UsageError(f"nobody knows where the motors of {url} lie", hint=SessionRemedy.DESCRIBE)
    if named is None:
        return Target(url, port)
    from firmware_bridge.devices.load import load_device

    where = described_at(named)
    path = os.path.abspath(where) if os.path.exists(where) else where  # a guard has a folder of its own
    stands_in = is_simulated(url) and chosen is None
    return Target(url, port, load_device(where, own_descriptions), path, stands_in=stands_in)


def together(targets: "Sequence[Target]") -> Target:
    """One target of all `targets`, which play one profile. UsageError where they cannot."""
    first, *others = targets
    if not others:
        return first
    if len({each.simulated for each in targets}) > 1:
        raise UsageError(
            f"{SIM} plays in this process alone, and with no device", hint="leave one of them out"
        )
    ports = [each.port for each in targets if not each.simulated]
    twice = next((each.url for each in targets if ports.count(each.port) > 1), None)
    if twice is not None:
        raise UsageError(f"{twice} is named twice", hint="name each device once")
    return replace(first, others=tuple(others))


def look_for(target: Target) -> None:
    """Raise what speaks against opening a device of `target`, as far as it is plain; opens nothing.

    So that nobody answers questions for a cable that is not plugged in.
    """
    from firmware_bridge.wire.link import look_for_port

    for each in target.all:
        path = port_path(each.url) if each.guarded else each.opens
        if path is not None and not each.simulated and "://" not in path:
            look_for_port(path)


def described_together(target: Target) -> "DeviceDescription | None":
    """The description of all devices of `target`, None where one of them has to be asked first."""
    given = [each.given for each in target.all if each.given is not None]
    if len(given) < len(target.all):
        return None
    from firmware_bridge.devices.join import join

    return join(given)


def described_by(url: str) -> str | None:
    """The description that counts where none is named; None for a device that says itself what it is."""
    if is_simulated(url):
        return DEFAULT_DEVICE
    scheme = scheme_of(url)
    return None if scheme is None else scheme.description


def is_simulated(url: str | None) -> bool:
    """Whether `url` stands for a virtual cushion in this process."""
    return url == SIM


def is_simulated_port(port: str) -> bool:
    """Whether `port`, as `port_of` gives it, is a virtual cushion in some process of this host."""
    return port.startswith(SIM)


def opens_nothing(port: str) -> bool:
    """Whether nothing can be opened at `port`: a simulated one, or hands that are led in some process."""
    return port.startswith((SIM, HANDS))


def named_url(option: str | None) -> str | None:
    """The device that somebody named for this call; None when nobody did, and the config file counts."""
    return option or os.environ.get(VARIABLE) or None


def chosen_url(option: str | None, config: Config) -> str | None:
    """The device that somebody named, by the order of precedence; None when nobody did."""
    return named_url(option) or config.device


def known_urls(config: Config) -> list[str]:
    """What may be stopped where nobody named anything: the config's device, else every known port.

    NoDevice where there is none. Opens nothing.
    """
    if config.device:
        return [config.device]
    from firmware_bridge.wire.link import allowed_ports, list_serial_ports

    known = [port.device for port in allowed_ports(list_serial_ports(), config.allow)]
    return known or [resolve_url(None, config)]


def resolve_url(option: str | None, config: Config) -> str:
    """The device to open: the one named, else the single port that may be opened unasked.

    Raises NoDevice when there is none or more than one, UsageError for a scheme that nobody knows. Opens
    nothing and writes nothing.
    """
    named = chosen_url(option, config)
    if named is None:
        return _only_allowed(config)
    refuse_unknown(named)
    return named


def port_of(url: str) -> str:
    """The port behind `url`, the same for all names of it; raises PortMissing for an unknown serial number.

    A `socket://` stays as it is; `sim:` belongs to this process alone.
    """
    if is_simulated(url):
        return f"{SIM}{os.getpid()}"
    if url.startswith("id:"):
        from firmware_bridge.wire.link import list_serial_ports

        refuse_unknown(url)
        wanted = url.removeprefix("id:")
        named = [port for port in list_serial_ports() if wanted and port.serial_number == wanted]
        if not named:
            raise PortMissing(f"no device has the serial number {wanted}", hint=DeviceRemedy.LIST_PORTS)
        if len(named) > 1:
            raise NoDevice(
                f"{len(named)} ports have the serial number {wanted}: {_listed(named)}",
                hint=SessionRemedy.CHOOSE_DEVICE,
            )
        return os.path.realpath(named[0].device)
    guarded = scheme_of(url) is not None
    path = port_path(url) if guarded else url
    if path is None or "://" in path:
        return url
    if os.name == "nt":
        return f"{url.partition(':')[0].lower()}:{com_name(path)}" if guarded else com_name(path)
    return f"{url.partition(':')[0].lower()}:{os.path.realpath(path)}" if guarded else os.path.realpath(path)


def com_name(path: str) -> str:
    r"""The one name of a port of Windows, which takes com3 and \\.\COM3 for it as well."""
    found = _COM.fullmatch(path)
    return found[1].upper() if found else path


def responses_folder() -> Path:
    """The folder of all response curves, whether it is there or not."""
    return user_folder("data") / "responses"


def responses_path(device: str) -> Path:
    """The file of one device's curves, by the name of its description, whether it is there or not."""
    return responses_folder() / f"{device}.toml"


def responses_of(description: "DeviceDescription") -> "Responses | None":
    """The curves of a device, None where there are none. DeviceDescriptionError for a file that is amiss."""
    from firmware_bridge.devices.calibration import load_responses
    from firmware_bridge.errors import DeviceDescriptionError

    try:
        return load_responses(responses_path(description.name), description)
    except DeviceDescriptionError as error:
        if error.hint is None or isinstance(error.__cause__, UnicodeDecodeError):  # it was one once
            error.hint = "correct the file, or take it away: the described curves count then"
        raise


def with_responses(layout: "Layout", target: Target, limit: float) -> "tuple[Layout, Responses | None]":
    """The layout with the response curves of its device, and those; without any, as it is described.

    `limit` (0 to 1) is how much of every level may be felt at the most: a curve gets no drive past it.
    A virtual cushion keeps the described ones. DeviceDescriptionError for a file of curves that is not
    valid: nothing is played then.
    """
    responses = None if target.simulated else responses_of(layout.description)
    if responses is None or not responses.actuator:
        return layout, None
    from firmware_bridge.devices.calibration import tuned

    return tuned(layout, responses, limit), responses


def _description(port: "Port") -> str:
    """What a port says that it is; "" where pyserial knows nothing of it."""
    return "" if port.description == "n/a" else port.description


def _listed(ports: "Sequence[Port]") -> str:
    """Ports with what tells them apart, the names that stay with them above all."""
    from kneadwave.guards.names import names_of

    about = (
        (port.device, names_of(port.device) or (port.serial_number or _description(port),)) for port in ports
    )
    return ", ".join(
        f"{device} ({', '.join(filter(None, names)) or 'no other name'})" for device, names in about
    )


def _only_allowed(config: Config) -> str:
    from firmware_bridge.wire.link import allowed_ports, list_serial_ports

    ports = list_serial_ports()
    allowed = allowed_ports(ports, config.allow)
    if len(allowed) == 1:
        return allowed[0].device
    if allowed:
        raise NoDevice(f"there is more than one device: {_listed(allowed)}", hint=SessionRemedy.CHOOSE_DEVICE)
    others = _listed(ports)
    if others:
        raise NoDevice(
            f"no known device is connected; ports that nobody listed as known stay closed: {others}",
            hint=SessionRemedy.NAME_DEVICE,
        )
    raise NoDevice("no device is connected", hint=SessionRemedy.TRY_WITHOUT)
