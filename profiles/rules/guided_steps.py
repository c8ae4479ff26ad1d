"""Steps for hands and breath: floors, breath holds, postures, and minutes a part in self-massage."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from profiles.body import BodyMap
from profiles.model import Profile
from profiles.reach import PART_OF_ZONE
from profiles.rules.finding import Finding, Located
from profiles.rules.limits import (
    BREATH_HOLD_MAX_S,
    PART_MAX_S,
    PART_USUAL_S,
    SETTLING_MAX,
    TOLERANCE,
)
from profiles.technique import Guide

_NO_PARTS = ("", "breath", "posture", "whole")  # what hands do there is on no part of the body


def check_guided(profile: Profile, steps: Sequence[Located], body: BodyMap) -> Iterator[Finding]:
    """Yield what is wrong with steps for hands and breath, with postures, and with self-massage."""
    for here in steps:
        technique = here.step.technique
        if isinstance(technique, Guide):
            yield from _guide(here, technique)
    yield from _prone(profile, steps)
    if profile.self_massage:
        yield from _parts(steps, body)


def _guide(here: Located, guide: Guide) -> Iterator[Finding]:
    if here.step.peak > SETTLING_MAX + TOLERANCE:
        yield here.find(
            "error",
            30,
            "level",
            f"the device waits at level {here.step.peak:g}; {SETTLING_MAX:g} is the most while hands work",
            f"write level = {SETTLING_MAX:g} or less",
        )
    if guide.breath is not None and guide.breath.hold_s > BREATH_HOLD_MAX_S:
        yield here.find(
            "warning",
            317,
            "technique.breath.hold_s",
            f"the breath is held for {guide.breath.hold_s:g} s; {BREATH_HOLD_MAX_S:g} s is the most",
            f"write hold_s = {BREATH_HOLD_MAX_S:g} or less",
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


def _parts(steps: Sequence[Located], body: BodyMap) -> Iterator[Finding]:
    seconds: dict[str, float] = {}
    longest: dict[str, Located] = {}
    for here in steps:
        parts = _parts_of(here, body)
        for part in parts:
            seconds[part] = seconds.get(part, 0.0) + here.step.total_s / len(parts)
            if part not in longest or here.step.total_s > longest[part].step.total_s:
                longest[part] = here
    for part, whole in seconds.items():
        if whole <= PART_USUAL_S + TOLERANCE:
            continue
        yield longest[part].find(
            "error" if whole > PART_MAX_S + TOLERANCE else "warning",
            288,
            "duration_s",
            f"{whole:.0f} s of self-massage on one part ({part}); three minutes is usual, five the most",
            "shorten the steps on that part",
        )


def _parts_of(here: Located, body: BodyMap) -> list[str]:
    """Return the part of the body that each zone of a step belongs to: its time goes by even shares."""
    technique = here.step.technique
    if isinstance(technique, Guide):
        return [] if technique.part in _NO_PARTS else [technique.part]
    names = list(here.zone_names)
    if here.step.path is not None:
        zones = [body.zone_at(x, y) for x, y in here.step.path]
        names = [zone.name for zone in zones if zone is not None]
    return [PART_OF_ZONE.get(name, "back") for name in names]
