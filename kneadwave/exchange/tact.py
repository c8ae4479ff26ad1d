""".tact of bHaptics Designer: moving contacts (paths) and dots on a vest of four by five motors.

The back of the vest is laid over the back of the body; everything else gives its intensity alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np
from numpy.typing import NDArray

from kneadwave.exchange.fields import DAY_S, Field
from kneadwave.exchange.signal import PIECES_MAX, ForeignSignal, Mixer
from profiles.files.toml_model import key_text

Array = NDArray[np.float64]
Places = list[tuple[float, float]]

ON_BACK: Final = "VestBack"
WIDTH_MM: Final = 150.0
"""Half of the vest's width, mm: its outer columns lie on the shoulder blades. Project's choice."""
TOP_MM, BOTTOM_MM = 600.0, 60.0
"""Where the rows at the top and the bottom lie, mm above the seat: shoulders and sacrum. Project's choice."""
STRIDE_MM: Final = 20.0
"""A path is looked at so often along its way."""
_DAY_MS: Final = DAY_S * 1000.0
_FADES: Final = {"FADE_IN": (0.0, 1.0), "FADE_OUT": (1.0, 0.0)}


def recognises(data: Field) -> bool:
    """Whether this is a .tact: a project with tracks."""
    return "project" in data and "tracks" in data["project"]


def read(data: Field, _name: str) -> ForeignSignal:
    """The strongest point at each time, and the places on the back that contacts pass, in order."""
    pieces: list[tuple[Array, Array, float]] = []
    visits: list[tuple[float, Places]] = []
    others: set[str] = set()
    for start, effect in _effects(data["project"]["tracks"]):
        for position, mode in effect["modes"].tables():
            used = _dots(mode, start) if mode["mode"].text() == "DOT_MODE" else _paths(mode, effect, start)
            for times, levels, end, points in used:
                pieces.append((times, levels, end))
                if len(pieces) > PIECES_MAX:
                    data["project"]["tracks"].fail(f"has more than {PIECES_MAX} effects that play")
                if position == ON_BACK:
                    visits.append((float(times[0]), _places(points, data)))
                else:
                    others.add(position)
    if not pieces:
        data["project"]["tracks"].fail("has no point that plays")
    lasts_s = max(end for _, _, end in pieces)
    mixer = Mixer(lasts_s)
    for times, levels, end in pieces:
        mixer.add(times, levels, end)
    touched = tuple(place for _, places in sorted(visits, key=lambda visit: visit[0]) for place in places)
    named = ", ".join(key_text(each) for each in sorted(others))
    notes = (f"the places of {named} are left out, their intensity is kept",) if others else ()
    return ForeignSignal("tact", mixer.envelope(), lasts_s, notes, touched=touched)


def _effects(tracks: Field) -> Iterator[tuple[float, Field]]:
    """Each effect of the tracks that are on, and when it starts, s."""
    for track in tracks.entries():
        enabled = track.get("enable")
        if enabled is None or enabled.value is not False:
            for effect in track["effects"].entries():
                yield effect["startTime"].number(0.0, _DAY_MS) / 1000.0, effect


def _paths(mode: Field, effect: Field, start: float) -> Iterator[tuple[Array, Array, float, Field]]:
    """Times, levels, end and points of each contact that moves."""
    lasts = effect["offsetTime"].number(0.0, _DAY_MS) / 1000.0
    for feedback in mode["pathMode"]["feedback"].entries():
        points = feedback["pointList"]
        if len(points):
            times, levels = points.times("time", 1000.0), points.column("intensity", 0.0, 1.0)
            end = max(float(times[-1]), lasts)
            levels *= _fade(feedback, times, end)
            yield start + times, levels, start + end, points


def _dots(mode: Field, start: float) -> Iterator[tuple[Array, Array, float, Field]]:
    """Times, levels, end and points of each time that dots are on; the strongest of them counts."""
    for feedback in mode["dotMode"]["feedback"].entries():
        points = feedback["pointList"]
        if len(points):
            span = [feedback[key].number(0.0, _DAY_MS) / 1000.0 for key in ("startTime", "endTime")]
            if span[1] < span[0]:
                feedback["endTime"].fail("lies before startTime")
            levels = np.full(2, points.column("intensity", 0.0, 1.0).max())
            times = np.array(span)
            levels *= _fade(feedback, times - span[0], span[1] - span[0])
            yield start + times, levels, start + span[1], points


def _fade(feedback: Field, elapsed: Array, lasts: float) -> Array:
    """The share of each point's intensity that fading in or out leaves."""
    kind = feedback.get("playbackType")
    ends = _FADES.get(kind.text()) if kind is not None else None
    return np.interp(elapsed, (0.0, max(lasts, 1e-3)), ends) if ends else np.ones(len(elapsed))


def _places(points: Field, data: Field) -> Places:
    """Where on the body, in mm, the points of the vest lie, and what lies on the way from one to the next."""
    if "index" in points.entry(0):
        grid = data["project"]["layout"]["layouts"][ON_BACK]
        at = points.column("index", 0, len(grid) - 1).astype(int)
        return list(
            zip(*_on_body(grid.column("x", 0.0, 1.0)[at], grid.column("y", 0.0, 1.0)[at]), strict=True)
        )
    x, y = _on_body(points.column("x", 0.0, 1.0), points.column("y", 0.0, 1.0))
    arc = np.concatenate(([0.0], np.cumsum(np.hypot(np.diff(x), np.diff(y)))))
    looks = np.union1d(arc, np.arange(0.0, arc[-1], STRIDE_MM))
    return list(zip(np.interp(looks, arc, x).tolist(), np.interp(looks, arc, y).tolist(), strict=True))


def _on_body(x: Array, y: Array) -> tuple[Array, Array]:
    """Where points of the vest lie: x from the left of the person to the right, y from the top down."""
    return (2.0 * x - 1.0) * WIDTH_MM, TOP_MM + y * (BOTTOM_MM - TOP_MM)
