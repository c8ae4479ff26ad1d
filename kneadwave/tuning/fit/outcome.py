"""What of a target is reached: rendered, limited and felt through the motors of a device, not calculated."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from firmware_bridge.devices.layout import Layout, place_device
from firmware_bridge.devices.load import DeviceDescription
from firmware_bridge.limits import DWELL_MAX_S, DWELL_REST_S, FELT_FLOOR, FRAME_S, frames
from firmware_bridge.safety.limiter import Limiter
from kneadwave.tuning.fit.targets import LevelTarget, PlacedTarget
from profiles.body import BodyMap, body_map
from profiles.field import middle
from profiles.geometry import distance
from profiles.model import Profile
from profiles.reach import fit
from profiles.rests import runs
from profiles.rules.limits import JND
from profiles.score import Cue, Score, compose
from profiles.waveform import Renderer
from simulator.motor import MotorBank

Floats = NDArray[np.float64]

LEAD_S = 2 * (DWELL_MAX_S + DWELL_REST_S)
"""Seconds that are rendered before a step: as long as limiter and motors remember."""
SWELL_S = 2.0
"""Seconds around the target in which the hand is looked at, for it circles and swells; project's choice."""
TOUCH_S = 1.0
"""Seconds that a hand has to be at a zone to work on it, where it ever stays so long; project's choice."""
LOOK_S = 0.1
"""Seconds from one look at a hand to the next; project's choice: it stays within its width."""


@dataclass(frozen=True)
class Reached:
    """A target and what is felt of it; `at` is when the hand is at the zone (s), None if nothing is felt."""

    target: LevelTarget
    felt: float
    at: float | None

    @property
    def near(self) -> bool:
        """Whether asked and felt lie within one just-noticeable difference."""
        low, high = sorted((self.target.level, self.felt))
        return high < FELT_FLOOR or low >= high / (1 + JND) - 1e-9

    def as_dict(self) -> dict[str, Any]:
        """Return the target, what is felt of it and when, in types that JSON knows."""
        return {
            "zone": self.target.zone,
            "time": self.target.time,
            "asked": self.target.level,
            "felt": round(self.felt, 4),
            "at": None if self.at is None else round(self.at, 2),
            "within": self.near,
        }


def reached(
    profile: Profile, placed: Sequence[PlacedTarget], description: DeviceDescription
) -> list[Reached]:
    """Return what a device makes felt of each target.

    What is felt is the energy of all actuators on the side of the hand, as the sharing between them keeps
    it, at its strongest within SWELL_S of the target; where the hand is elsewhere then, the next time (before
    or after) that it is there.
    """
    body = body_map()
    layout = place_device(description, body)
    score = compose(fit(profile, layout.places(), body), body)
    felt: dict[int, tuple[float, Floats]] = {}
    found = []
    for each in placed:
        if each.played not in felt:
            felt[each.played] = _felt(score, layout, each.played)
        found.append(_reached(each, score, layout, body, *felt[each.played]))
    return found


def _felt(score: Score, layout: Layout, played: int) -> tuple[float, Floats]:
    """Return when a stretch around a step begins, and what each actuator makes felt in its frames."""
    cue = score.cues[played]
    first = max(0, frames(cue.start - LEAD_S))
    near = tuple(c for c in score.cues if c.end + c.fade_out > first * FRAME_S and c.start <= cue.end)
    wave = Renderer(replace(score, cues=near), layout.places()).render(first, frames(cue.end) - first)
    block, _ = Limiter(layout).limit(wave)
    return first * FRAME_S, MotorBank(layout.actuators).step(block.drive, block.rate)


def _reached(
    each: PlacedTarget, score: Score, layout: Layout, body: BodyMap, start: float, felt: Floats
) -> Reached:
    cue, wanted = score.cues[each.played], each.target.time
    every = list(_passes(cue, each.target.zone, body))
    passes = [one for one in every if one[2] - one[1] >= TOUCH_S] or every
    if not passes:
        return Reached(each.target, 0.0, None)
    side, begin, end = min(passes, key=lambda one: max(one[1] - wanted, wanted - one[2], 0.0))
    if begin <= wanted <= end:
        begin, end = max(begin, wanted - SWELL_S), min(end, wanted + SWELL_S)
    rows = slice(round((begin - start) / FRAME_S), round((end - start) / FRAME_S) + 1)
    columns = [a.index for a in layout.allowed if side == 0 or a.x_mm * side >= 0]
    energy = np.sqrt(np.square(felt[rows][:, columns]).sum(axis=1))
    if not len(energy) or energy.max() < FELT_FLOOR:
        return Reached(each.target, 0.0, None)
    best = int(np.argmax(energy))
    return Reached(each.target, float(energy[best]), start + (rows.start + best) * FRAME_S)


def _passes(cue: Cue, zone: str, body: BodyMap) -> Iterator[tuple[int, float, float]]:
    """Yield the side (-1, 0, 1) of a hand and from when to when the middle of its way is at a zone (s)."""
    t = np.arange(cue.start, cue.end, LOOK_S)
    for contact in cue.contacts:
        x, y, weight = middle(cue, contact, t)
        inside = np.zeros(len(t), dtype=np.bool_)
        for part in body.zones_named(zone):
            reach = 0.5 * contact.radius  # where the hand still lies on it, in the main
            inside |= np.array([distance(part.outline, px, py) <= reach for px, py in zip(x, y, strict=True)])
        begins, ends = runs(inside & (weight > 0.5 * contact.gain))
        for begin, end in zip(begins.tolist(), ends.tolist(), strict=True):
            yield contact.side or int(np.sign(x[begin])), float(t[begin]), float(t[end - 1])
