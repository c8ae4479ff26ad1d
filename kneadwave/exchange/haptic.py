""".haptic 1 of Lofelt Studio and Meta Haptics Studio: an amplitude over time for one actuator."""

from __future__ import annotations

import json

import numpy as np

from kneadwave.exchange.envelope import Envelope
from kneadwave.exchange.fields import Field
from kneadwave.exchange.signal import ForeignSignal


def recognises(data: Field) -> bool:
    """Whether this is a .haptic: signals, and a version with a major number."""
    return "signals" in data and "version" in data


def read(data: Field, _name: str) -> ForeignSignal:
    """The amplitude; emphases and the frequency are left out."""
    major = data["version"]["major"]
    if major.number(0, 1e6) != 1:
        major.fail(f"is version {major.value}; version 1 is read", hint="save it anew in its own editor")
    envelopes = data["signals"]["continuous"]["envelopes"]
    amplitude = envelopes["amplitude"]
    times, levels = amplitude.times("time"), amplitude.column("amplitude", 0.0, 1.0)
    if not len(times):
        amplitude.fail("is empty: nothing plays")
    taps = sum("emphasis" in entry for entry in amplitude.value)
    notes = [f"left out: {taps} emphases (taps)"] if taps else []
    if "frequency" in envelopes:
        notes.append("left out: the frequency over time")
    return ForeignSignal("haptic", Envelope(times, levels), float(times[-1]), tuple(notes))


def write(envelope: Envelope, title: str) -> str:
    """A .haptic of version 1."""
    times, levels = np.round(envelope.times, 3).tolist(), np.round(envelope.levels, 4).tolist()
    points = [{"time": t, "amplitude": a} for t, a in zip(times, levels, strict=True)]
    about = {
        "editor": "Kneadwave",
        "author": "",
        "source": title,
        "project": "",
        "tags": [],
        "description": "",
    }
    file = {
        "version": {"major": 1, "minor": 0, "patch": 0},
        "metadata": about,
        "signals": {"continuous": {"envelopes": {"amplitude": points}}},
    }
    return json.dumps(file, separators=(",", ":")) + "\n"
