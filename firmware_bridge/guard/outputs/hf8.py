"""The Next Level Racing HF8, a seat pad of eight motors: USB CDC serial, 115200 baud, 8N1.

`P` asks for `E<scale 0-255>,A<0|1>`: the scale of its control box, and whether sound drives the motors.
`M<motor 0-7><level 0-255>` sets one motor and is not answered; a carriage return ends a command. There is
no checksum, no clock and no watchdog: what it was told last it does for ever. From public documentation
(buttplugio/docs.buttplug.io issue 36) and trackers (SimHub 1320, 1830); no pad was touched.
"""

import re
from collections.abc import Sequence
from typing import Final

from firmware_bridge.guard.outputs.output import OutputRefused, Traits

MOTORS: Final = 8
_ANSWER: Final = re.compile(rb"E(\d{1,3}),A([01])\r")
_KEPT_MAX: Final = 64


class Hf8:
    """Its dialect. `scale` is what it said of its control box, None before it did."""

    traits = Traits(
        channels=MOTORS,
        steps=255,
        refresh_s=0.1,  # a digit that the line has lost is mended so soon
        gap_s=0.0,
        latency_s=0.005,  # 48 bytes at 115200 baud
        stops_after_s=None,
        readback=False,
        rated=False,
        fixed=True,
    )

    def __init__(self) -> None:
        self.scale: int | None = None
        self._sound = False
        self._heard = b""

    @property
    def about(self) -> str:
        """What a person should know of its answer: the knob of its control box lowers everything."""
        return "" if self.scale in (None, 255) else f"its control box is set to {self.scale} of 255"

    def questions(self) -> bytes:
        return b"\rP\r"

    def take(self, data: bytes) -> None:
        self._heard = (self._heard + data)[-_KEPT_MAX:]
        for scale, sound in _ANSWER.findall(self._heard):
            self.scale, self._sound = min(255, int(scale)), sound == b"1"

    def answered(self) -> bool:
        if self._sound:
            raise OutputRefused("the pad is in audio mode, in which sound drives its motors: switch it off")
        return self.scale is not None

    def levels(self, drives: bytes) -> bytes:
        # The empty command first: it ends what a lost byte may have left open.
        return b"\r" + b"".join(b"M%d%d\r" % motor for motor in enumerate(drives[:MOTORS]))

    def zeros(self) -> Sequence[bytes]:
        return (self.levels(bytes(MOTORS)),) * 2
