"""A virtual T-Code v0.3 device with axes of vibration, as its specification and one firmware have it.

Commands wait until a line feed; an axis that is named twice keeps the last; what is no command is skipped.
Levels are there at once: their ramps of a few milliseconds are left out.
"""

import json
import re
from typing import Final

_COMMAND: Final = re.compile(rb"V(\d)(\d+)(?:[IS]\d+)?", re.IGNORECASE)
_DIGITS: Final = 4
_LINE_MAX: Final = 1024


class VirtualTCode:
    """Bytes in, answers out; `levels` of its axes V0, V1… are 0 to 255.

    `web`: behind a WebSocket it wraps each answer in JSON, on a line of its own, as TCodeESP32 0.56 does.
    """

    def __init__(self, axes: int = 4, version: bytes = b"TCode v0.3", *, web: bool = False) -> None:
        self.levels = bytes(axes)
        self._web = web
        self._version = version
        self._line = b""

    def take(self, data: bytes) -> bytes:
        """Do what `data` says; what it answers."""
        *whole, rest = (self._line + data).split(b"\n")
        self._line = rest[-_LINE_MAX:]
        answers = [self._answer(command) for line in whole for command in line.split()]
        return b"".join(map(self._wrapped, answers) if self._web else answers)

    def _wrapped(self, answer: bytes) -> bytes:
        if not answer:
            return b""
        return json.dumps({"command": "tcode", "message": answer.decode()}).encode() + b"\n"

    def _answer(self, command: bytes) -> bytes:
        word = command.upper()
        if word == b"D0":
            return b"Virtual\n"
        if word == b"D1":
            return self._version + b"\n"
        if word == b"D2":
            return b"".join(b"V%d 0 9999 Vibe%d\n" % (axis, axis + 1) for axis in range(len(self.levels)))
        if word == b"DSTOP":
            self.levels = bytes(len(self.levels))
        found = _COMMAND.fullmatch(command)
        if found is not None and int(found[1]) < len(self.levels):
            levels = bytearray(self.levels)
            digits = found[2][:_DIGITS].ljust(_DIGITS, b"0")
            levels[int(found[1])] = round(int(digits) * 255 / 9999)
            self.levels = bytes(levels)
        return b""
