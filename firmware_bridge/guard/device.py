"""The virtual cushion: a device of its own that trusts no host.

Bytes in, bytes out; time is handed in as whole milliseconds of the device's life. It decodes, checks every
setpoint against its own table, plays out at 1 kHz through its own output stage, and watches the line.
"""

import random
from collections.abc import Callable
from typing import assert_never

from firmware_bridge.devices.load import DeviceDescription
from firmware_bridge.guard.outbox import Outbox
from firmware_bridge.guard.output import DriveOutput, NoOutput
from firmware_bridge.guard.output_stage import CHUNK_MS, RAMP_MS, Keyframe, OutputStage
from firmware_bridge.guard.setpoint_check import SetpointCheck
from firmware_bridge.wire.framing import Frame, FrameDecoder
from firmware_bridge.wire.identity import device_table, identity_of
from firmware_bridge.wire.messages import (
    EPOCH_ANY,
    HELLO,
    SETPOINTS,
    STOP,
    Arm,
    Describe,
    DeviceState,
    Heartbeat,
    Hello,
    HostMessage,
    MessageError,
    Reason,
    Reset,
    Status,
    Stop,
    unpack_host,
)

SOFT_LOSS_MS = 250
"""Without a valid frame for so long: ramp to zero, recover when frames return."""
HARD_LOSS_MS = 1000
"""Without a live heartbeat for so long: latched, power off."""
STATUS_MS = 250
STATUS_COPIES = 2
"""Of each periodic status: on a lost one hangs a heartbeat, and on three of those the session."""
SESSION_MS = 1_200_000
"""Twenty minutes of output; source article, rule 84."""

_NEVER = 1 << 62
_LISTENING = frozenset({DeviceState.ARMED, DeviceState.PLAYING, DeviceState.HOLDING})

Deadline = tuple[int, Callable[[int], None]]


class Cushion:
    """The device twin built to `description`. `seed` draws its epochs; nothing else in it is random."""

    def __init__(
        self, description: DeviceDescription, *, seed: int = 0, observer: DriveOutput | None = None
    ) -> None:
        self.table = device_table(description)
        self.identity = identity_of(description, unit_id=seed & 0xFFFFFFFF)
        self._observer: DriveOutput = observer or NoOutput()
        self._inspector = SetpointCheck(self.table, description.power_budget)
        self._random = random.Random(seed)
        self.epoch = EPOCH_ANY
        self._boot(0)

    @property
    def output_sum(self) -> int:
        """All drives put out at this moment, added up."""
        return self._playout.output_sum

    def reset(self, now: int) -> None:
        """The power fails for a moment: everything is forgotten and another epoch begins."""
        self._catch_up(now)
        self._playout.cut()
        self._boot(now)
        self._observer.event(now, "state", state=self.state.name.lower(), reason="device reset")

    def line_break(self, now: int) -> None:
        """The line signals a BREAK: stop."""
        self._catch_up(now)
        self._stop(now, Reason.LINE_BREAK)

    def line_dropped(self, now: int) -> None:
        """The host let go of the port (DTR): stop."""
        self._catch_up(now)
        self._stop(now, Reason.LINE_DROPPED)

    def press_button(self, now: int) -> None:
        """The button on the cable cuts the power of the actuators: trip."""
        self._catch_up(now)
        self._trip(now, Reason.BUTTON)

    def receive(self, data: bytes, now: int) -> None:
        """Take bytes off the line at device time `now`."""
        self.advance(now)  # what was due before they came, such as the loss of the link, has happened
        stops = self._decoder.stops
        frames = self._decoder.feed(data)
        if self._decoder.stops != stops:
            self._catch_up(now)
            self._stop(now, Reason.STOP_ZEROS)
        for frame in frames:
            if frame.type == SETPOINTS and frame.epoch == self.epoch:
                self._take_setpoints(frame, now)
            else:
                self._take(frame, now)
        if self._decoder.stops != stops:  # once more: what came before the zeros may have armed it
            self._stop(now, Reason.STOP_ZEROS)

    def transmit(self) -> bytes:
        """The bytes that wait to go to the host."""
        return self._reporter.take()

    def advance(self, now: int) -> None:
        """Let time pass up to `now`; a call with an earlier time does nothing.

        What is put out is worked out when something is due, or when `play_out` asks: it comes out the same.
        """
        if now < self._wake_at or now < self._plan_wake():
            return
        self._catch_up(now)
        if self._greeted and now >= self._next_status:
            self._send_status(now, copies=STATUS_COPIES)
        self._plan_wake()

    def play_out(self, now: int) -> None:
        """Bring the output up to `now`, for those who watch in real time."""
        self.advance(now)
        self._catch_up(now)

    def _boot(self, now: int) -> None:
        previous = self.epoch
        while self.epoch == previous:
            self.epoch = self._random.randrange(1, 256)
        self._decoder = FrameDecoder()
        self._playout = OutputStage(self.table, self.identity.power_budget)
        self._playout.now = now
        self.state = DeviceState.DISARMED
        self.reason = Reason.NONE
        self._reporter = Outbox(self.epoch)
        self._late = 0
        self._greeted = False
        self._next_status = now
        self._last_valid = self._last_live = self._stop_began = now
        self._played_ms = 0
        self._resting = 0
        self._wake_at = now

    # -- messages --------------------------------------------------------------------------------------

    def _take(self, frame: Frame, now: int) -> None:
        if frame.epoch != self.epoch and frame.type not in (HELLO, STOP):
            self._reporter.answer(frame, Reason.WRONG_EPOCH, now)
            return
        try:
            message = unpack_host(frame)
        except MessageError:
            self._reporter.answer(frame, Reason.MALFORMED, now)
            return
        if frame.epoch == self.epoch:
            self._last_valid = now
        self._handle(message, frame, now)

    def _handle(self, message: HostMessage, frame: Frame, now: int) -> None:
        match message:
            case Stop():
                self._catch_up(now)
                self._stop(now, Reason.STOP_FRAME)
                self._send_status(now)
            case Heartbeat(echo):
                if self._reporter.redeem(echo, now, HARD_LOSS_MS):
                    self._last_live = now
            case Hello():
                self._catch_up(now)
                self._greeted = True
                self._wake_at = now  # from now on there is a status to be sent in time
                self._reporter.send(self.identity, now)
                self._send_status(now)
            case Describe(index):
                if index < len(self.table):
                    self._reporter.send(self.table[index], now)
                else:
                    self._reporter.answer(frame, Reason.NO_SUCH_ACTUATOR, now)
            case Arm(limits_hash):
                self._arm(limits_hash, frame, now)
            case Reset():
                self._catch_up(now)
                if self.state is DeviceState.TRIPPED:
                    self._enter(DeviceState.DISARMED, Reason.NONE, now)
                self._reporter.answer(frame, Reason.NONE, now)
            case _:
                assert_never(message)

    def _arm(self, limits_hash: int, frame: Frame, now: int) -> None:
        self._catch_up(now)
        if self.state is DeviceState.TRIPPED:
            self._reporter.answer(frame, Reason.TRIPPED, now)
        elif limits_hash != self.identity.limits_hash:
            self._reporter.answer(frame, Reason.WRONG_LIMITS, now)
        elif self.state in (DeviceState.DISARMED, DeviceState.ARMED):
            self._last_valid = self._last_live = now
            if self.state is DeviceState.DISARMED:
                self._played_ms = 0
                self._enter(DeviceState.ARMED, Reason.NONE, now)
            self._reporter.answer(frame, Reason.NONE, now)
        else:
            self._reporter.answer(frame, Reason.NOT_ARMED, now)

    def _take_setpoints(self, frame: Frame, now: int) -> None:
        playout = self._playout
        if self.state not in _LISTENING or playout.last_due <= now or now - self._last_valid >= SOFT_LOSS_MS:
            self._catch_up(now)
        if self.state not in _LISTENING:
            if self.state is DeviceState.DISARMED:
                self._reporter.answer(frame, Reason.NOT_ARMED, now)
            return
        ahead = ((frame.t_ms - now + 0x8000) & 0xFFFF) - 0x8000
        setpoints = self._inspector.inspect(frame.payload, ahead)
        if isinstance(setpoints, Reason):
            self._catch_up(now)
            self._trip(now, setpoints)
            return
        self._last_valid = now
        if ahead <= 0 or now + ahead <= playout.last_due or not playout.free_slots:
            self._late += 1
            return
        if self.state is not DeviceState.PLAYING:
            self._enter(DeviceState.PLAYING, Reason.NONE, now)
        playout.push(Keyframe(now + ahead, setpoints.drives, setpoints.rates, frame.seq))
        self._observer.accepted(now + ahead, setpoints.drives)

    # -- states ----------------------------------------------------------------------------------------

    def _enter(self, state: DeviceState, reason: Reason, now: int) -> None:
        self.state, self.reason = state, reason
        self._wake_at = now
        self._observer.event(now, "state", state=state.name.lower(), reason=_words(reason))
        self._send_status(now)

    def _trip(self, now: int, reason: Reason) -> None:
        self._playout.cut()
        if self.state is not DeviceState.TRIPPED:
            self._observer.event(now, "trip", reason=_words(reason))
            self._enter(DeviceState.TRIPPED, reason, now)

    def _stop(self, now: int, reason: Reason) -> None:
        if self.state in _LISTENING:
            self._playout.ramp_down()
            self._stop_began = now
            self._observer.event(now, "stop", reason=_words(reason))
            self._enter(DeviceState.DISARMED if self._playout.still else DeviceState.STOPPING, reason, now)

    # -- time ------------------------------------------------------------------------------------------

    def _catch_up(self, now: int) -> None:
        while True:
            at, what = self._next_deadline()
            if self._play_until(min(at, now)):
                if at > now:
                    return
                what(at)

    def _next_deadline(self) -> Deadline:
        match self.state:
            case DeviceState.PLAYING:
                return min(
                    (self._last_live + HARD_LOSS_MS, self._lose_link),
                    (self._starves_at(), self._hold),
                    key=_when,
                )
            case DeviceState.ARMED | DeviceState.HOLDING:
                return self._last_live + HARD_LOSS_MS, self._lose_link
            case DeviceState.STOPPING:
                return self._stop_began + RAMP_MS, self._end_stop
            case _:
                return _NEVER, self._end_stop

    def _starves_at(self) -> int:
        """When the link counts as lost, softly: no valid frame, or nothing left to play, for too long."""
        return min(self._last_valid, self._playout.last_due) + SOFT_LOSS_MS

    def _hold(self, at: int) -> None:
        self._playout.ramp_down()
        self._observer.event(at, "link", state="lost")
        self._enter(DeviceState.HOLDING, Reason.LINK_LOST, at)

    def _lose_link(self, at: int) -> None:
        self._trip(at, Reason.LINK_LOST)

    def _end_stop(self, at: int) -> None:
        self._playout.cut()
        self._enter(DeviceState.DISARMED, self.reason, at)

    def _play_until(self, until: int) -> bool:
        """Put out what is due; False when the session ran out on the way, which changes what is due."""
        while self._playout.now < until:
            session_left = max(1, SESSION_MS - self._played_ms)
            output = self._playout.advance(min(until, self._playout.now + min(CHUNK_MS, session_left)))
            self._observer.output(output)
            self._note_resting()
            if not output.silent:
                self._played_ms += int(output.drive.any(1).sum())
                if self._played_ms >= SESSION_MS and self.state in _LISTENING:
                    self._stop(self._playout.now, Reason.SESSION_OVER)
                    return False
        return True

    def _note_resting(self) -> None:
        resting = sum(1 << i for i, rests in enumerate(self._playout.resting.tolist()) if rests)
        for i in range((resting & ~self._resting).bit_length()):
            if (resting & ~self._resting) >> i & 1:
                self._observer.event(self._playout.now, "dwell", actuator=self.table[i].id)
        self._resting = resting

    def _plan_wake(self) -> int:
        """When something is due next: the plan moves on with every frame that arrives."""
        deadline, _ = self._next_deadline()
        following = self._next_status if self._greeted else deadline
        self._wake_at = min(deadline, following, self._playout.now + CHUNK_MS)
        return self._wake_at

    # -- reports ---------------------------------------------------------------------------------------

    def _send_status(self, now: int, copies: int = 1) -> None:
        if not self._greeted:
            return
        playout = self._playout
        status = Status(
            state=self.state,
            reason=self.reason,
            free_slots=playout.free_slots,
            executed=playout.executed,
            late=self._late & 0xFFFF,
            bad=self._decoder.discarded & 0xFFFF,
            output_sum=playout.output_sum,
            resting=self._resting,
        )
        self._reporter.send(status, now, copies)
        self._next_status = now + STATUS_MS


def _when(deadline: Deadline) -> int:
    return deadline[0]


def _words(reason: Reason) -> str:
    return reason.name.lower().replace("_", " ")
