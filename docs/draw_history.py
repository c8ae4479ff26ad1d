"""Draws docs/history.png: the evening of README.md, played in virtual time, as `knead history --plot` has it.

python docs/draw_history.py [PICTURE]      draws it, and prints what knead history says beside it

The person, the two routines and when they began are those of README.md; everything else comes from playing.
"""

import os
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from firmware_bridge.devices.layout import place_device
from firmware_bridge.devices.load import load_device
from firmware_bridge.play.session import Session
from firmware_bridge.play.wire_device import WireDevice
from firmware_bridge.recording.dose import DoseMeter
from kneadwave.cli.terminal.output import Output
from kneadwave.cli.views.history import show_history
from kneadwave.people import ledger
from kneadwave.people import recipient as recipients
from kneadwave.people.diary import SittingDiary
from kneadwave.people.recipient import Recipient
from kneadwave.sessions.kernel import playing
from profiles.profile import load_profile
from profiles.score import compose
from simulator.clock import VirtualClock
from simulator.cushion import virtual_cushion
from simulator.link import VirtualLink

PICTURE = Path(__file__).parent / "history.png"
DEVICE = "reference-cushion"
ME = Recipient(name="me", adult=True, stature_m=1.74, pain={"lumbar": 4})
PLAYED = {
    "felt-check": datetime(2026, 11, 22, 18, 9, tzinfo=UTC),
    "first-session": datetime(2026, 11, 22, 18, 10, tzinfo=UTC),
}


def dose_of(profile: str) -> DoseMeter:
    """What the person gets of a routine."""
    description, clock = load_device(DEVICE), VirtualClock()
    layout = place_device(description, ME.body)
    meter = DoseMeter(layout)
    link = VirtualLink(virtual_cushion(playing(None), description, warm=True), clock)
    score = compose(load_profile(profile), ME.body)
    session = Session(score, layout, WireDevice(link, clock), clock, recorder=meter)
    for _ in session.play():
        pass
    return meter


def evening() -> datetime:
    """Write the evening down as sessions do; when it is over."""
    recipients.save(ME)
    recipients.use(ME.name)
    for profile, began in PLAYED.items():
        meter = dose_of(profile)
        with ledger.opened(ME.name, began) as book:
            diary = SittingDiary(book)
            diary.begin(profile, DEVICE, load_profile(profile).duration_s, began)
            ended = began + timedelta(seconds=load_profile(profile).duration_s)
            diary.end("completed", meter.moved_s, meter.zones(), ended)
    return ended


def draw(path: Path) -> None:
    """Draw the evening to `path`, in a home of its own."""
    with TemporaryDirectory() as home:
        os.environ.update(HOME=home, XDG_DATA_HOME=f"{home}/data", XDG_STATE_HOME=f"{home}/state")
        show_history(Output(), ME.name, path, evening())


if __name__ == "__main__":
    draw(Path(sys.argv[1]) if len(sys.argv) > 1 else PICTURE)
