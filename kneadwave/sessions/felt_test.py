"""A felt test: something short is played while a person feels it, and any key ends it.

    class Ask(Hand):                              what happens meanwhile; override what you need
        def key(self, session, update, key): …    without it any key stops
    felt = feel(out, bench, FeltTest(profile), Ask())

Whatever the test and its sampler say: at most a minute, past the gate, within the recipient's limit and the
ceilings of the zones, and stopped by a signal, another process or a terminal that goes away.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from firmware_bridge.clock import Clock, MonotonicClock
from firmware_bridge.devices.layout import Layout
from firmware_bridge.play.device import OpenedDevice
from firmware_bridge.play.ending import EndReason
from firmware_bridge.play.session import Session
from firmware_bridge.play.time_limit import TAIL_S
from firmware_bridge.play.updates import Update
from firmware_bridge.recording.dose import DoseMeter
from kneadwave.cli.terminal.keys import Keys, somebody_there
from kneadwave.cli.terminal.output import Output
from kneadwave.cli.terminal.signals import Signals
from kneadwave.cli.views.session import Narrator, note
from kneadwave.config import Config
from kneadwave.devices import Target, target_of
from kneadwave.errors import NotPlayable, UsageError
from kneadwave.people.history import FELT_S
from kneadwave.sessions.controls import BY_KEY, Endings, Requests
from kneadwave.sessions.felt_bounds import Bounded, refuse_raised
from kneadwave.sessions.outcome import settled
from kneadwave.sessions.play import on_device
from kneadwave.sessions.prepare import Piece, Placed, leaving_stops, refuse_errors
from kneadwave.sessions.record import COMPLETED, Keeper
from kneadwave.sessions.registry import Registration
from kneadwave.sessions.seating import Seat, seated
from profiles.body import body_map
from profiles.profile import Profile
from profiles.reach import usable_places, within_reach
from profiles.rules.check import check
from profiles.waveform import Sampler

IDLE_MAX_S = 120.0
"""Seconds that a felt test may rest at the most, beyond its minute: three minutes in all; ours."""
SPARE_S = 2.0
"""Of these, seconds that are kept so that such a test ends by itself and is never hurried along; ours."""
STEP_NUMBER = re.compile(r" in step \d+(?= ')")
"""Where a test profile counts its steps: no number that a person knows."""
TURN_S = 0.15
"""A hand is told how it stands at least this often, seconds."""


@dataclass(frozen=True)
class Bench:
    """What the options of every felt test say: which device, for whom, how strongly at most (a fraction)."""

    device: str | None = None
    on: str | None = None
    limit: float = 1.0
    recipient: str | None = None
    config: Config = field(default_factory=Config)

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


class Hand:
    """The person's side of a felt test. Whatever it raises stops the device first and is told then."""

    def began(self, session: Session) -> None:
        """The device is open, and nothing moves yet."""

    def follow(self, session: Session, update: Update) -> None:
        """How it stands, at least four times a second; the last update comes when the device is at rest."""

    def key(self, session: Session, update: Update, key: str) -> None:  # noqa: ARG002
        """A key was pressed, as `Keys.typed` gives it. Any key stops, unless a test has a use for it."""
        session.stop(BY_KEY)

    def ended(self) -> None:
        """It is over, however it ended, and the device was told to stop; called once after `began`."""


class FeltControls(Endings):
    """What may end a felt test, and the keys, which are the hand's."""

    def __init__(self, keys: Keys, signals: Signals, requests: Requests, clock: Clock, hand: Hand) -> None:
        super().__init__(keys, signals, requests, clock)
        self.hand = hand
        self._turn = clock.now() + TURN_S  # not at once: a clock that stands still would never reach it

    def waiting(self) -> bool:
        """Whether one of them wants something, or it is time to tell the hand how it stands."""
        return self._clock.now() >= self._turn or super().waiting()

    def attend(self, session: Session, update: Update) -> None:
        """Hand on the keys, and stop where anything else asks for it."""
        self._turn = self._clock.now() + TURN_S
        typed = self.keys.typed()
        self.end(session)
        for key in typed:
            self.hand.key(session, update, key)


def feel(out: Output, bench: Bench, test: FeltTest, hand: Hand) -> Felt:
    """Play one felt test on the device that the bench means; raises whatever ended it early but a key.

    The check's errors refuse it (NotPlayable), the gate may (NotCleared). `sim:` needs no person.
    """
    _refuse_unbounded(test)
    piece = Piece(test.profile.name, test.profile, body_map())
    refuse_errors(piece.name, check(piece.profile, piece.body), out)
    target = target_of(bench.device, bench.on, bench.config)
    with (
        Signals() as signals,
        seated(out, piece, target, bench.recipient) as seat,
        on_device(
            out,
            seat.piece,
            target,
            seat.clearance,
            bench.most,
            warn=False,
            described=test.tuning is not None,
        ) as (device, registration, placed),
    ):
        _refuse_out_of_reach(placed, seat.piece)
        rig = _Rig(bench, test, target, seat, placed, device)
        return _play(out, rig, registration, signals, hand)


@dataclass(frozen=True)
class _Rig:
    """Everything that a session is made of."""

    bench: Bench
    test: FeltTest
    target: Target
    seat: Seat
    placed: Placed
    device: OpenedDevice

    @property
    def moves_s(self) -> float:
        """Seconds in which anything may move, at most."""
        return min(FELT_S, self.seat.clearance.allowed_s, self.test.longest_s)

    def session(self, clock: Clock, controls: FeltControls) -> Session:
        """The session, bounded in time and level."""
        layout, score = _tuned(self.test, self.placed.layout), self.placed.score
        rests_s = self.test.rests_s
        if rests_s:
            score = replace(score, duration=min(score.duration, self.moves_s) + rests_s - SPARE_S)
        sampler = self.test.sampler(layout) if self.test.sampler is not None else None
        meter = self.seat.keeper.meter = DoseMeter(layout)
        return Session(
            score,
            layout,
            self.device,
            clock,
            limit=self.bench.most * self.seat.clearance.limit,
            wake=controls.waiting,
            recorder=meter,
            allowed_s=self.moves_s + rests_s,
            renderer=Bounded(sampler, score, layout) if sampler is not None else None,
        )


def _play(out: Output, rig: _Rig, registration: Registration, signals: Signals, hand: Hand) -> Felt:
    clock, keeper = MonotonicClock(), rig.seat.keeper
    with Keys() as keys:
        controls = FeltControls(keys, signals, registration, clock, hand)
        session = rig.session(clock, controls)
        elapsed = 0.0
        with settled(out, session, registration, signals, keeper):
            Narrator(out, rig.placed.score, float("inf"), session).start(rig.target.url)
            for text in session.substitutions:
                note(out, STEP_NUMBER.sub("", text))
            # What is on its way when it ends counts as well: beyond the minute it would be no felt test.
            moves_s = rig.moves_s - TAIL_S if rig.test.rests_s else rig.moves_s
            elapsed = feel_session(session, controls, keeper, moves_s)
    return Felt(session.stop_reason or COMPLETED, not session.stop_reason, elapsed)


def feel_session(session: Session, controls: FeltControls, keeper: Keeper, moves_s: float = FELT_S) -> float:
    """Play to the end, seconds of the score; whatever goes wrong here, the session is stopped.

    It ends when anything was driven for `moves_s` seconds in all.
    """
    hand, elapsed = controls.hand, 0.0
    # Closing the generator stops the device.
    updates = session.play()
    try:
        with leaving_stops(updates):
            hand.began(session)
            for update in updates:
                controls.signals.gentle = True
                controls.attend(session, update)
                keeper.follow(session, update)
                if keeper.meter is not None and keeper.meter.moved_s >= moves_s:
                    session.stop(EndReason.TIME_OVER)
                hand.follow(session, update)
                elapsed = update.elapsed
    finally:
        hand.ended()
    return elapsed


def require_terminal(what: str) -> None:
    """UsageError where nobody sits at a terminal to answer; `what` as "knead tune ab"."""
    from kneadwave.cli.terminal import prompts as asking

    if not (somebody_there() and asking.somebody_there()):
        raise UsageError(
            f"{what} asks how it feels, and nobody sits at a terminal here",
            hint="start it on a terminal; knead tune preview plays a step without asking anything",
        )


def _refuse_unbounded(test: FeltTest) -> None:
    """A test that is too long is refused as a whole: cut off, it would lose its end, which is gentle."""
    if test.profile.duration_s > FELT_S or test.profile.audience != "test":
        raise NotPlayable(
            f"{test.profile.name}: {test.profile.duration_s:g} s are no felt test; {FELT_S:g} s is the most",
            hint="play it as a session: knead run",
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
