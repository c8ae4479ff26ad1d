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
from simulator.kernel_library import OUT_BYTES, Run

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
        self._told = Run()
        self._accepted_at = ctypes.addressof(self._told) + Run.drives.offset
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
        self._run(now, data)

    def transmit(self) -> bytes:
        """The bytes that wait to go to the host."""
        if not self._told.waiting:
            return b""
        self._told.waiting = 0
        size: int = self._library.host_transmit(self._handle, self._waiting, OUT_BYTES)
        return ctypes.string_at(self._waiting, size)

    def advance(self, now: int) -> None:
        """Let time pass up to `now`; a call with an earlier time does nothing."""
        if self._now < now:
            self._run(now)

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
        self._told.waiting = 1  # it may be none
        self._tell_of_change(before[0], before[1])

    def _run(self, now: int, data: bytes = b"") -> None:
        """Play up to `now`, then take `data`; of all that happens the output hears in its order."""
        run, told, width = self._library.host_run, self._told, len(self.table)
        news = False
        while self._now < now or data:
            if self._row == CHUNK_MS:
                self._show()
            until = min(now, self._now + CHUNK_MS - self._row)
            size = len(data) if until == now else 0
            drives, rates = self._first[0] + self._row * width, self._first[1] + self._row * width
            run(self._handle, (until - self._born) & _UINT32, data, size, drives, rates, told)
            self._row += told.rows
            self._now += told.rows
            data = data[told.taken :]
            if told.forced:
                resting = zip(self.table, told.resting, strict=False)
                self._rests += [(self._now, info.id) for info, forced in resting if forced]
            news = news or bool(told.news)
            if news and self._now >= now:
                self._show()
                news = False
            self._tell_of_accepted(0, told.accepted_early)
            if told.state != told.before or told.reason != told.because:
                self._tell_of_change(told.before, told.because)
            self._tell_of_accepted(told.accepted_early, told.accepted)

    def _tell_of_accepted(self, first: int, end: int) -> None:
        """Tell the output of the setpoints that were accepted last, of those between two of their numbers."""
        if first == end:
            return
        told, width = self._told, len(self.table)
        drives = ctypes.string_at(self._accepted_at + first * width, (end - first) * width)
        for k, due_ms in enumerate(told.due_ms[first:end]):
            self._output.accepted(self._now + due_ms, drives[k * width : (k + 1) * width])

    def _show(self) -> None:
        """Give the output what was played since it was given something."""
        if self._row > self._shown:
            drive, rate = (
                self._drives[self._shown : self._row].copy(),
                self._rates[self._shown : self._row].copy(),
            )
            block = OutputBlock(self._now - len(drive) + 1, drive, rate, silent=not np.count_nonzero(drive))
            put_out(self._output, block, self._rests)
            self._rests.clear()
            self._shown = self._row
        if self._row == CHUNK_MS:
            self._row = self._shown = 0

    def _tell_of_change(self, before: int, because: int) -> None:
        """Tell what led from the state and reason before to those of now, if they are others."""
        now, reason_now, _ = self._look()
        if (now, reason_now) == (before, because):
            return
        self._show()
        state, reason = DeviceState(now), words(Reason(reason_now))
        if state is DeviceState.TRIPPED:
            self._output.event(self._now, "trip", reason=reason)
        elif state is DeviceState.HOLDING:
            self._output.event(self._now, "link", state="lost")
        elif state in (DeviceState.STOPPING, DeviceState.DISARMED) and before in _STOPPABLE:
            self._output.event(self._now, "stop", reason=reason)
        self._output.event(self._now, "state", state=state.name.lower(), reason=reason)
