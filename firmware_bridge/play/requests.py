"""Requests that wait for their answer: who are you, be armed, reset, stop. Stop-and-wait, a few tries."""

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from firmware_bridge.clock import Clock
from firmware_bridge.errors import (
    DeviceRefused,
    DeviceRemedy,
    InterlockTrip,
    LimitsMismatch,
    LinkError,
    LinkTimeout,
    ProtocolMismatch,
)
from firmware_bridge.play.connection import Connection, is_answer
from firmware_bridge.safety.interlock import InterlockEvent, State
from firmware_bridge.wire.identity import DeviceSelf
from firmware_bridge.wire.messages import (
    ARM,
    LIMITS,
    PROTOCOL_VERSION,
    RESET,
    ActuatorInfo,
    Answer,
    Arm,
    Describe,
    DeviceState,
    Hello,
    HostMessage,
    Identity,
    Limits,
    LimitsHash,
    Reason,
    Report,
    Reset,
    Status,
)
from firmware_bridge.wire.reasons import reason_text

if TYPE_CHECKING:  # a simulation has no need of pyserial, which takes its time to import
    from firmware_bridge.wire.link import Link

ANSWER_S = 0.05
"""How long one try waits, seconds."""
TRIES = 20
"""A second: as long as a device waits for its host. A line that loses bytes, or a busy computer, should
neither hide what a device is nor keep it from being armed; a request that comes twice does nothing more."""
HELLO_TRIES = 40
"""Two seconds: a board that restarts when its port is opened needs that long to come up."""
STOP_CONFIRM_S = 1.0
STATUS_S = 0.5
UNHEARD_S = 2.1
"""So long a device that tripped has to hear nobody before it takes a reset, seconds; docs/wire.md: 2 s."""
_POLL_S = 0.002

R = TypeVar("R", bound=Report)


class Dialogue:
    """Asks one device over one link."""

    def __init__(self, link: "Link", clock: Clock, connection: Connection) -> None:
        self.link = link
        self.clock = clock
        self.connection = connection

    def identify(self) -> DeviceSelf:
        """Ask the device who it is; nothing moves.

        Raises LinkTimeout when nothing answers, ProtocolMismatch when it speaks another version, and
        LimitsMismatch when what it tells does not fit together.
        """
        identity = self._ask(Hello(), lambda r, _: r if isinstance(r, Identity) else None, HELLO_TRIES)
        if identity.protocol != PROTOCOL_VERSION:
            raise ProtocolMismatch(
                f"the device speaks protocol {identity.protocol}, this program speaks {PROTOCOL_VERSION}",
                hint="update the older of the two",
            )
        told = DeviceSelf(identity, tuple(self._describe(i) for i in range(identity.actuators)))
        if not told.agrees_with_itself:
            raise LimitsMismatch(
                "the device's actuators are not those that its identity stands for",
                hint="switch it off and on; if it says so again, its firmware is broken",
            )
        return told

    def tell_limits(self, seconds: int, ceilings: bytes, at_once: int, expected: LimitsHash) -> None:
        """Tell the device what this session may do, `at_once` ceilings in a frame, until it says `expected`.

        Raises DeviceRefused, and LimitsMismatch where the device keeps other limits.
        """
        for first in range(0, len(ceilings), at_once):
            limits = Limits(first, seconds, ceilings[first : first + at_once])
            last = first + at_once >= len(ceilings)
            self._tell(limits, expected if last else None)

    def _tell(self, limits: Limits, expected: LimitsHash | None) -> None:
        """One frame of limits. Its answer does not say which one it is for: one before may have come late."""
        kept: list[LimitsHash] = []

        def pick(report: Report, seq: int) -> LimitsHash | Answer | None:
            if isinstance(report, LimitsHash):
                kept.append(report)
                return report if expected in (None, report) else None
            return _answer_to(LIMITS)(report, seq)

        try:
            answer: Report = self._ask(limits, pick, TRIES)
        except LinkTimeout:
            if not kept:
                raise
            raise LimitsMismatch(
                "the device keeps other limits for this session than it was told",
                hint=DeviceRemedy.USE_ITS_DESCRIPTION,
            ) from None
        if isinstance(answer, Answer):
            raise DeviceRefused(f"the device refused the session's limits: {reason_text(answer.reason)}")

    def arm(self, session_hash: int) -> None:
        """Arm the device under the limits with that hash; raises DeviceRefused or LimitsMismatch."""
        answer = self._ask(Arm(session_hash), _answer_to(ARM), TRIES)
        if answer.reason == Reason.WRONG_LIMITS:
            raise LimitsMismatch(
                "the device holds other limits than its description here",
                hint=DeviceRemedy.USE_ITS_DESCRIPTION,
            )
        if answer.reason != Reason.NONE:
            raise DeviceRefused(f"the device refused to be armed: {reason_text(answer.reason)}")
        self.connection.interlock.observe(InterlockEvent.ARM_CONFIRMED)

    def reset(self) -> None:
        """Clear a latched trip, on the device and here. Nothing starts by it.

        What was no lost link the device clears once it has heard nobody for a while: then it is asked again.
        """
        answer = self._ask(Reset(), _answer_to(RESET), TRIES)
        if answer.reason == Reason.TRIPPED:
            self.clock.sleep(UNHEARD_S)
            answer = self._ask(Reset(), _answer_to(RESET), TRIES)
        if answer.reason != Reason.NONE:
            raise DeviceRefused(f"the device refused the reset: {reason_text(answer.reason)}")

    def clear_lost_link(self) -> None:
        """Take up a device that latched because its host went away; InterlockTrip for any other trip."""
        status = self.status()
        if status.state != DeviceState.TRIPPED:
            return
        if status.reason != Reason.LINK_LOST:
            raise InterlockTrip(
                f"the device is latched after a trip: {reason_text(status.reason)}",
                hint=DeviceRemedy.CLEAR_TRIP,
            )
        self.reset()

    def status(self) -> Status:
        """How the device is; it tells unasked, soon after it was greeted. Raises LinkTimeout."""
        status = self.connection.status or self._wait(
            lambda report: report if isinstance(report, Status) else None, self.clock.now() + STATUS_S
        )
        if status is None:
            raise LinkTimeout(
                f"{self.link.name} sends no status", hint="unplug the device and plug it in again"
            )
        return status

    def stop(self) -> bool:
        """Discard what is queued, stop the device, wait until it says that nothing moves.

        The zeros and the STOP frame go first, a line break after them: each is enough by itself. Returns
        whether the device confirmed. Raises no link error: a stop goes on trying for STOP_CONFIRM_S.
        """
        self.link.abandon_output()
        deadline = self.clock.now() + STOP_CONFIRM_S
        while self.clock.now() < deadline:
            now = self.clock.now()
            try:
                self.link.write(self.connection.stop(now))
                if self._wait(_stopped, now + ANSWER_S):
                    if self.connection.interlock.state is not State.TRIPPED:
                        self.connection.interlock.observe(InterlockEvent.DISARMED)
                    return True
            except LinkError:
                self.clock.sleep(ANSWER_S)
            self.link.signal_break()
        return False

    def _describe(self, index: int) -> ActuatorInfo:
        def pick(report: Report, _: int) -> ActuatorInfo | None:
            return report if isinstance(report, ActuatorInfo) and report.index == index else None

        return self._ask(Describe(index), pick, TRIES)

    def _ask(self, message: HostMessage, pick: Callable[[Report, int], R | None], tries: int) -> R:
        data = self.connection.send(message, self.clock.now())
        seq = self.connection.last_seq
        for _ in range(tries):
            sent = self.clock.now()
            self.link.write(data)
            found = self._wait(lambda report: pick(report, seq), sent + ANSWER_S)
            if found is not None:
                self.connection.note_round_trip(self.clock.now() - sent)
                return found
        raise LinkTimeout(
            f"{self.link.name} does not answer",
            hint="is it a Kneadwave device, powered and not in use elsewhere?",
        )

    def _wait(self, pick: Callable[[Report], R | None], deadline: float) -> R | None:
        while True:
            data = self.link.read()
            now = self.clock.now()  # once it was read: a time from before would set the device's clock ahead
            for report in self.connection.receive(data, now):
                found = pick(report)
                if found is not None:
                    return found
            if now >= deadline:
                return None
            self.clock.sleep(_POLL_S)


def _answer_to(request: int) -> Callable[[Report, int], Answer | None]:
    def pick(report: Report, seq: int) -> Answer | None:
        return report if isinstance(report, Answer) and is_answer(report, request, seq) else None

    return pick


def _stopped(report: Report) -> Status | None:
    if not isinstance(report, Status) or report.output_sum:
        return None
    return report if report.state in (DeviceState.DISARMED, DeviceState.TRIPPED) else None
