"""What a step works on, whether it names zones or points: the zones under its hand, and which way."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from math import ceil, dist

from profiles.body import BodyMap, Zone
from profiles.errors import ProfileError
from profiles.rules.finding import Located

_SAMPLE_MM = 10.0  # how finely a path is looked at; project's choice, as a route is


@dataclass
class Way:
    """How far a hand goes along points within one zone, and how much of that is up, in mm (down: below 0)."""

    zone: Zone
    length: float = 0.0
    up: float = 0.0


def worked_zones(here: Located, body: BodyMap) -> list[Zone]:
    """Return every zone of one side that a step works on, as it names them, else as its points pass them.

    A name that is no zone is left out: another check tells that.
    """
    if here.step.path is not None:
        return [way.zone for way in ways(here, body)]
    found: list[Zone] = []
    for name in here.step.zones or ():
        try:
            found += body.zones_named(name)
        except ProfileError:
            continue
    return found


def worked_names(here: Located, body: BodyMap) -> list[str]:
    """Return the names of the zones that a step works on, without sides, each once."""
    return list(dict.fromkeys(zone.name for zone in worked_zones(here, body)))


def ways(here: Located, body: BodyMap) -> list[Way]:
    """Return the way of a step along points through each zone, in the order in which it meets them."""
    points = here.step.path or ()
    found: dict[str, Way] = {}
    for a, b in pairwise(points) if len(points) > 1 else [(points[0], points[0])] if points else []:
        parts = max(1, ceil(dist(a, b) / _SAMPLE_MM))
        for part in range(parts):
            f = (part + 0.5) / parts
            zone = body.zone_at(a[0] + f * (b[0] - a[0]), a[1] + f * (b[1] - a[1]))
            if zone is None:
                continue
            way = found.setdefault(zone.id, Way(zone))
            way.length += dist(a, b) / parts
            way.up += (b[1] - a[1]) / parts
    return list(found.values())
