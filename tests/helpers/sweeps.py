"""What a hand should be doing in a recording: up and down the body once a round, both hands or by turns.

The figures are those of docs/profiles.md: turns of 4.5 s, and a hand that lifts off while the other begins.
"""

import numpy as np

TURN_S, LIFT_S = 4.5, 0.8
LEFT, RIGHT = -1, 1
FELT = 0.05  # of full drive, both motors of a side together: less says nothing about where a hand is


def by_turns(take, span):
    """Whether the sides take turns: both work, and hardly ever at once."""
    left, right = (span[:, take.x * side > 0].sum(axis=1) > FELT for side in (LEFT, RIGHT))
    if not (left.any() and right.any()):
        return False
    return int((left & right).sum()) < 0.5 * int((left | right).sum())


def heights(take, span, side):
    """Where the drive of one side lies (y in mm), and at which of the ticks it can be told."""
    columns = take.x * side > 0
    drive = span[:, columns]
    whole = drive.sum(axis=1)
    told = whole > FELT
    return (drive[told] * take.y[columns]).sum(axis=1) / whole[told], told


def reach(take, span, side):
    """The height (mm) over which the actuators of one side are driven."""
    driven = (take.x * side > 0) & (span.max(axis=0) > 0.02)
    return float(np.ptp(take.y[driven])) if driven.any() else 0.0


def worked(t, start, side, turns):
    """How long (s) the hand of a side has worked since `start`; it stands still while the other works."""
    if not turns:
        return t - start
    return _clock(t, side) - _clock(np.array(start), side)


def _clock(t, side):
    phase, period, on = (0.0 if side == LEFT else TURN_S), 2.0 * TURN_S, TURN_S + LIFT_S
    count = np.floor((t - phase) / period)
    return count * on + np.minimum(t - phase - count * period, on)


def likeness(take, start, begin, end, side, rounds):
    """How alike (-1 to 1) the height of the drive is to that of a hand that goes up and down `rounds` times.

    The hand starts at `start`, below; it is looked at from `begin` on. None where the sides cannot be told
    apart in height.
    """
    span = take.span(begin, end)
    if reach(take, span, side) < 150.0:
        return None
    height, told = heights(take, span, side)
    if told.sum() < 30:
        return None
    low = np.searchsorted(take.t, begin)
    t = take.t[low : low + len(span)][told]
    turns = by_turns(take, span)
    whole = (end - start) * ((TURN_S + LIFT_S) / (2.0 * TURN_S) if turns else 1.0)
    phase = worked(t, start, side, turns) / whole * rounds % 1.0
    model = 1.0 - np.abs(2.0 * phase - 1.0)
    return float(np.corrcoef(height, model)[0, 1])


def bursts(take, begin, end, side):
    """How many times one side works between two times, with a rest of a second at least in between."""
    on = take.span(begin, end)[:, take.x * side > 0].sum(axis=1) > FELT
    edges = np.flatnonzero(np.diff(np.concatenate(([0], on.astype(int), [0]))))
    starts, ends = edges[::2], edges[1::2]
    return int((np.concatenate(([100], starts[1:] - ends[:-1])) >= 10).sum()) if len(starts) else 0
