"""Routines for hands and breath: no device, but the same gate, steps, controls, pace and ledger."""

import os
from collections.abc import Callable, Iterator

from firmware_bridge.clock import Clock, Files, never, unseen
from firmware_bridge.play.ending import EndReason, SessionEnd
from firmware_bridge.play.time_limit import LeftOut
from firmware_bridge.play.updates import Phase, Update
from kneadwave.devices import HANDS
from kneadwave.sessions.connect import OtherProcesses, unregistered
from kneadwave.sessions.controls import Controls, Inbox
from kneadwave.sessions.end_events import HandsDone
from kneadwave.sessions.endings import ending_of, words_for
from kneadwave.sessions.events import Event
from kneadwave.sessions.loop import follow
from kneadwave.sessions.outcome import judge
from kneadwave.sessions.record import Keeper
from kneadwave.sessions.registry import Registration
from kneadwave.sessions.track import Tracker
from profiles.score import Score

REPORT_S = 0.25


class GuidedSession:
    """A routine in the time of `clock`; nothing is opened and nothing moves.

    `wake` turns true when a control waits to be handled, `wake_files` tells of it. `allowed_s`
    is the longest that it may take, pauses included.
    """

    layout = None
    """There is no device."""

    def __init__(
        self,
        score: Score,
        clock: Clock,
        *,
        wake: Callable[[], bool] = never,
        wake_files: Callable[[], Files] = unseen,
        allowed_s: float = float("inf"),
    ) -> None:
        self.score = score
        self.stopped: SessionEnd | None = None
        """Why it was stopped before its end; None when it was not."""
        self._clock = clock
        self._wake, self._wake_files = wake, wake_files
        self._allowed_s = allowed_s
        self._paused = False
        self._position = self._began = 0.0

    @property
    def paused(self) -> bool:
        """Whether the routine stands still."""
        return self._paused

    @property
    def elapsed(self) -> float:
        """Seconds of the routine that are over."""
        return min(self._position, self.score.duration)

    @property
    def took(self) -> float:
        """Seconds since it began, pauses included."""
        return self._clock.now() - self._began

    def pause(self) -> None:
        """Stand still."""
        self._paused = True

    def resume(self) -> None:
        """Go on where the pause began."""
        self._paused = False

    def louder(self) -> bool:
        """Hands know best: nothing to do."""
        return False

    def softer(self) -> bool:
        """Hands know best: nothing to do."""
        return False

    def skip_to_closing(self) -> bool:
        """Go to the last step; False where it has begun."""
        return self.go_to(self.score.steps[-1].start)

    def go_to(self, seconds: float) -> bool:
        """Go on at a later time of the routine; False where it is past that."""
        before, self._position = self._position, max(self._position, seconds)
        return self._position > before

    def ease(self) -> str:
        """Nothing that a device does could be brought down."""
        return ""

    def stop(self, reason: EndReason = EndReason.STOPPED, detail: str = "") -> None:
        """End at the next turn of the loop; the first reason counts."""
        self.stopped = self.stopped or SessionEnd(reason, detail)

    def play(self) -> Iterator[Update]:
        """Let the time of the routine pass, yielding an update about four times a second."""
        began = last = self._began = self._clock.now()
        while self.stopped is None and self._position < self.score.duration:
            yield self._update(Phase.PAUSED if self._paused else Phase.PLAYING)
            self._clock.sleep(self._until_news(), self._woken, self._wake_files())
            now = self._clock.now()
            if not self._paused:
                self._position += now - last
            last = now
            if now - began >= self._allowed_s:
                self.stop(EndReason.TIME_OVER)
        yield self._update(Phase.STOPPED if self.stopped else Phase.DONE)

    def _woken(self) -> bool:
        return self.stopped is not None or self._wake()

    def _until_news(self) -> float:
        left = self.score.step_at(self._position).end - self._position
        return REPORT_S if self._paused else min(REPORT_S, max(left, 0.001))

    def _update(self, phase: Phase) -> Update:
        elapsed, took = self.elapsed, self.took
        return Update(
            phase=phase,
            elapsed=elapsed,
            left=max(0.0, min(self.score.duration - elapsed, self._allowed_s - took)),
            step=self.score.step_at(elapsed).index,
            intensity=0.0,
            drives=b"",
            rates=b"",
            status=None,
            took=took,
        )


def lead(score: Score, keeper: Keeper, inbox: Inbox, clock: Clock, *, allowed_s: float) -> Iterator[Event]:
    """Lead through the steps in the time of `clock`; raises whatever ended it early."""
    controls = Controls(inbox)
    session = GuidedSession(score, clock, wake=inbox.waiting, wake_files=inbox.files, allowed_s=allowed_s)
    tracker = Tracker(score)
    place = f"{HANDS}{os.getpid()}"
    with Registration([place], score.name) as registration:
        registration.confirmed = True  # nothing moves
        yield from unregistered([place])
        with inbox.fed_by(OtherProcesses(registration, clock)):
            try:
                yield from tracker.start("", [LeftOut(allowed_s, score.duration)])
                yield from follow(session, controls, tracker, keeper)
                judge(session, keeper)
            except BaseException as error:
                keeper.close(str(session.stopped or ending_of(error)))
                raise
    words = words_for(session.stopped)
    keeper.end(words)
    yield HandsDone(words, session.elapsed, score.duration, session.took)
