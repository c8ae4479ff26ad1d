"""A session on a device: opened past the gate, followed, kept in the ledger, recorded."""

from collections.abc import Callable, Generator, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from firmware_bridge.clock import Clock
from firmware_bridge.errors import LinkError
from firmware_bridge.limits import SESSION_MAX_S
from firmware_bridge.play.session import Session
from firmware_bridge.play.updates import Listener
from firmware_bridge.recording.dose import DoseMeter, Tee
from firmware_bridge.recording.writer import Recorder, open_recorder
from kneadwave.devices import Target
from kneadwave.people.history import GO_ON_FOR
from kneadwave.sessions.connect import OnDevice, on_device
from kneadwave.sessions.controls import Controls, Inbox
from kneadwave.sessions.end_events import LeftOff
from kneadwave.sessions.endings import was_left
from kneadwave.sessions.events import Event
from kneadwave.sessions.guided import lead
from kneadwave.sessions.loop import follow
from kneadwave.sessions.outcome import settled
from kneadwave.sessions.prepare import Placed
from kneadwave.sessions.record import now
from kneadwave.sessions.resume import PlayedSoFar, progress_of, take_up
from kneadwave.sessions.seat import Seat
from kneadwave.sessions.track import Tracker


@dataclass(frozen=True)
class Performance:
    """What is to be played on which device, by whose leave and within which bounds.

    `limit` is the most that may be felt, `intensity` a fraction of what the clearance leaves; `allowed_s`
    may only shorten what it allows. `record` is the file of the host's recording, None for none; `listener`
    hears of every frame. `progress` is where a session that lost its device goes on; `left_off` hears where
    this one could, `begun` that it begins.
    """

    seat: Seat
    target: Target
    limit: float = 1.0
    intensity: float = 1.0
    allowed_s: float = SESSION_MAX_S
    record: Path | None = None
    listener: Listener | None = None
    progress: PlayedSoFar | None = None
    left_off: Callable[[PlayedSoFar], None] | None = None
    begun: Callable[[], None] | None = None

    def begin(self) -> None:
        """It begins: the list before a run is used up, and what could have gone on cannot any more."""
        self.seat.begin()
        if self.begun is not None:
            self.begun()

    @property
    def seconds(self) -> float:
        """The longest that it may take."""
        return min(self.allowed_s, self.seat.clearance.allowed_s, SESSION_MAX_S)


def perform(what: Performance, inbox: Inbox, clock: Clock) -> Generator[Event, None, bool]:
    """Open the device and play; returns whether the device played to the end, raises what ended it early.

    Where it turns out that the device can do none of it, it is closed again and the hands are guided.
    """
    seat = what.seat
    with on_device(
        seat.piece,
        what.target,
        seat.clearance,
        inbox,
        clock,
        limit=what.limit,
        allowed_s=what.seconds,
    ) as at:
        yield from at.notices
        placed = at.placed
        if not placed.profile.guided_only:
            return (yield from _play(what, at, inbox, clock))
    what.begin()
    yield from lead(placed.score, seat.keeper, inbox, clock, allowed_s=what.seconds)
    return False


def _play(what: Performance, at: OnDevice, inbox: Inbox, clock: Clock) -> Generator[Event, None, bool]:
    placed, seat = at.placed, what.seat
    with ExitStack() as stack:
        recorder = _recorder(stack, what, placed)
        seat.keeper.meter = DoseMeter(placed.layout)
        session = Session(
            placed.score,
            placed.layout,
            at.device,
            clock,
            limit=what.intensity * seat.clearance.limit,
            most=what.limit,
            wake=inbox.waiting,
            wake_files=inbox.files,
            recorder=Tee(seat.keeper.meter, recorder, what.listener),
            allowed_s=what.seconds,
            armed=what.begin,
            written=placed.rendered,
        )
        urls = [each.url for each in what.target.all]
        controls, tracker = Controls(inbox), Tracker(placed.score, session, urls)
        if what.progress is not None:
            take_up(session, what.progress)
            controls.eased = what.progress.eased
            controls.await_posture(session, placed.score.step_at(session.elapsed).index)

        def played() -> Iterator[Event]:
            yield from tracker.start(what.target.urls, session.time.left_out(session.elapsed))
            yield from follow(session, controls, tracker, seat.keeper, recorder)

        try:
            yield from settled(
                played(),
                session,
                at.registration,
                seat.keeper,
                eased=lambda: controls.eased,
                recorder=recorder,
            )
        except LinkError as error:
            lost = session.stopped is None and session.elapsed > 0  # who stopped it did not lose it
            if what.left_off is not None and lost and not was_left(error):
                what.left_off(progress_of(session, controls.eased, what.progress))
                yield LeftOff(session.elapsed, GO_ON_FOR.total_seconds(), session.took)
            raise
    return session.stopped is None


def _recorder(stack: ExitStack, what: Performance, placed: Placed) -> Recorder | None:
    if what.record is None:
        return None
    recorder = stack.enter_context(open_recorder(what.record))
    whom = what.seat.clearance.recipient
    recorder.header(
        placed.layout,
        placed.score.name,
        "host",
        placed.layout.description.name,
        began=now(),
        recipient="" if whom is None else whom.name,
        allowed_s=what.seconds,
    )
    return recorder
