"""What one step says about its technique: rates, holds, onsets and how strong a light technique may be."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import floor

from profiles.body import BodyMap
from profiles.idle import idle_fields
from profiles.rules.finding import Finding, Located
from profiles.rules.limits import (
    HOLD_MIN_S,
    PINCHING_LEVEL,
    SHAKEN_ZONES,
    SHAKING_LEVEL,
    TAP_ONSET_MIN_S,
    TOLERANCE,
    UNVIBRATED_ZONES,
    VIBRATION_LEVEL,
    VIBRATION_MIN_HZ,
)
from profiles.rules.under_hand import worked_names
from profiles.technique import (
    KNEADING_MAX_CPM,
    POINT_MAX_S,
    RUBBING_MAX_CPM,
    Kneading,
    Pressing,
    Rubbing,
    Tapping,
    Vibration,
)


def check_technique(here: Located, body: BodyMap) -> Iterator[Finding]:
    """Yield what is wrong with the technique of one step."""
    yield from _idle(here)
    match here.step.technique:
        case Kneading() as kneading:
            yield from _kneading(here, kneading)
        case Rubbing(rate_cpm=rate) if rate > RUBBING_MAX_CPM:
            yield here.find(
                "error",
                53,
                "technique.rate_cpm",
                f"{rate:g} circles a minute; {RUBBING_MAX_CPM:g} is the most",
                f"write rate_cpm = {RUBBING_MAX_CPM:g} or less",
            )
        case Pressing() as pressing:
            yield from _pressing(here, pressing)
        case Vibration() as vibration:
            yield from _vibration(here, vibration, worked_names(here, body))
        case Tapping(onset_s=onset) if onset < TAP_ONSET_MIN_S:
            yield here.find(
                "warning",
                108,
                "technique.onset_s",
                f"taps rise within {onset * 1000:g} ms; they come softly",
                f"write onset_s = {TAP_ONSET_MIN_S:g} or more",
            )
        case _:
            return


def _idle(here: Located) -> Iterator[Finding]:
    """Yield what a step asks for and would never get."""
    for name, why in idle_fields(here.step).items():
        owner = here.step if name == "hands" else here.step.technique
        value = getattr(owner, name)
        if value != type(owner).model_fields[name].default:
            field = name if name == "hands" else f"technique.{name}"
            yield here.find("error", None, field, f"{name} = {value} does nothing: {why}", "leave it out")


def _kneading(here: Located, kneading: Kneading) -> Iterator[Finding]:
    if kneading.rate_cpm > KNEADING_MAX_CPM:
        yield here.find(
            "error",
            64,
            "technique.rate_cpm",
            f"{kneading.rate_cpm:g} kneading cycles a minute; {KNEADING_MAX_CPM:g} is the most",
            f"write rate_cpm = {KNEADING_MAX_CPM:g} or less",
        )
    if kneading.form == "pinching":
        yield from _too_strong(here, 97, PINCHING_LEVEL, "pinching", "it is light")


def _pressing(here: Located, pressing: Pressing) -> Iterator[Finding]:
    whole = pressing.attack_s + pressing.hold_s + pressing.release_s
    if whole > POINT_MAX_S:
        longest = max(0.0, POINT_MAX_S - pressing.attack_s - pressing.release_s)
        yield here.find(
            "error",
            55,
            "technique.hold_s",
            f"one press takes {round(whole, 2):g} s; a point is worked on for {POINT_MAX_S:g} s at most",
            f"hold for {floor(longest * 100 + 1e-6) / 100:g} s or less",
        )
    elif pressing.hold_s < HOLD_MIN_S:
        yield here.find(
            "warning",
            109,
            "technique.hold_s",
            f"a hold of {pressing.hold_s:g} s is hardly a pressure",
            f"hold for {HOLD_MIN_S:g} s or more",
        )


def _vibration(here: Located, vibration: Vibration, names: Sequence[str]) -> Iterator[Finding]:
    if vibration.frequency_hz < VIBRATION_MIN_HZ:
        yield here.find(
            "error",
            110,
            "technique.frequency_hz",
            f"{vibration.frequency_hz:g} Hz is no vibration; it is quick, {VIBRATION_MIN_HZ:g} Hz at least",
            f"write frequency_hz = {VIBRATION_MIN_HZ:g} or more",
        )
    if vibration.form == "shaking":
        yield from _too_strong(here, 205, SHAKING_LEVEL, "shaking", "limbs are shaken slightly")
        other = [name for name in names if name not in SHAKEN_ZONES]
        if other:
            yield here.find(
                "warning",
                205,
                _where(here),
                f"shaking is for thigh, calf and arm, not for the zone '{other[0]}'",
                "name limbs only, or another form",
            )
        return
    yield from _too_strong(here, 110, VIBRATION_LEVEL, "vibration", "it is quick but weak")
    for rule, zones, remedy in (
        (204, UNVIBRATED_ZONES, "leave it to strokes"),
        (205, SHAKEN_ZONES, 'shake it: write form = "shaking", or name other zones'),
    ):
        found = [name for name in names if name in zones]
        if found:
            yield here.find(
                "warning",
                rule,
                _where(here),
                f"vibration is for back and buttocks, not for the zone '{found[0]}'",
                remedy,
            )


def _where(here: Located) -> str:
    return "path" if here.step.path is not None else "zones"


def _too_strong(here: Located, rule: int, limit: float, what: str, why: str) -> Iterator[Finding]:
    if here.step.peak > limit + TOLERANCE:
        yield here.find(
            "warning",
            rule,
            "level",
            f"{what} at level {here.step.peak:g}; {why}",
            f"write level = {limit:g} or less",
        )
