"""A virtual HF8: what its documentation says that the pad does with the bytes it gets, right or wrong.

It has no watchdog, no checksum and no clock: the last level holds, a digit that is lost makes another level,
and a carriage return that is lost joins two commands.
"""

from typing import Final

MOTORS: Final = 8
_LINE_MAX: Final = 64


class VirtualHf8:
    """Bytes in, answers out; `levels` of the eight motors are 0 to 255."""

    def __init__(self, *, scale: int = 255, sound: bool = False) -> None:
        self.levels = bytes(MOTORS)
        self._scale, self._sound = scale, sound
        self._line = b""

    def take(self, data: bytes) -> bytes:
        """Do what `data` says; what it answers."""
        answers = b""
        *whole, rest = (self._line + data).split(b"\r")
        self._line = rest[-_LINE_MAX:]
        for command in whole:
            answers += self._obey(command)
        return answers

    def _obey(self, command: bytes) -> bytes:
        if command == b"P":
            return b"E%d,A%d\r" % (self._scale, self._sound)
        motor, level = command[1:2], command[2:]
        if command[:1] == b"M" and motor in b"01234567" and motor and level.isdigit() and int(level) <= 255:
            levels = bytearray(self.levels)
            levels[int(motor)] = int(level)
            self.levels = bytes(levels)
        return b""
