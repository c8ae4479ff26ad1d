"""What plays a virtual cushion: the firmware's kernel where it is built, the guard in Python elsewhere."""

from ctypes import CDLL

from kneadwave.errors import SessionRemedy, UsageError
from simulator.kernel_library import Kernel, KernelUnusable, library_for


def playing(asked: Kernel | None = None) -> CDLL | None:
    """The library of the kernel; None where the guard plays. UsageError where "c" is asked for in vain."""
    try:
        return library_for(asked)
    except KernelUnusable as error:
        raise UsageError(str(error), hint=SessionRemedy.BUILD_KERNEL) from error
