"""A game controller that the kernel takes for a real one: made by uinput, where the kernel has it."""

import fcntl
import os
import select
import struct
import threading
from contextlib import suppress
from pathlib import Path

from board_time import waits_for_nobody

from firmware_bridge.wire.evdev import EFFECT_BYTES, EV_FF, FF_RUMBLE

UINPUT = Path("/dev/uinput")
MISSING = "" if os.access(UINPUT, os.R_OK | os.W_OK) else f"{UINPUT} is not there, or may not be opened"
"""Why there can be none here; empty where there can."""
EV_UINPUT, UPLOAD, ERASE = 0x101, 1, 2
BUS_VIRTUAL = 6
EVENT = struct.Struct("@LLHHi")
UPLOADED = struct.Struct(f"@Ii{EFFECT_BYTES}s{EFFECT_BYTES}s")
ERASED = struct.Struct("@IiI")
SETUP = struct.Struct("@HHHH80sI")


def call(direction, number, size):
    """The number of one of uinput's calls; linux/uinput.h."""
    return direction << 30 | size << 16 | ord("U") << 8 | number


BEGIN_UPLOAD, END_UPLOAD = call(3, 200, UPLOADED.size), call(1, 201, UPLOADED.size)
BEGIN_ERASE, END_ERASE = call(3, 202, ERASED.size), call(1, 203, ERASED.size)
SET_EVBIT, SET_FFBIT = call(1, 100, 4), call(1, 107, 4)
DEV_SETUP, DEV_CREATE, DEV_DESTROY = call(1, 3, SETUP.size), call(0, 1, 0), call(0, 2, 0)
GET_SYSNAME = call(2, 44, 64)


class UinputController:
    """A controller with two rumble motors at `node`; what the kernel asked of it is in `asked`.

    ("upload", effect, strong, weak, length), ("play", effect, times) and ("erase", effect).
    """

    def __init__(self):
        self.asked = []
        self._fd = os.open(UINPUT, os.O_RDWR | os.O_NONBLOCK)
        fcntl.ioctl(self._fd, SET_EVBIT, EV_FF)
        fcntl.ioctl(self._fd, SET_FFBIT, FF_RUMBLE)
        fcntl.ioctl(self._fd, DEV_SETUP, SETUP.pack(BUS_VIRTUAL, 1, 1, 1, b"kneadwave test", 16))
        fcntl.ioctl(self._fd, DEV_CREATE)
        name = bytearray(64)
        fcntl.ioctl(self._fd, GET_SYSNAME, name)
        folder = Path("/sys/devices/virtual/input") / name.rstrip(b"\0").decode()
        self.node = f"/dev/input/{next(folder.glob('event*')).name}"
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def close(self):
        self._over.set()
        self._thread.join()
        fcntl.ioctl(self._fd, DEV_DESTROY)
        os.close(self._fd)

    def _serve(self):
        waits_for_nobody()
        while not self._over.is_set():
            select.select([self._fd], [], [], 0.01)
            with suppress(BlockingIOError):
                data = os.read(self._fd, EVENT.size * 16)
                for _, _, kind, code, value in EVENT.iter_unpack(data):
                    self._obey(kind, code, value)

    def _obey(self, kind, code, value):
        if kind == EV_FF:
            self.asked.append(("play", code, value))
        elif kind == EV_UINPUT and code == UPLOAD:
            about = bytearray(UPLOADED.pack(value, 0, b"", b""))
            fcntl.ioctl(self._fd, BEGIN_UPLOAD, about)
            _, _, effect, _ = UPLOADED.unpack(about)
            number, length = struct.unpack_from("h", effect, 2)[0], struct.unpack_from("H", effect, 10)[0]
            self.asked.append(("upload", number, *struct.unpack_from("HH", effect, 16), length))
            fcntl.ioctl(self._fd, END_UPLOAD, about)
        elif kind == EV_UINPUT and code == ERASE:
            about = bytearray(ERASED.pack(value, 0, 0))
            fcntl.ioctl(self._fd, BEGIN_ERASE, about)
            self.asked.append(("erase", ERASED.unpack(about)[2]))
            fcntl.ioctl(self._fd, END_ERASE, about)
