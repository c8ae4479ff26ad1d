"""The kernel as machine code of the Pico's processor, in QEMU: its library, over two pipes."""

import ctypes
import os
import select
import shutil
import struct
import subprocess
from pathlib import Path
from typing import Any, Self

from kernel import BUILT, run_make

ELF = BUILT / "arm" / "kernel.elf"
FACT, NEW, FREE, PLAY, RECEIVE, BREAK, DROPPED, BUTTON, DECODE, EPOCH = range(10)
DEADLINE_S = 60
STATE_BYTES = 3


class ToolMissing(AssertionError):
    """Nothing here can build the kernel for that processor, or run it."""


def build() -> Path:
    """The program, built. Raises ToolMissing."""
    for tool, package in (
        ("arm-none-eabi-gcc", "gcc-arm-none-eabi"),
        ("qemu-system-arm", "qemu-system-arm"),
    ):
        if shutil.which(tool) is None:
            raise ToolMissing(
                f"The kernel is tested on the Pico's processor, and there is no {tool}: install {package}."
            )
    run_make("arm")
    return ELF


class ArmKernel:
    """Called as the library that firmware/host/library.h tells of: `KernelDevice` takes it for one.

    What a device is doing, and what it has to say, comes with every answer and is kept until it is asked for.
    """

    def __init__(self, program: Path, folder: Path) -> None:
        for name in ("requests", "answers"):
            os.mkfifo(folder / name)
        # Both ways, so that opening waits for nobody.
        self._requests, self._answers = (
            os.open(folder / name, os.O_RDWR) for name in ("requests", "answers")
        )
        board = ("-machine", "mps2-an385", "-kernel", str(program), "-semihosting", "-display", "none")
        self._process = subprocess.Popen(
            ["qemu-system-arm", *board, "-serial", "none", "-monitor", "none"],
            cwd=folder,
            stdin=subprocess.DEVNULL,
        )
        self._states: dict[int, bytes] = {}
        self._out: dict[int, bytearray] = {}
        self._width: dict[int, int] = {}
        self._now: dict[int, int] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.wait(DEADLINE_S)
        os.close(self._requests)
        os.close(self._answers)

    def _read(self, size: int) -> bytes:
        data = b""
        while len(data) < size:
            ready, _, _ = select.select([self._answers], [], [], DEADLINE_S)
            assert ready, f"no answer; the emulator's code is {self._process.poll()}"
            data += os.read(self._answers, size - len(data))
        return data

    def _call(
        self, operation: int, device: int = 0, argument: int = 0, data: bytes = b""
    ) -> tuple[int, bytes, bytes]:
        """Value, rows, and what goes to the host."""
        os.write(
            self._requests, struct.pack("<BBHI", operation, device, len(data), argument & 0xFFFFFFFF) + data
        )
        value, states, row_bytes, out_bytes = struct.unpack("<I4sII", self._read(16))
        rows, out = self._read(row_bytes), self._read(out_bytes)
        number = value if operation == NEW else device
        if number and operation not in (EPOCH, FREE):
            self._states[number] = states[:STATE_BYTES]
            self._out.setdefault(number, bytearray()).extend(out)
        return value, rows, out

    def host_fact(self, which: int) -> int:
        """What it was built with."""
        return self._call(FACT, argument=which)[0]

    def host_new(self, identity: bytes, table: bytes, size: int, epoch: int, now: int, cuts: bool) -> int:
        """A device's number; 0 where it is refused."""
        data = struct.pack("<I", now) + identity + table
        number = self._call(NEW, argument=epoch + 256 * cuts, data=data)[0]
        self._width[number], self._now[number] = size // 30, now
        return number

    def host_free(self, device: int) -> None:
        """Forget it."""
        if device and self._process.poll() is None:
            self._call(FREE, device)
            self._out.pop(device, None)

    def host_play(self, device: int, until: int, drives: int, rates: int, states: int) -> int:
        """Ticks up to `until`, or fewer."""
        width = self._width[device]
        count, rows, _ = self._call(PLAY, device, until, struct.pack("<BI", width, self._now[device]))
        self._now[device] = (self._now[device] + count) & 0xFFFFFFFF
        at = 0
        for into, size in ((drives, width), (rates, width), (states, STATE_BYTES)):
            ctypes.memmove(into, rows[at : at + count * size], count * size)
            at += count * size
        return count

    def host_receive(self, device: int, data: bytes, size: int) -> int:
        """Bytes arrive; how many of them were taken."""
        return self._call(RECEIVE, device, data=data[:size])[0]

    def host_transmit(self, device: int, into: Any, most: int) -> int:
        """What it has said."""
        said = bytes(self._out[device][:most])
        del self._out[device][:most]
        ctypes.memmove(into, said, len(said))
        return len(said)

    def host_line_break(self, device: int) -> None:
        """A BREAK."""
        self._call(BREAK, device)

    def host_line_dropped(self, device: int) -> None:
        """A drop of DTR."""
        self._call(DROPPED, device)

    def host_press_button(self, device: int) -> None:
        """The button."""
        self._call(BUTTON, device)

    def host_now(self, device: int, into: Any) -> None:
        """State, reason, permit."""
        ctypes.memmove(into, self._states[device], STATE_BYTES)

    def host_decode(self, data: bytes, size: int, wire: Any, counts: int) -> int:
        """Frames in `data`, packed anew."""
        _, rows, out = self._call(DECODE, data=data[:size])
        ctypes.memmove(counts, rows, len(rows))
        ctypes.memmove(wire, out, len(out))
        return len(out)

    def host_epoch(self, kept: int, noise: int) -> int:
        """An epoch that is another one."""
        return self._call(EPOCH, kept, noise)[0]
