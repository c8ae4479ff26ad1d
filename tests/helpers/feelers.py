"""A person who sits on a virtual cushion, feels its motors through the motor model, and presses keys."""

from dataclasses import replace
from random import Random

import numpy as np

from kneadwave.tuning.calibration.staircase import Part
from simulator.motor import MotorBank

FELT = 0.012
"""The felt level from which this person feels anything."""


def other_motors(layout, **levels):
    """The actuators as they really are: start and hold levels by id, `_` for `-`; others as described."""
    wanted = {name.replace("_", "-"): pair for name, pair in levels.items()}
    return [
        replace(each, start=wanted[each.id][0], hold=wanted[each.id][1]) if each.id in wanted else each
        for each in layout.actuators
    ]


class Feeler:
    """Watches a cushion as its observer and answers as its keys, `reaction_s` after every change or so.

    `asked` is what the person was asked last: to press when something is felt, or when it is gone.
    """

    gone = False
    active = True

    def __init__(self, actuators, clock, *, reaction_s=0.35, jitter_s=0.05, threshold=FELT, seed=1):
        self.asks = []
        self.results = {}
        self.answers = True
        self.moved_ms = 0
        self.last_ms = 0  # device time at which anything was driven last
        self.pressed = []  # times at which keys were read
        self.peak = np.zeros(len(actuators), dtype=np.int64)
        self._actuators = actuators
        self._clock = clock
        self._reaction_s, self._jitter_s, self._threshold = reaction_s, jitter_s, threshold
        self._random = Random(seed)
        self._due = []
        self.opened(clock.now())

    def opened(self, at):
        """A cushion begins its life at this time of the clock; it counts from 0."""
        self._born = at
        self._motors = MotorBank(self._actuators)
        self._feels = False

    # -- the cushion's observer --------------------------------------------------------------------------

    def output(self, output):
        times = output.start + np.arange(len(output.drive))
        on = output.drive > 0
        moving = np.flatnonzero(on.any(axis=1))
        self.moved_ms += len(moving)
        if len(moving):
            self.last_ms = int(times[moving[-1]])
        self.peak = np.maximum(self.peak, output.drive.max(axis=0, initial=0))
        rows = np.flatnonzero(times % 20 == 0)
        if not len(rows):
            return
        felt = self._motors.step(output.drive[rows], output.rate[rows]).max(axis=1)
        for at, level in zip(times[rows].tolist(), felt.tolist(), strict=True):
            self._notice(self._born + at / 1000, level >= self._threshold)

    def accepted(self, due_ms, drives):
        pass

    def event(self, at_ms, event, **fields):  # noqa: ARG002
        assert event != "trip", fields

    def _notice(self, at, feels):
        if feels == self._feels:
            return
        self._feels = feels
        gone = bool(self.asks) and self.asks[-1][1] is Part.FALLING
        if self.answers and feels is not gone:
            delay = self._reaction_s + self._random.uniform(-self._jitter_s, self._jitter_s)
            self._due.append((at + delay, "x"))

    def press(self, at, key):
        """Press a key at a time of the clock, whatever is felt."""
        self._due.append((at, key))

    # -- keys ----------------------------------------------------------------------------------------------

    def waiting(self):
        return any(at <= self._clock.now() for at, _ in self._due)

    def absence(self):
        return []

    def typed(self):
        now = self._clock.now()
        keys = [key for at, key in self._due if at <= now]
        self._due = [due for due in self._due if due[0] > now]
        self.pressed += [now] * len(keys)
        return keys

    # -- the listener of an examiner -----------------------------------------------------------------------

    def asked(self, actuator, number, part):  # noqa: ARG002
        self.asks.append((actuator, part))

    def found(self, actuator, found):
        self.results[actuator] = found
