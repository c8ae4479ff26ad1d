"""What a profile asks of a zone over the session, or of a step, as an envelope; no device is in it."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import numpy as np

from kneadwave.errors import UsageError
from kneadwave.exchange.envelope import Envelope
from kneadwave.text import clean
from kneadwave.tuning.curves.select import choose_curve
from profiles.body import BodyMap
from profiles.field import strength
from profiles.model import Profile
from profiles.outline import zones_of
from profiles.score import Score, compose
from profiles.waveform import session_level

LOOK_S: Final = 0.1
"""Seconds from sample to sample; project's choice: nothing that is felt changes faster (164)."""
WITHIN: Final = 0.005
"""How far the lines of an exported envelope may miss the samples; half a step of a funscript."""


def step_envelope(profile: Profile, step: str) -> Envelope:
    """The felt level that a step asks for, once; its number or name as the command line knows them."""
    where = choose_curve(profile, step)
    t = _looks(where.duration_s)
    return Envelope(t, where.level * where.curve.at(t, where.duration_s)).thinned(WITHIN)


def zone_envelopes(profile: Profile, names: tuple[str, ...], body: BodyMap) -> dict[str, Envelope]:
    """The felt level that a profile asks for in each zone: of those named, or of all that it works on.

    UsageError for a zone that it does not work on; ProfileError for one that is never worked on.
    """
    score = compose(profile, body)
    worked = _worked(profile, body)
    wanted = {name: [zone.id for zone in body.zones_named(name)] for name in names or _names(worked)}
    found: dict[str, Envelope] = {}
    for name, ids in wanted.items():
        cues = sorted({index for each in ids for index in worked.get(each, ())})
        if not cues:
            raise UsageError(
                f"{profile.name} does not work on {clean(name)}",
                hint=f"it works on {', '.join(_names(worked)) or 'nothing'}",
            )
        found[name] = _strongest(score, cues).thinned(WITHIN)
    return found


def _names(worked: dict[str, list[int]]) -> list[str]:
    """Zones of one side, or both by one name where both have the same."""
    names: dict[str, None] = {}
    for zone, cues in worked.items():
        both, _, side = zone.rpartition("-")
        other = f"{both}-{'right' if side == 'left' else 'left'}"
        names[both if worked.get(other) == cues else zone] = None
    return list(names)


def _worked(profile: Profile, body: BodyMap) -> dict[str, list[int]]:
    """For each zone of one side the numbers of the steps, as played, that work on it."""
    worked: dict[str, list[int]] = {}
    for index, step in enumerate(profile.played):
        if step.moves:
            for zone in (zone for name in zones_of(step, body) for zone in body.zones_named(name)):
                worked.setdefault(zone.id, []).append(index)
    return worked


def _strongest(score: Score, cues: list[int]) -> Envelope:
    t = _looks(score.duration)
    levels = np.zeros(len(t))
    for index in cues:
        cue = replace(score.cues[index], taps_hz=0.0)  # taps are no envelope
        there = (t >= cue.start) & (t <= cue.end + cue.fade_out)
        levels[there] = np.maximum(levels[there], strength(cue, t[there]))
    return Envelope(t, np.clip(levels * session_level(score, t), 0.0, 1.0))


def _looks(duration: float) -> np.ndarray:
    return np.append(np.arange(0.0, duration - LOOK_S / 2.0, LOOK_S), duration)
