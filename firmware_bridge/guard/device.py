"""The device's half of the wire in software: it trusts no host.

Bytes in, bytes out; time is handed in as whole milliseconds of the device's life. Where drives go is an
argument: motors of a simulation today, the dialect of a device that has no limits of its own later.

    states            what it may be doing, one table
    machine           its state, what falls due, what is put out
    setpoint_check    every limit, frame by frame
    output_stage      drives at 1 kHz
    watchdog          when the host counts as lost
    requests          what the host asks
    outbox            what it is told

Imports nothing of the host's half, and no description of a device: its limits are the table that it is given.
"""

import random
from collections.abc import Sequence

from firmware_bridge.guard.machine import Machine
from firmware_bridge.guard.outbox import STATUS_COPIES, Outbox
from firmware_bridge.guard.output import DriveOutput, NoOutput
from firmware_bridge.guard.output_stage import CHUNK_MS
from firmware_bridge.guard.requests import HostRequests
from firmware_bridge.wire.framing import FrameDecoder
from firmware_bridge.wire.messages import EPOCH_ANY, ActuatorInfo, DeviceState, Identity, Reason, Status


class Guard:
    """Guards what lies behind `output`: the actuators of `table`, within the power budget of `identity`.

    `seed` draws its epochs; nothing else in it is random.
    """

    def __init__(
        self,
        identity: Identity,
        table: Sequence[ActuatorInfo],
        *,
        seed: int = 0,
        output: DriveOutput | None = None,
    ) -> None:
        self.identity = identity
        self.table = table
        self.epoch = EPOCH_ANY
        self._output: DriveOutput = output or NoOutput()
        self._random = random.Random(seed)
        self._boot(0)

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
        self.machine.trip(Reason.BUTTON, now)

    def receive(self, data: bytes, now: int) -> None:
        """Take bytes off the line at device time `now`."""
        self.advance(now)  # what was due before they came, such as the loss of the link, has happened
        stops = self._decoder.stops
        frames = self._decoder.feed(data)
        if self._decoder.stops != stops:
            self._stop(Reason.STOP_ZEROS, now)
        for frame in frames:
            self._requests.take(frame, now)
        if self._decoder.stops != stops:  # once more: what came before the zeros may have armed it
            self.machine.stop(Reason.STOP_ZEROS, now)

    def transmit(self) -> bytes:
        """The bytes that wait to go to the host."""
        return self._outbox.take()

    def advance(self, now: int) -> None:
        """Let time pass up to `now`; a call with an earlier time does nothing.

        What is put out is worked out when something is due, or when `play_out` asks: it comes out the same.
        """
        if now < self._wake_at or now < self._plan_wake():
            return
        self.machine.catch_up(now)
        if self._outbox.greeted and now >= self._outbox.next_status:
            self._tell(now, STATUS_COPIES)
        self._plan_wake()

    def play_out(self, now: int) -> None:
        """Bring the output up to `now`, for those who watch in real time."""
        self.advance(now)
        self.machine.catch_up(now)

    def _boot(self, now: int) -> None:
        previous = self.epoch
        while self.epoch == previous:
            self.epoch = self._random.randrange(1, 256)
        self._decoder = FrameDecoder()
        self._outbox = Outbox(self.epoch, now)
        self.machine = Machine(self.table, self.identity.power_budget, self._output, self._tell, now)
        self._requests = HostRequests(
            self.epoch, self.identity, self.table, self.machine, self._outbox, self._tell
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

    def _tell(self, now: int, copies: int = 1) -> None:
        """Send a status, if the host has greeted; what is due next has changed in any case."""
        self._wake_at = min(self._wake_at, now)
        if not self._outbox.greeted:
            return
        machine = self.machine
        status = Status(
            state=machine.state,
            reason=machine.reason,
            free_slots=machine.stage.free_slots,
            executed=machine.stage.executed,
            late=machine.late & 0xFFFF,
            bad=self._decoder.discarded & 0xFFFF,
            output_sum=machine.stage.output_sum,
            resting=machine.resting,
        )
        self._outbox.send(status, now, copies)
