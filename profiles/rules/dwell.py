"""What comes of a score: how long a point is worked on, how often a route is run, what each side gets."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import inf

import numpy as np
from numpy.typing import NDArray

from profiles.contact import Contact
from profiles.field import position, strength
from profiles.score import Cue, Score
from profiles.technique import POINT_REST_S

Array = NDArray[np.float64]
Flags = NDArray[np.bool_]

PROBE_HZ = 10  # project's choice: ten looks a second find a dwell of 10 s to within a percent
PROBE_MM = 40.0  # project's choice: points this far apart; a contact is wider than that
CORE = 0.6  # of the contact's radius; project's choice: more than 40 % of the strongest level is felt there


@dataclass(frozen=True)
class Work:
    """The longest work (s) between two rests on one point or place, and the time at which it began."""

    seconds: float
    start: float


@dataclass(frozen=True)
class Track:
    """Where a hand is at each time, in mm, and with what weight (0 to 1)."""

    contact: Contact
    x: Array
    y: Array
    weight: Array


@dataclass(frozen=True)
class Trace:
    """A cue looked at `PROBE_HZ` times a second: times (s), its level with single taps, and its hands."""

    cue: Cue
    t: Array
    level: Array
    tracks: tuple[Track, ...]


def traces(score: Score) -> list[Trace]:
    """Return the trace of each cue."""
    return [_trace(cue) for cue in score.cues]


def _trace(cue: Cue) -> Trace:
    t = np.arange(cue.start, cue.end, 1.0 / PROBE_HZ)
    tracks = tuple(Track(contact, *position(cue, contact, t)) for contact in cue.contacts)
    return Trace(cue, t, strength(cue, t) if tracks else np.zeros_like(t), tracks)


def longest_work(on: Flags, rate_hz: float, rest_s: float = POINT_REST_S) -> list[Work]:
    """Return for each column the longest time at work between two rests of at least `rest_s` without a break.

    `on` has one row a sample. Pauses shorter than a rest are not counted as work, but they do not end it
    either.
    """
    rest = round(rest_s * rate_hz)
    result = [Work(0.0, 0.0)] * on.shape[1]
    # All columns at once, one after the other with a pause between them.
    padded = np.zeros((on.shape[1], len(on) + 1), dtype=np.bool_)
    padded[:, :-1] = on.T
    starts, ends = runs(padded.ravel())
    if len(starts) == 0:
        return result
    column = starts // padded.shape[1]
    apart = (column[1:] != column[:-1]) | (starts[1:] - ends[:-1] >= rest)
    opens = np.flatnonzero(np.concatenate(([True], apart)))
    work, worked = np.add.reduceat(ends - starts, opens), column[opens]
    firsts = np.flatnonzero(np.concatenate(([True], worked[1:] != worked[:-1])))
    for first, last in zip(firsts, [*firsts[1:], len(worked)], strict=True):
        worst = first + int(np.argmax(work[first:last]))
        start = float(starts[opens[worst]] % padded.shape[1])
        result[worked[first]] = Work(float(work[worst]) / rate_hz, start / rate_hz)
    return result


def runs(flags: Flags) -> tuple[NDArray[np.int_], NDArray[np.int_]]:
    """Return where each run of true samples begins, and where it has ended."""
    # Bytes throughout: a whole session of every actuator is looked at in one go.
    off = np.zeros(1, dtype=np.int8)
    edges = np.flatnonzero(np.diff(np.concatenate((off, flags.astype(np.int8), off))))
    return edges[::2], edges[1::2]


def points_worked(trace: Trace) -> Work:
    """Return the longest work of one cue on any point of the body, whatever the device.

    The points tried are those of a grid along the cue's own routes.
    """
    strong = trace.level > 0.0
    worst = Work(0.0, trace.cue.start)
    for side in sorted({track.contact.side for track in trace.tracks}):
        tracks = [track for track in trace.tracks if track.contact.side == side]
        corners = np.array(
            [xy for k in tracks for xy in zip(k.contact.route.x, k.contact.route.y, strict=True)]
        )
        # A set, as numpy.unique would load numpy.ma: a fiftieth of a second at every start.
        points = np.array(sorted(set(map(tuple, np.round(corners / PROBE_MM).tolist())))) * PROBE_MM
        points = np.concatenate((points, corners[:1]))
        on = np.zeros((len(trace.t), len(points)), dtype=np.bool_)
        for track in tracks:
            gap = np.hypot(track.x[:, None] - points[:, 0], track.y[:, None] - points[:, 1])
            on |= (gap < CORE * track.contact.radius) & (strong & (track.weight > 0.0))[:, None]
        for work in longest_work(on, PROBE_HZ):
            if work.seconds > worst.seconds:
                worst = Work(work.seconds, trace.cue.start + work.start)
    return worst


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
        # Taps are counted by how strong they are, not by which of them a look happens to meet.
        level = trace.level
        if trace.cue.taps_hz > 0.0:
            level = strength(replace(trace.cue, taps_hz=0.0), trace.t)
        level = level * score.envelope.at(trace.t, score.duration)
        for track in trace.tracks:
            felt = level * track.weight
            on_left = float(felt[track.x < 0.0].sum())
            left += on_left / PROBE_HZ
            right += (float(felt.sum()) - on_left) / PROBE_HZ
    return left, right
