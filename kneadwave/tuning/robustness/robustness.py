"""Robustness: in how many devices with real motors is felt what was meant.

The profile is played once through the whole chain; then the motors of every variant (see simulator/spread)
run over what the cushion put out. A cell is a played step and a zone (each side for itself). Its felt level
is the mean, over the time in which the zone is driven, of the strongest of its actuators; what was meant is
that of the motors exactly as described. A cell counts where at least FELT_FLOOR is meant and the zone is
driven for TOUCH_S. A variant keeps a cell when its felt level lies within one just-noticeable difference of
what was meant, meant / (1 + JND) to meant * (1 + JND); it keeps a step, or the session, when it keeps every
cell of it.

Which of the figures matters most is played as well: every fourth part of the variants once more for each
figure, as if nothing else differed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

import numpy as np
from numpy.typing import NDArray

from firmware_bridge.devices.load import DeviceDescription
from firmware_bridge.limits import FELT_FLOOR, FRAME_S
from kneadwave.errors import NotPlayable, SessionRemedy
from kneadwave.sessions.kernel import playing
from kneadwave.tuning.robustness.play import DrivenActuators, Show, VariantGroup, play_variants, unseen
from kneadwave.tuning.robustness.workers import Over
from profiles.body import DEFAULT_STATURE_M, zone_name
from profiles.rules.limits import JND
from profiles.score import Score
from simulator.run import OutputRun
from simulator.spread import FIGURES, as_described, draw

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

TOUCH_S = 1.0  # project's choice: a zone that is driven for less is touched in passing
BAND = (5.0, 95.0)  # percentiles that are told
ALONE_SHARE = 4  # one in so many variants is played once more for each figure


@dataclass(frozen=True)
class StepRow:
    """A played step over all variants: `meant` is the mean over its cells.

    `low` and `high` are the 5th and 95th percentile of its single levels, as parts of what each of them is
    meant to be, times `meant`.
    `share` is the part of the variants that keep all its cells, `levels` the part of cells kept over all.
    """

    number: int
    name: str
    zones: tuple[str, ...]
    """All in which it is felt: a hand is wider than what a step names, and strokes fade into each other."""
    named: tuple[str, ...]
    """Those that the step itself names."""
    meant: float
    low: float
    high: float
    share: float
    levels: float


@dataclass(frozen=True)
class Cell:
    """One zone (a side) in one step, over all variants."""

    step: int
    zone: str
    meant: float
    low: float
    high: float
    share: float


@dataclass(frozen=True)
class Alone:
    """What would be kept if one figure of FIGURES alone differed; shares as in a StepRow."""

    figure: str
    share: float
    levels: float


@dataclass(frozen=True)
class Robustness:
    """How a profile stands real motors, over all variants; shares as in a StepRow."""

    variants: int
    seed: int
    share: float
    levels: float
    rows: tuple[StepRow, ...]
    cells: tuple[Cell, ...]
    alone: tuple[Alone, ...]

    @property
    def worst(self) -> Cell:
        """The cell that the fewest variants keep."""
        return min(self.cells, key=lambda cell: cell.share)

    def as_dict(self) -> dict[str, Any]:
        """The figures as JSON has them, rounded to 4 decimals."""
        return {
            "variants": self.variants,
            "seed": self.seed,
            "within": JND,
            "share": round(self.share, 4),
            "levels_share": round(self.levels, 4),
            "steps": [_rounded(vars(row)) for row in self.rows],
            "worst": _rounded(vars(self.worst)),
            "cells": [_rounded(vars(cell)) for cell in self.cells],
            "alone": [_rounded(vars(alone)) for alone in self.alone],
        }


def robustness(
    score: Score,
    description: DeviceDescription,
    *,
    variants: int,
    seed: int,
    over: Over = map,
    stature_m: float = DEFAULT_STATURE_M,
    show: Show = unseen,
) -> Robustness:
    """Play the score once and the motors of every variant; `show` hears the part that is done (0 to 1).

    `over` shares the work among processes and changes no figure. NotPlayable where the device makes nothing
    felt.
    """
    run = OutputRun(score, description, stature_m=stature_m, library=playing())
    if not run.layout.allowed:
        raise _nothing_felt(score)
    bench = DrivenActuators(run.layout, len(score.steps))
    drawn = draw(bench.actuators, variants, seed)
    some = drawn.part(0, -(-variants // ALONE_SHARE))
    described = bench.groups(as_described(bench.actuators))
    every = bench.groups(drawn)
    apart = {figure: bench.groups(some.alone(figure)) for figure in FIGURES}
    groups = [*described, *every, *chain.from_iterable(apart.values())]
    play_variants(run, bench, groups, over, show)
    return _judged(score, bench, described[0], every, apart, seed)


def _nothing_felt(score: Score) -> NotPlayable:
    return NotPlayable(
        f"{score.name}: this device makes nothing felt in it", hint=SessionRemedy.CHOOSE_DESCRIPTION
    )


def _judged(
    score: Score,
    bench: DrivenActuators,
    described: VariantGroup,
    every: Sequence[VariantGroup],
    apart: Mapping[str, Sequence[VariantGroup]],
    seed: int,
) -> Robustness:
    frames = np.maximum(described.frames, 1)
    meant = described.felt[0] / frames
    counted = (meant >= FELT_FLOOR) & (described.frames * FRAME_S >= TOUCH_S)
    if not counted.any():
        raise _nothing_felt(score)
    levels = _levels(every, frames)
    kept = _kept(levels, meant)
    cells = [_cell(step, zone, bench, meant, levels, kept) for step, zone in np.argwhere(counted).tolist()]
    rows = [
        _row(score, step, bench, meant[step], levels[:, step], kept[:, step], counted[step])
        for step in np.flatnonzero(counted.any(axis=1)).tolist()
    ]
    alone = [
        Alone(figure, *_shares(_kept(_levels(groups, frames), meant), counted))
        for figure, groups in apart.items()
    ]
    share, single = _shares(kept, counted)
    return Robustness(len(levels), seed, share, single, tuple(rows), tuple(cells), tuple(alone))


def _levels(groups: Sequence[VariantGroup], frames: NDArray[np.int64]) -> Floats:
    return np.concatenate([group.felt for group in groups]) / frames


def _kept(levels: Floats, meant: Floats) -> Flags:
    return np.asarray((levels >= meant / (1 + JND)) & (levels <= meant * (1 + JND)))


def _shares(kept: Flags, counted: Flags) -> tuple[float, float]:
    """The part of the variants that keep every cell that counts, and the part of such cells kept over all."""
    mine = kept[:, counted]
    return float(mine.all(axis=1).mean()), float(mine.mean())


def _cell(step: int, zone: int, bench: DrivenActuators, meant: Floats, levels: Floats, kept: Flags) -> Cell:
    low, high = np.percentile(levels[:, step, zone], BAND)
    share = float(kept[:, step, zone].mean())
    return Cell(step + 1, bench.zones[zone], float(meant[step, zone]), float(low), float(high), share)


def _row(
    score: Score,
    step: int,
    bench: DrivenActuators,
    meant: Floats,
    levels: Floats,
    kept: Flags,
    counted: Flags,
) -> StepRow:
    middle = float(meant[counted].mean())
    share, single = _shares(kept, counted)
    low, high = middle * np.percentile(levels[:, counted] / meant[counted], BAND)
    return StepRow(
        number=step + 1,
        name=score.steps[step].name,
        zones=tuple(dict.fromkeys(zone_name(bench.zones[i]) for i in np.flatnonzero(counted))),
        named=score.steps[step].zones,
        meant=middle,
        low=float(low),
        high=float(high),
        share=share,
        levels=single,
    )


def _rounded(row: dict[str, Any]) -> dict[str, Any]:
    return {key: round(value, 4) if isinstance(value, float) else value for key, value in row.items()}
