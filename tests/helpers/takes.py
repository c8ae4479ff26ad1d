"""Recordings of shipped profiles on shipped devices, each played once in virtual time and looked at often.

What is looked at is the recording alone, every fifth of its 50 ticks a second.
"""

import io
import json
import multiprocessing
import os
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import cache

import numpy as np

from firmware_bridge.devices.layout import place_device
from firmware_bridge.devices.load import load_device
from firmware_bridge.recording.writer import Recorder
from profiles.body import body_map
from profiles.profile import load_profile
from profiles.reach import fit
from profiles.score import compose
from simulator.run import Simulation

EVERY = 5  # ticks
RATE_HZ = 50 // EVERY


@dataclass(frozen=True)
class Take:
    """A recording: actuators of its header, time (s) and drive (0..1) of its ticks, its events, its end."""

    actuators: list
    t: np.ndarray
    drive: np.ndarray
    steps: list
    events: list
    ended: dict

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
    """Plays pairs of profile and device in other processes, all of them from the first question on."""

    def __init__(self, pairs):
        workers = max(1, min(4, os.cpu_count() or 1))
        self._pool = ProcessPoolExecutor(workers, multiprocessing.get_context("spawn"))
        self._coming = {pair: self._pool.submit(recorded, *pair) for pair in pairs}

    def take(self, profile, device):
        """The recording of a pair."""
        return taken(self._coming[profile, device])

    def close(self):
        self._pool.shutdown(cancel_futures=True)


@cache
def taken(coming):
    """Read a recording once."""
    return _read(*coming.result())


def recorded(profile, device):
    """Play a profile on a virtual device: the recording's header, its events and end, its ticks."""
    description, body = load_device(device), body_map()
    fitted = fit(load_profile(profile), place_device(description, body).places(), body)
    stream = io.StringIO()
    recorder = Recorder(stream)
    simulation = Simulation(compose(fitted, body), description, recorder=recorder)
    for _ in simulation.play():
        pass
    header, *lines = stream.getvalue().splitlines()
    ticks = [line for line in lines if line.startswith('{"kind":"tick"')]
    others = [json.loads(line) for line in lines if not line.startswith('{"kind":"tick"')]
    parsed = [json.loads(line) for line in ticks[::EVERY]]
    drives = np.array([tick["drive"] for tick in parsed], dtype=np.uint8)
    return json.loads(header), others, np.array([tick["t"] for tick in parsed]), drives


def _read(header, others, t, drives):
    events = [line for line in others if line["kind"] == "event"]
    return Take(
        actuators=header["actuators"],
        t=t,
        drive=drives / 255.0,
        steps=[event for event in events if event["event"] == "step"],
        events=[event["event"] for event in events],
        ended=others[-1],
    )
