"""What a host asks of a guard, frame by frame, and what it is answered."""

from collections.abc import Callable, Sequence

from firmware_bridge.guard.machine import Machine
from firmware_bridge.guard.outbox import Outbox
from firmware_bridge.guard.states import HARD_LOSS_MS
from firmware_bridge.wire.framing import Frame
from firmware_bridge.wire.messages import (
    HELLO,
    SETPOINTS,
    STOP,
    ActuatorInfo,
    Arm,
    Describe,
    DeviceState,
    Heartbeat,
    Hello,
    HostMessage,
    Identity,
    MessageError,
    Reason,
    Reset,
    Stop,
    unpack_host,
)


class HostRequests:
    """Takes the frames of one epoch to `machine`, and puts the answers into `outbox`.

    `tell` sends a status; `identity` and `table` are what the host is told of the device.
    """

    def __init__(
        self,
        epoch: int,
        identity: Identity,
        table: Sequence[ActuatorInfo],
        machine: Machine,
        outbox: Outbox,
        tell: Callable[[int], None],
    ) -> None:
        self._epoch = epoch
        self._identity = identity
        self._table = table
        self._machine = machine
        self._outbox = outbox
        self._tell = tell

    def take(self, frame: Frame, now: int) -> None:
        """Do what a frame asks, at device time `now`."""
        if frame.epoch != self._epoch and frame.type not in (HELLO, STOP):
            self._outbox.answer(frame, Reason.WRONG_EPOCH, now)
            return
        if frame.type == SETPOINTS and frame.epoch == self._epoch:
            reason = self._machine.take_setpoints(frame, now)
            if reason is not Reason.NONE:
                self._outbox.answer(frame, reason, now)
            return
        try:
            message = unpack_host(frame)
        except MessageError:
            self._outbox.answer(frame, Reason.MALFORMED, now)
            return
        if frame.epoch == self._epoch:
            self._machine.watchdog.valid_at = now
        self._heed(message, frame, now)

    def _heed(self, message: HostMessage, frame: Frame, now: int) -> None:
        machine, outbox = self._machine, self._outbox
        match message:
            case Stop():
                machine.catch_up(now)
                machine.stop(Reason.STOP_FRAME, now)
                self._tell(now)
            case Heartbeat(echo):
                if outbox.redeem(echo, now, HARD_LOSS_MS):
                    machine.watchdog.live_at = now
            case Hello():
                machine.catch_up(now)
                outbox.greeted = True
                outbox.send(self._identity, now)
                self._tell(now)
            case Describe(index):
                if index < len(self._table):
                    outbox.send(self._table[index], now)
                else:
                    outbox.answer(frame, Reason.NO_SUCH_ACTUATOR, now)
            case Arm(limits_hash):
                machine.catch_up(now)
                outbox.answer(frame, self._arm(limits_hash, now), now)
            case Reset():
                machine.catch_up(now)
                machine.reset(now)
                outbox.answer(frame, Reason.NONE, now)
            case _:
                raise AssertionError("setpoints went to the machine")

    def _arm(self, limits_hash: int, now: int) -> Reason:
        if self._machine.state is DeviceState.TRIPPED:
            return Reason.TRIPPED
        if limits_hash != self._identity.limits_hash:
            return Reason.WRONG_LIMITS
        return self._machine.arm(now)
