"""Smooth and never the same: cross-fades, jumps of the level, and levels that stay (164, 282)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np

from profiles.model import Profile
from profiles.rests import runs
from profiles.rules.finding import Finding, Located
from profiles.rules.limits import (
    CONSTANT_MAX_S,
    CONSTANT_SPREAD,
    CROSSFADE_MIN_S,
    JND,
    JUMP,
    SESSION_MAX_S,
    TOLERANCE,
    VARIED_S,
)
from profiles.rules.timeline import Stretch


def check_smooth(profile: Profile, steps: Sequence[Located], working: Sequence[Stretch]) -> Iterator[Finding]:
    """Yield what is abrupt, and what stays the same for too long; of a test profile only the jumps."""
    yield from _jumps(steps)
    yield from _envelope_jumps(profile, working)
    if profile.audience != "test":
        yield from _crossfades(steps)
        yield from _constant(working)


def _constant(working: Sequence[Stretch]) -> Iterator[Finding]:
    """Yield where the level stays the same for too long, over however many steps that are alike."""
    for alike in _alike(working):
        level = np.concatenate([stretch.each_second for stretch in alike])[: int(SESSION_MAX_S)]
        count = int(CONSTANT_MAX_S) + 1
        if len(level) <= count:
            continue
        windows = np.lib.stride_tricks.sliding_window_view(level, count)
        low, high = windows.min(axis=1), windows.max(axis=1)
        starts, ends = runs(high - low < CONSTANT_SPREAD * high - TOLERANCE)
        if not len(starts):
            continue
        longest = int(np.argmax(ends - starts))
        first, seconds = int(starts[longest]), int(ends[longest] - starts[longest]) + count - 1
        ends_at = np.cumsum([len(stretch.each_second) for stretch in alike])
        stretch = alike[int(np.searchsorted(ends_at, first, side="right"))]
        yield stretch.here.find(
            "warning",
            282,
            "curve",
            f"the same level for {seconds} s; it varies within {CONSTANT_MAX_S:g} s",
            'write curve = "wave", or another that moves',
        )


def _alike(working: Sequence[Stretch]) -> list[list[Stretch]]:
    """Return the stretches in groups of one technique and pace; what is short breaks no group."""
    groups: list[list[Stretch]] = []
    for stretch in working:
        group = groups[-1] if groups else []
        last = next((s for s in reversed(group) if s.seconds >= VARIED_S), group[-1] if group else None)
        paused = bool(group) and stretch.start - group[-1].end >= VARIED_S
        if last is None or paused or (stretch.seconds >= VARIED_S and not _same(last, stretch)):
            groups.append([stretch])
        else:
            group.append(stretch)
    return groups


def _same(one: Stretch, other: Stretch) -> bool:
    """Tell whether two steps feel alike but for their level: of one kind and form, at one pace."""
    a, b = (s.here.step.technique.model_dump(exclude={"direction", "return_hand"}) for s in (one, other))
    for name in a.keys() | b.keys():
        x, y = a.get(name), b.get(name)
        if isinstance(x, float) and isinstance(y, float):
            if abs(x - y) > JND * max(x, y):
                return False
        elif x != y:
            return False
    return True


def _crossfades(steps: Sequence[Located]) -> Iterator[Finding]:
    for here, following in pairwise(steps):
        if here.step.is_guide or following.step.is_guide or _jumped(_jump(here, following)):
            continue
        if here.step.crossfade_s < CROSSFADE_MIN_S:
            yield here.find(
                "warning",
                164,
                "crossfade_s",
                f"it gives way to the next step within {here.step.crossfade_s:g} s",
                f"cross-fade for {CROSSFADE_MIN_S:g} s at least",
            )


def _jumped(difference: float) -> bool:
    return difference > JUMP + TOLERANCE


def _jump(here: Located, following: Located) -> float:
    return abs(_begins_at(following) - _ends_at(here))


def _begins_at(here: Located) -> float:
    return here.step.level * here.step.curve.points[0][1]


def _ends_at(here: Located) -> float:
    return here.step.level * here.step.curve.points[-1][1]


def _jumps(steps: Sequence[Located]) -> Iterator[Finding]:
    for here, following in pairwise(steps):
        if _jumped(_jump(here, following)) and here.step.crossfade_s < CROSSFADE_MIN_S:
            yield here.find(
                "warning",
                164,
                "crossfade_s",
                f"the level jumps from {_ends_at(here):.2f} to {_begins_at(following):.2f} "
                f"within {here.step.crossfade_s:g} s",
                f"cross-fade for {CROSSFADE_MIN_S:g} s at least",
            )
    for here in steps:
        points = here.step.curve.points
        jump = here.step.level * abs(points[-1][1] - points[0][1])
        if here.step.repeats > 1 and _jumped(jump):
            yield here.find(
                "warning",
                164,
                "curve",
                f"the level jumps by {jump:.2f} from one repeat to the next",
                "let the curve end where it begins",
            )
        unit = here.step.duration_s if here.step.curve.unit == "fraction" else 1.0
        for (t0, y0), (t1, y1) in pairwise(points):
            if (t1 - t0) * unit < CROSSFADE_MIN_S and _jumped(here.step.level * abs(y1 - y0)):
                yield here.find(
                    "warning",
                    164,
                    "curve",
                    f"the level changes by {here.step.level * abs(y1 - y0):.2f} within "
                    f"{(t1 - t0) * unit:.2g} s",
                    f"give the change {CROSSFADE_MIN_S:g} s at least",
                )
                break


def _envelope_jumps(profile: Profile, working: Sequence[Stretch]) -> Iterator[Finding]:
    unit = profile.duration_s if profile.envelope.unit == "fraction" else 1.0
    for (t0, y0), (t1, y1) in pairwise(profile.envelope.points):
        if (t1 - t0) * unit >= CROSSFADE_MIN_S:
            continue
        levels = (s.here.step.peak for s in working if s.start < t1 * unit and s.end > t0 * unit)
        jump = max(levels, default=0.0) * abs(y1 - y0)
        if _jumped(jump):
            yield Finding(
                "warning",
                164,
                "envelope",
                f"the level changes by {jump:.2f} within {(t1 - t0) * unit:.2g} s",
                f"give the change {CROSSFADE_MIN_S:g} s at least",
            )
            return
