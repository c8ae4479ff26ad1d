"""A felt test: something short is played while a person feels it, and any key ends it.

    class Ask(Procedure):                         what happens meanwhile; override what you need
        def key(self, session, update, key): …    without it any key stops
    plan = plan_felt_test(bench, FeltTest(profile))       a profile of audience "test"
    with closing(plan.play(Ask(), confirmed, inbox, clock)) as events:
        for event in events: …

Whatever the test and its sampler say: at most a minute, past the gate, within the recipient's limit and the
ceilings of the zones, and stopped by a signal, another process or a terminal that goes away.
"""

from collections.abc import Callable, Generator, Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from firmware_bridge.clock import Clock, Files
from firmware_bridge.devices.layout import Layout
from firmware_bridge.play.ending import EndReason
from firmware_bridge.play.session import Session
from firmware_bridge.play.time_limit import TAIL_S
from firmware_bridge.play.updates import Update
from firmware_bridge.recording.dose import DoseMeter
from kneadwave.config import Config
from kneadwave.devices import Target, described_together, look_for, target_of
from kneadwave.errors import NotPlayable, SessionRemedy
from kneadwave.people.history import FELT_S
from kneadwave.people.recipient import known
from kneadwave.sessions.connect import OnDevice, on_device
from kneadwave.sessions.control_lines import ControlLines
from kneadwave.sessions.controls import AnswerKey, Heard, Inbox, Louder, Pain, Resume, StopSession
from kneadwave.sessions.endings import words_for
from kneadwave.sessions.events import Arrangement, ControlHeard, Event
from kneadwave.sessions.felt_bounds import Bounded, refuse_raised
from kneadwave.sessions.outcome import settled, stopped_beforehand
from kneadwave.sessions.prepare import Piece, Placed, arranged, leaving_stops, refuse_errors
from kneadwave.sessions.record import Keeper
from kneadwave.sessions.registry import refuse_in_use
from kneadwave.sessions.seat import Seat, questions_before, seated
from kneadwave.sessions.track import Tracker
from profiles.body import body_map
from profiles.profile import Profile
from profiles.reach import usable_places, within_reach
from profiles.rules.check import check
from profiles.waveform import Sampler

if TYPE_CHECKING:
    from kneadwave.people.screening import Confirmation, Ready

IDLE_MAX_S = 120.0
"""Seconds that a felt test may rest at the most, beyond its minute: three minutes in all; project's choice:
answering takes time, and nothing moves in it."""
SPARE_S = 2.0
"""Of these, seconds that are kept so that such a test ends by itself and is never hurried along; project's
choice."""
TURN_S = 0.15
"""A procedure is told how it stands at least this often, seconds."""


@dataclass(frozen=True)
class Bench:
    """What every felt test is told: which device, for whom, how strongly at most (a fraction).

    `controls` answer it in place of whoever sits at the terminal.
    """

    device: str | None = None
    on: str | None = None
    limit: float = 1.0
    recipient: str | None = None
    config: Config = field(default_factory=Config)
    controls: ControlLines | None = None

    @property
    def most(self) -> float:
        """The lower of the two limits that somebody set."""
        return min(self.limit, self.config.limit)


@dataclass(frozen=True)
class FeltTest:
    """What is to be felt.

    `profile` (audience "test", at most FELT_S long) is what is checked, what gate and ledger are told, and
    what is played, unless `sampler` makes something else of the layout, which then stays below the profile's
    strongest step and within its fades. `tuning` may only lower what the layout allows; without one the
    device's response curves are taken up. `longest_s` may only shorten the minute that a test may take,
    pauses included. `idle_s` (IDLE_MAX_S at most) is added where a sampler mostly rests and awaits answers:
    what moves stays within the minute.
    """

    profile: Profile
    sampler: Callable[[Layout], Sampler] | None = None
    tuning: Callable[[Layout], Layout] | None = None
    longest_s: float = FELT_S
    idle_s: float = 0.0

    @property
    def rests_s(self) -> float:
        """Seconds in which nothing may move, beyond those in which something may."""
        return min(max(self.idle_s, 0.0), IDLE_MAX_S) if self.sampler is not None else 0.0


@dataclass(frozen=True)
class Felt:
    """How a felt test ended, and how much of it was played, seconds of its profile."""

    reason: str
    completed: bool
    elapsed: float


class Procedure:
    """What a felt test does while it plays. Whatever it raises stops the device first and is told then.

    Each method may return events, which are handed on to whoever watches.
    """

    def began(self, session: Session) -> Iterable[Event] | None:
        """The device is open, and nothing moves yet."""

    def follow(self, session: Session, update: Update) -> Iterable[Event] | None:
        """How it stands, at least four times a second; the last update comes when the device is at rest."""

    def key(self, session: Session, update: Update, key: str) -> None:  # noqa: ARG002
        """A key was pressed (see `AnswerKey`). Any key stops, unless a test has a use for it."""
        session.stop(EndReason.BY_KEY)

    def ended(self) -> None:
        """It is over, however it ended, and the device was told to stop; called once after `began`."""


class FeltControls:
    """Wakes the session when something is asked for, or when the procedure is to be told how it stands."""

    def __init__(self, inbox: Inbox, clock: Clock, procedure: Procedure) -> None:
        self.procedure = procedure
        self._inbox = inbox
        self._clock = clock
        self._turn = clock.now() + TURN_S  # not at once: a clock that stands still would never reach it

    def waiting(self) -> bool:
        """Whether anybody wants something, or it is time."""
        return self._clock.now() >= self._turn or self._inbox.waiting()

    def files(self) -> Files:
        """What can be read when somebody wants something; that it is time is seen at the next top-up."""
        return self._inbox.files()

    def attend(self, session: Session, update: Update) -> list[Event]:
        """Stop where anybody asks for it, and hand on the keys; what there is to tell of it."""
        self._turn = self._clock.now() + TURN_S
        told: list[Event] = []
        for request in self._inbox.take():
            if isinstance(request, StopSession):
                session.stop(request.reason)
            elif isinstance(request, AnswerKey):
                self.procedure.key(session, update, request.key)
            elif isinstance(request, Pain):
                session.stop(EndReason.BY_PAIN)
            elif isinstance(request, Heard):
                told.append(ControlHeard(request.control, request.id, request.refused))
            elif not isinstance(request, Louder | Resume):  # a test cannot do less than it is: it ends
                session.stop(EndReason.BY_KEY)
        return told


@dataclass(frozen=True)
class FeltPlan:
    """A felt test that can begin: it passed the check, its device is known, nothing is opened yet."""

    bench: Bench
    test: FeltTest
    piece: Piece
    target: Target
    arrangement: Arrangement
    """How to lie or sit: to be told before the questions are asked."""

    def questions(self) -> tuple["Ready", ...]:
        """What has to be confirmed before it, empty where nothing has to; raises NotCleared."""
        return questions_before(self.piece, self.target, self.bench.recipient)

    def play(
        self, procedure: Procedure, confirmed: "Confirmation | None", inbox: Inbox, clock: Clock
    ) -> Generator[Event, None, Felt]:
        """Play it; how it ended. Raises whatever ended it early but a key, and the gate's NotCleared."""
        if (yield from stopped_beforehand(inbox)):
            return Felt(EndReason.STOPPED, completed=False, elapsed=0.0)
        with seated(self.piece, self.target, self.bench.recipient, confirmed) as seat:
            yield from seat.notices
            yield self.arrangement
            with on_device(
                seat.piece,
                self.target,
                seat.clearance,
                inbox,
                clock,
                limit=self.bench.most,
                warn=False,
                described=self.test.tuning is not None,
            ) as at:
                yield from at.notices
                _refuse_out_of_reach(at.placed, seat.piece)
                rig = _Rig(self.bench, self.test, self.target, seat, at)
                return (yield from _play(rig, procedure, inbox, clock))


def plan_felt_test(bench: Bench, test: FeltTest) -> FeltPlan:
    """Check a felt test and find its device; opens nothing.

    Raises NotPlayable for one that is too long or that the check finds errors in, NoDevice,
    and UsageError for a recipient that is named and does not exist.
    """
    _refuse_unbounded(test)
    known(bench.recipient)
    piece = Piece(test.profile.name, test.profile, body_map())
    refuse_errors(piece.name, check(piece.profile, piece.body))
    target = target_of(bench.device, bench.on, bench.config)
    refuse_in_use(target)  # first: it knows a session of ours
    look_for(target)
    arrangement = arranged(piece.profile, target, described_together(target))
    return FeltPlan(bench, test, piece, target, arrangement)


@dataclass(frozen=True)
class _Rig:
    """Everything that a session is made of."""

    bench: Bench
    test: FeltTest
    target: Target
    seat: Seat
    at: OnDevice

    @property
    def moves_s(self) -> float:
        """Seconds in which anything may move, at most."""
        return min(FELT_S, self.seat.clearance.allowed_s, self.test.longest_s)

    def session(self, clock: Clock, controls: FeltControls) -> Session:
        """The session, bounded in time and level."""
        layout, score = _tuned(self.test, self.at.placed.layout), self.at.placed.score
        rests_s = self.test.rests_s
        if rests_s:
            score = replace(score, duration=min(score.duration, self.moves_s) + rests_s - SPARE_S)
        sampler = self.test.sampler(layout) if self.test.sampler is not None else None
        meter = self.seat.keeper.meter = DoseMeter(layout)
        return Session(
            score,
            layout,
            self.at.device,
            clock,
            limit=self.seat.clearance.limit,
            most=self.bench.most,
            wake=controls.waiting,
            wake_files=controls.files,
            recorder=meter,
            allowed_s=self.moves_s + rests_s,
            armed=self.seat.begin,
            renderer=Bounded(sampler, score, layout) if sampler is not None else None,
        )


def _play(rig: _Rig, procedure: Procedure, inbox: Inbox, clock: Clock) -> Generator[Event, None, Felt]:
    keeper = rig.seat.keeper
    controls = FeltControls(inbox, clock, procedure)
    session = rig.session(clock, controls)
    # What is on its way when it ends counts as well: beyond the minute it would be no felt test.
    moves_s = rig.moves_s - TAIL_S if rig.test.rests_s else rig.moves_s
    elapsed = 0.0

    def played() -> Iterator[Event]:
        nonlocal elapsed
        yield from Tracker(rig.at.placed.score, session).start(rig.target.url)
        elapsed = yield from feel_session(session, controls, keeper, moves_s)

    yield from settled(played(), session, rig.at.registration, keeper)
    return Felt(words_for(session.stopped), session.stopped is None, elapsed)


def feel_session(
    session: Session, controls: FeltControls, keeper: Keeper, moves_s: float = FELT_S
) -> Generator[Event, None, float]:
    """Play to the end, seconds of the score; whatever goes wrong here, the session is stopped.

    It ends when anything was driven for `moves_s` seconds in all.
    """
    procedure, elapsed = controls.procedure, 0.0
    # Closing the generator stops the device.
    updates = session.play()
    try:
        with leaving_stops(updates):
            yield from procedure.began(session) or ()
            for update in updates:
                yield from controls.attend(session, update)
                keeper.follow(session, update)
                if keeper.meter is not None and keeper.meter.moved_s >= moves_s:
                    session.stop(EndReason.TIME_OVER)
                yield from procedure.follow(session, update) or ()
                elapsed = update.elapsed
    finally:
        procedure.ended()
    return elapsed


def _refuse_unbounded(test: FeltTest) -> None:
    """A test that is too long is refused as a whole: cut off, it would lose its end, which is gentle."""
    if test.profile.duration_s > FELT_S or test.profile.audience != "test":
        raise NotPlayable(
            f"{test.profile.name}: {test.profile.duration_s:g} s are no felt test; {FELT_S:g} s is the most",
            hint=SessionRemedy.RUN,
        )


def _refuse_out_of_reach(placed: Placed, piece: Piece) -> None:
    """A device that works on nothing of it would play silence."""
    layout = placed.layout
    usable = usable_places(layout.places(), piece.body)
    moving = [step for step in placed.profile.step if step.moves]
    if not any(within_reach(step, usable, piece.body) for step in moving):
        where = ", ".join(dict.fromkeys(zone for step in moving for zone in step.zones or ())) or "its path"
        zones = ", ".join(sorted({actuator.zone for actuator in layout.allowed})) or "none"
        raise NotPlayable(
            f"{layout.description.name} reaches nothing in {where}",
            hint=f"the zones that it works on: {zones}",
        )


def _tuned(test: FeltTest, layout: Layout) -> Layout:
    if test.tuning is None:
        return layout
    tuned = test.tuning(layout)
    refuse_raised(layout, tuned)
    return tuned
