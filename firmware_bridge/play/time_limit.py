"""The time that a session may take: when it goes to its closing, when it fades out, when it has to stop."""

from collections.abc import Sequence
from typing import NamedTuple

from profiles.score import Score, ScoreStep

TAIL_S = 1.0
"""Session time kept for what is under way: priming, frames sent ahead, the last release; project's choice."""
NOTABLE_S = 2.0
"""A jump ahead by less than this (s) is not worth a word; project's choice."""
SOFT_S = 4.0
"""The least of the score's end that is played in any case, seconds; project's choice."""


class LeftOut(NamedTuple):
    """A part of a score that is not played, from `start` to `end`, seconds of the score."""

    start: float
    end: float


class MissedSteps(NamedTuple):
    """Steps that there is no time for: `whole`, or for a part of them."""

    whole: tuple[ScoreStep, ...]
    partly: tuple[ScoreStep, ...]


def missed_steps(score: Score, left_out: Sequence[LeftOut]) -> MissedSteps:
    """Which steps of `score` are played nowhere, or not to the end, where so much is left out."""
    missed = {
        step: sum(max(0.0, min(step.end, each.end) - max(step.start, each.start)) for each in left_out)
        for step in score.steps
    }
    whole = tuple(step for step, s in missed.items() if s and s > step.end - step.start - NOTABLE_S)
    return MissedSteps(
        whole, tuple(step for step, s in missed.items() if s > NOTABLE_S and step not in whole)
    )


class Allotment:
    """Brings a score to its end within `allowed_s` seconds from its first frame, pauses included."""

    def __init__(self, score: Score, allowed_s: float) -> None:
        self._score = score
        self._allowed_s = allowed_s
        self._duration = score.duration
        self._closing = score.closing_start
        self._soft = min(max(score.fade_out, SOFT_S), score.duration)

    def over(self, elapsed: float) -> bool:
        """Whether the time is used up."""
        return elapsed >= self._allowed_s

    def onward(self, elapsed: float, position: float) -> float | None:
        """Where in the score (s) to go on; None where it is, as long as that ends in time."""
        left = self._allowed_s - TAIL_S - elapsed
        if position + left >= self._duration:
            return None
        if left <= self._soft:
            goal = self._duration - max(0.0, left)
        elif left <= self._duration - self._closing:
            goal = self._closing
        else:
            return None
        return goal if goal > position else None

    def left_out(self, position: float = 0.0) -> tuple[LeftOut, ...]:
        """What of the score will not be played from `position` (s) on, where nobody pauses or skips."""
        left = self._allowed_s - TAIL_S
        found: list[LeftOut] = []
        closing = self._duration - self._closing
        jumps = ((closing, self._closing),) if closing > self._soft else ()
        for length, goal in (*jumps, (self._soft, None)):
            if position + left >= self._duration:
                break
            passes = max(0.0, left - length)
            position, left = position + passes, left - passes
            to = self._duration - max(0.0, left) if goal is None else goal
            if to > position:
                start = found.pop().start if found and not passes else position
                found.append(LeftOut(start, to))
                position = to
        return tuple(each for each in found if each.end - each.start > NOTABLE_S)

    def skipped(self, position: float = 0.0) -> frozenset[int]:
        """The numbers, from 0, of the steps that will not be played from `position` (s) on."""
        past = {step.index for step in self._score.steps if step.end <= position}
        missed = missed_steps(self._score, self.left_out(position)).whole
        return frozenset(past | {step.index for step in missed})
