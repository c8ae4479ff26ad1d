"""Virtual devices that speak other dialects, as their public documentation has it: what a guard is tried on.

hf8      the seat pad of eight motors
"""

from collections.abc import Callable
from typing import Final

from simulator.twins.hf8 import VirtualHf8

TWINS: Final[dict[str, Callable[[], VirtualHf8]]] = {"hf8": VirtualHf8}
"""Those on a serial port, by the scheme of their URLs."""
