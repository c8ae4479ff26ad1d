"""The loop of every session in real time: play, carry out what is asked, keep ledger and recording, tell."""

from collections.abc import Iterator

from firmware_bridge.recording.writer import Recorder
from kneadwave.sessions.controls import Controls, Steered
from kneadwave.sessions.events import Event
from kneadwave.sessions.prepare import leaving_stops
from kneadwave.sessions.record import Keeper, record
from kneadwave.sessions.track import Tracker


def follow(
    session: Steered,
    controls: Controls,
    tracker: Tracker,
    keeper: Keeper,
    recorder: Recorder | None = None,
) -> Iterator[Event]:
    """Play to the end. Whatever goes wrong here, or where the events are shown, the session is stopped."""
    updates = session.play()
    with leaving_stops(updates):
        for update in updates:
            told = controls.attend(session, update)
            keeper.follow(session, update)
            for event in (*told, *tracker.track(update, controls.awaiting, controls.eased)):
                if recorder is not None:
                    record(recorder, event)
                yield event
