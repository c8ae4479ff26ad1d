"""An input device of Linux with rumble motors, as the kernel takes it: linux/input.h.

Its structs have the sizes and holes of the machine that this runs on.
"""

import errno
import os
import struct
from contextlib import suppress
from typing import Final

from firmware_bridge.errors import LinkError
from firmware_bridge.wire.link import foreign_errors, opening_error

EV_FF: Final = 0x15
FF_RUMBLE: Final = 0x50
Times = tuple[int, int]
"""An effect, and how often it is played; 0 stops it."""
_HEAD: Final = "HhHHHHH"
"""type, id, direction; button and interval of a trigger; length and delay of the replay."""
_UNION_AT: Final = struct.calcsize(f"{_HEAD}0P")
_ID_AT: Final = struct.calcsize("H")
EFFECT_BYTES: Final = _UNION_AT + struct.calcsize("HHhhHHHHHIP")
"""Its largest kind of effect, the periodic one, ends with a pointer."""
_EVENT: Final = "@LLHHi"
"""Two words of time, which the kernel fills in; type, code, value."""
_BITS_BYTES: Final = 16
_WORD_BYTES: Final = struct.calcsize("L")
_WRITE, _READ = 1, 2


def _ioc(direction: int, number: int, size: int) -> int:
    return direction << 30 | size << 16 | ord("E") << 8 | number


EVIOCSFF: Final = _ioc(_WRITE, 0x80, EFFECT_BYTES)
EVIOCGRAB: Final = _ioc(_WRITE, 0x90, 4)
EVIOCGBIT_FF: Final = _ioc(_READ, 0x20 + EV_FF, _BITS_BYTES)


def rumble_effect(effect: int, strong: int, weak: int, length_ms: int) -> bytearray:
    """A `struct ff_effect` of two 16-bit magnitudes; `effect` is -1 for a new one."""
    made = bytearray(EFFECT_BYTES)
    struct.pack_into(_HEAD, made, 0, FF_RUMBLE, effect, 0, 0, 0, length_ms, 0)
    struct.pack_into("HH", made, _UNION_AT, strong, weak)
    return made


def play_events(*effects: Times) -> bytes:
    """A `struct input_event` for each effect that is to be played so often, or stopped (0)."""
    return b"".join(struct.pack(_EVENT, 0, 0, EV_FF, effect, times) for effect, times in effects)


class EvdevMotors:
    """The rumble motors of an input device. No other program reads its keys meanwhile.

    Raises PortMissing, PortForbidden, PortBusy, or LinkError where it is no input device.
    """

    def __init__(self, path: str) -> None:
        self.name = path
        try:
            import fcntl

            self._ioctl = fcntl.ioctl
            self._fd = os.open(path, os.O_RDWR | os.O_NONBLOCK | os.O_CLOEXEC)
        except ImportError as error:
            raise LinkError(f"{path}: this system has no input devices of Linux") from error
        except OSError as error:
            raise opening_error(path, error, "input device") from error
        try:
            self._ioctl(self._fd, EVIOCGRAB, 1)
        except OSError as error:
            self.close()
            raise opening_error(path, error, "input device") from error

    def force_bits(self) -> int:
        bits = bytearray(_BITS_BYTES)
        with foreign_errors(self.name):
            self._ioctl(self._fd, EVIOCGBIT_FF, bits)
        words = struct.unpack(f"{_BITS_BYTES // _WORD_BYTES}L", bits)  # the lowest first, in any byte order
        return sum(word << 8 * _WORD_BYTES * number for number, word in enumerate(words))

    def upload(self, effect: int | None, strong: int, weak: int, length_ms: int) -> int:
        made = rumble_effect(-1 if effect is None else effect, strong, weak, length_ms)
        with foreign_errors(self.name):
            try:
                self._ioctl(self._fd, EVIOCSFF, made)
            except OSError as error:
                if error.errno == errno.ENODEV:
                    raise
                raise LinkError(f"{self.name} takes no effect of rumble: {error.strerror}") from error
        return int(struct.unpack_from("h", made, _ID_AT)[0])

    def play(self, *effects: Times) -> None:
        with foreign_errors(self.name):
            os.write(self._fd, play_events(*effects))

    def close(self) -> None:
        with suppress(OSError):
            os.close(self._fd)
