"""What only the playing of a profile shows, on whatever device: dwell on a point, and gaps."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from profiles.field import middle, strength
from profiles.rests import runs
from profiles.rules.finding import Finding, Located, Severity
from profiles.rules.limits import GAP_MAX_S, POINT_MAX_S, POINT_SUM_MAX_S, STAY_MAX_S, STAY_WINDOW_S
from profiles.rules.points import CORE, stays_of, too_long, too_much, too_often, too_still, touches_of
from profiles.rules.traces import Trace
from profiles.score import Score
from profiles.time_text import clock_text
from profiles.waveform import FELT_FLOOR, FRAME_RATE_HZ

# Longer than any session may be: what lies beyond is reported as too long, and is not worth the time to
# look at.
LOOK_S = 1800.0


def check_played(score: Score, steps: Sequence[Located], traced: Sequence[Trace]) -> Iterator[Finding]:
    """Yield dwell on a point and gaps, on whatever device."""
    yield from _stays(score, steps, traced)
    silent = ~_felt_anywhere(score)
    yield from gaps(score, steps, silent, "warning", "nothing is felt")


def _stays(score: Score, steps: Sequence[Located], traced: Sequence[Trace]) -> Iterator[Finding]:
    """Yield where the hands of all steps together stay at a point, one finding of a kind for each step."""
    under = touches_of(traced, score.body, CORE)
    long, much = too_long(under), too_much(under)
    del under  # some MB, and the next ones take as much
    often = too_often(touches_of(traced, score.body, 0.0))
    # Told once: a hand that never rests, or rests for little of the time, stays as well.
    seen = {stay.step for stay in (*long, *often)}
    still = [stay for stay in too_still(stays_of(traced, score.body)) if stay.step not in seen]
    for rule, stays, what, most in (
        (55, long, "without a rest", f"{POINT_MAX_S:g} s"),
        (54, often, f"within {STAY_WINDOW_S:g} s", f"{STAY_MAX_S:g} s"),
        (54, still, "before the hand goes on", f"{POINT_MAX_S:g} s"),
        (54, much, "in the session", f"{POINT_SUM_MAX_S:g} s"),
    ):
        for stay in stays:
            here = steps[stay.step]
            yield here.find(
                "error",
                rule,
                "path" if here.step.path is not None else "zones",
                f"one point is worked on for {stay.seconds:.1f} s {what}, from {clock_text(stay.start)} on; "
                f"{most} is the most",
                "let the hand move further or faster, over more zones, or work there for less long",
            )


def _felt_anywhere(score: Score) -> NDArray[np.bool_]:
    t = np.arange(round(score.duration * FRAME_RATE_HZ)) / FRAME_RATE_HZ
    felt = guided(score, t)
    for cue in score.cues:
        low, high = np.searchsorted(t, (cue.start, cue.end + cue.fade_out))
        span = t[low:high]
        level = strength(cue, span) if cue.contacts else span
        for contact in cue.contacts:
            felt[low:high] |= level * middle(cue, contact, span)[2] >= FELT_FLOOR
    envelope = score.envelope.at(t, score.duration)
    return np.asarray(felt & (envelope >= FELT_FLOOR))


def guided(score: Score, t: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Tell for each time whether hands, breath or posture are at work then: no device has to be felt.

    What fades in after them is no gap either, as little as at the beginning of a session.
    """
    flags = np.zeros(len(t), dtype=np.bool_)
    for step, cue in zip(score.steps, score.cues, strict=True):
        if step.guide is not None:
            flags[slice(*np.searchsorted(t, (step.start, step.end + cue.fade_out)))] = True
    return flags


def gaps(
    score: Score, steps: Sequence[Located], silent: NDArray[np.bool_], severity: Severity, what: str
) -> Iterator[Finding]:
    """Yield the longest gap of each step; the fades at both ends of a session are no gaps."""
    longest: dict[int, tuple[float, float, int]] = {}
    for first, last in zip(*runs(silent), strict=True):
        start, end = float(first) / FRAME_RATE_HZ, float(last) / FRAME_RATE_HZ
        start, end = max(start, score.fade_in), min(end, score.duration - score.fade_out)
        if end - start <= GAP_MAX_S + 0.5 / FRAME_RATE_HZ:
            continue
        index = score.step_at(start).index
        seconds, at, count = longest.get(index, (0.0, start, 0))
        longest[index] = (max(seconds, end - start), start if end - start > seconds else at, count + 1)
    for index, (seconds, at, count) in longest.items():
        times = f", the longest of {count} gaps" if count > 1 else ""
        message = f"{what} for {seconds:.1f} s from {clock_text(at)} on{times}"
        if severity == "info":
            yield steps[index].find("info", 6, "", message, "")
            continue
        yield steps[index].find(
            severity,
            6,
            "",
            f"{message}; {GAP_MAX_S:g} s is the most",
            "overlap the steps, raise the level, or name zones that lie closer together",
        )
