"""What a session leaves behind: its sitting in the ledger, and its recording; kept whoever watches."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from typing import Protocol

from firmware_bridge.play.ending import EndReason
from firmware_bridge.play.updates import Phase, Update
from firmware_bridge.recording.dose import DoseMeter
from firmware_bridge.recording.writer import Recorder
from kneadwave.errors import NotCleared
from kneadwave.people.diary import Dose
from kneadwave.sessions.controls import Steered
from kneadwave.sessions.endings import ending_of
from kneadwave.sessions.events import (
    Event,
    IntensityChanged,
    PainTold,
    StateChanged,
    StepBegan,
)
from kneadwave.sessions.note_events import LimitHeld, LinkFaltered
from profiles.score import ScoreStep

LOOK_EVERY = 20
"""Updates from one look at the dose to the next, some five seconds; the ledger itself writes less often."""
STEP_MAX_S = 1.0
"""The longest time between two updates that counts as work of hands: a jump is none."""


class Diary(Protocol):
    """Where a sitting is written down, such as a Sitting of the gate."""

    def going(self, seconds: float, dose: Dose, now: datetime) -> None:
        """Note how far it is; NotCleared when it cannot be written."""
        ...

    def end(self, reason: str, seconds: float, dose: Dose, now: datetime, *, losses: int = 0) -> None:
        """Write down that it is over; NotCleared when it cannot be written."""
        ...


class Keeper:
    """Keeps the diary of one session; without a diary nothing is kept."""

    def __init__(self, diary: Diary | None = None) -> None:
        self.meter: DoseMeter | None = None
        """Hears what the device was commanded, once there is a device."""
        self.losses = 0
        """How often the link was lost and the session went on by itself."""
        self.failure: NotCleared | None = None
        """Why the diary could not be written any more; the session was stopped for it."""
        self._diary = diary
        self._hands: dict[str, float] = {}
        self._by_hand_s = 0.0
        self._elapsed = 0.0
        self._updates = 0

    def follow(self, session: Steered, update: Update) -> None:
        """Take note of an update; a diary that cannot be written stops the session."""
        self._count_hands(session, update)
        self._updates += 1
        if self._diary is None or self.failure is not None or self._updates % LOOK_EVERY:
            return
        try:
            self._diary.going(self._seconds(), self._dose(), now())
        except NotCleared as error:
            self.failure = error
            session.stop(EndReason.UNWRITTEN)

    def end(self, why: str) -> None:
        """Close the diary with the words for why it ended; NotCleared when that cannot be written."""
        if self._diary is not None:
            self._diary.end(why, self._seconds(), self._dose(), now(), losses=self.losses)

    def close(self, why: str) -> None:
        """Close the diary after an error, which is what counts even where nothing can be written."""
        with suppress(NotCleared):
            self.end(why)

    def _count_hands(self, session: Steered, update: Update) -> None:
        passed, self._elapsed = update.elapsed - self._elapsed, update.elapsed
        if update.phase is not Phase.PLAYING or update.step < 0 or any(update.drives):
            return
        step = session.score.steps[update.step]
        if step.guide is None or not 0.0 < passed <= STEP_MAX_S:
            return
        self._by_hand_s += passed
        self._count_part(step, passed)

    def _count_part(self, step: ScoreStep, seconds: float) -> None:
        part = step.guide.part if step.guide is not None else ""
        if part:
            self._hands[part] = self._hands.get(part, 0.0) + seconds

    def _seconds(self) -> float:
        """Seconds that the device moved or hands worked."""
        return self._by_hand_s + (self.meter.moved_s if self.meter is not None else 0.0)

    def _dose(self) -> dict[str, dict[str, float]]:
        zones = self.meter.zones() if self.meter is not None else {}
        return zones | {part: {"active_s": seconds} for part, seconds in self._hands.items()}


def now() -> datetime:
    """The wall time; the one place of the commands that asks for it while a session plays."""
    from firmware_bridge import clock

    return clock.local_now()


@contextmanager
def kept(keeper: Keeper) -> Iterator[None]:
    """Close the diary with the reason of whatever error leaves the block."""
    try:
        yield
    except BaseException as error:
        keeper.close(str(ending_of(error)))
        raise


def record(recorder: Recorder, event: Event) -> None:
    """Write into a recording what it has of an event."""
    match event:
        case StateChanged(state=state):
            recorder.event(recorder.t, "state", state=state)
        case StepBegan(step=step):
            recorder.event(recorder.t, "step", **step.as_dict())
        case LimitHeld(actuator=actuator, limit=limit):
            recorder.event(recorder.t, "limit", actuator=actuator, limit=limit)
        case IntensityChanged(t, intensity, limit):
            first = {} if limit is None else {"limit": limit}
            recorder.event(recorder.t, "intensity", intensity=intensity, elapsed=round(t, 3), **first)
        case LinkFaltered():
            recorder.event(recorder.t, "link", state="lost for a moment")
        case PainTold(zone, stopped):
            recorder.event(recorder.t, "pain", zone=zone, action="stopped" if stopped else "eased")
