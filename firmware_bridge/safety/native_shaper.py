"""The shaping in C: shaping.c, which gives what `shape_exactly` gives. A simulation saves by it.

Python stays the definition, and shapes for every real device; the interlock looks at each frame in any case.
"""

import ctypes
from typing import Final

import numpy as np

from firmware_bridge.devices.response import IntArray
from firmware_bridge.limits import DWELL_LIMIT_FRAMES, DWELL_REST_FRAMES
from firmware_bridge.safety.native import NativePart
from firmware_bridge.safety.shaping import CHUNK_FRAMES, Held, Memory, Points, Slew

_MOST: Final = 64
_ROW = ctypes.c_int64 * _MOST


class _ShapingLimits(ctypes.Structure):
    _fields_ = (
        ("actuators", ctypes.c_uint32),
        *((name, ctypes.c_int64) for name in ("power_budget", "dwell_frames", "rest_frames")),
        *((name, _ROW) for name in ("attack", "release")),
        ("point_of", ctypes.c_uint8 * _MOST),
    )


class _ShapingMemory(ctypes.Structure):
    _fields_ = (
        *((name, ctypes.c_void_p) for name in ("drive", "span", "rest", "dwelling")),
        ("over_budget", ctypes.c_uint8),
    )


_VOID, _U32 = ctypes.c_void_p, ctypes.c_uint32
SHAPING: Final = NativePart(
    "shaping",
    (
        ("shaping_layout", _U32, ()),
        ("shaping_shape", _U32, (_VOID, _VOID, _VOID, _U32, _VOID, _VOID)),
    ),
    layout=ctypes.sizeof(_ShapingLimits) << 16 | ctypes.sizeof(_ShapingMemory),
)
_HOLD: Final = np.dtype([("frame", np.uint32), ("actuator", np.int32)])


class NativeShaper:
    """Shapes chunks by `library`, as `shape` does: a `Shaper` for a Limiter of at most 64 actuators."""

    def __init__(self, library: ctypes.CDLL) -> None:
        self._library = library
        self._rests = np.zeros(CHUNK_FRAMES * (_MOST + 1), dtype=_HOLD)
        self._limits = _ShapingLimits()
        self._known: tuple[Slew | None, Points, int] = (None, (), 0)

    def __call__(
        self, want: IntArray, memory: Memory, slew: Slew, budget: int
    ) -> tuple[IntArray, list[Held]]:
        """The drives for those wanted (frames, actuators), where limits begin to hold; advances `memory`.

        ValueError for a chunk longer than CHUNK_FRAMES, or of more than 64 actuators.
        """
        frames, width = want.shape
        if frames > CHUNK_FRAMES or width > _MOST:
            raise ValueError(f"a chunk of {frames} frames of {width} actuators is too large")
        known_slew, known_points, known_budget = self._known
        if slew is not known_slew or memory.points is not known_points or budget != known_budget:
            self._limits = _limits(width, slew, budget, memory.points)
            self._known = slew, memory.points, budget
        want = np.ascontiguousarray(want, dtype=np.int64)
        out = np.empty_like(want)
        rows = (memory.drive, memory.span, memory.rest, memory.dwelling)
        remembered = _ShapingMemory(*(row.ctypes.data for row in rows), memory.over_budget)
        count = self._library.shaping_shape(
            ctypes.byref(self._limits),
            ctypes.byref(remembered),
            want.ctypes.data,
            frames,
            out.ctypes.data,
            self._rests.ctypes.data,
        )
        memory.over_budget = bool(remembered.over_budget)
        holds = self._rests[:count].tolist()
        return out, [(frame, who, "budget" if who < 0 else "dwell") for frame, who in holds]


def _limits(width: int, slew: Slew, budget: int, points: Points) -> _ShapingLimits:
    point_of = list(range(width))
    for point in points:
        for actuator in point:
            point_of[actuator] = point[0]
    return _ShapingLimits(
        width,
        budget,
        DWELL_LIMIT_FRAMES,
        DWELL_REST_FRAMES,
        _ROW(*slew.attack.tolist()),
        _ROW(*slew.release.tolist()),
        (ctypes.c_uint8 * _MOST)(*point_of),
    )
