"""Recordings of shipped profiles on shipped devices, each played once in virtual time and looked at often.

The firmware's kernel plays the device where it is built; in `make deep` it is the guard in
Python. Both record the same, to the byte: tests/simulator/test_kernel.py.
What is looked at is the recording alone, every fifth of its 50 ticks a second, and what an eye on every
millisecond had to say.
"""

import io
import json
import traceback
from dataclasses import dataclass
from functools import cache

import numpy as np
from depth import DEPTH
from eye import Eye
from shared import Shared

from firmware_bridge.devices.layout import place_device
from firmware_bridge.devices.load import load_device
from firmware_bridge.recording.writer import Recorder
from profiles.body import body_map
from profiles.profile import load_profile
from profiles.reach import fit
from profiles.score import compose
from simulator.kernel_library import library_for
from simulator.run import Simulation

EVERY = 5  # ticks
RATE_HZ = 50 // EVERY


@dataclass(frozen=True)
class Take:
    """A recording: actuators of its header, time (s) and drive (0..1) of its ticks, its events, its end.

    `device_events` are those that the device told of, `broken` says which limit was, or nothing.
    """

    actuators: list
    t: np.ndarray
    drive: np.ndarray
    steps: list
    events: list
    ended: dict
    device_events: frozenset
    trips: int
    broken: str

    @property
    def x(self):
        return np.array([actuator["x_mm"] for actuator in self.actuators], dtype=float)

    @property
    def y(self):
        return np.array([actuator["y_mm"] for actuator in self.actuators], dtype=float)

    def span(self, start, end):
        """The drive between two times."""
        low, high = np.searchsorted(self.t, (start, end))
        return self.drive[low:high]


class Takes:
    """Recordings of pairs of profile and device, each played once in a test session, whoever asks first."""

    def __init__(self, shared: Shared):
        self._shared = shared
        self._read = cache(self._fetched)

    def take(self, profile, device):
        """The recording of a pair."""
        return self._read(profile, device)

    def _fetched(self, profile, device):
        return _read(*self._shared.get(f"{profile}-on-{device}", lambda: recorded(profile, device)))


class Thin(Recorder):
    """A recorder whose ticks are kept, every fifth of them, and not written."""

    def __init__(self, stream):
        super().__init__(stream)
        self.times, self.drives, self._count = [], [], 0

    def ticks(self, times, drive, *_others):
        self.t = times[-1]
        for t, drives in zip(times, drive, strict=True):
            if self._count % EVERY == 0:
                self.times.append(t)
                self.drives.append(bytes(drives))
            self._count += 1


def recorded(profile, device):
    """Play a profile on a virtual device: the recording's lines but for its ticks, these, what an eye saw."""
    description, body = load_device(device), body_map()
    fitted = fit(load_profile(profile), place_device(description, body).places(), body)
    stream, eye = io.StringIO(), Eye()
    recorder = Thin(stream)
    library = library_for("python" if DEPTH >= 1 else None)
    simulation = Simulation(compose(fitted, body), description, recorder=recorder, library=library)
    watched(simulation.watch, eye)
    for _ in simulation.play():
        pass
    broken = ""
    try:
        eye.assert_limits(simulation.cushion)
    except AssertionError:
        broken = traceback.format_exc()
    header, *others = map(json.loads, stream.getvalue().splitlines())
    drives = np.frombuffer(b"".join(recorder.drives), np.uint8).reshape(len(recorder.drives), -1)
    happened = frozenset(name for _, name, _ in eye.events)
    return header, others, np.array(recorder.times), drives, happened, simulation.trips, broken


def watched(watch, eye):
    """Let an eye see all that a watch sees, which then need not keep what was asked for."""
    output, event = watch.output, watch.event

    def both_output(what):
        eye.output(what)
        output(what)

    def both_event(at_ms, name, **fields):
        eye.event(at_ms, name, **fields)
        event(at_ms, name, **fields)

    watch.output, watch.event, watch.accepted = both_output, both_event, eye.accepted


def _read(header, others, t, drives, happened, trips, broken):
    events = [line for line in others if line["kind"] == "event"]
    return Take(
        actuators=header["actuators"],
        t=t,
        drive=drives / 255.0,
        steps=[event for event in events if event["event"] == "step"],
        events=[event["event"] for event in events],
        ended=others[-1],
        device_events=happened,
        trips=trips,
        broken=broken,
    )
