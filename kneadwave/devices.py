"""Which device: from an option, KNEAD_DEVICE, the config file, or the only one that may be opened unasked."""

import os

from firmware_bridge.errors import PortMissing
from kneadwave.config import Config
from kneadwave.errors import NoDevice

SIM = "sim:"
VARIABLE = "KNEAD_DEVICE"
DEFAULT_DEVICE = "reference-cushion"


def chosen_url(option: str | None, config: Config) -> str | None:
    """The device that somebody named, by the order of precedence; None when nobody did."""
    return option or os.environ.get(VARIABLE) or config.device


def resolve_url(option: str | None, config: Config) -> str:
    """The device to open: the one named, else the single port that may be opened unasked.

    Raises NoDevice when there is none or more than one. Opens nothing and writes nothing.
    """
    return chosen_url(option, config) or _only_allowed(config)


def port_of(url: str) -> str:
    """The port behind `url`, the same for all names of it; raises PortMissing for an unknown serial number.

    A `socket://` stays as it is; `sim:` belongs to this process alone.
    """
    if url == SIM:
        return f"{SIM}{os.getpid()}"
    if url.startswith("id:"):
        from firmware_bridge.wire.link import list_serial_ports

        wanted = url.removeprefix("id:")
        named = [port.device for port in list_serial_ports() if port.serial_number == wanted]
        if not named:
            raise PortMissing(
                f"no device has the serial number {wanted}", hint="list the ports with: knead doctor"
            )
        return os.path.realpath(named[0])
    if "://" in url or os.name == "nt":
        return url
    return os.path.realpath(url)


def _only_allowed(config: Config) -> str:
    from firmware_bridge.wire.link import allowed_ports, list_serial_ports

    ports = list_serial_ports()
    allowed = allowed_ports(ports, config.allow)
    if len(allowed) == 1:
        return allowed[0].device
    if allowed:
        listed = ", ".join(f"{port.device} ({port.serial_number or port.description})" for port in allowed)
        raise NoDevice(f"there is more than one device: {listed}", hint="choose one with --device")
    others = ", ".join(port.device for port in ports)
    if others:
        raise NoDevice(
            f"no known device is connected; these ports are not on the list of known devices: {others}",
            hint="name the device with --device; to try without one: --device sim:",
        )
    raise NoDevice("no device is connected", hint="to try without one: --device sim:, or knead virtual")
