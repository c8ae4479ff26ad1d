""".funscript 1.0: a position over time; in the file of a vibration axis (V0, "vib") it is a level.

A position is no intensity. How fast it moves is: funscript-utils takes 500 * |dpos| / dt (dpos of 0 to 100,
dt in ms), which is 100 at 200 units a second.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Final

import numpy as np
from numpy.typing import NDArray

from kneadwave.exchange.envelope import Envelope
from kneadwave.exchange.fields import Field
from kneadwave.exchange.signal import ForeignSignal

Array = NDArray[np.float64]

FULL_PER_S: Final = 200.0
"""Units of position a second that count as the full level; the scale of funscript-utils."""
AXES: Final = {
    "L0": "stroke", "L1": "surge", "L2": "sway", "R0": "twist", "R1": "roll", "R2": "pitch",
    "V0": "vib", "V1": "pump", "A0": "valve", "A1": "suck", "A2": "lube",
}  # fmt: skip
"""Axes of one file by their T-Code names, and the names that files of one axis have: NAME.twist.funscript."""
LEVEL_AXIS: Final = "vib"
ENDING: Final = f".{LEVEL_AXIS}.funscript"
_MOVING = ("stroke", "surge", "sway", "twist", "roll", "pitch", "pump")


def recognises(data: Field) -> bool:
    """Whether this is a funscript: positions over time, in one list or in one an axis."""
    return "actions" in data or ("version" in data and ("axes" in data or "channels" in data))


def read(data: Field, name: str) -> ForeignSignal:
    """The level of the vibration axis, else how fast the first axis that moves does so."""
    axes = _axes(data, name)
    used = next((axis for axis in (LEVEL_AXIS, *_MOVING) if axis in axes), None)
    if used is None:
        data.fail("has no axis that moves or vibrates", hint="import the file of the main axis")
    actions, left = axes.pop(used), sorted(axes)
    at, pos = actions.times("at", 1000.0, rising=True), actions.column("pos", 0.0, 100.0)
    if len(at) < 2:
        actions.fail("has fewer than two actions: nothing moves")
    notes = [f"left out: the axes {', '.join(left)}"] if left else []
    if used == LEVEL_AXIS:
        inverted = data.get("inverted")
        levels = (100.0 - pos if inverted is not None and inverted.value is True else pos) / 100.0
        return ForeignSignal("funscript", Envelope(at, levels), float(at[-1]), tuple(notes))
    speed = np.abs(np.diff(pos)) / np.diff(at)
    over = float(np.diff(at)[speed > FULL_PER_S].sum() / (at[-1] - at[0]))
    told = f"a position is no intensity, so how fast the axis {used} moves is taken for it"
    notes.insert(0, f"{told}: {FULL_PER_S / 100:g} times its whole way in a second is the full level")
    if over > 0.0:
        notes.append(f"faster than that for {over:.0%} of the time: full there")
    envelope = Envelope(np.repeat(at, 2)[1:-1], np.repeat(np.minimum(speed / FULL_PER_S, 1.0), 2))
    return ForeignSignal("funscript", envelope, float(at[-1]), tuple(notes), strokes_cpm=_strokes(at, pos))


def write(envelope: Envelope, title: str) -> str:
    """A funscript whose positions are levels, for a vibration axis."""
    at = np.round(envelope.times * 1000.0).astype(int).tolist()
    pos = np.round(envelope.levels * 100.0).astype(int).tolist()
    actions = [{"at": a, "pos": p} for a, p in dict(zip(at, pos, strict=True)).items()]
    head = {"version": "1.0", "inverted": False, "range": 100}
    about = {"title": title, "creator": "Kneadwave", "description": "positions are levels (axis V0)"}
    return json.dumps({**head, "metadata": about, "actions": actions}, separators=(",", ":")) + "\n"


def _axes(data: Field, name: str) -> dict[str, Field]:
    """The axes that have actions, by name."""
    words = name.casefold().removesuffix(".funscript").rpartition(".")
    main = words[2] if words[1] and words[2] in AXES.values() else "stroke"
    found = {main: data["actions"]} if "actions" in data else {}
    for axis, actions in _more(data):
        if len(actions) and not len(found.get(axis, Field([], ""))):
            found[axis] = actions
    return {axis: actions for axis, actions in found.items() if len(actions)}


def _more(data: Field) -> Iterable[tuple[str, Field]]:
    axes, channels = data.get("axes"), data.get("channels")
    for axis in axes.entries() if axes is not None else ():
        word = axis["id"].text()
        yield AXES.get(word, word), axis["actions"]
    for word, channel in channels.tables() if channels is not None else ():
        yield AXES.get(word, word), channel["actions"]


def _strokes(at: Array, pos: Array) -> float | None:
    """How often it goes up and down in a minute, typically; None where it turns fewer than two times."""
    moves = np.diff(pos)
    turning = np.flatnonzero(moves)
    turns = turning[1:][np.sign(moves[turning][1:]) != np.sign(moves[turning][:-1])]
    if len(turns) < 2:
        return None
    return float(30.0 / np.median(np.diff(at[turns])))
