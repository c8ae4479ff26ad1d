"""T-Code v0.3, over a line, datagrams or a WebSocket: ASCII, a line executes on its line feed.

Of its axes only V, vibration, is driven: L and R would be a force on a body. A level is four digits, the
fraction after "0.", and always says how long it may take (`I`): a device smooths it by itself otherwise.
D1 asks for the version, D2 for the axes, DSTOP stops all of them. No checksum, no clock; some firmware stops
by itself after 2 s, which a person can switch off. From public documentation (multiaxis/TCode-Specification,
jcfain/TCodeESP32); no device was touched.
"""

import re
from collections.abc import Sequence
from typing import Final

from firmware_bridge.guard.outputs.output import OutputRefused, Traits

AXES_MAX: Final = 10
RAMP_MS: Final = 20
"""How long a level may take; one update of a guard."""
_AXIS: Final = re.compile(rb"(?:\b|\\n)V(\d) \d+ \d+\b", re.IGNORECASE)
"""A row of the answer to D2. Over a WebSocket it is text in JSON, whose rows are parted by a written \\n."""
_VERSION: Final = re.compile(rb"TCode v(\d+)\.(\d+)", re.IGNORECASE)
_SPOKEN: Final = (0, 3)
_KEPT_MAX: Final = 2048
_DIGITS_MAX: Final = 9999


class TCode:
    """Its dialect, for a device of so many `channels`: V0, V1 and so on."""

    traits = Traits(
        channels=AXES_MAX,
        steps=_DIGITS_MAX,
        refresh_s=0.1,  # a digit that the line has changed is mended so soon
        gap_s=0.02,
        latency_s=0.03,  # 80 bytes at 115200 baud, and its own ramp
        stops_after_s=None,
        readback=False,
        rated=False,
    )

    def __init__(self, channels: int) -> None:
        self._channels = channels
        self._heard = b""

    def questions(self) -> bytes:
        return b"\nD1\nD2\n"

    def take(self, data: bytes) -> None:
        self._heard = (self._heard + data)[-_KEPT_MAX:]

    def answered(self) -> bool:
        version = _VERSION.search(self._heard)
        if version is None:
            return False
        spoken = (int(version[1]), int(version[2]))
        if spoken != _SPOKEN:
            raise OutputRefused(f"it speaks T-Code v{spoken[0]}.{spoken[1]}; v0.3 is needed")
        if self._channels > AXES_MAX:
            raise OutputRefused(f"T-Code names {AXES_MAX} axes of vibration; {self._channels} are described")
        return self.channels_named >= self._channels

    @property
    def channels_named(self) -> int:
        """How many axes it has named so far: V0, V1 and so on, up to the first that is missing."""
        named = {int(number) for number in _AXIS.findall(self._heard)}
        return next(axis for axis in range(AXES_MAX + 1) if axis not in named)

    def levels(self, drives: bytes) -> bytes:
        # An empty line first: it ends what a lost byte may have left open.
        return b"\n" + self._line([drive * _DIGITS_MAX // 255 for drive in drives], RAMP_MS)

    def zeros(self) -> Sequence[bytes]:
        return (b"\n" + self._line([0] * AXES_MAX, 1) + b"DSTOP\n",) * 2

    def _line(self, levels: list[int], ms: int) -> bytes:
        return b" ".join(b"V%d%04dI%d" % (axis, level, ms) for axis, level in enumerate(levels)) + b"\n"
