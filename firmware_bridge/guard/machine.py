"""What a guard does: its state, its output stage, and what falls due as time passes.

Time is handed in as whole milliseconds of the device's life; nothing here knows bytes.
"""

from collections.abc import Callable, Sequence

from firmware_bridge.guard.output import DriveOutput
from firmware_bridge.guard.output_stage import CHUNK_MS, RAMP_MS, Keyframe, OutputStage
from firmware_bridge.guard.setpoint_check import SetpointCheck
from firmware_bridge.guard.states import DEADLINES, LISTENING, SESSION_MS, TRANSITIONS, Cause
from firmware_bridge.guard.watchdog import Watchdog
from firmware_bridge.wire.framing import Frame
from firmware_bridge.wire.messages import ActuatorInfo, DeviceState, Reason
from firmware_bridge.wire.reasons import words

NEVER = 1 << 62


class Machine:
    """The states of one guard from power on, over the actuators of `table`.

    `announce` is called with the time whenever the state has changed. What is due is worked out when somebody
    catches up: it comes out the same however often that is.
    """

    def __init__(
        self,
        table: Sequence[ActuatorInfo],
        power_budget: int,
        output: DriveOutput,
        announce: Callable[[int], None],
        now: int,
    ) -> None:
        self._be(DeviceState.DISARMED, Reason.NONE)
        self.late = 0
        """Setpoints that came too late or found no room."""
        self.resting = 0
        """Bit i is set while actuator i must rest."""
        self.played_ms = 0
        """Milliseconds of the session in which anything was driven."""
        self.stage = OutputStage(table, power_budget)
        self.stage.now = now
        self.watchdog = Watchdog(now)
        self._table = table
        self._check = SetpointCheck(table, power_budget)
        self.output = output
        self._announce = announce
        self._stop_began = now
        self._reach = {
            Cause.LINK_LOST: self._lose_link,
            Cause.STARVED: self._hold,
            Cause.RAMPED: self._end_stop,
        }

    # -- what may happen -------------------------------------------------------------------------------

    def arm(self, now: int) -> Reason:
        """Be ready to move, or why not. Armed once more, it begins no other session."""
        following = self._ways.get(Cause.ARM)
        if following is None:
            return Reason.NOT_ARMED
        self.watchdog.restart(now)
        if following is not self.state:
            self.played_ms = 0
            self._enter(following, Reason.NONE, now)
        return Reason.NONE

    def reset(self, now: int) -> None:
        """A person has looked: a trip is cleared."""
        following = self._ways.get(Cause.RESET)
        if following is not None:
            self._enter(following, Reason.NONE, now)

    def trip(self, reason: Reason, now: int) -> None:
        """Power off; latched until a reset."""
        self.stage.cut()
        following = self._ways.get(Cause.TRIP)
        if following is not None:
            self.output.event(now, "trip", reason=words(reason))
            self._enter(following, reason, now)

    def stop(self, reason: Reason, now: int) -> None:
        """Ramp down and disarm."""
        if Cause.STOP in self._ways:
            self.stage.ramp_down()
            self._stop_began = now
            self.output.event(now, "stop", reason=words(reason))
            cause = Cause.STOP_AT_REST if self.stage.still else Cause.STOP
            self._enter(self._ways[cause], reason, now)

    def take_setpoints(self, frame: Frame, now: int) -> Reason:
        """Play what `frame` asks for, or trip on it; gives the answer that the host is owed, if any."""
        stage = self.stage
        if (
            not self._listens
            or stage.last_due <= now
            or self.watchdog.silent(now)
            or not stage.free_slots  # what is due by now leaves the queue first
        ):
            self.catch_up(now)
        if not self._listens:
            return Reason.NOT_ARMED if self.state is DeviceState.DISARMED else Reason.NONE
        ahead = ((frame.t_ms - now + 0x8000) & 0xFFFF) - 0x8000
        setpoints = self._check.inspect(frame.payload, ahead)
        if isinstance(setpoints, Reason):
            self.catch_up(now)
            self.trip(setpoints, now)
            return Reason.NONE
        self.watchdog.valid_at = now
        if ahead <= 0 or now + ahead <= stage.last_due or not stage.free_slots:
            self.late += 1
            return Reason.NONE
        if self.state is not DeviceState.PLAYING:
            self._enter(self._ways[Cause.SETPOINTS], Reason.NONE, now)
        stage.push(Keyframe(now + ahead, setpoints.drives, setpoints.rates, frame.seq))
        self.output.accepted(now + ahead, setpoints.drives)
        return Reason.NONE

    def _enter(self, state: DeviceState, reason: Reason, now: int) -> None:
        self._be(state, reason)
        self.output.event(now, "state", state=state.name.lower(), reason=words(reason))
        self._announce(now)

    def _be(self, state: DeviceState, reason: Reason) -> None:
        self.state, self.reason = state, reason
        self._ways, self._due, self._listens = TRANSITIONS[state], DEADLINES[state], state in LISTENING

    # -- what falls due --------------------------------------------------------------------------------

    def catch_up(self, now: int) -> None:
        """Let happen what was due up to `now`."""
        while True:
            at, cause = self._next()
            if self._play_until(min(at, now)):
                if at > now or cause is None:
                    return
                self._reach[cause](at)

    def due_at(self) -> int:
        """When something falls due next; NEVER where nothing does."""
        return self._next()[0]

    def _next(self) -> tuple[int, Cause | None]:
        at, first = NEVER, None
        for cause in self._due:
            due = self._when(cause)
            if due < at:
                at, first = due, cause
        return at, first

    def _when(self, cause: Cause) -> int:
        if cause is Cause.LINK_LOST:
            return self.watchdog.lost_at()
        if cause is Cause.STARVED:
            return self.watchdog.starves_at(self.stage.last_due)
        return self._stop_began + RAMP_MS

    def _hold(self, at: int) -> None:
        self.stage.ramp_down()
        self.output.event(at, "link", state="lost")
        self._enter(self._ways[Cause.STARVED], Reason.LINK_LOST, at)

    def _lose_link(self, at: int) -> None:
        self.stage.cut()
        self.output.event(at, "trip", reason=words(Reason.LINK_LOST))
        self._enter(self._ways[Cause.LINK_LOST], Reason.LINK_LOST, at)

    def _end_stop(self, at: int) -> None:
        self.stage.cut()
        self._enter(self._ways[Cause.RAMPED], self.reason, at)

    # -- output ----------------------------------------------------------------------------------------

    def _play_until(self, until: int) -> bool:
        """Put out what is due; False when the session ran out on the way, which changes what is due."""
        stage = self.stage
        while stage.now < until:
            session_left = max(1, SESSION_MS - self.played_ms)
            ticks = stage.advance(min(until, stage.now + min(CHUNK_MS, session_left)))
            self.output.output(ticks)
            self._note_resting()
            if not ticks.silent:
                self.played_ms += int(ticks.drive.any(1).sum())
                if self.played_ms >= SESSION_MS and self._listens:
                    self.stop(Reason.SESSION_OVER, stage.now)
                    return False
        return True

    def _note_resting(self) -> None:
        resting = sum(1 << i for i, rests in enumerate(self.stage.resting.tolist()) if rests)
        begins = resting & ~self.resting
        for i in range(begins.bit_length()):
            if begins >> i & 1:
                self.output.event(self.stage.now, "dwell", actuator=self._table[i].id)
        self.resting = resting
