"""Felt tests on a virtual cushion in virtual time: what a person presses and when, and what was put out."""

from dataclasses import dataclass, field

import numpy as np

from firmware_bridge.devices.load import load_device, place_device
from firmware_bridge.play.ending import EndReason
from firmware_bridge.play.session import Session
from firmware_bridge.play.wire_device import WireDevice
from kneadwave.cli.terminal.keys import AnswerKeys
from kneadwave.sessions.controls import Inbox, StopSession
from kneadwave.sessions.felt_bounds import Bounded
from kneadwave.sessions.felt_test import FeltControls, Procedure, feel_session
from kneadwave.sessions.record import Keeper
from profiles.body import body_map
from profiles.files.load import from_data
from profiles.score import compose
from profiles.waveform import Waveform
from simulator.clock import VirtualClock
from simulator.cushion import VirtualCushion
from simulator.link import VirtualLink


def stroke(seconds=10.0, level=0.4, **more):
    """A test profile of one stroke up the back."""
    step = {
        "name": "stroke",
        "technique": {"kind": "stroking", "return_level": 1.0},
        "zones": ["lumbar", "upper-back"],
        "duration_s": seconds,
        "level": level,
    }
    head = {"schema": 1, "name": "stroke", "audience": "test", "fade_in_s": 0.5, "fade_out_s": 0.5}
    return from_data({**head, **more, "step": [step]})


class Scripted:
    """Keys that are pressed at given times of a clock."""

    def __init__(self, clock, keys):
        self.gone = False
        self.gone_at = None
        self.active = True
        self._clock = clock
        self._keys = sorted(keys.items())

    def waiting(self):
        due = bool(self._keys) and self._keys[0][0] <= self._clock.now()
        return due or (self.gone_at is not None and self.gone_at <= self._clock.now())

    def absence(self):
        return [StopSession(EndReason.BY_ABSENCE)] if self.gone else []

    def typed(self):
        now = self._clock.now()
        pressed = [key for at, key in self._keys if at <= now]
        self._keys = [plan for plan in self._keys if plan[0] > now]
        self.gone = self.gone_at is not None and self.gone_at <= now
        return pressed


class OutputRun:
    """Observes a cushion: every millisecond that it put out."""

    def __init__(self):
        self.drives = []
        self.trips = 0

    def output(self, output):
        self.drives.append((output.start, output.drive.copy()))

    def accepted(self, due_ms, drives):
        pass

    def event(self, at_ms, event, **fields):  # noqa: ARG002
        self.trips += event == "trip"

    @property
    def drive(self):
        """Drives, one row a millisecond."""
        return np.concatenate([drive for _, drive in self.drives])

    def last_moving(self):
        """Seconds at which anything was driven last; 0 for never."""
        moving = [start + int(np.flatnonzero(d.any(axis=1))[-1]) for start, d in self.drives if d.any()]
        return max(moving, default=0) / 1000.0


class Always:
    """A sampler that says the same for every place and frame, whatever it is."""

    def __init__(self, width, level, rate=50.0):
        self._row, self._rate = np.full(width, level), np.full(width, rate)

    def render(self, start_frame, n_frames):
        rows = (n_frames, 1)
        step = np.full(n_frames, 7_000)
        return Waveform(start_frame, np.tile(self._row, rows), np.tile(self._rate, rows), step)


class Noting(Procedure):
    """Notes what happens; keys do what the test says."""

    def __init__(self, on_key=None):
        self.updates, self.keys, self.times, self.calls = [], [], [], []
        self._on_key = on_key
        self.clock = None

    def began(self, session):  # noqa: ARG002
        self.calls.append("began")

    def follow(self, session, update):  # noqa: ARG002
        self.updates.append(update)
        if self.clock is not None:
            self.times.append(self.clock.now())

    def key(self, session, update, key):
        self.keys.append(key)
        if self._on_key is None:
            super().key(session, update, key)
        else:
            self._on_key(session, key)

    def ended(self):
        self.calls.append("ended")


def drained(events):
    """Every event of a generator, and what it returns."""
    told = []
    try:
        while True:
            told.append(next(events))
    except StopIteration as end:
        return told, end.value


@dataclass
class Sitting:
    """One felt test: everything around its session."""

    profile: object = field(default_factory=stroke)
    keys: dict = field(default_factory=dict)
    device: str = "reference-cushion"
    sampler: object = None
    allowed_s: float = 60.0
    limit: float = 1.0
    inbox: Inbox = field(default_factory=Inbox)
    clock: VirtualClock = field(default_factory=VirtualClock)

    def play(self, procedure=None):
        """Play it; whatever it raises passes."""
        description = load_device(self.device)
        self.put_out = OutputRun()
        self.cushion = VirtualCushion(description, output=self.put_out, warm=True)
        link = VirtualLink(self.cushion, self.clock)
        layout, score = place_device(description), compose(self.profile, body_map())
        self.procedure = procedure or Noting()
        self.procedure.clock = self.clock
        self.typed = Scripted(self.clock, self.keys)
        with self.inbox.fed_by(AnswerKeys(self.typed)):
            return self._felt(link, layout, score)

    def _felt(self, link, layout, score):
        controls = FeltControls(self.inbox, self.clock, self.procedure)
        sampler = self.sampler(layout) if self.sampler is not None else None
        self.session = Session(
            score,
            layout,
            WireDevice(link, self.clock),
            self.clock,
            limit=self.limit,
            wake=controls.waiting,
            allowed_s=self.allowed_s,
            renderer=Bounded(sampler, score, layout) if sampler is not None else None,
        )
        try:
            self.told, self.elapsed = drained(feel_session(self.session, controls, Keeper()))
        finally:
            self.clock.sleep(1.0)
            link.read()
            link.close()
        return self
