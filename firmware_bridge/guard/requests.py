"""What a host asks of a guard, frame by frame, and what it is answered."""

from collections.abc import Callable, Sequence

from firmware_bridge.guard.machine import Machine
from firmware_bridge.guard.outbox import Outbox
from firmware_bridge.guard.states import HARD_LOSS_MS
from firmware_bridge.wire.framing import Frame
from firmware_bridge.wire.messages import (
    HELLO,
    LIMITS,
    SETPOINTS,
    STOP,
    ActuatorInfo,
    Arm,
    Describe,
    Hello,
    HostMessage,
    Identity,
    Limits,
    LimitsHash,
    MessageError,
    Reason,
    Reset,
    Stop,
    unpack_host,
)


class HostRequests:
    """Takes the frames of one epoch to `machine`, and puts the answers into `outbox`.

    `report` sends a status; `identity` and `table` are what the host is told of the device.
    """

    def __init__(
        self,
        epoch: int,
        identity: Identity,
        table: Sequence[ActuatorInfo],
        machine: Machine,
        outbox: Outbox,
        report: Callable[[int], None],
    ) -> None:
        self._epoch = epoch
        self._identity = identity
        self._table = table
        self._machine = machine
        self._outbox = outbox
        self._report = report

    def take(self, frame: Frame, now: int) -> None:
        """Do what a frame asks, at device time `now`."""
        if frame.epoch != self._epoch and frame.type not in (HELLO, STOP):
            self._outbox.answer(frame, Reason.WRONG_EPOCH, now)
            return
        if frame.type == SETPOINTS:
            setpoints = self._machine.unpack(frame.payload)
            if setpoints is not None:
                self._note_life(frame, now)
            reason = self._machine.take_setpoints(frame, setpoints, now)
            if reason is not Reason.NONE:
                self._outbox.answer(frame, reason, now)
            return
        try:
            message = unpack_host(frame)
        except MessageError:
            refused = self._machine.refuses_limits() if frame.type == LIMITS else Reason.NONE
            self._outbox.answer(frame, refused or Reason.MALFORMED, now)
            return
        if frame.epoch == self._epoch:
            self._note_life(frame, now)
        self._heed(message, frame, now)

    def _note_life(self, frame: Frame, now: int) -> None:
        """A valid frame came; it is live where it speaks of a status that went out lately."""
        self._machine.hear(now)
        if self._outbox.redeem(frame.echo, now, HARD_LOSS_MS):
            self._machine.watchdog.live_at = now

    def _heed(self, message: HostMessage, frame: Frame, now: int) -> None:
        """Do what is asked; of a heartbeat, that it came is all it says."""
        machine, outbox = self._machine, self._outbox
        match message:
            case Stop():
                machine.catch_up(now)
                sent = outbox.sent
                machine.stop(Reason.STOP_FRAME, now)
                if outbox.sent == sent:
                    self._report(now)
            case Hello():
                machine.catch_up(now)
                outbox.greeted = True
                outbox.send(self._identity, now)
                self._report(now)
            case Describe(index):
                if index < len(self._table):
                    outbox.send(self._table[index], now)
                else:
                    outbox.answer(frame, Reason.NO_SUCH_ACTUATOR, now)
            case Limits():
                reason = machine.take_limits(message)
                if reason is Reason.NONE:
                    outbox.send(LimitsHash(machine.limits.hash, machine.limits.seconds), now)
                else:
                    outbox.answer(frame, reason, now)
            case Arm(session_hash):
                machine.catch_up(now)
                with outbox.answer_first(now):
                    outbox.answer(frame, machine.arm(session_hash, now), now)
            case Reset():
                machine.catch_up(now)
                with outbox.answer_first(now):
                    outbox.answer(frame, machine.reset(now), now)
