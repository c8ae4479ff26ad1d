"""CurveView: what is shown of a curve, before and after an edit, as drawn and as a device plays it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from firmware_bridge.devices.description import DeviceDescription
from kneadwave.people.recipient import Recipient
from kneadwave.tuning.curves.device_limits import played_share
from kneadwave.tuning.curves.figures import felt_at, figures_of, first_of
from kneadwave.tuning.curves.select import Where, where_of
from profiles.body import BodyMap, body_map
from profiles.curve import IntensityCurve
from profiles.model import Profile, Step
from profiles.outline import Timed, timed, zones_of
from profiles.rules.limits import SETTLING_MAX

Array = NDArray[np.float64]

LOOKS: Final = 241
"""Looks at a curve, its ends included; project's choice: three a column of the widest usual plot."""


@dataclass(frozen=True)
class PointView:
    """A point of the curve: its time in the curve's unit, in seconds, as a share; level and felt level."""

    t: float
    seconds: float
    share: float
    level: float
    felt: float


@dataclass(frozen=True)
class CurveView:
    """A curve as it is shown; times in seconds of one repetition (of the session), levels felt, 0 to 1.

    `before` is the saved curve where it differs, `drawn_before` what it asks for. `bound` is the ceiling of
    what is worked on at each time (not a number: nothing is); `ceiling` the lowest of a step, which its level
    may not pass, and `ceiling_zone` whose it is. `bound_person` and `ceiling_person` are the same for a
    person by name of `person`, None without one. `played` is what a device makes of `drawn`, None where that
    is the same. `figures` has peak, mean, steepest (per second), steepest_at (s) and felt_steps.
    """

    title: str
    number: int | str
    name: str
    duration_s: float
    unit: str
    repeats: int
    regions: int
    level: float
    before: IntensityCurve | None
    after: IntensityCurve
    ceiling: float | None
    ceiling_zone: str
    t: Array
    drawn: Array
    drawn_before: Array | None
    bound: Array
    played: Array | None
    device: str
    points: tuple[PointView, ...]
    figures: dict[str, float]
    person: str = ""
    ceiling_person: float | None = None
    bound_person: Array | None = None

    @property
    def less_for_person(self) -> bool:
        """Whether the person may have less than the step."""
        return self.ceiling_person is not None and self.ceiling_person < (self.ceiling or 0.0)


def view_of(
    before: Profile | None,
    after: Profile,
    where: Where,
    device: DeviceDescription | None,
    person: Recipient | None = None,
) -> CurveView:
    """Return what is to be shown of one curve of `after`; `before` is the saved profile, if that differs.

    Felt level is the step's level times its curve times the session's envelope, for the first repetition;
    cross-fades and a device's own form are left out. Without a device nothing is said of what is played.
    """
    here = where_of(after, where.index)
    rows = timed(after)
    t = np.linspace(0.0, here.duration_s, LOOKS)
    drawn = felt_at(after, here, rows, t)
    earlier = _earlier(before, here, t, drawn)
    ceiling, zone = _ceiling(after, here, body_map())
    theirs = None if person is None else _ceiling(after, here, person.body)[0]
    share = played_share(after, here.index, t, device) if device is not None and here.moves else None
    return CurveView(
        title=f"{after.name}: {here.label}",
        number=here.number,
        name=here.name,
        duration_s=here.duration_s,
        unit=here.curve.unit,
        repeats=here.repeats,
        regions=here.regions,
        level=here.level,
        before=None if earlier is None else earlier[0],
        after=here.curve,
        ceiling=ceiling,
        ceiling_zone=zone,
        t=t,
        drawn=drawn,
        drawn_before=None if earlier is None else earlier[1],
        bound=_bound(here, rows, t, ceiling, body_map()),
        played=None if share is None else drawn * share,
        device=device.name if device is not None else "",
        points=_points(after, here, rows),
        figures=figures_of(after, here, rows),
        person="" if person is None else person.name,
        ceiling_person=theirs,
        bound_person=None if person is None else _bound(here, rows, t, theirs, person.body),
    )


def fields(view: CurveView) -> dict[str, Any]:
    """The view as JSON has it."""
    return {
        "step": view.number,
        "name": view.name,
        "unit": view.unit,
        "duration_s": view.duration_s,
        "repeats": view.repeats,
        "regions": view.regions,
        "level": view.level,
        "points": [[point.t, point.level] for point in view.points],
        "before": [list(point) for point in view.before.points] if view.before is not None else None,
        **{name: round(value, 6) for name, value in view.figures.items()},
        "felt_steps": int(view.figures["felt_steps"]),
        "ceiling": view.ceiling,
        "ceiling_zone": view.ceiling_zone or None,
        "person": view.person or None,
        "ceiling_person": None if view.ceiling_person is None else round(view.ceiling_person, 6),
        "device": view.device or None,
        "sampled": {
            "t": _numbers(view.t),
            "drawn": _numbers(view.drawn),
            "before": None if view.drawn_before is None else _numbers(view.drawn_before),
            "played": None if view.played is None else _numbers(view.played),
        },
    }


def _numbers(values: Array) -> list[float]:
    return [round(float(value), 4) for value in values]


def _earlier(
    before: Profile | None, here: Where, t: Array, drawn: Array
) -> tuple[IntensityCurve, Array] | None:
    """The same curve in the saved profile and what is felt of it, None where it is the same in both."""
    if before is None or (here.index is not None and here.index >= len(before.step)):
        return None
    there = where_of(before, here.index)
    felt = felt_at(before, there, timed(before), t)
    if there.curve == here.curve and np.allclose(felt, drawn, rtol=0.0, atol=1e-9):
        return None
    return there.curve, felt


def _ceiling(profile: Profile, where: Where, body: BodyMap) -> tuple[float | None, str]:
    """The lowest ceiling among the zones of a step, and whose it is: no level of the step may pass it.

    Of a step over an order that of the region which bears most: the others get less by themselves.
    """
    if where.index is None:
        return None, ""
    parts = zip(profile.played, profile.origins, strict=True)
    found = [_lowest(part, body) for part, origin in parts if origin == where.index]
    return max(found, key=lambda each: each[0] or 0.0)


def _lowest(part: Step, body: BodyMap) -> tuple[float | None, str]:
    zones = [zone for name in zones_of(part, body) for zone in body.zones_named(name)]
    if not zones:
        return None, ""
    lowest = min(zones, key=lambda zone: zone.ceiling)
    if part.is_guide and lowest.ceiling > SETTLING_MAX:
        return SETTLING_MAX, ""
    return lowest.ceiling, lowest.name


def _bound(where: Where, rows: Sequence[Timed], t: Array, ceiling: float | None, body: BodyMap) -> Array:
    if where.index is not None:
        return np.full(len(t), np.nan if ceiling is None else ceiling)
    bound = np.full(len(t), np.nan)
    for row in rows:
        most, _ = _lowest(row.step, body)
        if most is not None:
            bound[(t >= row.start) & (t <= row.end)] = most
    return bound


def _points(profile: Profile, where: Where, rows: Sequence[Timed]) -> tuple[PointView, ...]:
    times = np.array([where.seconds(t) for t, _ in where.curve.points])
    if where.index is None:
        felt = felt_at(profile, where, rows, np.minimum(times, where.duration_s))
    else:
        start = first_of(rows, profile, where.index).start
        levels = np.array([level for _, level in where.curve.points])
        felt = where.level * levels * profile.envelope.at(start + times, profile.duration_s)
    return tuple(
        PointView(t, float(seconds), where.share(t), level, float(strength))
        for (t, level), seconds, strength in zip(where.curve.points, times, felt, strict=True)
    )
