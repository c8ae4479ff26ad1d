"""How often and how fully: rounds of strokes and rubs, both sides alike, each centimetre passed over."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from profiles.body import DEFAULT_STATURE_M, BodyMap, Zone
from profiles.model import Profile
from profiles.rules.finding import Finding, Located
from profiles.rules.grid import GRID_MM, Bounds, forbidden, inside, shape
from profiles.rules.limits import (
    CLOSING_ROUNDS,
    COVERED_FROM_S,
    COVERED_MIN,
    JND,
    OPENING_ROUNDS,
    ROUND_SLACK,
    RUBBING_PASSES,
    TOLERANCE,
)
from profiles.rules.timeline import Stretch, leading_strokes
from profiles.rules.traces import Trace, rounds, sides
from profiles.score import Score
from profiles.technique import Rubbing, Squeezing, Stroking

Flags = NDArray[np.bool_]

_REPEATED = {Stroking: 177, Rubbing: 178, Squeezing: 260}  # whose repeats the source counts
_SPREAD_FORMS = ("palm", "finger")  # of kneading; pinches and stretches are for single places


def check_coverage(
    profile: Profile, steps: Sequence[Located], working: Sequence[Stretch], score: Score, traced: list[Trace]
) -> Iterator[Finding]:
    """Yield what is done too seldom, on one side only or not everywhere; nothing on a test profile."""
    if profile.audience == "test" or not working:
        return
    yield from _rounds(working, score)
    yield from _repetitions(working, score)
    yield from _sides(score, traced)
    for here in steps:
        yield from _covered(here, score, traced[here.index])


def _rounds(working: Sequence[Stretch], score: Score) -> Iterator[Finding]:
    opening = leading_strokes(working)
    stages = [list(stage) for _, stage in groupby(working, lambda s: s.here.step.technique.kind)]
    if opening:
        yield from _often(opening, OPENING_ROUNDS, 177, "opening strokes", score)
    for stage in stages:
        if isinstance(stage[0].here.step.technique, Rubbing):
            yield from _often(stage, RUBBING_PASSES, 178, "rubbing", score)
    closing = stages[-1] if len(stages) > 1 else stages[-1][-1:]
    if isinstance(closing[0].here.step.technique, Stroking):
        yield from _often(closing, CLOSING_ROUNDS, 181, "closing strokes", score)


def _often(stage: Sequence[Stretch], least: float, rule: int, what: str, score: Score) -> Iterator[Finding]:
    times = sum(_times(s, s.seconds, score) for s in stage)
    if times < least - TOLERANCE:
        yield stage[0].here.find(
            "warning",
            rule,
            "duration_s",
            f"the {what} run{'' if what.endswith('strokes') else 's'} over the zones {times:.2f} times; "
            f"{least:g} times is the least",
            "give it more time, a quicker hand or fewer zones",
        )


def _times(stretch: Stretch, seconds: float, score: Score) -> float:
    """Return how many strokes there and back, or rubs there or back, a step does in a time (s)."""
    ways = 2.0 if isinstance(stretch.here.step.technique, Rubbing) else 1.0
    # Times and speeds are written down for the body of the map's own figures; on a taller one the hand
    # gets round less often, which is nothing to correct in the file.
    scale = score.body.stature_m / DEFAULT_STATURE_M
    return ways * scale * rounds(score.cues[stretch.here.index], seconds)


def _repetitions(working: Sequence[Stretch], score: Score) -> Iterator[Finding]:
    for stretch in working:
        step = stretch.here.step
        rule = _REPEATED.get(type(step.technique))
        if rule is None or step.repeats == 1:
            continue
        times = _times(stretch, step.duration_s, score)
        if times == float("inf") or abs(times - max(1.0, round(times))) <= ROUND_SLACK + TOLERANCE:
            continue
        yield stretch.here.find(
            "warning",
            rule,
            "repeats",
            f"one of its {step.repeats} repeats runs over the zones {times:.2f} times, not a whole number",
            f"write duration_s = {step.duration_s * max(1.0, round(times)) / times:.1f}"
            if times > 0.0
            else "let the hand move",
        )


def _sides(score: Score, traced: list[Trace]) -> Iterator[Finding]:
    left, right = sides(score, traced)
    less, more = min(left, right), max(left, right)
    if more > less * (1.0 + JND) + TOLERANCE:
        side, other = ("left", "right") if left < right else ("right", "left")
        share = f"{100.0 * less / more:.0f} % of"
        yield Finding(
            "warning",
            114,
            "step",
            f"the {side} side gets {share} what the {other} side gets",
            "name zones for both sides, or give each side its step",
        )


def _covered(here: Located, score: Score, trace: Trace) -> Iterator[Finding]:
    step = here.step
    rubbing = isinstance(step.technique, Rubbing)
    if not rubbing and getattr(step.technique, "form", "") not in _SPREAD_FORMS:
        return
    if step.zones is None or step.total_s < COVERED_FROM_S:
        return
    zones = [zone for name in step.zones for zone in score.body.zones_named(name)]
    share = covered_share(trace, zones, score.body)
    if share < COVERED_MIN - TOLERANCE:
        yield here.find(
            "warning",
            178 if rubbing else 115,
            "zones",
            f"it passes over {int(100.0 * share)} % of its zones; {100.0 * COVERED_MIN:.0f} % is the least",
            "give it more time, a quicker way on (advance_mm_s) or fewer zones",
        )


def covered_share(trace: Trace, zones: Sequence[Zone], body: BodyMap) -> float:
    """Return the share (0 to 1) of the grid over the zones that comes within a hand's radius at some time.

    Places where nothing may work are left out; 1 for zones that hold no other places.
    """
    wanted = np.zeros(shape(body.region), dtype=np.bool_)
    for zone in zones:
        wanted |= inside(zone.outline, body.region)
    for excluded in body.excluded:
        wanted &= ~forbidden(excluded, body.region)
    whole = int(wanted.sum())
    return int((_passed(trace, body.region) & wanted).sum()) / whole if whole else 1.0


def _passed(trace: Trace, region: Bounds) -> Flags:
    """Return which points of the grid come within the radius of a hand; hands are rounded to the grid."""
    rows, columns = shape(region)
    x_low, y_low = region[0]
    passed = np.zeros((rows, columns), dtype=np.bool_)
    for radius in sorted({track.contact.radius for track in trace.tracks}):
        reach = int(radius // GRID_MM)
        at = np.zeros((rows + 2 * reach, columns + 2 * reach), dtype=np.bool_)
        for track in (track for track in trace.tracks if track.contact.radius == radius):
            on = (trace.level > 0.0) & (track.weight > 0.0)
            row = np.rint((track.y[on] - y_low) / GRID_MM).astype(np.intp) + reach
            column = np.rint((track.x[on] - x_low) / GRID_MM).astype(np.intp) + reach
            near = (row >= 0) & (row < at.shape[0]) & (column >= 0) & (column < at.shape[1])
            at[row[near], column[near]] = True
        for up in range(-reach, reach + 1):
            band = at[reach + up : reach + up + rows]
            width = int((radius**2 - (up * GRID_MM) ** 2) ** 0.5 // GRID_MM)
            for aside in range(-width, width + 1):
                passed |= band[:, reach + aside : reach + aside + columns]
    return passed
