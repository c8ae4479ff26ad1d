"""What comes of a score: how long each point of the body is worked on without a rest."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from profiles.field import position, strength
from profiles.score import Score
from profiles.technique import POINT_REST_S

Flags = NDArray[np.bool_]

PROBE_HZ = 10  # ours: ten looks a second find a dwell of 10 s to within a percent
PROBE_MM = 40.0  # ours: points this far apart; a contact is wider than that
CORE = 0.6  # of the contact's radius; ours: where more than 40 % of the strongest level is felt


@dataclass(frozen=True)
class Work:
    """The longest work (s) between two rests on one point or place, and the time at which it began."""

    seconds: float
    start: float


def longest_work(on: Flags, rate_hz: float, rest_s: float = POINT_REST_S) -> list[Work]:
    """Return for each column the longest time at work between two rests of at least `rest_s` without a break.

    `on` has one row a sample. Pauses shorter than a rest are not counted as work, but they do not end it
    either.
    """
    rest = round(rest_s * rate_hz)
    result: list[Work] = []
    for column in on.T:
        starts, ends = runs(column)
        if len(starts) == 0:
            result.append(Work(0.0, 0.0))
            continue
        opens = np.flatnonzero(np.concatenate(([True], starts[1:] - ends[:-1] >= rest)))
        work = np.add.reduceat(ends - starts, opens)
        worst = int(np.argmax(work))
        result.append(Work(float(work[worst]) / rate_hz, float(starts[opens[worst]]) / rate_hz))
    return result


def runs(flags: Flags) -> tuple[NDArray[np.int_], NDArray[np.int_]]:
    """Return where each run of true samples begins, and where it has ended."""
    edges = np.flatnonzero(np.diff(np.concatenate(([0], flags.astype(np.int8), [0]))))
    return edges[::2], edges[1::2]


def points_worked(score: Score, index: int) -> Work:
    """Return the longest work of one step on any point of the body, whatever the device.

    The points tried are those of a grid along the step's own routes.
    """
    cue = score.cues[index]
    t = np.arange(cue.start, cue.end, 1.0 / PROBE_HZ)
    strong = strength(cue, t) > 0.0
    worst = Work(0.0, cue.start)
    for side in sorted({contact.side for contact in cue.contacts}):
        contacts = [contact for contact in cue.contacts if contact.side == side]
        corners = np.array([xy for c in contacts for xy in zip(c.route.x, c.route.y, strict=True)])
        # A set, as numpy.unique would load numpy.ma: a fiftieth of a second at every start.
        points = np.array(sorted(set(map(tuple, np.round(corners / PROBE_MM).tolist())))) * PROBE_MM
        points = np.concatenate((points, corners[:1]))
        on = np.zeros((len(t), len(points)), dtype=np.bool_)
        for contact in contacts:
            x, y, weight = position(cue, contact, t)
            gap = np.hypot(x[:, None] - points[:, 0], y[:, None] - points[:, 1])
            on |= (gap < CORE * contact.radius) & (strong & (weight > 0.0))[:, None]
        for work in longest_work(on, PROBE_HZ):
            if work.seconds > worst.seconds:
                worst = Work(work.seconds, cue.start + work.start)
    return worst
