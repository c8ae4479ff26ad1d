"""The end of a session: what it means, what is told of it, what the recording says."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from firmware_bridge.errors import BridgeError, InterlockTrip
from firmware_bridge.play.ending import EndReason
from firmware_bridge.play.session import Session
from firmware_bridge.recording.writer import Recorder
from kneadwave.cli.terminal.output import Output
from kneadwave.cli.terminal.signals import Signals
from kneadwave.errors import Interrupted, NotConfirmed, StoppedOutside
from kneadwave.people.history import BROKEN_OFF
from kneadwave.sessions.controls import BY_ABSENCE, BY_ANSWER, BY_KEY, BY_PAIN, BY_REQUEST, Steered
from kneadwave.sessions.record import COMPLETED, UNWRITTEN, Keeper, reason_of
from kneadwave.sessions.registry import Registration

BY_PERSON = (BY_KEY, BY_ANSWER, BY_PAIN, EndReason.TIME_OVER)
"""Reasons that the person here chose or was told of beforehand."""


def nothing_eased() -> str:
    """No zone was eased."""
    return ""


@contextmanager
def settled(
    out: Output,
    session: Session,
    registration: Registration,
    signals: Signals,
    keeper: Keeper,
    *,
    eased: Callable[[], str] = nothing_eased,
    recorder: Recorder | None = None,
) -> Iterator[None]:
    """Judge what the block plays, tell it and write it down. Raises whatever ended it early."""
    try:
        yield
        judge(session, signals, keeper, confirmed=session.stop_confirmed)
    except BaseException as error:
        registration.confirmed = session.stop_confirmed
        _break_off(out, session, eased(), keeper, recorder, error)
        if isinstance(error, OSError) and not isinstance(error, BridgeError):
            raise nobody_listens(error, signals) from error
        raise
    registration.confirmed = session.stop_confirmed
    reason = reason_for(session, eased())
    end_recording(recorder, session, None)
    keeper.end(reason)
    sum_up(session, out, reason)


def _break_off(
    out: Output, session: Session, eased: str, keeper: Keeper, recorder: Recorder | None, error: BaseException
) -> None:
    """Write and tell why a session ended early; what cannot be written or told now stays so."""
    keeper.close(reason_for(session, eased) if session.stop_reason else reason_of(error))
    end_recording(recorder, session, error)
    with suppress(OSError):
        sum_up(session, out, session.stop_reason or BROKEN_OFF)


def reason_for(session: Steered, eased: str) -> str:
    """Why a session ended, for the ledger and for people; `eased` is the zone that hurt."""
    reason = session.stop_reason or COMPLETED
    return f"{reason}; the {eased} was eased for pain" if eased else reason


def judge(session: Steered, signals: Signals, keeper: Keeper, *, confirmed: bool = True) -> None:
    """Raise what it means for a script, unless the session came to its end as the person here wanted."""
    reason = session.stop_reason
    if signals.received is not None:
        raise Interrupted(signals.received)
    if not confirmed:
        raise NotConfirmed(
            "the device did not confirm the stop", hint="look whether it is still; if not, pull its plug"
        )
    if keeper.failure is not None and reason == UNWRITTEN:
        raise keeper.failure
    if reason == BY_REQUEST:
        raise StoppedOutside("the session was stopped from outside", hint="somebody used: knead stop")
    if reason == BY_ABSENCE:
        raise StoppedOutside("the terminal went away, so the session was stopped")
    if reason and reason not in BY_PERSON:
        raise StoppedOutside(f"the session was {reason}")


def nobody_listens(error: OSError, signals: Signals) -> BaseException:
    """What it means that the output could not be written: the terminal or the reader of a pipe went away."""
    if signals.received is not None:
        return Interrupted(signals.received)
    return StoppedOutside(f"the output went away, so the session was stopped ({error})")


def sum_up(session: Session, out: Output, reason: str) -> None:
    """Tell what a session on a device came to."""
    device = session.device
    out.end.update(trips=session.trips, reason=reason, confirmed=session.stop_confirmed)
    out.event(
        "summary",
        frames=device.frames_sent,
        bytes=device.bytes_sent,
        trips=session.trips,
        shifts=session.shifts,
        confirmed=session.stop_confirmed,
        substitutions=list(session.substitutions),
    )
    if session.stop_confirmed and device.status is not None:
        out.say(f"{reason}; {device.frames_sent} frames, trips {session.trips}, the device is at rest")


def end_recording(recorder: Recorder | None, session: Session, error: BaseException | None) -> None:
    """Write why the recording ends."""
    if recorder is None:
        return
    reason = session.stop_reason or COMPLETED
    if isinstance(error, InterlockTrip):
        recorder.event(recorder.t, "trip", reason=str(error))
    elif isinstance(error, BridgeError):
        recorder.event(recorder.t, "link", reason=str(error))
    elif session.stop_reason:
        recorder.event(recorder.t, "stop", reason=reason)
    ok = error is None and not session.stop_reason
    recorder.end(recorder.t, ok, str(error) if isinstance(error, BridgeError) else reason)
