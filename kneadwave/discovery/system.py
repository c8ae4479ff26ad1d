"""What the system tells of what is plugged in. Opens no device and connects nowhere."""

import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from firmware_bridge.wire.link import Port

STABLE_FOLDERS: Final = ("dev/serial/by-id", "dev/serial/by-path", "dev/input/by-id", "dev/input/by-path")
"""Where Linux keeps names that stay with a device or with a socket, the best first."""
TEXT_MAX: Final = 1 << 20


@dataclass(frozen=True)
class SystemView:
    """What the system tells, as it tells it.

    `stable` has the stable names of a device node, the best first. `sound`, `inputs` and `connections` are
    the texts of /proc/asound/cards, /proc/bus/input/devices and /proc/net/tcp with tcp6; empty where a system
    has none.
    """

    ports: "tuple[Port, ...]" = ()
    stable: tuple[tuple[str, str], ...] = ()
    sound: str = ""
    inputs: str = ""
    connections: str = ""

    def names_of(self, device: str) -> tuple[str, ...]:
        """The stable names of a device node."""
        return tuple(name for name, node in self.stable if node == device)


def look(root: Path = Path("/")) -> SystemView:
    """What the system under `root` tells. Never raises for what is not there."""
    from firmware_bridge.wire.link import list_serial_ports

    return SystemView(
        ports=tuple(list_serial_ports()),
        stable=tuple(_stable(root)),
        sound=_text(root / "proc/asound/cards"),
        inputs=_text(root / "proc/bus/input/devices"),
        connections=_text(root / "proc/net/tcp") + _text(root / "proc/net/tcp6"),
    )


def _stable(root: Path) -> Iterator[tuple[str, str]]:
    for folder in STABLE_FOLDERS:
        with suppress(OSError):
            for name in sorted(os.listdir(root / folder)):
                yield f"/{folder}/{name}", _node(root, root / folder / name)


def _node(root: Path, link: Path) -> str:
    """The device node that a link leads to, as the system names it."""
    path = os.path.realpath(link)
    base = os.path.realpath(root)
    return path if base == "/" else path.removeprefix(base)


def _text(path: Path) -> str:
    try:
        with path.open(encoding="utf-8", errors="replace") as file:
            return file.read(TEXT_MAX)
    except OSError:
        return ""
