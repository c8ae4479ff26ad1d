"""An output and a format for Kneadwave.

`--device example:PORT` drives a board of four motors that takes lines of text.

There is no such board. `?` asks it what it is; it answers `BOARD 4`, four motors. `L 0 255 12 0` sets all of
them, and is not answered. A line feed ends a line. What it was told last it does for ever.
"""

import re

import numpy as np

from firmware_bridge import OutputRefused, Traits
from kneadwave import Envelope, ExchangeError, ForeignSignal, PackageFormat, stream_scheme

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


# A format: files of lines, each a time in seconds and a level from 0 to 1.
FIRST_LINE = "LEVELS 1"


def recognises(data: bytes) -> bool:
    return data.startswith(FIRST_LINE.encode())


def read(data: bytes, name: str) -> ForeignSignal:
    lines = data.decode("utf-8", "replace").splitlines()[1:]
    try:
        times, levels = np.array([[float(cell) for cell in line.split()] for line in lines]).T
    except ValueError as error:
        raise ExchangeError(f"{name}: each line has a time and a level", hint="correct it") from error
    return ForeignSignal("levels", Envelope(times, levels), float(times[-1]))


def write(envelope: Envelope, _title: str) -> str:
    points = zip(envelope.times, envelope.levels, strict=True)
    return "\n".join([FIRST_LINE, *(f"{time:.3f} {level:.4f}" for time, level in points)]) + "\n"


LEVELS = PackageFormat(".levels", recognises, read, write)
