"""Names that the shell completes. Read from file names alone: completion must not wait for anything."""

from kneadwave.target import DEFAULT_DEVICE, SIM

__all__ = ["DEFAULT_DEVICE", "complete_device", "complete_profile", "complete_url"]


def complete_profile(incomplete: str) -> list[str]:
    """Shipped profiles that begin so."""
    return _named("profiles", "library", incomplete)


def complete_device(incomplete: str) -> list[str]:
    """Shipped device descriptions that begin so."""
    return _named("firmware_bridge", "devices", incomplete)


def complete_url(incomplete: str) -> list[str]:
    """Devices that can be opened and whose name begins so."""
    from firmware_bridge.link import list_serial_ports

    return [
        name for name in [SIM, *(port.device for port in list_serial_ports())] if name.startswith(incomplete)
    ]


def _named(package: str, folder: str, incomplete: str) -> list[str]:
    from importlib.resources import files

    names = (entry.name for entry in files(package).joinpath(folder).iterdir())
    return sorted(n.removesuffix(".toml") for n in names if n.endswith(".toml") and n.startswith(incomplete))
