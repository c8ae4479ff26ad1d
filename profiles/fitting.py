"""What of a profile a device can do: a step that it reaches nowhere becomes one for hands."""

from __future__ import annotations

from collections.abc import Sequence

from profiles.body import BodyMap
from profiles.geometry import distance
from profiles.model import Profile, Step
from profiles.technique import Guide
from profiles.waveform import Place

REACH_MM = 60.0  # ours: vibration is felt this far from a motor (domain figures)

# Which part of the body the hands work on where a device has nothing.
PART_OF_ZONE = {
    "neck": "neck",
    "shoulder": "shoulders",
    "gluteal": "buttocks",
    "thigh": "legs",
    "calf": "legs",
    "foot": "feet",
    "arm": "arms",
}


def fit(profile: Profile, places: Sequence[Place], body: BodyMap) -> Profile:
    """Return the profile as the device plays it: its steps in order, out of reach ones as guided steps.

    Times stay the same, and so does the number of the steps played.
    """
    usable = usable_places(places, body)
    steps = tuple(
        _guided(step) if step.zones and not reached(step.zones, usable, body) else step
        for step in profile.played
    )
    return profile.model_copy(update={"step": steps, "order": None})


def usable_places(places: Sequence[Place], body: BodyMap) -> list[Place]:
    """Return the places that may work: active and clear of every excluded zone."""
    return [
        place
        for place in places
        if place.active and body.exclusion_at(place.x, place.y, place.radius) is None
    ]


def reached(zones: Sequence[str], usable: Sequence[Place], body: BodyMap) -> bool:
    """Tell whether any of the places lies within reach of any of the zones."""
    outlines = [zone.outline for name in zones for zone in body.zones_named(name)]
    return any(distance(outline, p.x, p.y) <= REACH_MM for outline in outlines for p in usable)


def _guided(step: Step) -> Step:
    zones = step.zones or ()
    technique = Guide(
        kind="guide",
        instruction=step.by_hand or _plainly(step),
        part=PART_OF_ZONE.get(zones[0].rsplit("-", 1)[0], "back") if zones else "",
    )
    return step.model_copy(update={"technique": technique, "zones": None, "level": 0.0})


def _plainly(step: Step) -> str:
    if isinstance(step.technique, Guide):
        return step.technique.instruction
    where = ", ".join(zone.replace("-", " ") for zone in step.zones or ())
    return f"By hand, as this device has nothing there: {step.technique.kind}, {where}."
