"""Stretches: the steps that a device plays, in the time of the session, and what is felt in each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from profiles.curve import IntensityCurve
from profiles.model import Profile
from profiles.rules.finding import Located
from profiles.rules.limits import SESSION_MAX_S
from profiles.technique import Stroking

Array = NDArray[np.float64]

_LOOKS = 33  # looks at a step's curve, its ends included; project's choice: every 2 s of a minute


@dataclass(frozen=True)
class Stretch:
    """A step that a device plays, its time in the session (s) and the envelope over it."""

    here: Located
    start: float
    duration: float
    envelope: IntensityCurve

    @property
    def seconds(self) -> float:
        """How long the step lasts, with all repeats."""
        return self.here.step.total_s

    @property
    def end(self) -> float:
        """When the step ends, in seconds of the session."""
        return self.start + self.seconds

    @cached_property
    def felt(self) -> Array:
        """The levels felt in the course of the step: level, curve and envelope, looked at evenly."""
        step = self.here.step
        curve = _looks(step.curve, np.linspace(0.0, step.duration_s, _LOOKS), step.duration_s)
        envelope = _looks(self.envelope, np.linspace(self.start, self.end, _LOOKS), self.duration)
        if step.repeats > 1:
            return np.asarray(step.level * np.outer(envelope, curve))
        return step.level * curve * envelope

    @cached_property
    def each_second(self) -> Array:
        """The levels felt at each second of the step, with all repeats; of no more than a session."""
        step = self.here.step
        at = np.arange(0.0, min(self.seconds, SESSION_MAX_S))
        curve = _looks(step.curve, at % step.duration_s, step.duration_s)
        return step.level * curve * _looks(self.envelope, self.start + at, self.duration)

    @cached_property
    def mean(self) -> float:
        """The mean of what is felt."""
        return float(self.felt.mean())

    @property
    def strongest(self) -> float:
        """The strongest level felt in the course of the step."""
        first = self.envelope.points[0][1]
        if all(level == first for _, level in self.envelope.points):
            return self.here.step.peak * first
        return float(self.felt.max())

    def strongest_until(self, t: float) -> float:
        """Return the strongest level felt before a time of the session; 0 for a step that begins later."""
        if t <= self.start:
            return 0.0
        step, last = self.here.step, min(t, self.end) - self.start
        # Evenly, and at each corner of the curve in each repeat: a short peak lies between two looks.
        corners = _seconds(step.curve, step.duration_s)
        turns = np.arange(min(step.repeats, int(last // step.duration_s) + 1)) * step.duration_s
        at = np.concatenate([np.linspace(0.0, last, _LOOKS), np.add.outer(turns, corners).ravel()])
        at = at[at <= last]
        curve = _looks(step.curve, at % step.duration_s, step.duration_s)
        # The end of a repeat is the beginning of the next one to the remainder, and a corner of its own.
        ends = np.isclose(at % step.duration_s, 0.0) & (at > 0.0)
        curve = np.maximum(curve, np.where(ends, step.curve.points[-1][1], 0.0))
        return float((step.level * curve * _looks(self.envelope, self.start + at, self.duration)).max())


def _seconds(curve: IntensityCurve, duration: float) -> Array:
    """Return where the corners of a curve lie in a step of `duration` seconds."""
    times = np.array([time for time, _ in curve.points])
    return np.asarray(times * duration if curve.unit == "fraction" else times)


def _looks(curve: IntensityCurve, t: Array, duration: float) -> Array:
    first = curve.points[0][1]
    if all(level == first for _, level in curve.points):
        return np.full_like(t, first)
    return curve.at(t, duration)


def stretches(profile: Profile, steps: Sequence[Located]) -> list[Stretch]:
    """Return the steps that a device plays, in time."""
    found: list[Stretch] = []
    start, duration = 0.0, profile.duration_s
    for here in steps:
        if not here.step.is_guide:
            found.append(Stretch(here, start, duration, profile.envelope))
        start += here.step.total_s
    return found


def leading_strokes(working: Sequence[Stretch]) -> list[Stretch]:
    """Return the opening: the strokes before anything else."""
    count = next((n for n, s in enumerate(working) if not isinstance(s.here.step.technique, Stroking)), None)
    return list(working[:count])
