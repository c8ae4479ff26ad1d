"""What the system tells of what is plugged in. Opens no device and connects nowhere."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from kneadwave.guards.names import stable_names

if TYPE_CHECKING:
    from firmware_bridge.wire.link import Port

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
        stable=tuple(stable_names(root)),
        sound=_text(root / "proc/asound/cards"),
        inputs=_text(root / "proc/bus/input/devices"),
        connections=_text(root / "proc/net/tcp") + _text(root / "proc/net/tcp6"),
    )


def _text(path: Path) -> str:
    try:
        with path.open(encoding="utf-8", errors="replace") as file:
            return file.read(TEXT_MAX)
    except OSError:
        return ""
