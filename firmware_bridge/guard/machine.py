"""What a guard does: its state, its output stage, and what falls due as time passes.

Time is handed in as whole milliseconds of the device's life; nothing here knows bytes.
"""

import sys
from collections.abc import Callable, Sequence

from firmware_bridge.guard.output import DriveOutput, put_out
from firmware_bridge.guard.output_stage import CHUNK_MS, RAMP_MS, Keyframe, OutputStage
from firmware_bridge.guard.session_limits import SessionLimits
from firmware_bridge.guard.setpoint_check import SetpointCheck
from firmware_bridge.guard.states import DEADLINES, LISTENING, TRANSITIONS, UNHEARD_MS, Cause
from firmware_bridge.guard.watchdog import Watchdog
from firmware_bridge.wire.framing import Frame
from firmware_bridge.wire.messages import ActuatorInfo, DeviceState, Identity, Limits, Reason, Setpoints
from firmware_bridge.wire.reasons import words

NEVER = sys.maxsize


class Machine:
    """The states of one guard from power on, over the actuators of `table`.

    `announce` is called with the time whenever the state has changed. `cuts`: where the host falls silent,
    what is put out is cut at once instead of ramped down. What is due is worked out when somebody catches up:
    it comes out the same however often that is.
    """

    def __init__(
        self,
        identity: Identity,
        table: Sequence[ActuatorInfo],
        output: DriveOutput,
        announce: Callable[[int], None],
        now: int,
        born: int,
        *,
        cuts: bool,
    ) -> None:
        self._be(DeviceState.DISARMED, Reason.NONE)
        self.late = 0
        """Setpoints that came too late or found no room."""
        self.limits = SessionLimits(table, identity.limits_hash)
        self.stage = OutputStage(table, identity.power_budget, identity.slots)
        self.stage.now = now
        self.watchdog = Watchdog(now)
        self._table = table
        self._check = SetpointCheck(table, identity.power_budget)
        self._rest_ms = 1000 * identity.rest_s
        self._armed_at = self._rested_at = self._tripped_at = now
        self._looked_after = False  # whether somebody has looked since it tripped
        self._ran_out = False  # whether its session did, and it has not rested after that
        self.output = output
        self._announce = announce
        self._born = born
        self._cuts = cuts
        self._stop_began = now
        self._reach = {
            Cause.LINK_LOST: self._lose_link,
            Cause.SESSION_OVER: self._end_session,
            Cause.STARVED: self._hold,
            Cause.RAMPED: self._end_stop,
        }

    # -- what may happen -------------------------------------------------------------------------------

    def hear(self, now: int) -> None:
        """A valid frame of the host came."""
        since = max(self.watchdog.valid_at, self._tripped_at)
        if now - since >= UNHEARD_MS:
            self._looked_after = True
        self.watchdog.valid_at = now

    def unpack(self, payload: bytes) -> Setpoints | None:
        """The setpoints in `payload`; None where it is malformed, and no sign of life."""
        return self._check.unpack(payload)

    def refuses_limits(self) -> Reason:
        """Why it takes no limits now; NONE where it does."""
        if self.state is DeviceState.TRIPPED:
            return Reason.TRIPPED
        return Reason.NONE if self.state is DeviceState.DISARMED else Reason.BUSY

    def take_limits(self, told: Limits) -> Reason:
        """Keep what the session to come may do, or why not."""
        refused = self.refuses_limits()
        if refused is not Reason.NONE:
            return refused
        return Reason.NONE if self.limits.take(told) else Reason.NO_SUCH_ACTUATOR

    def arm(self, session_hash: int, now: int) -> Reason:
        """Be ready to move, or why not. Armed once more, it begins no other session."""
        if self.state is DeviceState.TRIPPED:
            return Reason.TRIPPED
        following = self._ways.get(Cause.ARM)
        if following is None:
            return Reason.BUSY
        if session_hash != self.limits.hash or not self.limits.seconds:
            return Reason.WRONG_LIMITS
        if following is not self.state:
            if now < self._rested_at:
                return Reason.RESTING
            self._armed_at = now
            self.watchdog.restart(now)
            self._check.cap(self.limits.ceilings)
            self.stage.cap(self.limits.ceilings)
            self._enter(following, Reason.NONE, now)
        return Reason.NONE

    def reset(self, now: int) -> Reason:
        """Clear a trip, or why not: that of a lost link always, any other once somebody has looked."""
        following = self._ways.get(Cause.RESET)
        if following is None:
            return Reason.NONE
        if self.reason is not Reason.LINK_LOST and not self._looked_after:
            return Reason.TRIPPED
        self._enter(following, Reason.NONE, now)
        return Reason.NONE

    def press_button(self, now: int) -> None:
        """Somebody is there: trip; after a trip it means that they have looked."""
        if self.state is DeviceState.TRIPPED:
            self._looked_after = True
        self.trip(Reason.BUTTON, now)

    def trip(self, reason: Reason, now: int, cause: Cause = Cause.TRIP) -> None:
        """Power off; latched until a reset."""
        self.stage.cut()
        following = self._ways.get(cause)
        if following is not None:
            self.output.event(now, "trip", reason=words(reason))
            self._tripped_at, self._looked_after = now, False
            self._enter(following, reason, now)

    def stop(self, reason: Reason, now: int) -> None:
        """Ramp down and disarm."""
        if Cause.STOP in self._ways:
            self.stage.ramp_down()
            self._stop_began = now
            self.output.event(now, "stop", reason=words(reason))
            cause = Cause.STOP_AT_REST if self.stage.still else Cause.STOP
            self._enter(self._ways[cause], reason, now)

    def take_setpoints(self, frame: Frame, unpacked: Setpoints | None, now: int) -> Reason:
        """Play what was `unpacked` of `frame`, or trip; gives the answer that the host is owed, if any."""
        stage = self.stage
        if stage.last_due <= now or not stage.free_slots:  # what is due by now leaves the queue first
            self.catch_up(now)
        if not self._listens:
            return Reason.NOT_ARMED if self.state is DeviceState.DISARMED else Reason.NONE
        ahead = ((frame.t_ms - (now - self._born) + 0x8000) & 0xFFFF) - 0x8000
        setpoints = self._check.inspect(unpacked, ahead)
        if isinstance(setpoints, Reason):
            self.catch_up(now)
            self.trip(setpoints, now)
            return Reason.NONE
        if ahead <= 0 or now + ahead <= stage.last_due or not stage.free_slots:
            self.late += 1
            return Reason.NONE
        stage.push(Keyframe(now + ahead, setpoints.drives, setpoints.rates, frame.seq))
        if self.state is not DeviceState.PLAYING:
            self._enter(self._ways[Cause.SETPOINTS], Reason.NONE, now)
        self.output.accepted(now + ahead, setpoints.drives)
        return Reason.NONE

    def _enter(self, state: DeviceState, reason: Reason, now: int) -> None:
        self._be(state, reason)
        if state is DeviceState.DISARMED:
            self.limits.clear()
            if self._ran_out:
                self._rested_at, self._ran_out = now + self._rest_ms, False
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
            self._play_until(min(at, now))
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
        if cause is Cause.SESSION_OVER:
            return self._armed_at + 1000 * self.limits.seconds
        if cause is Cause.STARVED:
            return self.watchdog.starves_at(self.stage.last_due)
        return self._stop_began + RAMP_MS

    def _hold(self, at: int) -> None:
        if self._cuts:
            self.stage.cut()
        else:
            self.stage.ramp_down()
        self.output.event(at, "link", state="lost")
        self._enter(self._ways[Cause.STARVED], Reason.LINK_LOST, at)

    def _lose_link(self, at: int) -> None:
        self.trip(Reason.LINK_LOST, at, Cause.LINK_LOST)

    def _end_session(self, at: int) -> None:
        self._ran_out = True
        self.stop(Reason.SESSION_OVER, at)

    def _end_stop(self, at: int) -> None:
        self.stage.cut()
        self._enter(self._ways[Cause.RAMPED], self.reason, at)

    # -- output ----------------------------------------------------------------------------------------

    def _play_until(self, until: int) -> None:
        """Put out what is due."""
        stage = self.stage
        while stage.now < until:
            block = stage.advance(min(until, stage.now + CHUNK_MS))
            put_out(self.output, block, [(at, self._table[i].id) for at, i in stage.forced])
            stage.forced.clear()
