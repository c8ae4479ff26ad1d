"""Starting a session, for every front end: what was asked for becomes a plan, and the plan plays.

    plan = plan_session(asked)                          the profile is loaded and checked
    asked = plan.questions()                                        the gate looks at the person
    confirmed = Confirmation(frozenset(…), local_now())             the ids of those that are so, and when
    with closing(plan.play(confirmed, inbox, clock)) as events:     however the block is left, the device is
        for event in events: …                                      stopped

The device is opened and armed; then the ledger says that it begins, and only then anything moves. What fails
before that costs nothing: the confirmed list counts for the next attempt, and nothing stands in the ledger.

Whoever asks the questions (a terminal, a file, a page), they are data, and so is what is said to them.
Nothing here needs a terminal, the main thread or a working directory.
"""

from collections.abc import Generator, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from firmware_bridge.clock import Clock
from firmware_bridge.devices.description import DeviceDescription
from firmware_bridge.devices.layout import place_device
from firmware_bridge.limits import SESSION_MAX_S
from firmware_bridge.play.updates import Listener
from kneadwave.config import Config
from kneadwave.devices import Target, described_together, look_for, target_of, together
from kneadwave.errors import NotPlayable, SessionRemedy, UsageError
from kneadwave.people.recipient import known
from kneadwave.sessions.controls import Inbox
from kneadwave.sessions.end_events import RestAdvised
from kneadwave.sessions.events import Arrangement, Event, NothingRecorded
from kneadwave.sessions.guided import lead
from kneadwave.sessions.outcome import stopped_beforehand
from kneadwave.sessions.play import Performance, perform
from kneadwave.sessions.prepare import Piece, arranged, prepare
from kneadwave.sessions.record import now
from kneadwave.sessions.registry import refuse_in_use
from kneadwave.sessions.resume import (
    PlayedSoFar,
    Unfinished,
    drop,
    keep,
    profile_sum,
    unfinished_of,
    whole_path,
)
from kneadwave.sessions.seat import Seat, questions_before, seated
from kneadwave.store.outputs import RECORDING, refuse_input, refuse_taken
from profiles.body import DEFAULT_STATURE_M
from profiles.posture import needs_helper
from profiles.profile import Profile
from profiles.reach import fit
from profiles.score import compose
from profiles.technique import Guide

if TYPE_CHECKING:
    from kneadwave.people.screening import Confirmation, Ready


@dataclass(frozen=True)
class SessionRequest:
    """What is asked for. `limit` is the most that may be felt, `intensity` scales all of it, as fractions.

    None stands for what nobody said.

    `device` and `on` are the URL and the description of the device, `also` those of more devices that play
    with it. `attended`: whether somebody is there to confirm a change of posture. `offered`: it waits at the
    device for somebody to begin it (offer.py). `taken_up` is the session
    that lost its device and goes on (see `taking_up`). `replace`: a recording takes the place of
    whatever lies at `record`. `listener` hears of every frame that is commanded.
    """

    profile: str
    device: str | None = None
    on: str | None = None
    also: tuple[tuple[str, str | None], ...] = ()
    limit: float = 1.0
    intensity: float = 1.0
    stature_m: float | None = None
    recipient: str | None = None
    minutes: float | None = None
    record: Path | None = None
    replace: bool = False
    attended: bool = False
    offered: bool = False
    listener: Listener | None = None
    taken_up: Unfinished | None = None
    config: Config = field(default_factory=Config)

    @property
    def allowed_s(self) -> float:
        """The time that is asked for, seconds."""
        return SESSION_MAX_S if self.minutes is None else self.minutes * 60.0


@dataclass(frozen=True)
class SessionPlan:
    """A session that can begin: its profile passed the check, its device is known, nothing is opened yet.

    `by_hand` is the profile for hands alone, where it is known beforehand that no device does any of it.
    """

    asked: SessionRequest
    piece: Piece
    target: Target | None
    by_hand: Profile | None
    arrangement: Arrangement
    """How to lie or sit, and with whom: to be told before the questions are asked."""

    def questions(self) -> tuple["Ready", ...]:
        """What has to be confirmed before this run; empty where nothing has to.

        Raises NotCleared, with the rule behind it, where nothing could be played whatever the answers.
        """
        asked = self.asked
        return questions_before(
            self.piece,
            self.device,
            asked.recipient,
            minutes=asked.minutes,
            going_on=asked.taken_up is not None,
        )

    @property
    def device(self) -> Target | None:
        """What is to be opened: nothing where hands do it all, whatever was named."""
        return None if self.by_hand is not None else self.target

    def play(
        self, confirmed: "Confirmation | None", inbox: Inbox, clock: Clock
    ) -> Generator[Event, None, None]:
        """Play it; raises whatever ended it early, once the device is stopped and everything written down.

        `confirmed` is what was said to `questions`, None where nobody could be asked; it serves one run.
        Closing the iterator stops the device. Where a stop waits in the inbox already, nothing is opened.
        """
        if (yield from stopped_beforehand(inbox)):
            return
        asked, profile, target = self.asked, self.piece.profile, self.device
        with seated(
            self.piece,
            target,
            asked.recipient,
            confirmed,
            minutes=asked.minutes,
            stature_m=asked.stature_m,
            going_on=asked.taken_up is not None,
        ) as seat:
            yield from seat.notices
            yield self.arrangement
            if target is None:
                yield from self._guide(seat, inbox, clock)
                return
            played = yield from perform(self._performance(seat, target), inbox, clock)
        if played and not target.simulated and profile.audience != "test" and profile.rest_s > 0:
            yield RestAdvised(profile.rest_s, seated=profile.posture == "seated")

    def _performance(self, seat: Seat, target: Target) -> Performance:
        """What is played; where it loses its device, it is kept how far it came."""
        asked, recipient = self.asked, seat.clearance.recipient
        what = Performance(
            seat,
            target,
            asked.limit,
            asked.intensity,
            asked.allowed_s,
            asked.record,
            asked.listener,
            progress=None if asked.taken_up is None else asked.taken_up.progress,
        )
        if recipient is None:
            return what
        name = recipient.name
        return replace(
            what,
            left_off=lambda progress: keep(name, self._unfinished(progress)),
            begun=None if what.progress is not None else lambda: drop(name),
        )

    def _unfinished(self, progress: PlayedSoFar) -> Unfinished:
        asked = self.asked
        named = ((asked.device, asked.on), *asked.also)
        return Unfinished(
            at=now(),
            profile=whole_path(asked.profile),
            profile_sum=profile_sum(self.piece.profile),
            devices=tuple((url, None if on is None else whole_path(on)) for url, on in named),
            limit=asked.limit,
            intensity=asked.intensity,
            minutes=asked.minutes,
            progress=progress,
        )

    def _guide(self, seat: Seat, inbox: Inbox, clock: Clock) -> Iterator[Event]:
        """Lead through a routine for hands."""
        if self.asked.record is not None:
            yield NothingRecorded()
        score = compose(self.by_hand or seat.piece.profile, seat.piece.body)
        seat.begin()
        yield from lead(score, seat.keeper, inbox, clock, allowed_s=seat.clearance.allowed_s)


def taking_up(asked: SessionRequest) -> SessionRequest:
    """The request that takes up the last session of `asked.recipient`, which lost its device.

    Devices that are named in `asked` count in place of those it had, a description alone in place of that of
    the first; a limit may only be lower. Raises NotCleared where there is no such session.
    """
    left = unfinished_of(asked.recipient)
    (device, on), *also = left.devices if asked.device is None else ((asked.device, asked.on), *asked.also)
    return replace(
        asked,
        profile=left.profile,
        device=device,
        on=asked.on or on,
        also=tuple((url, each) for url, each in also if url is not None),
        limit=min(asked.limit, left.limit),
        intensity=min(asked.intensity, left.intensity),
        minutes=left.minutes,
        taken_up=left,
    )


def plan_session(asked: SessionRequest) -> SessionPlan:
    """Load and check the profile and find the device; opens nothing.

    Raises NotPlayable, with the errors of the check, ProfileError, NoDevice, and UsageError for a profile
    that waits for somebody where nobody is, for a recipient that is named and does not exist, and for a
    recording that cannot be written or would replace something else.
    """
    if asked.record is not None:
        refuse_input(asked.record, asked.profile, asked.on, *(on for _, on in asked.also))
        refuse_taken(asked.record, RECORDING, force=asked.replace)
    known(asked.recipient)
    piece = prepare(asked.profile, asked.stature_m or DEFAULT_STATURE_M)
    if asked.taken_up is not None and asked.taken_up.profile_sum != profile_sum(piece.profile):
        raise NotPlayable(
            f"{asked.profile} has changed since its session lost the device", hint=SessionRemedy.RUN
        )
    _refuse_unattended(piece.profile, asked.attended)
    target = None if piece.profile.guided_only else _target(asked)
    if target is not None:
        refuse_in_use(target)  # first: it knows a session of ours
        look_for(target)
    described = None if target is None else described_together(target)
    fitted = None if described is None else _fitted(piece, described)
    by_hand = fitted if fitted is not None and fitted.guided_only else None
    if by_hand is not None and asked.taken_up is not None:
        raise NotPlayable(
            f"{asked.profile}: this device reaches nothing of it, and hands take up no session of a device",
            hint=SessionRemedy.RUN,
        )
    plays = None if by_hand is not None else target
    arrangement = arranged(piece.profile, plays, described, helper=needs_helper(fitted or piece.profile))
    return SessionPlan(asked, piece, target, by_hand, arrangement)


def _target(asked: SessionRequest) -> Target:
    named = ((asked.device, asked.on), *asked.also)
    return together([target_of(device, on, asked.config) for device, on in named])


def _refuse_unattended(profile: Profile, attended: bool) -> None:
    """A change of posture waits to be confirmed: without somebody to do that nothing begins."""
    turns = any(isinstance(s.technique, Guide) and s.technique.posture is not None for s in profile.played)
    if turns and not attended:
        raise UsageError(
            f"'{profile.name}' waits for a key where the posture changes, and nobody sits at a terminal here",
            hint=SessionRemedy.SIMULATE.of(profile=profile.name),
        )


def _fitted(piece: Piece, description: DeviceDescription) -> Profile:
    """The profile as the device plays it, for hands where it can do nothing."""
    return fit(piece.profile, place_device(description, piece.body).places(), piece.body)
