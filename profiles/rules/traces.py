"""What comes of a score: where its hands are when, how often a route is run, what each side gets."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import ceil, inf

import numpy as np
from numpy.typing import NDArray

from profiles.contact import Contact
from profiles.field import circling, middle, strength
from profiles.score import Cue, Score
from profiles.waveform import FRAME_RATE_HZ

Array = NDArray[np.float64]
Flags = NDArray[np.bool_]

PROBE_HZ = 10  # project's choice: ten looks a second find a dwell of 10 s to within a percent


@dataclass(frozen=True)
class Track:
    """Where a hand is at each time, in mm, the middle of its circles, and with what weight (0 to 1)."""

    contact: Contact
    x: Array
    y: Array
    middle: tuple[Array, Array]
    weight: Array


@dataclass(frozen=True)
class Trace:
    """A cue looked at `PROBE_HZ` times a second, until it has faded out.

    `first` is the number of its first look, counted from the beginning of the session, `t` the times (s) of
    all, `level` its level, that of taps without the time between them. It `works` at a look where any frame
    from there to the next one has a level: pulses between two looks are work, too.
    """

    cue: Cue
    first: int
    t: Array
    level: Array
    works: Flags
    tracks: tuple[Track, ...]


def traces(score: Score) -> list[Trace]:
    """Return the trace of each cue."""
    return [_trace(cue) for cue in score.cues]


def _trace(cue: Cue) -> Trace:
    first, end = ceil(cue.start * PROBE_HZ), ceil((cue.end + cue.fade_out) * PROBE_HZ)
    t = np.arange(first, end) / PROBE_HZ
    tracks = tuple(_track(cue, contact, t) for contact in cue.contacts)
    if not tracks:
        return Trace(cue, first, t, np.zeros_like(t), np.zeros(len(t), dtype=np.bool_), tracks)
    whole = replace(cue, taps_hz=0.0)
    frames = np.arange(1, FRAME_RATE_HZ // PROBE_HZ) / FRAME_RATE_HZ
    level = strength(whole, t)
    works = level > 0.0
    off = np.flatnonzero(~works)
    works[off] = (strength(whole, t[off, None] + frames) > 0.0).any(axis=1)
    return Trace(cue, first, t, level, works, tracks)


def _track(cue: Cue, contact: Contact, t: Array) -> Track:
    x, y, weight = middle(cue, contact, t)
    dx, dy = circling(cue, contact, t)
    return Track(contact, x + dx, y + dy, (x, y), weight)


def rounds(cue: Cue, seconds: float) -> float:
    """Return how often the slower of the cue's hands runs its route, there and back, in a time of a session.

    Infinite where there is no way to run: a guide, a single point, presses that hop.
    """
    return min((_rounds(contact, seconds) for contact in cue.contacts), default=inf)


def _rounds(contact: Contact, seconds: float) -> float:
    if contact.route.length <= 0.0 or contact.hop is not None:
        return inf
    turn = contact.turn
    share = 1.0 if turn is None else turn.on / turn.period
    return contact.speed * seconds * share / contact.route.length


def sides(score: Score, traced: list[Trace]) -> tuple[float, float]:
    """Return felt level times seconds on the left and on the right of the body."""
    left = right = 0.0
    for trace in traced:
        if not trace.tracks:
            continue
        level = trace.level * score.envelope.at(trace.t, score.duration)
        for track in trace.tracks:
            felt = level * track.weight
            on_left = float(felt[track.x < 0.0].sum())
            left += on_left / PROBE_HZ
            right += (float(felt.sum()) - on_left) / PROBE_HZ
    return left, right
