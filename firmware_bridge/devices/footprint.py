"""Footprints held against the body map once more, by another method: what is off, how strong the rest may be.

For the veto and a device's own table. It reads the millimetres of body.toml and of a description itself and
shares no line with the placement, which measures how far an outline lies from a centre. Here an outline is
grown by margin and radius, and holds a centre or not (docs/decisions/0030-two-computations-of-exclusion.md).
"""

import tomllib
from collections.abc import Sequence
from functools import cache
from importlib import resources
from math import pi
from typing import Any, Final, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

FULL_DRIVE: Final = 255  # drive units; one byte on the wire
STATURES_M: Final = (1.2, 2.2)  # metres; project's choice: the landmarks scale to nobody smaller or taller
ROUNDING_MM: Final = 5e-7
"""Nearer than this is touching. Half of what the placement takes, so that rounding never parts the two."""

_NO_PLACE: Final = "has no place on the body (deny by default, rule 188)"
_NO_ZONE: Final = "lies in no zone of the body map (deny by default, rule 188)"
_NOTHING: Final = "ceiling is 0 (deny by default, rule 188)"

_Points = NDArray[np.complex128]  # x + iy, mm
_Lengths = NDArray[np.float64]  # mm


class RawResponse(Protocol):
    """How a description says that an actuator answers."""

    @property
    def start(self) -> int: ...
    @property
    def exponent(self) -> float: ...


class RawActuator(Protocol):
    """What a description says of an actuator; mm for a body of 1.70 m, `ceiling` a fraction of full drive."""

    @property
    def x_mm(self) -> float | None: ...
    @property
    def y_mm(self) -> float | None: ...
    @property
    def radius_mm(self) -> float: ...
    @property
    def ceiling(self) -> float: ...
    @property
    def response(self) -> RawResponse: ...


class FootprintLimit(NamedTuple):
    """The most that an actuator may be driven, 0 to 255, and why it is off ("" = it is not)."""

    ceiling: int
    off: str


class _Area(NamedTuple):
    """An area of body.toml: excluded, with a margin in mm; else (margin None) a zone or cap with a ceiling.

    Only a zone is a `place`, where the centre of what works has to lie.
    """

    name: str
    rules: tuple[int, ...]
    margin: float | None
    ceiling: float
    place: bool = False


class _Map(NamedTuple):
    """All areas of body.toml, both sides of each: their corners in one row, and the corner after each."""

    stature: float
    areas: tuple[_Area, ...]
    firsts: NDArray[np.intp]  # where in the row an area begins
    corners: _Points
    following: _Points


def footprint_limits(actuators: Sequence[RawActuator], stature_m: float) -> tuple[FootprintLimit, ...]:
    """What may be driven on a body of this stature (m) and on that of body.toml as well, in wire order.

    Off is what has no finite place, lies in no zone, or reaches an excluded area; everything is off on a
    body outside STATURES_M.
    """
    body = _map()
    centres = np.array([_point(each) for each in actuators], dtype=np.complex128)
    radius = np.array([each.radius_mm for each in actuators], dtype=np.float64)
    known = np.isfinite(centres) & np.isfinite(radius) & (STATURES_M[0] <= stature_m <= STATURES_M[1])
    centres, radius = np.where(known, centres, 0.0), np.where(known, radius, 0.0)
    why = ["" if each else _NO_PLACE for each in known]
    felt = np.ones(len(centres))
    margins = np.array([area.margin or 0.0 for area in body.areas])
    is_off = np.array([area.margin is not None for area in body.areas])
    is_place = np.array([area.place for area in body.areas])
    ceilings = np.where(is_off, 1.0, [area.ceiling for area in body.areas])
    for scale in {1.0, stature_m / body.stature} if known.any() else ():
        # The margin stands for what is not known of a body: a small one has no less of it.
        margin = margins * max(scale, 1.0)
        under, touched = _grown_holds(body, scale, centres, np.zeros(1), radius[:, None] + margin)
        for i, area in np.argwhere(touched & is_off):
            why[i] = why[i] or _reaches(body.areas[area], stature_m / body.stature)
        for i in np.flatnonzero(~(under & is_place).any(axis=1)):
            why[i] = why[i] or _NO_ZONE
        felt = np.minimum(felt, np.where(touched, ceilings, 1.0).min(axis=1))
    return tuple(map(_limit, actuators, felt.tolist(), why))


def _limit(actuator: RawActuator, felt: float, why: str) -> FootprintLimit:
    if why:
        return FootprintLimit(0, why)
    start = actuator.response.start
    # Rounded half up, and a hair further: a ceiling of the placement is never above it by rounding.
    zone = int(start + (FULL_DRIVE - start) * felt**actuator.response.exponent + 0.5 + 1e-9)
    ceiling = min(zone, int(FULL_DRIVE * actuator.ceiling + 1e-9), FULL_DRIVE)
    return FootprintLimit(ceiling, "" if ceiling > 0 else _NOTHING)


def _point(actuator: RawActuator) -> complex:
    x, y = actuator.x_mm, actuator.y_mm
    return complex(np.nan) if x is None or y is None else complex(x, y)


def _reaches(area: _Area, scale: float) -> str:
    rules = ", ".join(map(str, sorted(area.rules)))
    margin = (area.margin or 0.0) * max(scale, 1.0)
    return f"footprint reaches {area.name}, grown by its margin of {margin:.0f} mm (rules {rules})"


def _grown_holds(body: _Map, scale: float, centres: _Points, *reaches: _Lengths) -> list[NDArray[np.bool_]]:
    """For each of some reaches (mm, of actuators by areas): which centres the areas hold, grown by it.

    A grown area is what it winds around, a strip on either side of each edge, and a disc around each corner.
    """
    corners = body.corners * scale
    edges = body.following * scale - corners
    lengths = np.abs(edges)
    seen = centres[:, None] - corners
    # Turned so that each edge lies on the real axis and begins at 0.
    turned = seen * np.conj(edges) / lengths
    beside = (turned.real >= 0.0) & (turned.real <= lengths)
    off_edge, off_corner = np.where(beside, np.abs(turned.imag), np.inf), np.abs(seen)
    # All corners once around: a full turn seen from inside, none from outside.
    turns = np.angle((seen - edges) * np.conj(seen))
    inside = np.abs(np.add.reduceat(turns, body.firsts, axis=1)) > pi
    sizes = np.diff(np.append(body.firsts, len(corners)))
    held = []
    for reach in reaches:
        near = np.repeat(np.broadcast_to(reach, inside.shape), sizes, axis=1) + ROUNDING_MM
        touches = (off_edge <= near) | (off_corner <= near)
        held.append(inside | np.logical_or.reduceat(touches, body.firsts, axis=1))
    return held


@cache
def _map() -> _Map:
    table = tomllib.loads(resources.files("profiles").joinpath("body.toml").read_text(encoding="utf-8"))
    areas, outlines = [], []
    for entry in table["excluded"]:
        areas.append(_Area(entry["id"], tuple(entry["rules"]), float(entry["margin_mm"]), 0.0))
        outlines.append(_outline(entry))
    for entry in (*table["zone"], *table["cap"]):
        right, zone = _outline(entry), entry.get("name")
        for side, outline in (("right", right), ("left", -np.conj(right))):  # x + iy mirrored is -x + iy
            areas.append(
                _Area(
                    name=f"{zone or entry['id']}-{side}",
                    rules=tuple(entry["rules"]),
                    margin=None,
                    ceiling=float(entry["ceiling"]),
                    place=zone is not None,
                )
            )
            outlines.append(outline)
    return _Map(
        stature=float(table["stature_m"]),
        areas=tuple(areas),
        firsts=np.cumsum([0] + [len(each) for each in outlines[:-1]]),
        corners=np.concatenate(outlines),
        following=np.concatenate([np.roll(each, -1) for each in outlines]),
    )


def _outline(entry: dict[str, Any]) -> _Points:
    return np.array([complex(x, y) for x, y in entry["outline"]])
