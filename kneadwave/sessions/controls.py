"""What may steer a session while it plays: keys, signals, other processes, a change of posture."""

from collections.abc import Callable, Iterator
from typing import Protocol

from firmware_bridge.clock import Clock
from firmware_bridge.play.ending import EndReason
from firmware_bridge.play.updates import Update
from kneadwave.cli.terminal.keys import PAIN, READY, STOP, Keys
from kneadwave.cli.terminal.signals import Signals
from kneadwave.sessions.registry import CHECK_EVERY_S
from profiles.score import Score, ScoreStep

BY_KEY, BY_ANSWER, BY_PAIN = EndReason.BY_KEY, EndReason.BY_ANSWER, EndReason.BY_PAIN
BY_SIGNAL, BY_REQUEST, BY_ABSENCE = EndReason.BY_SIGNAL, EndReason.BY_REQUEST, EndReason.BY_ABSENCE


class Steered(Protocol):
    """A session as its controls see it, with a device or for hands alone."""

    score: Score

    @property
    def stop_reason(self) -> str:
        """Why it was stopped before its end, in the words of a recording; empty when it was not."""
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

    def louder(self) -> None:
        """One step more intensity."""
        ...

    def softer(self) -> None:
        """One step less intensity."""
        ...

    def skip_to_closing(self) -> None:
        """Go to the end that is gentle."""
        ...

    def go_to(self, seconds: float) -> None:
        """Go on at a later time of the score."""
        ...

    def ease(self) -> str:
        """Bring what works now down for good; its zone, "" when there is nothing to bring down."""
        ...

    def stop(self, reason: EndReason = EndReason.STOPPED) -> None:
        """End at the next turn."""
        ...

    def play(self) -> Iterator[Update]:
        """Play to the end, telling several times a second how it stands."""
        ...


class Requests(Protocol):
    """Where other processes ask a session to stop."""

    stop_asked: bool

    def requested(self) -> bool:
        """Whether somebody asked."""
        ...


class Nobody:
    """No other process knows of this session."""

    stop_asked = False

    def requested(self) -> bool:
        """Never."""
        return False


def unheard(zone: str, stopped: bool) -> None:
    """Nobody is told of pain."""


class Endings:
    """What ends any session: a signal, another process, a terminal that goes away. A key wakes it."""

    def __init__(self, keys: Keys, signals: Signals, requests: Requests, clock: Clock) -> None:
        self.keys = keys
        self.signals = signals
        self.requests = requests
        self._clock = clock
        self._next_look = 0.0

    def waiting(self) -> bool:
        """Whether one of them wants something; cheap enough for a hundred calls a second."""
        if self.signals.received is not None or self.keys.waiting():
            return True
        now = self._clock.now()
        if now < self._next_look:
            return False
        self._next_look = now + CHECK_EVERY_S
        return self.requests.requested()

    def end(self, session: Steered) -> None:
        """Stop the session where one of them asks for it; to be called after the keys were read."""
        if self.signals.received is not None:
            session.stop(BY_SIGNAL)
        if self.requests.stop_asked:
            session.stop(BY_REQUEST)
        if self.keys.gone:
            session.stop(BY_ABSENCE)


class Controls(Endings):
    """Everything that may steer a session while it plays.

    `on_pain` hears the zone that was eased ("" for none) and whether the session was stopped instead.
    """

    def __init__(
        self,
        keys: Keys,
        signals: Signals,
        requests: Requests,
        clock: Clock,
        on_pain: Callable[[str, bool], None] = unheard,
    ) -> None:
        super().__init__(keys, signals, requests, clock)
        self.on_pain = on_pain
        self.eased = ""
        """The zone that was eased because it hurt."""
        self.awaiting: ScoreStep | None = None
        """The change of posture that a key is awaited for."""
        self._turned = -1  # the last step with a change of posture that was confirmed

    def attend(self, session: Steered, update: Update) -> None:
        """Do what was asked for, and wait where the posture changes."""
        wishes = self.keys.read()
        self.end(session)
        for wish in wishes:
            self._heed(wish, session)
        self._await_posture(session, update.step)

    def _heed(self, wish: str, session: Steered) -> None:
        if wish == STOP:
            session.stop(BY_KEY)
        elif wish == PAIN:
            self._ease(session)
        elif wish == READY:
            if self.awaiting is not None:
                self._go_on(session)
        elif wish == "pause":
            if session.paused:
                self._go_on(session)
            else:
                session.pause()
        elif wish == "louder":
            session.louder()
        elif wish == "softer":
            session.softer()
        elif wish == "closing":
            closing = session.score.step_at(session.score.closing_start)
            self._await_posture(session, closing.index)  # now: after the next update its first frames are out
            session.skip_to_closing()

    def _ease(self, session: Steered) -> None:
        zone = "" if self.eased else session.ease()
        if zone:
            self.eased = zone
        else:
            session.stop(BY_PAIN)
        self.on_pain(zone or self.eased, not zone)

    def _await_posture(self, session: Steered, step: int) -> None:
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
