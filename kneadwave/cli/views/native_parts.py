"""What `knead doctor` says of the parts that are in C as well, and how it says that something is in place."""

from collections.abc import Callable, Iterator
from ctypes import CDLL
from typing import Literal, NamedTuple

from kneadwave.cli.exits import worded
from kneadwave.errors import SessionRemedy


class HealthCheck(NamedTuple):
    """How one thing stands; `remedy` is empty where there is nothing to do."""

    status: Literal["ok", "warn", "fail"]
    what: str
    found: str
    remedy: str = ""


def kernel() -> Iterator[HealthCheck]:
    """What plays a virtual cushion, and why not the kernel in C where that does not."""
    from simulator import native_kernel

    found = native_kernel()
    if found.library is not None:
        yield HealthCheck("ok", "kernel", f"in C, for virtual cushions: {found.path}")
        return
    place = "" if found.path is None else f" {found.path}"
    yield HealthCheck(
        "ok" if found.path is None else "warn",
        "kernel",
        f"in Python, for virtual cushions; that in C cannot play:{place} {found.problem}",
        worded(SessionRemedy.BUILD_KERNEL),
    )


def veto() -> Iterator[HealthCheck]:
    """Whether bursts of a simulation pass the veto in C, beside the kernel that they are played by."""
    from simulator import native_veto

    yield _beside_the_kernel(
        "veto", native_veto, "for bursts of a simulation; in Python for every other frame"
    )


def shaping() -> Iterator[HealthCheck]:
    """Whether the limiter of a simulation shapes in C, beside the kernel that plays it."""
    from simulator import native_shaper

    yield _beside_the_kernel("limiter", native_shaper, "for simulations; in Python for every device")


def _beside_the_kernel(what: str, find: Callable[[CDLL | None], object], where: str) -> HealthCheck:
    from simulator import native_kernel

    library = native_kernel().library
    if find(library) is not None:
        return HealthCheck("ok", what, f"in C, {where}")
    why = (
        "that in C needs the kernel in C"
        if library is None
        else "that in C is not built, or older than its source"
    )
    return HealthCheck(
        "ok" if library is None else "warn",
        what,
        f"in Python, for simulations, too, to the same bytes: {why}",
        worded(SessionRemedy.BUILD_KERNEL),
    )
