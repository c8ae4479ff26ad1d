"""Virtual devices that speak other dialects, as their public documentation has it: what a guard is tried on.

hf8         the seat pad of eight motors
tcode       axes of vibration, T-Code v0.3
intiface    a server of devices that vibrate
rumble      the motors of a game controller, behind the kernel that plays them
"""

from collections.abc import Callable
from typing import Final

from simulator.twins.hf8 import VirtualHf8
from simulator.twins.intiface import VirtualIntiface
from simulator.twins.tcode import VirtualTCode

Twin = VirtualHf8 | VirtualTCode | VirtualIntiface
TWINS: Final[dict[str, Callable[[int], Twin]]] = {
    "hf8": lambda _motors: VirtualHf8(),
    "tcode": VirtualTCode,
    "intiface": VirtualIntiface,
}
"""By the scheme of their URLs; made for so many motors."""


def left_by(twin: object) -> Callable[[], None]:
    """What to call when the host of a twin on a network has gone: its `leave`, where it has one."""
    leave: Callable[[], None] = getattr(twin, "leave", lambda: None)
    return leave


def over_web(scheme: str, motors: int) -> Twin:
    """One behind a WebSocket."""
    return VirtualTCode(motors, web=True) if scheme == "tcode" else TWINS[scheme](motors)
