"""The moving field over the body: where a hand is, how strong, and what of it an actuator takes over.

Several actuators within reach of a contact share its energy, as two do in "Tactile Brush" (Israr and
Poupyrev, CHI 2011): A_i = sqrt(w_i / sum w) * A. Where the nearest one is at the rim of the reach the level
fades instead of jumping.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import inf, pi

import numpy as np
from numpy.typing import NDArray

from profiles.contact import Contact, Pulse, Turn
from profiles.score import Cue
from profiles.technique import NEVER_ON, Modality

Array = NDArray[np.float64]
Columns = NDArray[np.intp]
Rows = NDArray[np.intp]

# The sum of weights from which on a contact is fully taken over by the actuators in reach; project's choice:
# with less, what they get falls with the weight instead of being raised to the whole energy.
FULL_WEIGHT = 0.25
HEADS_FROM_S = 60.0  # the light first minute (36, 47): no head turns that merely accompanies
BREATH_HZ = 0.06  # how often a spiral opens and closes; project's choice
# The part of a tap's period that is felt; project's choice: from 1 tap a second up the rest is shorter than
# the 0.3 s of rule 6.
TAP_LENGTH = 0.75

# What stands in for another kind, best first.
_CHAIN = (Modality.VIBRATION, Modality.PRESSURE, Modality.KNEADING)


@dataclass(frozen=True)
class PlaceGroup:
    """Places of one kind that a contact may drive: columns of the waveform, centre and reach in mm.

    `share` is the part (0 to 1) that this contact gives to a place where another hand gives the rest.
    """

    kind: Modality
    columns: Columns
    x: Array
    y: Array
    reach: Array
    share: Array

    def weights(self, x: Array, y: Array) -> Array:
        """Return the weight (0 to 1) of each place (columns) for each position of the contact (rows)."""
        dx = x[:, None] - self.x
        dy = y[:, None] - self.y
        inside = np.maximum(1.0 - (dx * dx + dy * dy) / (self.reach * self.reach), 0.0)
        return np.asarray(inside * inside)

    def touches(self, contact: Contact) -> NDArray[np.bool_]:
        """Tell for each place whether the contact comes within reach of it anywhere on its route."""
        x, y = np.array(contact.route.x), np.array(contact.route.y)
        weight = np.array(contact.route.weight)[:, None]
        gap = np.hypot(x[:, None] - self.x, y[:, None] - self.y) - contact.circle
        return np.asarray(((gap < self.reach) & (weight > 0.0)).any(axis=0))


def joins_at(cue: Cue, kind: Modality) -> float:
    """Return from when on (s of the session) places of a kind may play a cue; infinite where they never may.

    Kneading heads accompany what is no kneading, but not its light beginning (36, 47), unless asked to.
    """
    if kind in NEVER_ON.get(cue.kind, ()):
        return inf
    accompanies = kind is Modality.KNEADING and cue.prefers is not kind and cue.on is None
    return HEADS_FROM_S if accompanies else 0.0


def strength(cue: Cue, t: Array) -> Array:
    """Return the level of a cue at each time of the session: level, curve and cross-fades."""
    elapsed = t - cue.start
    turn = np.minimum(np.floor(elapsed / cue.period), cue.repeats - 1.0)
    within = np.clip(elapsed - turn * cue.period, 0.0, cue.period)
    level = cue.level * cue.curve.at(within, cue.period)
    if cue.fade_in > 0.0:
        level = level * np.sin(0.5 * pi * np.clip(elapsed / cue.fade_in, 0.0, 1.0))
    if cue.fade_out > 0.0:
        level = level * np.cos(0.5 * pi * np.clip((t - cue.end) / cue.fade_out, 0.0, 1.0))
    if cue.taps_hz > 0.0:
        level = level * _taps(cue, elapsed)
    return np.asarray(level)


def position(cue: Cue, contact: Contact, t: Array) -> tuple[Array, Array, Array]:
    """Return x, y in mm, circles included, and the weight (0 to 1) of a contact at each time."""
    x, y, weight = middle(cue, contact, t)
    dx, dy = circling(cue, contact, t)
    return x + dx, y + dy, weight


def circling(cue: Cue, contact: Contact, t: Array) -> tuple[Array, Array]:
    """Return how far a hand is from the middle of its circles or strokes, in mm, at each time (s)."""
    angle = 2.0 * pi * contact.circle_hz * (t - cue.start) + 2.0 * pi * contact.phase
    radius: Array | float = contact.circle
    if contact.breathing:
        radius = contact.circle * (0.6 - 0.4 * np.cos(2.0 * pi * BREATH_HZ * t))
    if contact.to_and_fro:
        arc, _ = _way(cue, contact, t)
        x, y, _ = contact.route.at(arc)
        there_x, there_y, _ = contact.route.at(arc + radius * np.sin(angle))
        return there_x - x, there_y - y
    # The left hand mirrors the right one, as two hands do.
    across = (contact.side or 1) * contact.across
    return across * radius * np.cos(angle), contact.along * radius * np.sin(angle)


def middle(cue: Cue, contact: Contact, t: Array) -> tuple[Array, Array, Array]:
    """Return x, y in mm of the middle of the circles, and the weight (0 to 1), at each time."""
    arc, gate = _way(cue, contact, t)
    x, y, weight = contact.route.at(arc)
    return x, y, np.asarray(weight * gate)


def _way(cue: Cue, contact: Contact, t: Array) -> tuple[Array, Array | float]:
    """Return how far along its route a hand is, in mm, and how much of its turn it has (0 to 1)."""
    turn = contact.turn
    if turn is None:
        arc = np.maximum(t - cue.start, 0.0) * contact.speed
        gate: Array | float = contact.gain
    else:
        since = t - turn.phase
        count = np.floor(since / turn.period)
        within = since - count * turn.period
        if contact.hop is None:
            # The hand's own clock stands still while it rests, so it goes on where it left off.
            worked = count * turn.on + np.minimum(within, turn.on) - _worked_before(cue.start, turn)
            arc = np.maximum(worked, 0.0) * contact.speed
        else:
            count = count - np.floor((cue.start - turn.phase) / turn.period)
            arc = contact.ahead + count * contact.hop + within * contact.speed
        rising, falling = within / turn.fade_in, (turn.on - within) / turn.fade_out
        gate = contact.gain * np.sin(0.5 * pi * np.clip(np.minimum(rising, falling), 0.0, 1.0))
    if contact.pulse is not None and contact.pulse.moves:
        arc = arc + contact.speed * _ahead(contact.pulse, contact.pulse.hz * (t - cue.start) + contact.phase)
    return arc, gate


def shares(
    cue: Cue, contact: Contact, groups: Sequence[PlaceGroup], t: Array, level: Array
) -> Iterator[tuple[PlaceGroup, Rows, Array]]:
    """Yield for each group the rows of `t` at which the hand works, and the squared level of each place then.

    `level` is the strength of the cue at each time. Without `on` a technique plays on the kind it prefers;
    what that cannot take over goes to vibration, and the rest of it to whatever else is there: hands stay in
    touch (rules 34, 179). With `on` every kind named takes it in full.
    """
    x, y, weight = middle(cue, contact, t)
    rows = np.flatnonzero(weight)
    t, x, y = t[rows], x[rows], y[rows]
    dx, dy = circling(cue, contact, t)
    left = (level[rows] * weight[rows]) ** 2
    swelling: Array | None = None
    for group in sorted(groups, key=lambda group: _CHAIN.index(group.kind) - 9 * (group.kind is cue.prefers)):
        # Motors follow the hand round its circles. Who takes part at all is decided by the middle of
        # them, and heads and cells follow that: they would else be switched once in every circle.
        weights = settled = group.weights(x, y)
        energy = left
        if group.kind is Modality.VIBRATION and contact.circle > 0.0:
            weights = group.weights(x + dx, y + dy)
        begins = joins_at(cue, group.kind)
        if begins > 0.0:
            energy = np.where(t < begins, 0.0, energy)
        if contact.pulse is not None and group.kind is not Modality.KNEADING:
            # Heads knead at a rate of their own; what stands in for them swells.
            swelling = swell(cue, contact, t) ** 2 if swelling is None else swelling
            energy = energy * swelling
        gain = energy / np.maximum(weights.sum(axis=1), FULL_WEIGHT)
        yield group, rows, weights * group.share * gain[:, None]
        if cue.on is None:
            left = left * (1.0 - np.minimum(settled.sum(axis=1) / FULL_WEIGHT, 1.0))


def swell(cue: Cue, contact: Contact, t: Array) -> Array:
    """Return the swell or the pulses (0 to 1) of a contact: the kneading of motors, pinches, shaking."""
    pulse = contact.pulse
    if pulse is None:
        return np.ones_like(t)
    phase = pulse.hz * (t - cue.start) + contact.phase
    if pulse.part < 1.0:
        phase = np.minimum(phase % 1.0 / pulse.part, 1.0)
    wave = 0.5 - 0.5 * np.cos(2.0 * pi * phase)
    return np.asarray(pulse.floor + (1.0 - pulse.floor) * wave)


def _ahead(pulse: Pulse, phase: Array) -> Array:
    """Return how many seconds a hand that moves by steps is ahead of one that moves on evenly."""
    within = phase % 1.0
    if pulse.moves == "within":
        stepped = np.minimum(within / pulse.part, 1.0)
    else:
        stepped = np.maximum(within - pulse.part, 0.0) / (1.0 - pulse.part)
    return np.asarray((stepped - within) / pulse.hz)


def _worked_before(start: float, turn: Turn) -> float:
    period, on, phase = turn.period, turn.on, turn.phase
    count = (start - phase) // period
    return float(count * on + min(start - phase - count * period, on))


def _taps(cue: Cue, elapsed: Array) -> Array:
    within = (elapsed * cue.taps_hz) % 1.0
    onset = min(max(cue.onset * cue.taps_hz, 1e-3), 0.5 * TAP_LENGTH)
    rise = within / onset
    fall = (TAP_LENGTH - within) / (TAP_LENGTH - onset)
    return np.asarray(np.sin(0.5 * pi * np.clip(np.minimum(rise, fall), 0.0, 1.0)))
