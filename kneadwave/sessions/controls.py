"""What may steer a session while it plays: an inbox of requests, and who carries them out.

    inbox = Inbox(keys, signals)          feeders: keys, signals, other processes, later a page or MQTT
    inbox.post(StopSession(EndReason.BY_REQUEST, by="process 4711"))

Feeders know nothing of the session, and the session nothing of them.
"""

from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Protocol

from firmware_bridge.clock import Files, together
from firmware_bridge.play.ending import EndReason, SessionEnd
from firmware_bridge.play.updates import Update
from kneadwave.sessions.bell import Bell
from kneadwave.sessions.events import ControlHeard, Event, PainTold
from kneadwave.sessions.note_events import ChangedNothing
from profiles.score import Score, ScoreStep


class Request:
    """Something that somebody wants of a running session."""


@dataclass(frozen=True)
class Pause(Request):
    """Stand still."""


@dataclass(frozen=True)
class Resume(Request):
    """Go on; who asks `from_afar` cannot say that somebody lies as a step wants it."""

    from_afar: bool = False


@dataclass(frozen=True)
class PauseOrResume(Request):
    """Stand still, or go on where it stands still."""


@dataclass(frozen=True)
class PostureTaken(Request):
    """The person lies or sits as the step wants it."""


@dataclass(frozen=True)
class Louder(Request):
    """One step more intensity."""


@dataclass(frozen=True)
class Softer(Request):
    """One step less intensity."""


@dataclass(frozen=True)
class SkipToClosing(Request):
    """Go to the closing strokes."""


@dataclass(frozen=True)
class Pain(Request):
    """It hurts: what works now goes down for good; asked a second time, the session ends."""


@dataclass(frozen=True)
class BeginOffered(Request):
    """Begin what is offered; for at most so many minutes, and so much of its intensity: never for more."""

    minutes: float | None = None
    intensity: float = 1.0
    id: int | str | None = None


@dataclass(frozen=True)
class AnswerKey(Request):
    """A key that a felt test has a use for, such as "1"; its letter in lower case."""

    key: str


@dataclass(frozen=True)
class StopSession(Request):
    """End the session: why, and who asks ("" where that is plain)."""

    reason: EndReason
    by: str = ""


@dataclass(frozen=True)
class Heard(Request):
    """Somebody who asks by lines wants to know that a line was heard; of a refused one it says why."""

    control: str
    id: int | str | None = None
    refused: str = ""


class Feeder(Protocol):
    """Where requests come from."""

    def waiting(self) -> bool:
        """Whether there is something to take; cheap enough for a hundred calls a second."""
        ...

    def files(self) -> Files:
        """What can be read when `waiting` turns true."""
        ...

    def take(self) -> Iterable[Request]:
        """What was asked for since the last call, in order; waits for nothing."""
        ...


class Inbox:
    """Requests to one session, from its feeders and from whoever posts; other threads may post, too."""

    def __init__(self, *feeders: Feeder) -> None:
        self._feeders = list(feeders)
        self._posted: deque[Request] = deque()
        self._seen: list[Request] = []
        self._bell = Bell()

    def post(self, request: Request) -> None:
        """Ask for something; it is seen to at once."""
        self._posted.append(request)
        self._bell.ring()

    @contextmanager
    def fed_by(self, feeder: Feeder) -> Iterator[None]:
        """Take requests from one feeder more while the block runs."""
        self._feeders.append(feeder)
        try:
            yield
        finally:
            self._feeders.remove(feeder)

    def waiting(self) -> bool:
        """Whether anybody wants something."""
        return bool(self._seen or self._posted) or any(feeder.waiting() for feeder in self._feeders)

    def files(self) -> Files:
        """What can be read when `waiting` turns true."""
        return together([(self._bell.fileno(),), *(feeder.files() for feeder in self._feeders)])

    def look(self) -> list[Request]:
        """Everything that waits now; it waits on, to be taken."""
        for feeder in self._feeders:
            if feeder.waiting():  # else nothing is taken of it: from then on a signal only asks
                self._seen += feeder.take()
        while self._posted:
            self._seen.append(self._posted.popleft())
        return list(self._seen)

    def take(self) -> list[Request]:
        """Everything that is wanted now; stops and pain first, whatever was asked for beside them."""
        self._bell.hush()
        wanted = [*self._seen, *(request for feeder in self._feeders for request in feeder.take())]
        self._seen = []
        while self._posted:
            wanted.append(self._posted.popleft())
        return sorted(wanted, key=lambda request: not isinstance(request, StopSession | Pain))


class Steered(Protocol):
    """A session as its controls see it, with a device or for hands alone."""

    score: Score

    @property
    def stopped(self) -> SessionEnd | None:
        """Why it was stopped before its end; None when it was not."""
        ...

    @property
    def paused(self) -> bool:
        """Whether the score stands still."""
        ...

    def pause(self) -> None:
        """Stand still."""
        ...

    def resume(self) -> None:
        """Go on."""
        ...

    def louder(self) -> bool:
        """One step more intensity; whether that changed anything."""
        ...

    def softer(self) -> bool:
        """One step less intensity; whether that changed anything."""
        ...

    def skip_to_closing(self) -> bool:
        """Go to the end that is gentle; False where that has begun."""
        ...

    def go_to(self, seconds: float) -> bool:
        """Go on at a later time of the score; False where it is past that."""
        ...

    def ease(self) -> str:
        """Bring what works now down for good; its zone, "" when there is nothing to bring down."""
        ...

    def stop(self, reason: EndReason = EndReason.STOPPED, detail: str = "") -> None:
        """End at the next turn."""
        ...

    def play(self) -> Iterator[Update]:
        """Play to the end, telling several times a second how it stands."""
        ...


class Controls:
    """Carries out what an inbox holds, and waits where the posture changes."""

    def __init__(self, inbox: Inbox) -> None:
        self.inbox = inbox
        self.eased = ""
        """The zone that was eased because it hurt."""
        self.awaiting: ScoreStep | None = None
        """The change of posture that a request is awaited for."""
        self._idle: set[str] = set()  # controls of which it was told that they change nothing
        self._turned = -1  # the last step with a change of posture that was confirmed

    def attend(self, session: Steered, update: Update) -> list[Event]:
        """Do what was asked for; what there is to tell of it."""
        told: list[Event] = []
        for request in self.inbox.take():
            told += self._carry_out(request, session, update)
        self.await_posture(session, update.step)
        return told

    def _carry_out(self, request: Request, session: Steered, update: Update) -> list[Event]:
        match request:
            case StopSession(reason):
                session.stop(reason)
            case Pain():
                return [self._ease(session, update)]
            case PostureTaken():
                if self.awaiting is not None:
                    self._go_on(session)
            case PauseOrResume():
                if session.paused:
                    self._go_on(session)
                else:
                    session.pause()
            case Pause():
                session.pause()
            case Resume(from_afar=True) if self.awaiting is not None:
                return [ControlHeard("resume", None, "a change of posture is confirmed at the device")]
            case Resume():
                if session.paused:
                    self._go_on(session)
            case Louder():
                return self._told_once("louder", update, changed=session.louder())
            case Softer():
                return self._told_once("softer", update, changed=session.softer())
            case Heard(control, token, refused):
                return [ControlHeard(control, token, refused)]
            case BeginOffered(id=token):
                return [ControlHeard("begin", token, "nothing is offered: it has begun")]
            case SkipToClosing():
                closing = session.score.step_at(session.score.closing_start)
                self.await_posture(session, closing.index)  # now: after the next update its frames are out
                return self._told_once("closing", update, changed=session.skip_to_closing())
        return []

    def _told_once(self, control: str, update: Update, *, changed: bool) -> list[Event]:
        """A note, once, where a control changes nothing."""
        if changed or control in self._idle:
            return []
        self._idle.add(control)
        return [ChangedNothing(control, update.intensity, update.elapsed, update.took)]

    def _ease(self, session: Steered, update: Update) -> Event:
        zone = "" if self.eased else session.ease()
        if zone:
            self.eased = zone
        else:
            session.stop(EndReason.BY_PAIN)
        return PainTold(zone or self.eased, not zone, update.elapsed, update.took)

    def await_posture(self, session: Steered, step: int) -> None:
        """Stand still until the posture that `step` needs is confirmed, even where its change was skipped."""
        turns = [each for each in session.score.steps[: step + 1] if changes_posture(each)]
        if turns and turns[-1].index > self._turned and self.awaiting is None:
            self.awaiting = turns[-1]
            session.pause()

    def _go_on(self, session: Steered) -> None:
        session.resume()
        if self.awaiting is not None:
            self._turned = self.awaiting.index
            session.go_to(self.awaiting.end)
            self.awaiting = None


def changes_posture(step: ScoreStep) -> bool:
    """Whether a step waits for the person to lie or sit otherwise."""
    return step.guide is not None and step.guide.posture is not None
