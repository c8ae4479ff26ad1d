"""An output for Kneadwave: `--device example:PORT` drives a board of four motors that takes lines of text.

There is no such board. `?` asks it what it is; it answers `BOARD 4`, four motors. `L 0 255 12 0` sets all of
them, and is not answered. A line feed ends a line. What it was told last it does for ever.
"""

import re

from firmware_bridge import OutputRefused, Traits
from kneadwave import stream_scheme

MOTORS = 4
_ANSWER = re.compile(rb"BOARD (\d{1,2})\n")
_KEPT_MAX = 64


class Board:
    """Its dialect: drives in, bytes out. It opens nothing, waits for nothing, and knows no limit."""

    traits = Traits(
        channels=MOTORS,
        steps=255,
        refresh_s=0.1,
        gap_s=0.0,
        latency_s=0.005,
        stops_after_s=None,
        readback=False,
        rated=False,
    )

    def __init__(self) -> None:
        self._heard = b""

    def questions(self) -> bytes:
        return b"\n?\n"

    def take(self, data: bytes) -> None:
        self._heard = (self._heard + data)[-_KEPT_MAX:]

    def answered(self) -> bool:
        found = _ANSWER.search(self._heard)
        if found is not None and int(found[1]) != MOTORS:
            raise OutputRefused(f"it has {int(found[1])} motors; {MOTORS} are needed")
        return found is not None

    def levels(self, drives: bytes) -> bytes:
        # An empty line first: it ends what a lost byte may have left open.
        return b"\nL " + b" ".join(b"%d" % drive for drive in drives) + b"\n"

    def zeros(self) -> tuple[bytes, bytes]:
        # Said one after the other, 20 ms apart.
        return (self.levels(bytes(MOTORS)),) * 2


# Where its motors lie is a description, here one that ships; it may be the path of a file of yours.
SCHEME = stream_scheme(lambda _channels: Board(), "cushion-4")
