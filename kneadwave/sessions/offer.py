"""An offer: a session that is ready at the device, and waits a minute for somebody to begin it.

Whoever lies there was cleared, confirmed the list and made the offer; from afar it can be begun, for less
time or less intensity than was offered and never for more, or left. Nothing is opened meanwhile.
"""

from collections.abc import Generator
from dataclasses import replace
from typing import Final

from firmware_bridge.clock import Clock
from firmware_bridge.play.ending import EndReason, SessionEnd
from kneadwave.errors import OfferOver, SessionRemedy, StoppedOutside, UsageError
from kneadwave.sessions.connect import OtherProcesses, unregistered
from kneadwave.sessions.controls import (
    BeginOffered,
    Heard,
    Inbox,
    Pain,
    PauseOrResume,
    PostureTaken,
    StopSession,
)
from kneadwave.sessions.events import ControlHeard, Event
from kneadwave.sessions.note_events import Offered
from kneadwave.sessions.outcome import stopped_beforehand
from kneadwave.sessions.registry import Registration
from kneadwave.sessions.start import SessionPlan, SessionRequest

OFFER_S: Final = 60.0
"""How long an offer stands. Project's choice: who made it still lies there."""
_LOOK_S: Final = 1.0


def offer(plan: SessionPlan, inbox: Inbox, clock: Clock) -> Generator[Event, None, SessionRequest | None]:
    """Offer what was planned; what is to be begun, None where who made the offer took it back.

    Raises UsageError for what no device plays, OfferOver where nobody began it in time, StoppedOutside where
    something else stopped it.
    """
    asked, target, profile = plan.asked, plan.device, plan.piece.profile.name
    if target is None:
        raise UsageError(f"'{profile}' is for hands: it begins where they are", hint=SessionRemedy.RUN)
    urls = tuple(each.url for each in target.all)
    registration = Registration([each.port for each in target.all], profile, urls)
    yield Offered(profile, urls, OFFER_S, asked.minutes, asked.intensity)
    with registration, inbox.fed_by(OtherProcesses(registration, clock)):
        yield from unregistered([each.port for each in target.all])
        ends = clock.now() + OFFER_S
        begin: BeginOffered | None = None
        while begin is None:
            if (yield from stopped_beforehand(inbox)):
                return None
            for request in inbox.take():
                if isinstance(request, StopSession | Pain):  # it came since; it counts before a begin
                    inbox.post(request)
                    break
                if isinstance(request, Heard):
                    yield ControlHeard(request.control, request.id, request.refused)
                elif isinstance(request, BeginOffered):
                    begin = request
                elif isinstance(request, PostureTaken | PauseOrResume):  # Enter, or space, of who sits there
                    begin = BeginOffered()
            left = ends - clock.now()
            if begin is None and left <= 0:
                raise OfferOver(f"nobody began it within {OFFER_S:g} s")
            if begin is None:
                clock.sleep(min(left, _LOOK_S), inbox.waiting, inbox.files())
    if registration.stop_asked:
        raise StoppedOutside(SessionEnd(EndReason.BY_REQUEST))
    yield ControlHeard("begin", begin.id, "")
    return _less(asked, begin)


def _less(asked: SessionRequest, begin: BeginOffered) -> SessionRequest:
    minutes = [each for each in (asked.minutes, begin.minutes) if each is not None]
    return replace(
        asked,
        minutes=min(minutes, default=None),
        intensity=asked.intensity * begin.intensity,
    )
