"""Pace for hands and breath: which repetition is under way, and where in a breath it stands."""

from typing import NamedTuple

from profiles.score import ScoreStep
from profiles.technique import Breath


class Pace(NamedTuple):
    """A moment of a breath: what to do, how many seconds still, how full the lungs are (0 to 1)."""

    word: str
    left_s: float
    fill: float


class Repetition(NamedTuple):
    """A repetition: its number from 1, of how many, and the seconds since it began."""

    number: int
    of: int
    since_s: float


def turn_at(step: ScoreStep, t: float) -> Repetition:
    """Which repetition of a guided step is under way at `t` seconds of the session; each breath is one."""
    breath = step.guide.breath if step.guide is not None else None
    whole = step.end - step.start
    count = step.repeats if breath is None else max(1, round(whole / breath.cycle_s))
    length = whole / count
    since = min(max(0.0, t - step.start), whole)
    number = min(count - 1, int(since / length + 1e-9)) if length else 0
    return Repetition(number + 1, count, max(0.0, since - number * length))


def pace_at(breath: Breath, since_s: float) -> Pace:
    """Where a breath stands `since_s` seconds after it began."""
    t = min(max(0.0, since_s), breath.cycle_s)
    if t < breath.inhale_s:
        return Pace("breathe in", breath.inhale_s - t, t / breath.inhale_s)
    t -= breath.inhale_s
    if t < breath.hold_s:
        return Pace("hold", breath.hold_s - t, 1.0)
    t -= breath.hold_s
    left = max(0.0, breath.exhale_s - t)
    return Pace("breathe out", left, left / breath.exhale_s if breath.exhale_s else 0.0)
