"""What is new in each update of a session, as events."""

from collections.abc import Iterator, Sequence

from firmware_bridge.play.session import Session
from firmware_bridge.play.time_limit import LeftOut, missed_steps
from firmware_bridge.play.updates import Phase, Update
from kneadwave.sessions.device_events import DeviceIdentified
from kneadwave.sessions.events import (
    Event,
    GuideBegan,
    IntensityChanged,
    Progressed,
    Started,
    StateChanged,
    StepBegan,
)
from kneadwave.sessions.note_events import Hurried, LimitHeld, LinkFaltered, Shortened, Substituted
from profiles.score import Score, ScoreStep
from profiles.waveform import FRAME_RATE_HZ

JUMP_S = 1.0
"""Session time that passes between two updates at the most, unless the score goes on at a later place."""


class Tracker:
    """Follows one session from update to update; `session` is None where no device plays.

    `urls` are those of its devices, where it is to be told what each of them is.
    """

    def __init__(self, score: Score, session: Session | None = None, urls: Sequence[str] = ()) -> None:
        self._urls = urls
        self._score = score
        self._session = session
        self._step = -1
        self._phase: Phase | None = None
        self._limits = 0
        self._told: set[tuple[str, int]] = set()
        self._hurried = False
        self._losses = 0
        self._limit = 1.0
        self._intensity: float | None = None
        self._elapsed = 0.0

    def start(self, url: str, left_out: Sequence[LeftOut] = ()) -> Iterator[Event]:
        """What is about to be played, on the device behind `url`; `left_out` is what there is no time for."""
        session = self._session
        if session is None:
            yield Started(self._score)
            yield from _shortened(self._score, left_out)
            return
        self._limit = session.feed.intensity
        most = min(self._limit, session.most)
        yield Started(self._score, url, session.layout, most, session.substitutions)
        for text in session.substitutions:
            yield Substituted(text)
        yield from _shortened(self._score, left_out)

    def track(self, update: Update, awaiting: ScoreStep | None = None, eased: str = "") -> Iterator[Event]:
        """What is new in an update, and at last how the session stands."""
        if self._phase is None and self._session is not None:
            for url, who in zip(self._urls, self._session.device.identities, strict=False):
                yield DeviceIdentified.of(url, who)
        if update.phase is not self._phase:
            first = self._phase is None and update.phase is Phase.PLAYING
            self._phase = update.phase
            yield StateChanged(update.elapsed, update.phase.value, first, update.took, self._confirmed())
        if self._session is not None:
            yield from self._notes_of(self._session, update)
        if update.step >= 0 and update.step != self._step:
            yield from self._begin_step(update)
        if self._session is not None:
            yield from self._intensity_of(update)
        yield Progressed(update, awaiting, eased, self._step)

    def _confirmed(self) -> bool | None:
        """Whether the device confirmed that nothing moves; None while it plays, or where none does."""
        over = self._phase in (Phase.STOPPED, Phase.DONE)
        return self._session.stop_confirmed if self._session is not None and over else None

    def _begin_step(self, update: Update) -> Iterator[Event]:
        self._step = update.step
        step = self._score.steps[update.step]
        yield StepBegan(update.elapsed, step, len(self._score.steps), update.took)
        if step.guide is not None:
            yield GuideBegan(update.elapsed, step, update.took)

    def _notes_of(self, session: Session, update: Update) -> Iterator[Event]:
        if session.hurried and not self._hurried:
            self._hurried = True
            yield Hurried(update.elapsed, update.took)
        if session.losses.count > self._losses:
            self._losses = session.losses.count
            yield LinkFaltered(update.elapsed, update.took)
        events = session.feed.events
        while self._limits < len(events):
            found = events[self._limits]
            self._limits += 1
            known = (str(found.kind), found.actuator)
            actuator = session.layout.actuators[found.actuator].id if found.actuator >= 0 else "all"
            yield LimitHeld(
                found.frame / FRAME_RATE_HZ, actuator, str(found.kind), first=known not in self._told
            )
            self._told.add(known)

    def _intensity_of(self, update: Update) -> Iterator[Event]:
        """Live intensity where it begins, where it changes, and where the score jumps."""
        jumped = update.elapsed - self._elapsed > JUMP_S
        self._elapsed = update.elapsed
        if update.intensity == self._intensity and not jumped:
            return
        limit = self._limit if self._intensity is None else None
        self._intensity = update.intensity
        yield IntensityChanged(update.elapsed, update.intensity, limit, update.took)


def _shortened(score: Score, left_out: Sequence[LeftOut]) -> Iterator[Event]:
    """Which steps there is no time for, or only for a part of them."""
    whole, partly = missed_steps(score, left_out)
    if whole or partly:
        yield Shortened(whole, partly)
