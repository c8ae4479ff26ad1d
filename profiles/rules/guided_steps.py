"""Steps for hands and breath: floors, breath holds, postures, and minutes a part in self-massage."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from profiles.body import BodyMap
from profiles.model import Profile
from profiles.reach import PART_OF_ZONE
from profiles.rules.finding import Finding, Located
from profiles.rules.limits import (
    BREATH_HOLD_MAX_S,
    BREATH_MIN_S,
    PART_MAX_S,
    PART_USUAL_S,
    SETTLING_MAX,
    TOLERANCE,
)
from profiles.rules.under_hand import ways, worked_names
from profiles.technique import Guide
from profiles.time_text import clock_text

_NO_PARTS = ("", "breath", "posture", "whole")  # what hands do there is on no part of the body


def check_guided(profile: Profile, steps: Sequence[Located], body: BodyMap) -> Iterator[Finding]:
    """Yield what is wrong with steps for hands and breath, with postures, and with self-massage."""
    for here in steps:
        technique = here.step.technique
        if isinstance(technique, Guide):
            yield from _guide(here, technique)
    yield from _prone(profile, steps)
    if profile.audience != "test":
        yield from _parts(profile, steps, body)


def _guide(here: Located, guide: Guide) -> Iterator[Finding]:
    if here.step.peak > SETTLING_MAX + TOLERANCE:
        yield here.find(
            "error",
            30,
            "level",
            f"the device waits at level {here.step.peak:g}; {SETTLING_MAX:g} is the most while hands work",
            f"write level = {SETTLING_MAX:g} or less",
        )
    breath = guide.breath
    if breath is None or breath.hold_s == 0.0:
        return
    if breath.hold_s > BREATH_HOLD_MAX_S:
        yield here.find(
            "error",
            317,
            "technique.breath.hold_s",
            f"the breath is held for {breath.hold_s:g} s; {BREATH_HOLD_MAX_S:g} s is the most",
            f"write hold_s = {BREATH_HOLD_MAX_S:g} or less",
        )
    for name in ("inhale_s", "exhale_s"):
        if getattr(breath, name) < BREATH_MIN_S:
            yield here.find(
                "error",
                317,
                f"technique.breath.{name}",
                f"a breath that is held takes {BREATH_MIN_S:g} s at least both in and out, or it is held on",
                f"write {name} = {BREATH_MIN_S:g} or more",
            )


def _prone(profile: Profile, steps: Sequence[Located]) -> Iterator[Finding]:
    if "pregnancy" not in profile.good_for:
        return
    places = ["posture"] if profile.posture == "prone" else []
    for here in steps:
        if isinstance(here.step.technique, Guide) and here.step.technique.posture == "prone":
            places.append(f"{here.place}.technique.posture")
    for place in places:
        yield Finding(
            "error",
            273,
            place,
            "nobody who is pregnant lies on her front",
            'write posture = "seated" or "side"',
        )


def _parts(profile: Profile, steps: Sequence[Located], body: BodyMap) -> Iterator[Finding]:
    """Yield a part of the body with too many minutes: every part in self-massage, the neck on a device."""
    seconds: dict[str, float] = {}
    longest: dict[str, tuple[float, Located]] = {}
    for here in steps:
        for part, share in _shares(here, body).items():
            spent = here.step.total_s * share
            seconds[part] = seconds.get(part, 0.0) + spent
            if part not in longest or spent > longest[part][0]:
                longest[part] = spent, here
    for part, whole in seconds.items():
        counts = profile.self_massage or (part == "neck" and not profile.guided_only)
        if whole <= PART_USUAL_S + TOLERANCE or not counts:
            continue
        what = "self-massage on one part" if profile.self_massage else "work on one part"
        yield longest[part][1].find(
            "error" if whole > PART_MAX_S + TOLERANCE else "warning",
            288,
            "duration_s",
            f"{clock_text(whole)} min of {what} ({part}); three minutes is usual, five the most",
            "shorten the steps on that part",
        )


def _shares(here: Located, body: BodyMap) -> dict[str, float]:
    """Return which share of a step each part of the body gets: by zones evenly, along points by their way."""
    technique = here.step.technique
    if isinstance(technique, Guide):
        return {} if technique.part in _NO_PARTS else {technique.part: 1.0}
    weights = dict.fromkeys(worked_names(here, body), 1.0)
    if here.step.path is not None:
        weights = {}
        for way in ways(here, body):
            weights[way.zone.name] = weights.get(way.zone.name, 0.0) + max(way.length, 1.0)
    shares: dict[str, float] = {}
    for name, weight in weights.items():
        part = PART_OF_ZONE.get(name, "back")
        shares[part] = shares.get(part, 0.0) + weight / sum(weights.values())
    return shares
