"""What a device cannot do of a profile, where it falls silent, and what it plays otherwise."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from profiles.body import BodyMap
from profiles.field import joins_at, position, strength
from profiles.model import Profile
from profiles.reach import fit, reached, usable_places
from profiles.rests import runs
from profiles.rules.dwell_and_gaps import gaps, guided
from profiles.rules.finding import Finding, Located
from profiles.rules.limits import GAP_MAX_S
from profiles.score import Score, compose
from profiles.technique import POINT_MAX_S
from profiles.waveform import FRAME_RATE_HZ, Place, Renderer

Array = NDArray[np.float64]

_BLOCK = 2048  # frames rendered at once
NAMED_MOST = 4  # actuators whose names stand in one line


def check_device(
    profile: Profile,
    score: Score,
    steps: Sequence[Located],
    places: Sequence[Place],
    render: Callable[[Score, Sequence[Place]], Renderer],
) -> Iterator[Finding]:
    """Yield what this device cannot do, where it falls silent, and what it plays otherwise.

    Steps that it reaches nowhere are done by hand; they are told, and count as played.
    """
    fitted = fit(profile, places, score.body)
    by_hand = [
        here
        for here, step in zip(steps, fitted.played, strict=True)
        if step.is_guide and not here.step.is_guide
    ]
    for here in by_hand:
        where = f"in {', '.join(here.step.zones)}" if here.step.zones else "along its path"
        field = "zones" if here.step.zones else "path"
        yield here.find("info", None, field, f"done by hand: this device reaches nothing {where}", "")
    if by_hand:
        score = compose(fitted, score.body)
        steps = [replace(here, step=step) for here, step in zip(steps, fitted.played, strict=True)]
    usable = usable_places(places, score.body)
    renderer = render(score, places)
    driven = _driven(renderer, round(score.duration * FRAME_RATE_HZ))
    yield from _silence(score, steps, renderer, driven, usable, quiet=profile.audience == "test")
    yield from _rests(renderer, places, len(driven))
    for sentence in renderer.substitutions:
        yield Finding("info", None, "", sentence, "")
    yield from _out_of_reach(score.body, steps, usable)


def _rests(renderer: Renderer, places: Sequence[Place], count: int) -> Iterator[Finding]:
    """Yield what rests in between, so that no point of this device is worked for too long."""
    rests = renderer.rests(0, count)
    if not rests:
        return
    who = sorted({places[column].id for rest in rests for column in rest.columns})
    few = len(who) <= NAMED_MOST
    named = (
        ", ".join(who) if few else f"{', '.join(who[: NAMED_MOST - 1])} and {len(who) - NAMED_MOST + 1} more"
    )
    times = "once" if len(rests) == 1 else f"{len(rests)} times"
    yield Finding(
        "info",
        55,
        "",
        f"no point is worked for more than {POINT_MAX_S:g} s: for that {named} rest{'s' * (len(who) == 1)} "
        f"{times} under the hand",
        "",
    )


def _silence(
    score: Score,
    steps: Sequence[Located],
    renderer: Renderer,
    driven: NDArray[np.bool_],
    usable: Sequence[Place],
    *,
    quiet: bool,
) -> Iterator[Finding]:
    """Yield the gaps on a device: where it has nothing near the hand that is no fault of the profile.

    Neither is it where what it has near has to rest: rule 55 goes before rule 6.
    A felt check passes over the whole body, also where a device has nothing near: there `quiet` asks for
    no warning at all.
    """
    t = np.arange(len(driven)) / FRAME_RATE_HZ
    silent = ~(driven | guided(score, t))
    if quiet:
        yield from gaps(score, steps, silent, "info", "nothing is felt on this device")
        return
    beyond, resting = np.zeros_like(silent), np.zeros_like(silent)
    for first, last in zip(*runs(silent), strict=True):
        if last - first > GAP_MAX_S * FRAME_RATE_HZ:
            # In blocks: what a long gap needs at once grows with its length otherwise.
            spans = [t[at : min(at + _BLOCK, last)] for at in range(first, last, _BLOCK)]
            away = np.concatenate([_on_nothing(score, usable, span) for span in spans])
            # The hand comes and goes: where it lies on nothing for half of a gap, that is what the gap is.
            beyond[first:last] = 2 * int(away.sum()) >= last - first
            resting[first:last] = not beyond[first] and bool(renderer.rests(int(first), int(last)))
    missing = silent & ~beyond & ~resting
    yield from gaps(score, steps, missing, "warning", "nothing is felt on this device")
    yield from gaps(
        score, steps, silent & resting, "info", "what this device has there rests: nothing is felt"
    )
    yield from gaps(score, steps, silent & beyond, "info", "this device has nothing there: nothing is felt")


def _on_nothing(score: Score, usable: Sequence[Place], t: Array) -> NDArray[np.bool_]:
    """Tell for each time whether the strongest hand lies on no usable place; a hand half as strong counts."""
    strongest, on = np.zeros(len(t)), np.zeros(len(t), dtype=np.bool_)
    x_of, y_of = np.array([(place.x, place.y) for place in usable]).reshape(-1, 2).T
    for cue in score.cues:
        low, high = np.searchsorted(t, (cue.start, cue.end + cue.fade_out))
        if low == high or not usable:
            continue
        for contact in cue.contacts:
            x, y, weight = position(cue, contact, t[low:high])
            level = strength(cue, t[low:high]) * weight
            away = np.hypot(x[:, None] - x_of, y[:, None] - y_of)
            joins = np.array([joins_at(cue, place.kind) for place in usable])
            gap = np.where(t[low:high, None] < joins, np.inf, away).min(axis=1)
            touching, before = gap <= contact.radius, strongest[low:high]
            on[low:high] &= level <= 2.0 * before
            on[low:high] |= touching & (2.0 * level >= before)
            strongest[low:high] = np.maximum(before, level)
    return ~on


def _driven(renderer: Renderer, count: int) -> NDArray[np.bool_]:
    """Whether any place has a level, frame by frame; rendered in blocks, of which nothing else is kept."""
    blocks = (renderer.render(at, min(_BLOCK, count - at)).level for at in range(0, count, _BLOCK))
    return np.concatenate([(level > 0.0).any(axis=1) for level in blocks])


def _out_of_reach(body: BodyMap, steps: Sequence[Located], usable: Sequence[Place]) -> Iterator[Finding]:
    wanted: dict[str, list[int]] = {}
    for here in steps:
        for name in here.step.zones or ():
            wanted.setdefault(name, []).append(here.origin + 1)
    for name, numbers in wanted.items():
        if reached([name], usable, body):
            continue
        each = list(dict.fromkeys(numbers))
        where = f"step{'s' * (len(each) > 1)} {', '.join(map(str, each))}"
        yield Finding(
            "info",
            None,
            f"step[{numbers[0]}].zones",
            f"this device reaches nothing in the zone '{name}' ({where})",
            "",
        )
