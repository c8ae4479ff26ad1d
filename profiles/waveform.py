"""What each actuator should feel like, frame by frame: a score sampled at the places of a device."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from math import pi
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from profiles.body import BodyMap
from profiles.contact import Contact
from profiles.field import PlaceGroup, joins_at, shares, strength
from profiles.rests import Rest, RestPlan
from profiles.score import Cue, Score
from profiles.substitution import left_out, substitutions
from profiles.technique import KNEADING_MAX_CPM, NEVER_ON, Modality

FRAME_RATE_HZ = 50
FELT_FLOOR = 0.02  # levels below it are off; project's choice: nobody feels them, and they cost bytes

_CHUNK = 2048  # frames computed at once: long enough for numpy, short enough (41 s) that memory stays small
_CHUNKS_KEPT = 4
_PACKED_BYTES = 4_000_000  # project's choice: 20 minutes of 16 actuators, and memory stays flat with 64
_SHARE = 0.45  # of the way to the next place; project's choice: contacts bridge what is left between two
_FURTHEST_MM = 80.0  # project's choice: where motors are sparse a contact reaches this far beyond its rim

Array = NDArray[np.float64]
_Part = tuple[Cue, Sequence[tuple[Contact, Sequence[PlaceGroup]]]]


@dataclass(frozen=True)
class Place:
    """An actuator on the body: centre and radius in mm, and the rates it can be set to (0, 0: none).

    Rates are in Hz for vibration, in cycles a minute for kneading. An inactive place never works.
    """

    id: str
    kind: Modality
    x: float
    y: float
    radius: float
    active: bool
    rate_min: float = 0.0
    rate_max: float = 0.0


@dataclass(frozen=True)
class Waveform:
    """Felt levels (0 to 1) and rates (0: none), one row a frame at 50 Hz, one column a place, read-only.

    `start` is the number of the first frame; `step` counts the steps of the score from 0.
    """

    start: int
    level: Array
    rate: Array
    step: NDArray[np.int_]


class Sampler(Protocol):
    """Whatever can say what each actuator should feel like, frame by frame."""

    def render(self, start_frame: int, n_frames: int) -> Waveform:
        """Return `n_frames` frames from `start_frame` on, at 50 Hz from the beginning of the score."""
        ...


class Renderer:
    """Samples a score at the places of a device; the same frames come out whatever the size of the blocks.

    One that `keeps` has what was rendered, packed, and gives it once more without computing it: a check looks
    at all of it, then a session plays it. What is beyond `_PACKED_BYTES` is computed again.
    """

    def __init__(self, score: Score, places: Sequence[Place], *, keeps: bool = False) -> None:
        self.score = score
        self._keeps = keeps
        self._packed: dict[int, _Packed] = {}
        self._room, self._latest = _PACKED_BYTES, -1
        self._places = tuple(places)
        self._ceiling = np.array([_ceiling(place, score.body) for place in self._places], dtype=np.float64)
        self._catchment = _catchments(self._places, self._ceiling)
        self._tapped = [bears_taps(place, score.body) for place in self._places]
        self._rate_min = np.array([place.rate_min for place in self._places], dtype=np.float64)
        self._rate_max = np.array([_rate_cap(place) for place in self._places], dtype=np.float64)
        self._adjustable = bool((self._rate_max > 0.0).any())
        self._parts: list[_Part] = [
            (cue, [(contact, self._groups(cue, contact)) for contact in cue.contacts]) for cue in score.cues
        ]
        self._rates = [self._cue_rate(cue) for cue in score.cues]
        self._step_ends = np.array([step.end for step in score.steps])
        self._asked: OrderedDict[int, tuple[Array, Array]] = OrderedDict()
        self._kept: OrderedDict[int, tuple[Array, Array]] = OrderedDict()
        begin = min((cue.start for cue in score.cues), default=0.0)
        self._plan = RestPlan(self._asked_level, self._places, _CHUNK, int(begin * FRAME_RATE_HZ) // _CHUNK)

    def renders(self, score: Score, places: Sequence[Place]) -> bool:
        """Tell whether it samples this very score at these places."""
        return score is self.score and tuple(places) == self._places

    @property
    def substitutions(self) -> tuple[str, ...]:
        """Sentences for what this device plays otherwise than the profile asks."""
        return self.substitutions_without(())

    def substitutions_without(self, steps: Collection[int]) -> tuple[str, ...]:
        """Return the same sentences where the `steps`, counted from 0, are not played."""
        parts = [part for part in self._parts if part[0].index not in steps]
        motors = [
            place.rate_max > 0.0
            for place, ceiling in zip(self._places, self._ceiling, strict=True)
            if place.kind is Modality.VIBRATION and ceiling > 0.0
        ]
        return (*substitutions(parts, motors), *self._left_out(parts))

    def _left_out(self, parts: Sequence[_Part]) -> Iterator[str]:
        """Yield a sentence for each step under whose hands lies what cannot do it."""
        for cue, contacts in parts:
            for kind in NEVER_ON.get(cue.kind, ()):
                if any(len(self._reached(cue, contact, kind).columns) for contact, _ in contacts):
                    yield left_out(cue, kind)

    def rests(self, start_frame: int, end_frame: int) -> list[Rest]:
        """Return the rests that keep points from being worked for too long between two frames (55)."""
        return self._plan.within(start_frame, end_frame)

    def render(self, start_frame: int, n_frames: int, *, rests: bool = True) -> Waveform:
        """Return `n_frames` frames from `start_frame` on; silence before the beginning and after the end.

        Without `rests`, what would be felt if no point ever had to rest: to tell what they take.
        """
        chunks = self._chunk if rests else self._whole
        count = max(0, int(n_frames))
        level = np.zeros((count, len(self._places)))
        rate = np.zeros_like(level)
        at = 0
        while at < count:
            chunk, offset = divmod(start_frame + at, _CHUNK)
            take = min(_CHUNK - offset, count - at)
            whole_level, whole_rate = chunks(chunk)
            level[at : at + take] = whole_level[offset : offset + take]
            rate[at : at + take] = whole_rate[offset : offset + take]
            at += take
        level.flags.writeable = rate.flags.writeable = False
        t = (start_frame + np.arange(count)) / FRAME_RATE_HZ
        step = np.minimum(np.searchsorted(self._step_ends, t, side="right"), len(self._step_ends) - 1)
        return Waveform(start_frame, level, rate, step)

    def _chunk(self, number: int) -> tuple[Array, Array]:
        # Chunks always begin at the same frames, so a frame is the same to the last bit in whatever block
        # it is asked.
        return _kept(self._kept, number, self._repeated if self._keeps else self._rested)

    def _repeated(self, number: int) -> tuple[Array, Array]:
        """Return a chunk with its rests: what is packed once it was rendered, to be given once more."""
        packed = self._packed.pop(number, None)
        if packed is not None:
            self._room += packed.size
            return packed.unpacked(len(self._places))
        level, rate = self._rested(number)
        if number > self._latest:  # else it was given twice already
            self._latest = number
            packed = _Packed.of(level, rate)
            if packed.size <= self._room:
                self._packed[number] = packed
                self._room -= packed.size
        return level, rate

    def _rested(self, number: int) -> tuple[Array, Array]:
        """Return a chunk with the planned rests of each point."""
        first = number * _CHUNK
        level, rate = self._whole(number)
        rests = self.rests(first, first + _CHUNK)
        if not rests:
            return level, rate
        level = level.copy()
        for rest in rests:
            level[:, rest.columns] *= rest.gate(first, _CHUNK)[:, None]
        felt = level >= FELT_FLOOR
        return np.where(felt, level, 0.0), np.where(felt, rate, 0.0)

    def _whole(self, number: int) -> tuple[Array, Array]:
        return _kept(self._asked, number, lambda number: self._compute(number * _CHUNK))

    def _asked_level(self, number: int) -> Array:
        return self._whole(number)[0]

    def _compute(self, first: int) -> tuple[Array, Array]:
        t = (first + np.arange(_CHUNK)) / FRAME_RATE_HZ
        energy = np.zeros((_CHUNK, len(self._places)))
        pull = np.zeros_like(energy)
        for (cue, contacts), cue_rate in zip(self._parts, self._rates, strict=True):
            low, high = np.searchsorted(t, (cue.start, cue.end + cue.fade_out))
            if low == high:
                continue
            span = t[low:high]
            level = strength(cue, span)
            for contact, groups in contacts:
                for group, rows, part in shares(cue, contact, groups, span, level):
                    cells = np.ix_(low + rows, group.columns)
                    energy[cells] += part
                    if self._adjustable:
                        pull[cells] += part * cue_rate[group.columns]
        level = np.sqrt(energy) * session_level(self.score, t)[:, None]
        level = np.minimum(level, self._ceiling)
        # A comparison that is false for what is not a number: such a level would be off.
        felt = level >= FELT_FLOOR
        level = np.where(felt, level, 0.0)
        rate = np.zeros_like(level)
        if self._adjustable:
            np.divide(pull, energy, out=rate, where=felt & (self._rate_max > 0.0))
            # Rounded, so that a mean over equal rates is that rate to the last bit.
            rate = np.where(rate > 0.0, np.clip(np.round(rate, 6), self._rate_min, self._rate_max), 0.0)
        return level, rate

    def _groups(self, cue: Cue, contact: Contact) -> list[PlaceGroup]:
        wanted = set(cue.on or Modality)
        able = (kind for kind in Modality if joins_at(cue, kind) < cue.end + cue.fade_out)
        groups = (self._reached(cue, contact, kind) for kind in able if kind in wanted)
        return [group for group in groups if len(group.columns)]

    def _reached(self, cue: Cue, contact: Contact, kind: Modality) -> PlaceGroup:
        """Return the places of a kind that a contact comes within reach of."""
        columns = [
            column
            for column, place in enumerate(self._places)
            if place.kind is kind
            and self._ceiling[column] > 0.0
            and _within_side(contact, place.x)
            # A place stands in for the body around it, but brings no tap to kidneys or bone (236, 257).
            and (cue.taps_hz == 0.0 or self._tapped[column])
        ]
        halves = contact.turn is None and len({other.side for other in cue.contacts}) > 1
        touched = self._group(kind, columns, contact.radius, halves).touches(contact)
        kept = [column for column, hit in zip(columns, touched, strict=True) if hit]
        return self._group(kind, kept, contact.radius, halves)

    def _group(self, kind: Modality, columns: list[int], radius: float, halves: bool) -> PlaceGroup:
        places = [self._places[column] for column in columns]
        return PlaceGroup(
            kind=kind,
            columns=np.array(columns, dtype=np.intp),
            x=np.array([place.x for place in places]),
            y=np.array([place.y for place in places]),
            reach=radius + self._catchment[columns],
            # Two hands at work together meet on the midline: each gives half of what a place there takes.
            share=np.array([0.5 if halves and place.x == 0.0 else 1.0 for place in places]),
        )

    def _cue_rate(self, cue: Cue) -> Array:
        wanted = {Modality.VIBRATION: cue.carrier_hz, Modality.KNEADING: cue.rate_cpm, Modality.PRESSURE: 0.0}
        return np.array([wanted[place.kind] for place in self._places], dtype=np.float64)


@dataclass(frozen=True, slots=True)
class _Packed:
    """A chunk of which only what is felt is kept: `felt` has a bit for each level, row by row."""

    felt: NDArray[np.uint8]
    level: Array
    rate: Array | None

    @classmethod
    def of(cls, level: Array, rate: Array) -> _Packed:
        felt = level > 0.0
        return cls(np.packbits(felt), level[felt], rate[felt] if rate.any() else None)

    @property
    def size(self) -> int:
        return self.felt.nbytes + self.level.nbytes + (0 if self.rate is None else self.rate.nbytes)

    def unpacked(self, places: int) -> tuple[Array, Array]:
        level, rate = np.zeros((2, _CHUNK, places))
        felt = np.unpackbits(self.felt, count=level.size).view(np.bool_).reshape(level.shape)
        level[felt] = self.level
        if self.rate is not None:
            rate[felt] = self.rate
        return level, rate


def _kept(
    kept: OrderedDict[int, tuple[Array, Array]], number: int, make: Callable[[int], tuple[Array, Array]]
) -> tuple[Array, Array]:
    """Return what is kept under a number, made if it is not; the oldest of too many is dropped."""
    if number not in kept:
        kept[number] = make(number)
        if len(kept) > _CHUNKS_KEPT:
            kept.popitem(last=False)
    return kept[number]


def session_level(score: Score, t: Array) -> Array:
    """Return what envelope and both fades make of every level at each time (s), 0 to 1."""
    level = score.envelope.at(np.clip(t, 0.0, score.duration), score.duration)
    if score.fade_in > 0.0:
        level = level * np.sin(0.5 * pi * np.clip(t / score.fade_in, 0.0, 1.0))
    if score.fade_out > 0.0:
        level = level * np.sin(0.5 * pi * np.clip((score.duration - t) / score.fade_out, 0.0, 1.0))
    return np.where((t >= 0.0) & (t < score.duration), level, 0.0)


def _within_side(contact: Contact, x: float) -> bool:
    if contact.side == 0 or (x == 0.0 and contact.turn is None):
        return True
    # Of two hands that take turns one owns the midline, or a place there would work in both their turns.
    return (x > 0.0) == (contact.side > 0)


def _ceiling(place: Place, body: BodyMap) -> float:
    """Return the highest level of a place: what its footprint may do there, 0 if it is inactive."""
    return body.ceiling_at(place.x, place.y, place.radius) if place.active else 0.0


def _catchments(places: Sequence[Place], ceilings: Array) -> Array:
    """Return how far around it each place stands in for the body: almost half way to the next one."""
    reach = np.array([place.radius for place in places], dtype=np.float64)
    for kind in Modality:
        able = [i for i, place in enumerate(places) if place.kind is kind and ceilings[i] > 0.0]
        x, y = np.array([(places[i].x, places[i].y) for i in able]).reshape(-1, 2).T
        for i in able if len(able) > 1 else ():
            gaps = np.sort(np.hypot(places[i].x - x, places[i].y - y))  # the first is to itself
            reach[i] = max(reach[i], min(_SHARE * gaps[1], _FURTHEST_MM))
    return reach


def bears_taps(place: Place, body: BodyMap) -> bool:
    """Tell whether a place lies in a zone that may be tapped on."""
    zone = body.zone_at(place.x, place.y)
    return zone is not None and zone.tapping


def _rate_cap(place: Place) -> float:
    if place.kind is Modality.KNEADING:
        return min(place.rate_max, KNEADING_MAX_CPM)
    return place.rate_max if place.kind is Modality.VIBRATION else 0.0
