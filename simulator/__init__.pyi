"""The public names of `simulator`, for other packages; each is loaded when it is first used."""

from .clock import VirtualClock
from .cushion import VirtualCushion
from .faults import Fault, FaultError, FaultyLine, parse_fault
from .kernel_library import native_kernel
from .link import VirtualLink
from .pty import PtyCushion, PtyError
from .run import OutputRun, Simulation, native_shaper, native_veto
from .watch import Watch

__all__ = [
    "Fault",
    "FaultError",
    "FaultyLine",
    "OutputRun",
    "PtyCushion",
    "PtyError",
    "Simulation",
    "VirtualClock",
    "VirtualCushion",
    "VirtualLink",
    "Watch",
    "native_kernel",
    "native_shaper",
    "native_veto",
    "parse_fault",
]
