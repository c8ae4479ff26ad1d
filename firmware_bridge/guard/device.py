"""The device's half of the wire in software: it trusts no host.

Bytes in, bytes out; time is handed in as whole milliseconds of the device's life. Where drives go is an
argument: motors of a simulation today, the dialect of a device that has no limits of its own later.

    states            what it may be doing, one table
    machine           its state, what falls due, what is put out
    setpoint_check    every limit, frame by frame
    output_stage      drives at 1 kHz
    watchdog          when the host counts as lost
    identity          whether it may start at all
    requests          what the host asks
    outbox            what it is told

Imports nothing of the host's half, and no description of a device: its limits are the table that it is given.
"""

import random
from collections.abc import Callable, Iterator, Sequence
from functools import partial

import numpy as np

from firmware_bridge.guard.identity import require_sound
from firmware_bridge.guard.machine import Machine
from firmware_bridge.guard.outbox import Outbox
from firmware_bridge.guard.output import DriveOutput, NoOutput
from firmware_bridge.guard.output_stage import CHUNK_MS
from firmware_bridge.guard.requests import HostRequests
from firmware_bridge.wire.framing import FrameDecoder
from firmware_bridge.wire.messages import EPOCH_ANY, ActuatorInfo, DeviceState, Identity, Reason, Status


class Guard:
    """Guards what lies behind `output`: the actuators of `table`, within the power budget of `identity`.

    `seed` draws its epochs; nothing else in it is random. `kept_epoch` is the one before, of which a device
    keeps a byte where no loss of power reaches it; 0 where there was none. `draw` gives numbers of 1 to 255
    in place of the seed's. It starts at device time `now`. One that `cuts` is zero 250 ms after its host fell
    silent, and not by a ramp after 500: what it drives would go on by itself.

    Raises UnsoundDevice.
    """

    def __init__(
        self,
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
        require_sound(identity, table)
        self.identity = identity
        self.table = table
        self.epoch = kept_epoch
        self._output: DriveOutput = output or NoOutput()
        self._born = 0  # when its own clock began
        self._cuts = cuts
        self._draw = draw or partial(random.Random(seed).randrange, 1, 256)
        self._boot(now)

    @property
    def state(self) -> DeviceState:
        """What it is doing."""
        return self.machine.state

    @property
    def reason(self) -> Reason:
        """Why it does that."""
        return self.machine.reason

    @property
    def output_sum(self) -> int:
        """All drives put out at this moment, added up."""
        return self.machine.stage.output_sum

    def reset(self, now: int) -> None:
        """The power fails for a moment: everything is forgotten and another epoch begins."""
        self.machine.catch_up(now)
        self.machine.stage.cut()
        self._born = now
        self._boot(now)
        self._output.event(now, "state", state=self.state.name.lower(), reason="device reset")

    def line_break(self, now: int) -> None:
        """The line signals a BREAK: stop."""
        self._stop(Reason.LINE_BREAK, now)

    def line_dropped(self, now: int) -> None:
        """The host let go of the port (DTR): stop."""
        self._stop(Reason.LINE_DROPPED, now)

    def press_button(self, now: int) -> None:
        """The button on the cable cuts the power of the actuators: trip."""
        self.machine.catch_up(now)
        self.machine.press_button(now)

    def receive(self, data: bytes, now: int) -> None:
        """Take bytes off the line at device time `now`."""
        self.advance(now)  # what was due before they came, such as the loss of the link, has happened
        for piece in _up_to_zeros(data):
            stops = self._decoder.stops
            for frame in self._decoder.feed(piece):
                self._requests.take(frame, now)
            if self._decoder.stops != stops:
                self._stop(Reason.STOP_ZEROS, now)

    def transmit(self) -> bytes:
        """The bytes that wait to go to the host."""
        return self._outbox.take()

    def advance(self, now: int) -> None:
        """Let time pass up to `now`; a call with an earlier time does nothing.

        What is put out is worked out when something is due, or when `play_out` asks: it comes out the same,
        and each status is of the time when it was due.
        """
        if now < self._wake_at or now < self._plan_wake():
            return
        while self._outbox.greeted and self._outbox.next_status <= now:
            due = self._outbox.next_status
            self.machine.catch_up(due)
            if self._outbox.next_status == due:  # no change of state has told it
                self._report(due)
        self.machine.catch_up(now)
        self._plan_wake()

    def play_out(self, now: int) -> None:
        """Bring the output up to `now`, for those who watch in real time."""
        self.advance(now)
        self.machine.catch_up(now)

    def _boot(self, now: int) -> None:
        previous = self.epoch
        while self.epoch == previous:
            self.epoch = self._draw()
        self._decoder = FrameDecoder()
        self._outbox = Outbox(self.epoch, now, self._born)
        self.machine = Machine(
            self.identity, self.table, self._output, self._tell, now, self._born, cuts=self._cuts
        )
        self._requests = HostRequests(
            self.epoch, self.identity, self.table, self.machine, self._outbox, self._report
        )
        self._wake_at = now

    def _stop(self, reason: Reason, now: int) -> None:
        self.machine.catch_up(now)
        self.machine.stop(reason, now)

    def _plan_wake(self) -> int:
        """When something is due next: the plan moves on with every frame that arrives."""
        due = self.machine.due_at()
        following = self._outbox.next_status if self._outbox.greeted else due
        self._wake_at = min(due, following, self.machine.stage.now + CHUNK_MS)
        return self._wake_at

    def _tell(self, now: int) -> None:
        """Send a status, if the host has greeted; what is due next has changed in any case."""
        self._wake_at = min(self._wake_at, now)
        if not self._outbox.greeted:
            return
        self._report(now)

    def _report(self, now: int) -> None:
        """Send a status; the next one is due later than it was."""
        self._wake_at = min(self._wake_at, now)
        machine = self.machine
        status = Status(
            state=machine.state,
            reason=machine.reason,
            free_slots=machine.stage.free_slots,
            executed=machine.stage.executed,
            late=machine.late & 0xFFFF,
            bad=self._decoder.discarded & 0xFFFF,
            output_sum=machine.stage.output_sum,
            resting=np.packbits(machine.stage.resting, bitorder="little").tobytes(),
        )
        self._outbox.send(status, now)


def _up_to_zeros(data: bytes) -> Iterator[bytes]:
    """`data` in pieces that end with a zero byte, so that frames and stops are taken in their order."""
    start = 0
    while start < len(data):
        end = data.find(b"\0", start) + 1 or len(data)
        yield data[start:end]
        start = end
