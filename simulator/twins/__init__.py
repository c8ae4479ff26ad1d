"""Virtual devices that speak other dialects, as their public documentation has it: what a guard is tried on.

hf8      the seat pad of eight motors
tcode    axes of vibration, T-Code v0.3
"""

from collections.abc import Callable
from typing import Final

from simulator.twins.hf8 import VirtualHf8
from simulator.twins.tcode import VirtualTCode

TWINS: Final[dict[str, Callable[[int], VirtualHf8 | VirtualTCode]]] = {
    "hf8": lambda _motors: VirtualHf8(),
    "tcode": VirtualTCode,
}
"""Those on a serial port, by the scheme of their URLs; made for so many motors."""
