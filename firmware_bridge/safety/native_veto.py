"""The veto over several frames at once, in C: veto.c. What it lets through, `Veto` would let through.

It says yes to all of them, or nothing: then `Veto` looks at them one by one, remembers what passed, and says
in its words what speaks against the next. A simulation saves by it most of what the host's half costs.
"""

import ctypes
from collections.abc import Sequence
from typing import Final

from firmware_bridge.devices.footprint import FootprintLimit
from firmware_bridge.devices.layout import Actuator
from firmware_bridge.limits import DRIVE_MAX
from firmware_bridge.safety.native import NativePart
from firmware_bridge.safety.veto import (
    DWELL_FRAMES,
    REST_FRAMES,
    SESSION_FRAMES,
    Objection,
    SpanMemory,
    Veto,
)
from firmware_bridge.wire.messages import Setpoints
from firmware_bridge.wire.setpoints import Burst, mask_of

_MOST: Final = 64
_BYTES = ctypes.c_uint8 * _MOST
_FRAMES = ctypes.c_int64 * _MOST


class _Limits(ctypes.Structure):
    _fields_ = (
        *((name, ctypes.c_uint32) for name in ("actuators", "points", "power_budget")),
        *((name, ctypes.c_uint32) for name in ("dwell_frames", "rest_frames", "session_frames")),
        *((name, _BYTES) for name in ("ceilings", "rate_min", "rate_max", "attack", "release", "point_of")),
    )


class _Memory(ctypes.Structure):
    _fields_ = (
        ("frames", ctypes.c_uint32),
        ("now", ctypes.c_int64),
        ("began", _FRAMES),
        ("ended", _FRAMES),
        ("works", _BYTES),
        ("last", _BYTES),
    )


class Header(ctypes.Structure):
    """What is the same in each frame of a burst, but for `seq`, which is that of the first."""

    _fields_ = tuple((name, ctypes.c_uint8) for name in ("actuators", "type", "seq", "epoch", "echo"))


_DATA, _U32 = ctypes.c_char_p, ctypes.c_uint32
VETO: Final = NativePart(
    "veto",
    (
        ("veto_layout", _U32, ()),
        ("veto_passes", ctypes.c_bool, (ctypes.c_void_p, ctypes.c_void_p, _DATA, _DATA, _U32)),
        ("veto_encode", _U32, (ctypes.c_void_p, _DATA, _DATA, _DATA, _U32, _DATA, _DATA)),
    ),
    layout=ctypes.sizeof(_Limits) << 16 | ctypes.sizeof(_Memory),
)


class NativeVeto(Veto):
    """A Veto that can look at several frames at once, by `library`."""

    def __init__(
        self,
        library: ctypes.CDLL,
        actuators: Sequence[Actuator],
        power_budget: int,
        footprints: Sequence[FootprintLimit],
    ) -> None:
        super().__init__(actuators, power_budget, footprints)
        self.library = library
        point_of = [
            next(p for p, point in enumerate(self._points) if point >> i & 1) for i in range(len(actuators))
        ]
        self._limits = _Limits(
            len(actuators),
            len(self._points),
            power_budget,
            DWELL_FRAMES,
            REST_FRAMES,
            SESSION_FRAMES,
            _row(self._ceilings),
            _row([actuator.rate_min if actuator.rate_max else 0 for actuator in actuators]),
            _row(self._rate_max),
            _row([min(DRIVE_MAX, rise) for rise in self._attack]),
            _row([min(DRIVE_MAX, fall) for fall in self._release]),
            _row(point_of),
        )
        self._memory = _Memory()
        self._newer_in_c = False  # than what is remembered here
        self._newer_here = True  # than what C remembers

    def passes(self, burst: Burst) -> bool:
        """Whether all of its frames may go out: then they are remembered, else nothing is."""
        drives, rates, frames, width = burst
        if width != len(self._actuators) or type(drives) is not bytes or type(rates) is not bytes:
            return False
        if len(drives) != frames * width or len(rates) != frames * width:
            return False
        if self._newer_here:
            self._teach()
        limits, memory = ctypes.byref(self._limits), ctypes.byref(self._memory)
        passed = bool(self.library.veto_passes(limits, memory, drives, rates, frames))
        self._newer_in_c = self._newer_in_c or passed
        return passed

    def at_rest(self) -> None:
        self._recall()
        super().at_rest()

    def objection(self, setpoints: Setpoints) -> Objection | None:
        self._recall()
        return super().objection(setpoints)

    def _teach(self) -> None:
        """Have C remember what is remembered here."""
        memory, spans = self._memory, self._spans.snapshot()
        memory.frames, memory.now = self._frames, spans.now
        memory.last = _row(self._last)
        memory.works = _row([bool(point & spans.mask) for point in self._points])
        memory.began, memory.ended = _FRAMES(*spans.began), _FRAMES(*spans.ended)
        self._newer_here = False

    def _recall(self) -> None:
        """Remember here what C remembers, where that is newer; what follows is newer here."""
        if self._newer_in_c:
            memory, points = self._memory, len(self._points)
            self._last = bytes(memory.last[: len(self._last)])
            self._frames = memory.frames
            began, ended = tuple(memory.began[:points]), tuple(memory.ended[:points])
            self._spans.restore(SpanMemory(memory.now, mask_of(self._last), began, ended))
            self._newer_in_c = False
        self._newer_here = True


def _row(values: Sequence[int] | bytes) -> ctypes.Array[ctypes.c_uint8]:
    """A byte for each; ValueError where one is none."""
    return _BYTES(*bytes(values))
