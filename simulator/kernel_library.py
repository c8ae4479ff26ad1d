"""The firmware's kernel as a library: where it lies, whether it may be used, how it is loaded.

`make firmware` builds it into firmware/build of a source checkout; a wheel may carry it beside this module.
One that cannot be loaded, is older than its source, or was built for another wire or other limits than those
of the guard is never used: the guard in Python plays then. firmware/host/library.h tells of its functions.
"""

import ctypes
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Final, Literal, NamedTuple

from firmware_bridge.guard.outbox import STATUS_MS
from firmware_bridge.guard.output_stage import DWELL_MS, DWELL_RELEASE_MS, RAMP_MS, REST_MS
from firmware_bridge.guard.setpoint_check import AHEAD_MAX_MS, KNEADING_MAX_CPM
from firmware_bridge.guard.states import HARD_LOSS_MS, SESSION_MAX_S, SOFT_LOSS_MS, UNHEARD_MS
from firmware_bridge.wire.messages import PROTOCOL_VERSION

Kernel = Literal["c", "python"]
"""What plays a virtual cushion: the firmware's kernel, or the guard."""
NAME: Final = "libkneadwave.so"
REPORTS: Final = 512
"""As many reports as can wait in the library, on their way to the host."""
OUT_BYTES: Final = REPORTS * (43 + 12)
"""The most that these take on the line: each may be an IDENTITY."""
_INTERFACE: Final = 2  # HOST_INTERFACE of firmware/host/library.h
_NO_FACT: Final = 0xFFFFFFFF


class Sizes(NamedTuple):
    """What a library has room for, as firmware/kernel/sizes.h has it."""

    actuators: int = 64
    rated: int = 64
    points: int = 64
    slots: int = 255
    statuses: int = 255
    reports: int = REPORTS


class Run(ctypes.Structure):
    """What host_run did, and how it left the device: `struct host_run` of firmware/host/library.h."""

    _fields_ = (
        *((name, ctypes.c_uint32) for name in ("rows", "taken", "accepted", "accepted_early", "waiting")),
        *((name, ctypes.c_uint32) for name in ("before", "because", "state", "reason", "news", "forced")),
        ("resting", ctypes.c_uint8 * Sizes().actuators),
        ("due_ms", ctypes.c_uint32 * Sizes().slots),
        ("drives", ctypes.c_uint8 * (Sizes().slots * Sizes().actuators)),
    )


LIMITS: Final = (
    ("SOFT_LOSS_MS", SOFT_LOSS_MS),
    ("HARD_LOSS_MS", HARD_LOSS_MS),
    ("SESSION_MAX_S", SESSION_MAX_S),
    ("UNHEARD_MS", UNHEARD_MS),
    ("RAMP_MS", RAMP_MS),
    ("DWELL_MS", DWELL_MS),
    ("DWELL_RELEASE_MS", DWELL_RELEASE_MS),
    ("REST_MS", REST_MS),
    ("AHEAD_MAX_MS", AHEAD_MAX_MS),
    ("KNEADING_MAX_CPM", KNEADING_MAX_CPM),
    ("STATUS_MS", STATUS_MS),
    ("ECHO_MS", HARD_LOSS_MS),
)
"""What the guard holds by itself: a kernel has to hold the same, in the order of host_fact."""


class KernelUnusable(OSError):
    """There is no library of the kernel, or none that may be used; the message says which and why."""


class KernelFound(NamedTuple):
    """A library that may be used, and where it lies; else why there is none."""

    library: ctypes.CDLL | None
    path: Path | None
    problem: str = ""


def places(root: Path = Path(__file__).parents[1]) -> tuple[Path, ...]:
    """Where the library may lie in what is installed or checked out at `root`, the first one first."""
    built = root / "firmware" / "build" / NAME
    return (built, root / "simulator" / NAME) if _source(root) else (root / "simulator" / NAME,)


def find_kernel(root: Path = Path(__file__).parents[1]) -> KernelFound:
    """The library of what is installed or checked out at `root`; never raises."""
    path = next((each for each in places(root) if each.is_file()), None)
    if path is None:
        return KernelFound(None, None, "it is not built")
    try:
        if "build" in path.parts[-2:]:
            _refuse_older(path, root)
        return KernelFound(load_kernel(path), path)
    except OSError as error:
        return KernelFound(None, path, str(error))


@cache
def native_kernel() -> KernelFound:
    """The library of this installation, looked for once in a process."""
    return find_kernel()


def library_for(kernel: Kernel | None) -> ctypes.CDLL | None:
    """The library that shall play; None for the guard. KernelUnusable where "c" is asked for and cannot be.

    Where nothing is asked for, it is the kernel where that is built.
    """
    if kernel == "python":
        return None
    found = native_kernel()
    if kernel == "c" and found.library is None:
        raise KernelUnusable(f"the kernel in C cannot play: {found.problem}")
    return found.library


def load_kernel(path: Path, sizes: Sizes = Sizes()) -> ctypes.CDLL:
    """The library at `path`, its functions typed.

    KernelUnusable where there is none, or one that was built for another wire, other limits or other `sizes`.
    """
    try:
        library = ctypes.CDLL(str(path))
        _type(library)
    except OSError as error:
        raise KernelUnusable(f"it cannot be loaded: {error}") from error
    except AttributeError as error:
        raise KernelUnusable(f"it is of another version: {error}") from error
    told = tuple(_facts(library))
    expected = (("interface", _INTERFACE), ("protocol", PROTOCOL_VERSION), *sizes._asdict().items(), *LIMITS)
    for (name, value), fact in zip(expected, told, strict=False):
        if fact != value:
            raise KernelUnusable(f"it was built with {name} {fact}, where {value} holds")
    if len(told) != len(expected):
        raise KernelUnusable(f"it tells {len(told)} facts of itself, where {len(expected)} are known")
    return library


def _type(library: ctypes.CDLL) -> None:
    data, pointer, u8, u32 = ctypes.c_char_p, ctypes.c_void_p, ctypes.c_uint8, ctypes.c_uint32
    for name, result, arguments in (
        ("host_fact", u32, (u32,)),
        ("host_new", pointer, (data, data, u32, u8, u32, ctypes.c_bool)),
        ("host_free", None, (pointer,)),
        ("host_play", u32, (pointer, u32, pointer, pointer, pointer)),
        ("host_run", None, (pointer, u32, data, u32, pointer, pointer, ctypes.POINTER(Run))),
        ("host_receive", u32, (pointer, data, u32)),
        ("host_transmit", u32, (pointer, data, u32)),
        ("host_line_break", None, (pointer,)),
        ("host_line_dropped", None, (pointer,)),
        ("host_press_button", None, (pointer,)),
        ("host_now", None, (pointer, data)),
        ("host_output_sum", u32, (pointer,)),
        ("host_decode", u32, (data, u32, data, pointer)),
        ("host_epoch", u8, (u8, u8)),
    ):
        function = getattr(library, name)
        function.restype, function.argtypes = result, arguments


def _facts(library: ctypes.CDLL) -> Iterator[int]:
    for which in range(256):
        fact = library.host_fact(which)
        if fact == _NO_FACT:
            return
        yield fact


def _source(root: Path) -> list[Path]:
    """What the library is built from; nothing where there is no source."""
    folder = root / "firmware"
    return [*folder.glob("kernel/*.[ch]"), *folder.glob("host/*.[ch]"), *folder.glob("Makefile")]


def _refuse_older(path: Path, root: Path) -> None:
    newer = [each.name for each in _source(root) if each.stat().st_mtime > path.stat().st_mtime]
    if newer:
        raise KernelUnusable(f"it is older than its source: {', '.join(sorted(newer)[:3])}")
