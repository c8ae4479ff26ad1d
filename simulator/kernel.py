"""The firmware's kernel as a guard: the source that a board is built from, behind what `Guard` is to others.

simulator/kernel_library.py has the library; firmware/host/library.h says what its functions do.
"""

import ctypes
import random
from collections.abc import Callable, Sequence
from functools import partial

import numpy as np

from firmware_bridge.guard.identity import UnsoundDevice
from firmware_bridge.guard.output import DriveOutput, NoOutput, put_out
from firmware_bridge.guard.output_stage import CHUNK_MS, OutputBlock
from firmware_bridge.wire.codec import report_payload
from firmware_bridge.wire.messages import EPOCH_ANY, ActuatorInfo, DeviceState, Identity, Reason
from firmware_bridge.wire.reasons import words
from simulator.kernel_library import OUT_BYTES

_UINT32 = 0xFFFFFFFF
_STOPPABLE = frozenset({DeviceState.ARMED, DeviceState.PLAYING, DeviceState.HOLDING})


class KernelGuard:
    """A guard that the kernel of `library` plays; what it is given and tells means what it does to `Guard`.

    Raises UnsoundDevice.
    """

    _handle: int | None = None  # of the class: a signal may end one before it has its own

    def __init__(
        self,
        library: ctypes.CDLL,
        identity: Identity,
        table: Sequence[ActuatorInfo],
        *,
        seed: int = 0,
        output: DriveOutput | None = None,
        kept_epoch: int = EPOCH_ANY,
        draw: Callable[[], int] | None = None,
        now: int = 0,
        cuts: bool = False,
    ) -> None:
        self.identity = identity
        self.table = table
        self.epoch = kept_epoch
        self._library = library
        self._output: DriveOutput = output or NoOutput()
        self._cuts = cuts
        self._draw = draw or partial(random.Random(seed).randrange, 1, 256)
        self._born = 0  # when its own clock began
        self._now = now
        self._drives, self._rates = (np.zeros((CHUNK_MS, len(table)), np.uint8) for _ in range(2))
        self._first = (self._drives.ctypes.data, self._rates.ctypes.data)
        self._shown = self._row = 0  # rows of these that the output was given, and that are played
        self._rests: list[tuple[int, str]] = []  # forced since then
        self._waiting = ctypes.create_string_buffer(OUT_BYTES)
        self._states = ctypes.create_string_buffer(3)
        self._bytes = ctypes.create_string_buffer(len(table))
        self._boot()

    def __del__(self) -> None:
        self._free()

    def _free(self) -> None:
        """Give the kernel's memory back, once: it is nobody's before it is."""
        handle, self._handle = self._handle, None
        if handle:
            self._library.host_free(handle)

    @property
    def state(self) -> DeviceState:
        """What it is doing."""
        return DeviceState(self._look()[0])

    @property
    def reason(self) -> Reason:
        """Why it does that."""
        return Reason(self._look()[1])

    @property
    def output_sum(self) -> int:
        """All drives put out at this moment, added up."""
        return int(self._library.host_output_sum(self._handle))

    def reset(self, now: int) -> None:
        """The power fails for a moment: everything is forgotten and another epoch begins."""
        self.play_out(now)
        self._born = now
        self._boot()
        self._output.event(now, "state", state=self.state.name.lower(), reason="device reset")

    def line_break(self, now: int) -> None:
        """The line signals a BREAK: stop."""
        self._act(self._library.host_line_break, now)

    def line_dropped(self, now: int) -> None:
        """The host let go of the port (DTR): stop."""
        self._act(self._library.host_line_dropped, now)

    def press_button(self, now: int) -> None:
        """The button on the cable cuts the power of the actuators: trip."""
        self._act(self._library.host_press_button, now)

    def receive(self, data: bytes, now: int) -> None:
        """Take bytes off the line at device time `now`."""
        self.advance(now)
        while data:
            before = self._look()
            data = data[self._library.host_receive(self._handle, data, len(data)) :]
            ahead = self._library.host_accepted(self._handle, self._bytes)
            drives = self._bytes.raw if ahead else b""
            self._tell_of_change(before)
            if ahead:
                self._output.accepted(self._now + ahead, drives)

    def transmit(self) -> bytes:
        """The bytes that wait to go to the host."""
        size: int = self._library.host_transmit(self._handle, self._waiting, OUT_BYTES)
        return ctypes.string_at(self._waiting, size)

    def advance(self, now: int) -> None:
        """Let time pass up to `now`; a call with an earlier time does nothing."""
        news = False
        while self._now < now:
            if self._row == CHUNK_MS:
                self._show()
            until = min(now, self._now + CHUNK_MS - self._row)
            news |= self._play(until)
        if news:
            self._show()

    def play_out(self, now: int) -> None:
        """Bring the output up to `now`, for those who watch in real time."""
        self.advance(now)
        self._show()

    def _boot(self) -> None:
        previous = self.epoch
        while self.epoch == previous:
            self.epoch = self._draw()
        self._free()
        table = b"".join(map(report_payload, self.table))
        own_time = (self._now - self._born) & _UINT32
        self._handle = self._library.host_new(
            report_payload(self.identity), table, len(table), self.epoch, own_time, self._cuts
        )
        if not self._handle:
            raise UnsoundDevice("the kernel starts no such device")

    def _look(self) -> bytes:
        """State, reason and permit."""
        self._library.host_now(self._handle, self._states)
        return self._states.raw

    def _act(self, act: Callable[[int | None], None], now: int) -> None:
        self.advance(now)
        before = self._look()
        act(self._handle)
        self._tell_of_change(before)

    def _play(self, until: int) -> bool:
        """Play up to `until`, for which there are rows, or to a tick that is news; whether it was."""
        before = self._look()
        drives, rates = (first + self._row * len(self.table) for first in self._first)
        played = self._library.host_play(self._handle, (until - self._born) & _UINT32, drives, rates, None)
        self._row += played
        self._now += played
        self._note_rests()
        self._tell_of_change(before)
        return bool(self._library.host_has_news(self._handle))

    def _show(self) -> None:
        """Give the output what was played since it was given something."""
        if self._row > self._shown:
            drive, rate = (rows[self._shown : self._row].copy() for rows in (self._drives, self._rates))
            start = self._now - len(drive) + 1
            put_out(self._output, OutputBlock(start, drive, rate, silent=not drive.any()), self._rests)
            self._rests.clear()
            self._shown = self._row
        if self._row == CHUNK_MS:
            self._row = self._shown = 0

    def _note_rests(self) -> None:
        self._library.host_forced(self._handle, self._bytes)
        if any(self._bytes.raw):
            pairs = zip(self.table, self._bytes.raw, strict=True)
            self._rests += [(self._now, info.id) for info, forced in pairs if forced]

    def _tell_of_change(self, before: bytes) -> None:
        """Tell what led from the state in `before` to that of now, and that it is another."""
        after = self._look()
        if after[:2] == before[:2]:
            return
        self._show()
        state, reason = DeviceState(after[0]), words(Reason(after[1]))
        if state is DeviceState.TRIPPED:
            self._output.event(self._now, "trip", reason=reason)
        elif state is DeviceState.HOLDING:
            self._output.event(self._now, "link", state="lost")
        elif state in (DeviceState.STOPPING, DeviceState.DISARMED) and before[0] in _STOPPABLE:
            self._output.event(self._now, "stop", reason=reason)
        self._output.event(self._now, "state", state=state.name.lower(), reason=reason)
