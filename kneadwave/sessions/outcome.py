"""The end of a session: what it means, what is told of it, what ledger and recording say."""

from collections.abc import Callable, Generator, Iterator
from contextlib import suppress

from firmware_bridge.errors import BridgeError, InterlockTrip
from firmware_bridge.play.ending import EndReason, SessionEnd
from firmware_bridge.play.session import Session
from firmware_bridge.recording.writer import Recorder
from kneadwave.errors import NotConfirmed, StoppedOutside
from kneadwave.sessions.controls import Heard, Inbox, Pain, Steered, StopSession
from kneadwave.sessions.end_events import NotBegun, Summed
from kneadwave.sessions.endings import ending_of, was_left, words_for
from kneadwave.sessions.events import ControlHeard, Event
from kneadwave.sessions.record import Keeper
from kneadwave.sessions.registry import Registration

BY_PERSON = (
    EndReason.BY_KEY,
    EndReason.BY_CONTROL,
    EndReason.BY_ANSWER,
    EndReason.BY_PAIN,
    EndReason.TIME_OVER,
)
"""Reasons that the person here chose or was told of beforehand."""


def nothing_eased() -> str:
    """No zone was eased."""
    return ""


def stopped_beforehand(inbox: Inbox) -> Generator[Event, None, bool]:
    """Whether a stop waits already: to be looked at before anything is opened, which is not opened then.

    Raises StoppedOutside, unless it is what the person here wanted.
    """
    waiting = inbox.look()
    asked = next((each for each in waiting if isinstance(each, StopSession | Pain)), None)
    if asked is None:
        return False
    for each in waiting:
        if isinstance(each, Heard):
            yield ControlHeard(each.control, each.id, each.refused)
    ending = SessionEnd(asked.reason if isinstance(asked, StopSession) else EndReason.BY_PAIN)
    yield NotBegun(str(ending))
    if ending.reason not in BY_PERSON:
        raise StoppedOutside(ending)
    return True


def settled(
    events: Iterator[Event],
    session: Session,
    registration: Registration,
    keeper: Keeper,
    *,
    eased: Callable[[], str] = nothing_eased,
    recorder: Recorder | None = None,
) -> Iterator[Event]:
    """Hand on what a session tells, judge how it ended, write that down and sum it up.

    Raises whatever ended it early, after it was written down.
    """
    try:
        yield from events
        judge(session, keeper, confirmed=session.stop_confirmed)
    except BaseException as error:
        registration.confirmed = session.stop_confirmed
        keeper.losses = session.losses.count
        keeper.close(words_for(session.stopped, eased()) if session.stopped else str(ending_of(error)))
        _end_recording(recorder, session, error)
        if not was_left(error):
            with suppress(OSError, StoppedOutside):  # nobody sees it; what went wrong still counts
                yield summary(session, str(session.stopped or EndReason.BROKEN_OFF))
        raise
    registration.confirmed = session.stop_confirmed
    words = words_for(session.stopped, eased())
    _end_recording(recorder, session, None)
    keeper.losses = session.losses.count
    keeper.end(words)
    yield summary(session, words)


def judge(session: Steered, keeper: Keeper, *, confirmed: bool = True) -> None:
    """Raise what it means that a session ended so, unless it did as the person here wanted."""
    ending = session.stopped
    if not confirmed:
        raise NotConfirmed(
            "the device did not confirm the stop", hint="look whether it is still; if not, pull its plug"
        )
    if ending is None or ending.reason in BY_PERSON:
        return
    if keeper.failure is not None and ending.reason is EndReason.UNWRITTEN:
        raise keeper.failure
    raise StoppedOutside(ending)


def summary(session: Session, reason: str) -> Summed:
    """What a session on a device came to."""
    device = session.device
    return Summed(
        frames=device.frames_sent,
        bytes_sent=device.bytes_sent,
        trips=session.trips,
        shifts=session.shifts,
        confirmed=session.stop_confirmed,
        substitutions=session.substitutions,
        reason=reason,
        at_rest=session.stop_confirmed and device.status is not None,
        losses=session.losses.count,
        took=session.took,
    )


def _end_recording(recorder: Recorder | None, session: Session, error: BaseException | None) -> None:
    """Write why the recording ends."""
    if recorder is None:
        return
    reason = str(session.stopped or EndReason.COMPLETED)
    if isinstance(error, InterlockTrip):
        recorder.event(recorder.t, "trip", reason=str(error))
    elif isinstance(error, BridgeError):
        recorder.event(recorder.t, "link", reason=str(error))
    elif session.stopped is not None:
        recorder.event(recorder.t, "stop", reason=reason)
    ok = error is None and session.stopped is None
    recorder.end(recorder.t, ok, str(error) if isinstance(error, BridgeError) else reason)
