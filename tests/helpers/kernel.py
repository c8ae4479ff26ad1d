"""The firmware's kernel as a library of this computer: built by firmware/Makefile, called by ctypes."""

import ctypes
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from reference_wire import ACTUATOR_FIELDS, IDENTITY_FIELDS, pack_fields

from simulator.kernel_library import OUT_BYTES

FIRMWARE = Path(__file__).parents[2] / "firmware"
BUILT = FIRMWARE / "build"
"""Undefined behaviour of C ends the process that loaded one of the libraries that tests use."""

Rows = NDArray[np.uint8]


class CompilerMissing(AssertionError):
    """Nothing here can compile C."""


def build() -> Path:
    """Where the libraries are, built where they are older than their source. Raises CompilerMissing."""
    compiler = os.environ.get("CC", "cc")
    if shutil.which(compiler) is None or shutil.which("make") is None:
        raise CompilerMissing(
            f"The firmware is tested as machine code, and there is no '{compiler}' or no 'make' here: "
            "install gcc and libc6-dev, as .ci/run does."
        )
    run_make()
    return BUILT


def run_make(*words: str) -> None:
    """What firmware/Makefile says under these words."""
    command = ["make", "-C", str(FIRMWARE), f"PYTHON={sys.executable}", *words]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


class KernelDevice:
    """A device that the kernel plays; identity and table as fields of docs/wire.md.

    `drives`, `rates` and `states` (state, reason, permit) have a row for each tick from 1 on, as `play` goes.
    Raises ValueError where the kernel refuses the table.
    """

    def __init__(
        self,
        library: ctypes.CDLL,
        identity: Mapping[str, Any],
        table: Sequence[Mapping[str, Any]],
        epoch: int,
        *,
        now: int = 0,
        cuts: bool = False,
    ) -> None:
        self._library = library
        self._count = len(table)
        self.now = now
        own = pack_fields(IDENTITY_FIELDS, identity)
        rows = b"".join(pack_fields(ACTUATOR_FIELDS, actuator) for actuator in table)
        self._handle = library.host_new(own, rows, len(rows), epoch, now & 0xFFFFFFFF, cuts)
        if not self._handle:
            raise ValueError("the kernel refuses this device")

    def __del__(self) -> None:
        self._library.host_free(self._handle)

    def play(self, until: int) -> tuple[Rows, Rows, Rows]:
        """Drives, rates and states of the ticks up to `until`, or up to one of which there is news."""
        ticks = max(0, until - self.now)
        drives, rates = (np.zeros((ticks, self._count), np.uint8) for _ in range(2))
        states = np.zeros((ticks, 3), np.uint8)
        played = self._library.host_play(
            self._handle, until & 0xFFFFFFFF, drives.ctypes.data, rates.ctypes.data, states.ctypes.data
        )
        self.now += played
        return drives[:played], rates[:played], states[:played]

    def receive(self, data: bytes) -> None:
        """Bytes arrive."""
        while data:
            data = data[self._library.host_receive(self._handle, data, len(data)) :]

    def transmit(self) -> bytes:
        """The bytes that wait to go to the host."""
        room = ctypes.create_string_buffer(OUT_BYTES)
        size = self._library.host_transmit(self._handle, room, OUT_BYTES)
        return room.raw[:size]

    def happen(self, what: str) -> None:
        """A "break", a drop of "dtr" or the "button"."""
        {
            "break": self._library.host_line_break,
            "dtr": self._library.host_line_dropped,
            "button": self._library.host_press_button,
        }[what](self._handle)

    @property
    def state(self) -> tuple[int, int, int]:
        """State, reason and permit at this moment."""
        states = ctypes.create_string_buffer(3)
        self._library.host_now(self._handle, states)
        state, reason, permit = states.raw
        return state, reason, permit


def decoded(library: ctypes.CDLL, data: bytes) -> tuple[list[bytes], int, int]:
    """Each frame in `data`, packed anew; how many were dropped; how many stops."""
    wire, counts = ctypes.create_string_buffer(2 * len(data) + 100), np.zeros(3, np.uint32)
    size = library.host_decode(data, len(data), wire, counts.ctypes.data)
    frames = [frame + b"\0" for frame in wire.raw[:size].split(b"\0")[:-1]]
    assert len(frames) == counts[0]
    return frames, int(counts[1]), int(counts[2])


def changes(start: int, rows: Rows, before: Sequence[int]) -> list[list[int]]:
    """Time and values of each row that differs from the one before it; row k is at time `start + k`."""
    if not len(rows):
        return []
    differs = np.any(np.diff(rows, axis=0, prepend=[before]), axis=1)
    return [[start + k, *rows[k].tolist()] for k in np.flatnonzero(differs).tolist()]
