"""What of a profile a device can do: a step that it reaches nowhere becomes one for hands."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import pairwise
from math import dist
from typing import Any, NamedTuple

from profiles.body import BodyMap, Zone, zone_name
from profiles.geometry import Point, distance
from profiles.model import Profile, Step
from profiles.technique import NEVER_ON, Guide, Tapping
from profiles.waveform import Place, bears_taps
from profiles.zone_order import by_hand_sentence

REACH_MM = 60.0  # project's choice: vibration is felt this far from a motor (domain figures)
HAND_MM = 100.0  # project's choice: a hand whose middle is this far from a motor lies half on what it shakes
SHARE_MIN = 0.25  # of the way through its zones; project's choice: hands do what would mostly be silence
_SAMPLE_MM = 10.0  # how finely the way is looked at

# What a person calls a zone: both sides of it, and one.
_WORDS = {
    "neck": ("neck", "side of the neck"),
    "shoulder": ("shoulders", "shoulder"),
    "scapular": ("shoulder blades", "shoulder blade"),
    "upper-back": ("upper back", "side of the upper back"),
    "flank": ("sides", "side"),
    "lumbar": ("lower back", "side of the lower back"),
    "sacrum": ("sacrum", "side of the sacrum"),
    "gluteal": ("buttocks", "buttock"),
    "thigh": ("thighs", "thigh"),
    "calf": ("calves", "calf"),
    "foot": ("feet", "foot"),
    "arm": ("arms", "arm"),
    "between-the-shoulder-blades": ("place between the shoulder blades", "side between the shoulder blades"),
    "middle-back": ("middle of the back", "side of the middle of the back"),
    "upper-buttocks": ("upper part of the buttocks", "upper part of the buttock"),
    "lower-buttocks": ("lower part of the buttocks", "lower part of the buttock"),
}

# Which part of the body the hands work on where a device has nothing.
PART_OF_ZONE = {
    "neck": "neck",
    "shoulder": "shoulders",
    "gluteal": "buttocks",
    "upper-buttocks": "buttocks",
    "lower-buttocks": "buttocks",
    "thigh": "legs",
    "calf": "legs",
    "foot": "feet",
    "arm": "arms",
}


def fit(profile: Profile, places: Sequence[Place], body: BodyMap) -> Profile:
    """Return the profile as the device plays it: its steps in order, out of reach ones as guided steps.

    A step of which a fair share is within reach stays as it is. Times stay the same, and so does the number
    of the steps played. A test is of the device, so it stays as it is.
    """
    if profile.audience == "test":
        return profile.model_copy(update={"step": profile.played, "order": None})
    usable = usable_places(places, body)
    steps = tuple(
        step if not step.moves or within_reach(step, usable, body) else _guided(step)
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
    """Tell whether the places work on the zones: one is near, and a fair share of the way is covered."""
    points = tuple((place.x, place.y) for place in usable)
    found = [_cover(zone, points) for name in zones for zone in body.zones_named(name)]
    if not any(cover.near for cover in found):
        return False
    return sum(c.covered for c in found) >= SHARE_MIN * sum(c.samples for c in found)


class ZoneCover(NamedTuple):
    """Whether one of some points is near a zone, and how much of the way through it they cover."""

    near: bool
    covered: int
    samples: int


@lru_cache(maxsize=512)
def _cover(zone: Zone, points: tuple[Point, ...]) -> ZoneCover:
    near = any(distance(zone.outline, x, y) <= REACH_MM for x, y in points)
    way = [sample for lane in zone.lanes for sample in _along(lane)]
    return ZoneCover(near, sum(any(dist(at, point) <= HAND_MM for point in points) for at in way), len(way))


def _along(line: Sequence[Point]) -> Iterator[Point]:
    """Yield points of a line, its end excepted, a sample apart."""
    for (ax, ay), (bx, by) in pairwise(line):
        parts = max(1, int(dist((ax, ay), (bx, by)) / _SAMPLE_MM))
        for part in range(parts):
            yield ax + (bx - ax) * part / parts, ay + (by - ay) * part / parts


def within_reach(step: Step, usable: Sequence[Place], body: BodyMap) -> bool:
    """Tell whether the places work on a fair share of what a step that moves works on.

    Taps fall only on places in zones that bear them, and on nothing that cannot tap.
    """
    never = NEVER_ON.get(step.technique.kind, ())
    usable = [place for place in usable if place.kind not in never]
    if isinstance(step.technique, Tapping):
        usable = [place for place in usable if bears_taps(place, body)]
    if step.path is None:
        return reached(step.zones or (), usable, body)
    lines = list(pairwise(step.path)) or [(step.path[0], step.path[0])]
    return any(distance(line, place.x, place.y) <= REACH_MM for line in lines for place in usable)


def _guided(step: Step) -> Step:
    technique = step.technique
    if not isinstance(technique, Guide):
        names = [zone_name(name) for name in step.zones or ()]
        technique = Guide(
            kind="guide",
            instruction=step.by_hand or by_hand_sentence(technique, _where(step)),
            part=PART_OF_ZONE.get(names[0], "back") if names else "",
        )
    nothing: dict[str, Any] = {"zones": None, "path": None, "level": 0.0, "on": None}
    return step.model_copy(update=nothing | {"technique": technique})


def _where(step: Step) -> str:
    """Return where a step works, in words: "the left shoulder and the neck"."""
    words = list(dict.fromkeys(_said(name) for name in step.zones or ())) or ["the line of this step"]
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


def _said(zone: str) -> str:
    name = zone_name(zone)
    side = zone.removeprefix(name).removeprefix("-")
    both, one = _WORDS[name]
    return f"the {side} {one}" if side else f"the {both}"
