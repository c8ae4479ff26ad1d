"""A session that lost its device goes on: by a key of whoever sits there, once the device is back."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from firmware_bridge import BridgeError, Clock, InterlockTrip, MonotonicClock
from kneadwave.cli.exits import worded
from kneadwave.cli.live_session import run
from kneadwave.cli.terminal.keys import Keys, somebody_there
from kneadwave.cli.terminal.output import Output
from kneadwave.cli.terminal.pending_edits import tell_unsaved
from kneadwave.cli.terminal.prompts import take_typed_ahead
from kneadwave.cli.terminal.signals import Signals
from kneadwave.errors import Interrupted, SessionRemedy
from kneadwave.sessions.control_lines import ControlLines
from kneadwave.sessions.end_events import LeftOff
from kneadwave.sessions.events import Event, ForRecipient
from kneadwave.sessions.record import now
from kneadwave.sessions.start import SessionRequest, taking_up

GO_ON = "r"
STEP_S = 0.25
CHECK = "check cable and power"
"""What helps first where an error does not say it."""


class LastLeft:
    """Watches a session for how it left off."""

    def __init__(self) -> None:
        self.left: LeftOff | None = None
        self.recipient: str | None = None
        """Whom it was for, whoever is in use when it goes on."""

    def show(self, event: Event) -> None:
        if isinstance(event, LeftOff):
            self.left = event
        elif isinstance(event, ForRecipient):
            self.recipient = event.recipient


def run_to_the_end(
    out: Output, asked: SessionRequest, clock: Clock | None = None, *, controls: ControlLines | None = None
) -> None:
    """Play what was asked for; where its device is lost, offer on a terminal to go on. Raises as `run`.

    Where `controls` steer it, nobody is asked: --resume goes on.
    """
    clock = clock or MonotonicClock()
    until, record = 0.0, asked.record
    tell_unsaved(out, asked.profile)
    while True:
        watch = LastLeft()
        try:
            run(out, asked, watch.show, controls=controls)
            return
        except InterlockTrip:
            raise  # what trips is not lost, whatever was lost before
        except BridgeError as error:
            if watch.left is not None:
                until = clock.now() + watch.left.seconds
            first = CHECK if error.hint is None else worded(error.hint)
            if clock.now() < until:  # without a session that was lost there is nothing to go on with
                error.hint = SessionRemedy.GO_ON.of(first=first, until=_by_the_clock(until - clock.now()))
            sits_there = not out.as_json and controls is None and somebody_there()
            if not (sits_there and _wants_to_go_on(out, error, first, until, clock)):
                raise
        recipient = watch.recipient or asked.recipient
        asked = _going_on(out, replace(asked, recipient=recipient, record=record))


def _wants_to_go_on(out: Output, error: BridgeError, first: str, until: float, clock: Clock) -> bool:
    """Say what happened, and wait for the key, or any other one, or the end of the time."""
    if clock.now() >= until:
        return False
    take_typed_ahead()
    out.tell(f"error: {error}")
    out.tell(
        f"hint: {first}; once the device is back, press {GO_ON} to continue from where it stopped, "
        f"by {_by_the_clock(until - clock.now())}; any other key leaves it to knead run --resume"
    )
    with Signals() as signals, Keys() as keys:
        signals.gentle = True

        def over() -> bool:
            return keys.waiting() or signals.received is not None

        while clock.now() < until and not over():
            clock.sleep(STEP_S, over)
        typed = keys.typed()
    if signals.received is not None:
        raise Interrupted(signals.received)
    return typed[:1] == [GO_ON]


def _by_the_clock(seconds: float) -> str:
    """The time of day so many seconds from now, "18:30": whole minutes, no later than it is."""
    return f"{now() + timedelta(seconds=seconds):%H:%M}"


def _going_on(out: Output, asked: SessionRequest) -> SessionRequest:
    following = taking_up(asked)
    if following.record is None:
        return following
    record = _beside(following.record)
    out.tell(f"note: what follows is recorded in {record}")
    return replace(following, record=record)


def _beside(record: Path) -> Path:
    """A name for a recording of the rest: "run.jsonl" is followed by "run.2.jsonl" and "run.3.jsonl"."""
    number = 2
    while (found := record.with_name(f"{record.stem}.{number}{record.suffix}")).exists():
        number += 1
    return found
