"""The course of a profile in figures, without playing it: times, intensity, zones, hands, device fit."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import ceil

import numpy as np

from profiles.body import BodyMap
from profiles.model import Profile, Step
from profiles.reach import usable_places, within_reach
from profiles.technique import Guide
from profiles.waveform import Place

LOOKS = 4
"""Looks for one value of the intensity at the least, and one a second: curves have few points."""
SHORT_S = 0.5
"""Seconds that nobody misses: a device that plays all but this much plays all; project's choice."""


@dataclass(frozen=True)
class Timed:
    """A step as it is played, with its time in seconds of the session and its number in the file, from 1."""

    start: float
    end: float
    step: Step
    number: str


@dataclass(frozen=True)
class Visit:
    """What a zone gets: about how many seconds, how strongly at the most, and what it may get at the most."""

    zone: str
    seconds: float
    peak: float
    ceiling: float


@dataclass(frozen=True)
class Fit:
    """What a device plays of a profile, in seconds of those in which a device is to move."""

    device: str
    played_s: float
    moving_s: float

    @property
    def whole(self) -> bool:
        """Whether nothing is left to hands that a device could do."""
        return self.played_s >= self.moving_s - SHORT_S


def timed(profile: Profile) -> list[Timed]:
    """The steps in order; those over an order of zones are numbered 3.1, 3.2, as step 3 of the file."""
    played, origins = profile.played, profile.origins
    rows: list[Timed] = []
    start, part = 0.0, 0
    for index, (step, origin) in enumerate(zip(played, origins, strict=True)):
        part = part + 1 if index and origins[index - 1] == origin else 1
        number = f"{origin + 1}.{part}" if origins.count(origin) > 1 else f"{origin + 1}"
        rows.append(Timed(start, start + step.total_s, step, number))
        start += step.total_s
    return rows


def intensity(profile: Profile, count: int) -> list[float]:
    """The felt level, 0 to 1, in each of `count` equal parts of the session: its highest there.

    Level times curve times envelope; cross-fades and what a device adds are left out.
    """
    total = profile.duration_s
    looks = max(LOOKS, ceil(total / count))
    t = (np.arange(count * looks) + 0.5) * total / (count * looks)
    levels = np.zeros(len(t))
    for row in timed(profile):
        inside = (t >= row.start) & (t < row.end)
        if row.step.moves and inside.any():
            elapsed = (t[inside] - row.start) % row.step.duration_s
            levels[inside] = row.step.level * row.step.curve.at(elapsed, row.step.duration_s)
    levels *= profile.envelope.at(t, total)
    return [float(level) for level in levels.reshape(count, looks).max(axis=1)]


def hands_work(profile: Profile, count: int) -> list[bool]:
    """Whether hands do the work in the middle of each of `count` equal parts of the session."""
    middles = [(index + 0.5) * profile.duration_s / count for index in range(count)]
    rows = timed(profile)
    return [any(r.start <= t < r.end and not r.step.moves for r in rows) for t in middles]


def visits(profile: Profile, body: BodyMap) -> list[Visit]:
    """The zones that devices work on, in the order of the first visit; a step's time is split evenly."""
    seconds: dict[str, float] = {}
    peaks: dict[str, float] = {}
    for step in profile.played:
        names = zones_of(step, body)
        for name in names:
            seconds[name] = seconds.get(name, 0.0) + step.total_s / len(names)
            peaks[name] = max(peaks.get(name, 0.0), step.peak)
    return [Visit(name, s, peaks[name], _ceiling(name, body)) for name, s in seconds.items()]


def parts(profile: Profile) -> dict[str, float]:
    """Seconds of the session for each part of the body that hands or breath do; "" where none is named."""
    found: dict[str, float] = {}
    for step in profile.played:
        if isinstance(step.technique, Guide):
            part = step.technique.part
            found[part] = found.get(part, 0.0) + step.total_s
    return found


def zones_of(step: Step, body: BodyMap) -> tuple[str, ...]:
    """The zones that a step drives a device over; along a path those that its points lie in."""
    if step.path is None:
        return tuple(dict.fromkeys(step.zones or ()))
    found = (body.zone_at(x, y) for x, y in step.path)
    return tuple(dict.fromkeys(zone.id for zone in found if zone is not None))


def fitter(device: str, places: Sequence[Place], body: BodyMap) -> Callable[[Profile], Fit]:
    """Return what tells how much of a profile the device plays; it remembers what is in reach."""
    usable = usable_places(places, body)
    known: dict[object, bool] = {}

    def in_reach(step: Step) -> bool:
        where = (step.zones or step.path, step.technique.kind == "tapping")
        if where not in known:
            known[where] = within_reach(step, usable, body)
        return known[where]

    def fitted(profile: Profile) -> Fit:
        moving = [step for step in profile.played if step.moves]
        tested = profile.audience == "test"
        played = sum(step.total_s for step in moving if tested or in_reach(step))
        return Fit(device, played, sum(step.total_s for step in moving))

    return fitted


def _ceiling(zone: str, body: BodyMap) -> float:
    return min(each.ceiling for each in body.zones_named(zone))
