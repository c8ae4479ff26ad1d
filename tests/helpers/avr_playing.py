"""A board in simavr that plays, and what a tick of it may cost."""

import struct
from collections.abc import Callable, Mapping
from ctypes import CDLL

from avr_board import CYCLES_A_TICK, STATE, AvrBoard, Image, board_named
from reference_wire import ARM, HELLO, IDENTITY, LIMITS, RESET, SETPOINTS, STATUS, Receiver, WireFrame, encode

from firmware_bridge.wire.codec import session_hash
from firmware_bridge.wire.messages import DeviceState
from kneadwave.firmware.c_source import device_self

BUSY_MOST = CYCLES_A_TICK * 80 // 100
"""Cycles of a tick, all that comes in it included."""
REST_TICKS = 2000
"""Every point rests so long after a start."""
DRIVE = 150
EPOCH = 7
GREETING = encode(WireFrame(HELLO, 1, 0, 0, 0, b"\2"))


class PoweredBoard(AvrBoard):
    """A board of firmware/boards with power on, that nobody talks to."""

    def __init__(self, simulator: CDLL, images: Mapping[str, Image], name: str) -> None:
        self.board = board_named(name)
        super().__init__(simulator, images[name], epoch=EPOCH, button=self.board.button.pin)
        told = device_self(self.board)
        self.ceilings = bytes(0 if row.excluded else row.ceiling for row in told.table)
        self.key = session_hash(told.identity.limits_hash, 60, self.ceilings)
        """What ARM has to echo for a minute under these ceilings."""
        self._echo = 0

    def heard(self) -> list[WireFrame]:
        """What it has said since the last call, whole frames alone; setpoints echo its last status."""
        frames = [frame for frame in Receiver().take(self.sent()[0]) if frame is not None]
        self._echo = next((frame.seq for frame in reversed(frames) if frame.type == STATUS), self._echo)
        return frames

    def hello(self) -> WireFrame:
        """What it says of itself."""
        self.feed(GREETING)
        self.play(20)
        return next(frame for frame in self.heard() if frame.type == IDENTITY)

    def setpoints(self, ahead: int, drives: bytes | None = None) -> bytes:
        """A frame of drives for all motors, so many milliseconds ahead of now."""
        self.heard()
        drives = bytes([DRIVE]) * len(self.ceilings) if drives is None else drives
        mask = sum(1 << i for i, drive in enumerate(drives) if drive).to_bytes(len(drives) // 8, "little")
        time = (self.ticks + ahead) & 0xFFFF
        return encode(WireFrame(SETPOINTS, 0, time, EPOCH, self._echo, mask + bytes(filter(None, drives))))

    def limits(self) -> bytes:
        """A frame that asks for a minute under the ceilings of the board."""
        payload = struct.pack("<BH", 0, 60) + b"\xff" * len(self.ceilings)
        return encode(WireFrame(LIMITS, 1, 0, EPOCH, 0, payload))

    def arm(self) -> bytes:
        """A frame that arms it under these."""
        return encode(WireFrame(ARM, 1, 0, EPOCH, 0, struct.pack("<I", self.key)))

    def start_to_play(self) -> Callable[[], int]:
        """Let it play at a drive that holds; gives what sends the next setpoints, and tells their bytes."""
        self.play(REST_TICKS)
        self.feed(b"\0")  # the end of whatever came before
        self.hello()
        for frame in (encode(WireFrame(RESET, 1, 0, EPOCH, 0, b"")), self.limits(), self.arm()):
            self.feed(frame)
            self.play(20)

        def send() -> int:
            frame = self.setpoints(ahead=40)
            self.feed(frame)
            return len(frame)

        for _ in range(20):
            send()
            self.play(20)
        assert self.now().facts[0, STATE] == DeviceState.PLAYING
        assert (self.now().drives == DRIVE).all()
        return send
