"""What only the playing of a profile shows: dwell, gaps, and what a device cannot do."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from profiles.body import BodyMap
from profiles.field import position, strength
from profiles.finding import Finding, Located
from profiles.geometry import distance
from profiles.measure import longest_work, points_worked, runs
from profiles.score import Score
from profiles.technique import POINT_MAX_S
from profiles.waveform import FELT_FLOOR, FRAME_RATE_HZ, Place, Renderer

GAP_MAX_S = 0.3  # rules 6, 193: no pause between movements; figure ours
REACH_MM = 60.0  # ours: vibration is felt this far from a motor (domain figures)
# Longer than any session may be: what lies beyond is reported as too long, and is not worth the time to
# look at.
_LOOK_S = 1800.0
_BLOCK = 2048  # frames rendered at once


def check_played(score: Score, steps: Sequence[Located]) -> Iterator[Finding]:
    """Yield dwell on a point and gaps, on whatever device."""
    if score.duration > _LOOK_S:
        return
    for here in steps:
        work = points_worked(score, here.index)
        if work.seconds > POINT_MAX_S:
            yield here.find(
                "error",
                55,
                "path" if here.step.path is not None else "zones",
                f"one point is worked on for {work.seconds:.1f} s without a rest, "
                f"from {work.start:.0f} s on; {POINT_MAX_S:g} s is the most",
                "let the hand move further or faster, or give the step both sides to take turns",
            )
    yield from _gaps(score, steps, _felt_anywhere(score), "nothing is felt")


def check_device(
    score: Score, steps: Sequence[Located], places: Sequence[Place], *, quiet_gaps: bool
) -> Iterator[Finding]:
    """Yield what this device cannot do, where it falls silent, and what it plays otherwise."""
    if score.duration > _LOOK_S:
        return
    renderer = Renderer(score, places)
    driven = _driven(renderer, round(score.duration * FRAME_RATE_HZ))
    t = np.arange(len(driven)) / FRAME_RATE_HZ
    gaps = _gaps(score, steps, driven.any(axis=1) | guided(score, t), "nothing is felt on this device")
    for gap in gaps:
        # A felt check passes over the whole body, also where this device has nothing; that is no fault of
        # either.
        yield Finding("info", gap.rule, gap.place, gap.message, "") if quiet_gaps else gap
    for place, work in zip(places, longest_work(driven, FRAME_RATE_HZ), strict=True):
        if work.seconds > POINT_MAX_S:
            here = steps[score.step_at(work.start).index]
            yield here.find(
                "warning",
                55,
                "",
                f"the actuator '{place.id}' would work for {work.seconds:.1f} s without a rest; "
                "it will be held back",
                "let the hand move further or faster",
            )
    for sentence in renderer.substitutions:
        yield Finding("info", None, "", sentence, "")
    yield from _out_of_reach(score.body, steps, places)


def _driven(renderer: Renderer, count: int) -> NDArray[np.bool_]:
    """Which places have any level, frame by frame; rendered in blocks, so that only a bit of each is kept."""
    starts = range(0, count, _BLOCK)
    return np.concatenate([renderer.render(at, min(_BLOCK, count - at)).level > 0.0 for at in starts])


def _felt_anywhere(score: Score) -> NDArray[np.bool_]:
    t = np.arange(round(score.duration * FRAME_RATE_HZ)) / FRAME_RATE_HZ
    felt = guided(score, t)
    for cue in score.cues:
        low, high = np.searchsorted(t, (cue.start, cue.end + cue.fade_out))
        span = t[low:high]
        level = strength(cue, span)
        for contact in cue.contacts:
            felt[low:high] |= level * position(cue, contact, span)[2] >= FELT_FLOOR
    envelope = score.envelope.at(t, score.duration)
    return np.asarray(felt & (envelope >= FELT_FLOOR))


def guided(score: Score, t: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Tell for each time whether hands, breath or posture are at work then: no device has to be felt."""
    flags = np.zeros(len(t), dtype=np.bool_)
    for step in score.steps:
        if step.guide is not None:
            flags[slice(*np.searchsorted(t, (step.start, step.end)))] = True
    return flags


def _gaps(score: Score, steps: Sequence[Located], felt: NDArray[np.bool_], what: str) -> Iterator[Finding]:
    """Yield the longest gap of each step; the fades at both ends of a session are no gaps."""
    longest: dict[int, tuple[float, float, int]] = {}
    for first, last in zip(*runs(~felt), strict=True):
        start, end = float(first) / FRAME_RATE_HZ, float(last) / FRAME_RATE_HZ
        start, end = max(start, score.fade_in), min(end, score.duration - score.fade_out)
        if end - start <= GAP_MAX_S + 0.5 / FRAME_RATE_HZ:
            continue
        index = score.step_at(start).index
        seconds, at, count = longest.get(index, (0.0, start, 0))
        longest[index] = (max(seconds, end - start), start if end - start > seconds else at, count + 1)
    for index, (seconds, at, count) in longest.items():
        times = f", the longest of {count} gaps" if count > 1 else ""
        yield steps[index].find(
            "warning",
            6,
            "",
            f"{what} for {seconds:.1f} s from {at:.1f} s on{times}; {GAP_MAX_S:g} s is the most",
            "overlap the steps, raise the level, or name zones that lie closer together",
        )


def _out_of_reach(body: BodyMap, steps: Sequence[Located], places: Sequence[Place]) -> Iterator[Finding]:
    usable = [
        place
        for place in places
        if place.active and body.exclusion_at(place.x, place.y, place.radius) is None
    ]
    missing: dict[str, list[int]] = {}
    for here in steps:
        for name in here.step.zones or ():
            zones = body.zones_named(name)
            if not any(distance(zone.outline, p.x, p.y) <= REACH_MM for zone in zones for p in usable):
                missing.setdefault(name, []).append(here.index + 1)
    for name, numbers in missing.items():
        where = ", ".join(map(str, dict.fromkeys(numbers)))
        yield Finding(
            "info",
            None,
            f"step[{numbers[0]}].zones",
            f"this device reaches nothing in the zone '{name}' (step {where})",
            "",
        )
