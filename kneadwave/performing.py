"""`knead run`: a session on a real device, with keys, signals and other processes able to stop it."""

import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from firmware_bridge.clock import MonotonicClock
from firmware_bridge.connection import Connection
from firmware_bridge.device import DeviceDescription, load_device
from firmware_bridge.errors import BridgeError, InterlockTrip
from firmware_bridge.handshake import Dialogue
from firmware_bridge.player import Phase, Session, Update
from firmware_bridge.recording import Recorder, open_recorder
from kneadwave.exits import Interrupted, NotConfirmed, StoppedOutside
from kneadwave.keys import STOP, Keys
from kneadwave.output import Output, clean, may_style
from kneadwave.playing import Narrator, leaving_stops, place, prepare
from kneadwave.running import CHECK_EVERY_S, Registration
from kneadwave.signals import Signals
from kneadwave.target import DEFAULT_DEVICE, SIM, port_of

if TYPE_CHECKING:
    from firmware_bridge.link import Link

PROGRESS_S = 1.0
"""Session time between two progress events."""
BY_KEY, BY_SIGNAL, BY_REQUEST, BY_ABSENCE = (
    "stopped by a key",
    "stopped by a signal",
    "stopped from outside",
    "hung up",
)


class Controls:
    """Everything that may steer a session while it plays: keys, signals, requests of other processes."""

    def __init__(self, keys: Keys, signals: Signals, registration: Registration) -> None:
        self.keys = keys
        self.signals = signals
        self.registration = registration
        self._clock = MonotonicClock()
        self._next_look = 0.0

    def waiting(self) -> bool:
        """Whether one of them wants something; cheap enough for a hundred calls a second."""
        if self.signals.received is not None or self.keys.waiting():
            return True
        now = self._clock.now()
        if now < self._next_look:
            return False
        self._next_look = now + CHECK_EVERY_S
        return self.registration.requested()

    def attend(self, session: Session) -> None:
        """Do what was asked for."""
        if self.signals.received is not None:
            session.stop(BY_SIGNAL)
        if self.registration.stop_asked:
            session.stop(BY_REQUEST)
        for wish in self.keys.read():
            if wish == STOP:
                session.stop(BY_KEY)
            elif wish == "pause":
                if session.feed.paused:
                    session.resume()
                else:
                    session.pause()
            elif wish == "louder":
                session.louder()
            elif wish == "softer":
                session.softer()
            elif wish == "closing":
                session.skip_to_closing()
        if self.keys.gone:
            session.stop(BY_ABSENCE)


def run(
    out: Output,
    profile: str,
    *,
    url: str,
    device: str | None,
    limit: float,
    stature_m: float,
    record: Path | None,
) -> None:
    """Play `profile` on the device behind `url`; raises whatever ended the session early."""
    piece = prepare(profile, stature_m, out)
    given = load_device(device) if device else None
    port = port_of(url)
    with ExitStack() as stack:
        signals = stack.enter_context(Signals())
        link, description = stack.enter_context(opened(url, port, given))
        registration = stack.enter_context(Registration(port, piece.score.name))
        description = description or _ask(link)
        layout = place(profile, piece, description, out)
        keys = stack.enter_context(Keys())
        controls = Controls(keys, signals, registration)
        recorder = stack.enter_context(open_recorder(record)) if record is not None else None
        if recorder is not None:
            recorder.header(layout, piece.score.name, "host", description.name)
        session = Session(
            piece.score,
            layout,
            link,
            MonotonicClock(),
            limit=limit,
            wake=controls.waiting,
            recorder=recorder,
        )
        narrator = Narrator(out, session, PROGRESS_S, lines=not _wants_view(out), recorder=recorder)
        try:
            _play(session, controls, narrator, url, out)
            _judge(session, controls)
        except BaseException as error:
            registration.confirmed = session.stop_confirmed
            _end_recording(recorder, session, error)
            with suppress(OSError):
                _sum_up(session, out, session.stop_reason or "broken off")
            if isinstance(error, OSError) and not isinstance(error, BridgeError):
                raise _nobody_listens(error, signals) from error
            raise
        registration.confirmed = session.stop_confirmed
        _sum_up(session, out, session.stop_reason or "completed")
        _end_recording(recorder, session, None)


@contextmanager
def opened(
    url: str, port: str, given: DeviceDescription | None
) -> Iterator[tuple["Link", DeviceDescription | None]]:
    """The device behind `url` and what is known of it; `sim:` makes a virtual cushion in this process."""
    link: Link
    if url == SIM:
        from simulator.cushion import Cushion
        from simulator.link import VirtualLink

        given = given or load_device(DEFAULT_DEVICE)
        link = VirtualLink(Cushion(given), MonotonicClock())
    else:
        from firmware_bridge.link import SerialLink

        link = SerialLink(port if url.startswith("id:") else url)
    try:
        yield link, given
    finally:
        link.close()


def _ask(link: "Link") -> DeviceDescription:
    from firmware_bridge.discovery import description_of

    return description_of(Dialogue(link, MonotonicClock(), Connection()).identify())


def _wants_view(out: Output) -> bool:
    return not out.as_json and may_style(sys.stdout)


def _play(session: Session, controls: Controls, narrator: Narrator, url: str, out: Output) -> None:
    from kneadwave.live import live_view

    narrator.start(url)
    if not out.as_json:
        for text in session.renderer.substitutions:
            out.tell(f"note: {clean(text)}")
    with ExitStack() as stack:
        show = None
        if _wants_view(out):
            keys = controls.keys.active
            show = stack.enter_context(live_view(session, url, keys=keys, ascii_only=out.ascii_only))
        # Closing the generator stops the device: whatever goes wrong here, telling and drawing included.
        updates = session.play()
        stack.enter_context(leaving_stops(updates))
        for update in _gently(updates, controls.signals):
            controls.attend(session)
            narrator.update(update)
            if show is not None and update.phase in (Phase.PLAYING, Phase.PAUSED):
                show(update)


def _gently(updates: Iterator[Update], signals: Signals) -> Iterator[Update]:
    """Let a signal cut the opening short; from the first update on, it is only noted."""
    for update in updates:
        signals.gentle = True
        yield update


def _judge(session: Session, controls: Controls) -> None:
    """Whether the session came to its end as the person here wanted."""
    reason = session.stop_reason
    if controls.signals.received is not None:
        raise Interrupted(controls.signals.received)
    if not session.stop_confirmed:
        raise NotConfirmed(
            "the device did not confirm the stop", hint="look whether it is still; if not, pull its plug"
        )
    if reason == BY_REQUEST:
        raise StoppedOutside("the session was stopped from outside", hint="somebody used: knead stop")
    if reason == BY_ABSENCE:
        raise StoppedOutside("the terminal went away, so the session was stopped")
    if reason and reason != BY_KEY:
        raise StoppedOutside(f"the session was {reason}")


def _nobody_listens(error: OSError, signals: Signals) -> BaseException:
    """What it means that the output could not be written: the terminal or the reader of a pipe went away."""
    if signals.received is not None:
        return Interrupted(signals.received)
    return StoppedOutside(f"the output went away, so the session was stopped ({error})")


def _sum_up(session: Session, out: Output, reason: str) -> None:
    connection = session.connection
    out.end.update(trips=session.trips, reason=reason, confirmed=session.stop_confirmed)
    out.event(
        "summary",
        frames=connection.frames_sent,
        bytes=connection.bytes_sent,
        trips=session.trips,
        shifts=session.shifts,
        confirmed=session.stop_confirmed,
        substitutions=list(session.renderer.substitutions),
    )
    if session.stop_confirmed and session.connection.status is not None:
        out.say(f"{reason}; {connection.frames_sent} frames, trips {session.trips}, the device is at rest")


def _end_recording(recorder: Recorder | None, session: Session, error: BaseException | None) -> None:
    if recorder is None:
        return
    reason = session.stop_reason or "completed"
    if isinstance(error, InterlockTrip):
        recorder.event(recorder.t, "trip", reason=str(error))
    elif isinstance(error, BridgeError):
        recorder.event(recorder.t, "link", reason=str(error))
    elif session.stop_reason:
        recorder.event(recorder.t, "stop", reason=reason)
    ok = error is None and not session.stop_reason
    recorder.end(recorder.t, ok, str(error) if isinstance(error, BridgeError) else reason)
