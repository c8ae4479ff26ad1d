"""AHAP 1 of Core Haptics: continuous events, and curves that control their intensity."""

from __future__ import annotations

import json
from collections import Counter
from math import ceil
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from kneadwave.exchange.envelope import Envelope
from kneadwave.exchange.fields import DAY_S, Field
from kneadwave.exchange.signal import PIECES_MAX, ForeignSignal, Mixer
from profiles.files.toml_model import key_text

Array = NDArray[np.float64]

CURVE_POINTS_MAX: Final = 16
"""Points of one curve; longer ones are split, as Lofelt's exporter does."""
EVENT_MAX_S: Final = 30.0
"""The longest continuous event of Core Haptics, seconds."""
CONTROL: Final = "HapticIntensityControl"
NAMED_MAX: Final = 8
"""Kinds of what is left out that are named."""


def recognises(data: Field) -> bool:
    """Whether this is an AHAP: a pattern."""
    return "Pattern" in data


def read(data: Field, _name: str) -> ForeignSignal:
    """The strongest continuous event at each time, times the control of intensity; all else is left out."""
    events: list[tuple[float, float, float]] = []
    control: list[tuple[Array, Array]] = []
    left: Counter[str] = Counter()
    for entry in data["Pattern"].entries():
        if (event := entry.get("Event")) is not None:
            if event["EventType"].text() == "HapticContinuous":
                events.append(_event(event))
            else:
                left[event["EventType"].text()] += 1
        elif (curve := entry.get("ParameterCurve")) is not None:
            if curve["ParameterID"].text() == CONTROL:
                control.append(_curve(curve))
            else:
                left[curve["ParameterID"].text()] += 1
        elif (parameter := entry.get("Parameter")) is not None:
            if parameter["ParameterID"].text() == CONTROL:
                start = np.array([parameter["Time"].number(0.0, DAY_S)])
                control.append((start, np.array([parameter["ParameterValue"].number(0.0, 1.0)])))
            else:
                left[parameter["ParameterID"].text()] += 1
    if not events:
        taps = left["HapticTransient"]
        what = f"nothing but {taps} taps (transients)" if taps else "no continuous event"
        data["Pattern"].fail(f"has {what}: there is no level that lasts")
    if len(events) > PIECES_MAX:
        data["Pattern"].fail(f"has {len(events)} continuous events; {PIECES_MAX} are read at most")
    lasts_s = max(end for _, end, _ in events)
    mixer = Mixer(lasts_s)
    for begin, end, level in events:
        mixer.add(np.array([begin]), np.array([level]), end)
    named = [f"{count} {key_text(kind)}" for kind, count in sorted(left.items())[:NAMED_MAX]]
    notes = (f"left out: {', '.join(named)}",) if left else ()
    return ForeignSignal("ahap", mixer.envelope(_factor(control, mixer.times)), lasts_s, notes)


def write(envelope: Envelope, title: str) -> str:
    """An AHAP: events of the full intensity end to end, and the envelope as curves of 16 points at most."""
    times, levels = np.round(envelope.times, 3).tolist(), np.round(envelope.levels, 4).tolist()
    pattern: list[dict[str, Any]] = []
    for first in range(0, max(1, len(times) - 1), CURVE_POINTS_MAX - 1):
        part = slice(first, first + CURVE_POINTS_MAX)  # each begins with the last point of the one before
        points = [
            {"Time": round(t - times[first], 3), "ParameterValue": a}
            for t, a in zip(times[part], levels[part], strict=True)
        ]
        curve = {"ParameterID": CONTROL, "Time": times[first], "ParameterCurveControlPoints": points}
        pattern.append({"ParameterCurve": curve})
    count = max(1, ceil(times[-1] / EVENT_MAX_S))
    for number in range(count):
        begin, end = (round(times[-1] * n / count, 3) for n in (number, number + 1))
        parameters = [
            {"ParameterID": "HapticIntensity", "ParameterValue": 1.0},
            {"ParameterID": "HapticSharpness", "ParameterValue": 0.0},
        ]
        event = {"Time": begin, "EventType": "HapticContinuous", "EventDuration": round(end - begin, 3)}
        pattern.append({"Event": {**event, "EventParameters": parameters}})
    file = {"Version": 1.0, "Metadata": {"Project": "Kneadwave", "Description": title}, "Pattern": pattern}
    return json.dumps(file, separators=(",", ":")) + "\n"


def _event(event: Field) -> tuple[float, float, float]:
    """Start, end and intensity of a continuous event."""
    start = event["Time"].number(0.0, DAY_S)
    level = 1.0
    parameters = event.get("EventParameters")
    for parameter in parameters.entries() if parameters is not None else ():
        if parameter["ParameterID"].text() == "HapticIntensity":
            level = parameter["ParameterValue"].number(0.0, 1.0)
    return start, start + event["EventDuration"].number(0.0, DAY_S), level


def _curve(curve: Field) -> tuple[Array, Array]:
    """Times of the pattern and values of a curve of control."""
    points = curve["ParameterCurveControlPoints"]
    start, times = curve["Time"].number(0.0, DAY_S), points.times("Time")
    if not len(times):
        points.fail("is empty")
    # Times count from the curve's own; Lofelt's exporter lets those of a later part count from the pattern's.
    if not (start > 0.0 and times[0] == start):
        times = times + start
    return times, points.column("ParameterValue", 0.0, 1.0)


def _factor(control: list[tuple[Array, Array]], t: Array) -> Array:
    """The control of intensity at each time: 1 before the first curve, and the last value after each."""
    factor = np.ones(len(t))
    control = sorted(control, key=lambda curve: float(curve[0][0]))
    for number, (times, values) in enumerate(control, start=1):
        following = control[number][0][0] if number < len(control) else np.inf
        first, after = np.searchsorted(t, (times[0] - 1e-9, following - 1e-9))
        part = slice(int(first), int(after))
        factor[part] = np.interp(t[part], times, values)
    return factor
