"""`knead tune robust`: in how many devices with real motors is felt what was meant.

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

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

import numpy as np
from numpy.typing import NDArray

from firmware_bridge.devices.layout import Actuator, Layout
from firmware_bridge.devices.load import DeviceDescription
from firmware_bridge.limits import FELT_FLOOR, FRAME_S
from kneadwave.errors import NotPlayable, SessionRemedy
from kneadwave.tuning.robustness.workers import Over
from profiles.body import DEFAULT_STATURE_M, zone_name
from profiles.rules.limits import JND
from profiles.score import Score
from simulator.run import OutputRun
from simulator.spread import (
    BLOCK,
    FIGURES,
    Frames,
    MotorFactors,
    Task,
    TaskResult,
    VariantBank,
    advance,
    as_described,
    draw,
)

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

GROUP = 20  # variants side by side; project's choice: their arrays stay in the cache
PIECE = 48 * BLOCK  # frames of one task: two minutes of a session, some tenth of a second of work
TOUCH_S = 1.0  # project's choice: a zone that is driven for less is touched in passing
BAND = (5.0, 95.0)  # percentiles that are told
ALONE_SHARE = 4  # one in so many variants is played once more for each figure
CHAIN_SHARE = 0.2  # of the work, as progress tells it: what the one run takes beside 200 variants

Show = Callable[[float], None]


def _unseen(done: float) -> None:
    """Nobody looks at the progress."""


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
    show: Show = _unseen,
) -> Robustness:
    """Play the score once and the motors of every variant; `show` hears the part that is done (0 to 1).

    `over` shares the work among processes and changes no figure. NotPlayable where the device makes nothing
    felt.
    """
    run = OutputRun(score, description, stature_m=stature_m)
    if not run.layout.allowed:
        raise _nothing_felt(score)
    bench = _Bench(run.layout, len(score.steps))
    drawn = draw(bench.actuators, variants, seed)
    some = drawn.part(0, -(-variants // ALONE_SHARE))
    described = bench.groups(as_described(bench.actuators))
    every = bench.groups(drawn)
    apart = {figure: bench.groups(some.alone(figure)) for figure in FIGURES}
    groups = [*described, *every, *chain.from_iterable(apart.values())]
    _play(run, bench, groups, over, _Progress(run, sum(group.bank.variants for group in groups), show))
    show(1.0)
    return _judged(score, bench, described[0], every, apart, seed)


def _play(run: OutputRun, bench: _Bench, groups: Sequence[_Group], over: Over, progress: _Progress) -> None:
    """Play the score, and bring all groups through its frames: each piece while the next one is played."""
    away: Iterator[TaskResult] | None = None
    for piece in _pieces(run, bench, progress):
        _bring_home(groups, away, progress)
        away = over(advance, [Task(group.bank, piece, bench.steps) for group in groups])
    _bring_home(groups, away, progress)


def _pieces(run: OutputRun, bench: _Bench, progress: _Progress) -> Iterator[Frames]:
    at = 0
    for update in run.play():
        progress.of_the_run(update.elapsed)
        if run.frames - at >= PIECE:
            yield bench.of(run.taken(), at, at + PIECE)
            at += PIECE
    for begin in range(at, run.frames, PIECE):
        yield bench.of(run.taken(), begin, begin + PIECE)


def _bring_home(groups: Sequence[_Group], away: Iterator[TaskResult] | None, progress: _Progress) -> None:
    if away is not None:
        for group, work in zip(groups, away, strict=True):
            group.take(work)
            progress.of_motors(work.bank.variants * work.frames)


class _Progress:
    """How much is done: of the one run, and of the frames that all variants have to be brought through."""

    def __init__(self, run: OutputRun, variants: int, show: Show) -> None:
        self._run, self._show = run, show
        self._variants = variants
        self._played = 0.0
        self._done = 0

    def of_the_run(self, elapsed: float) -> None:
        """Take how many seconds of the run are played."""
        self._played = min(1.0, elapsed / self._run.session.score.duration)
        self._tell()

    def of_motors(self, frames: int) -> None:
        """Take how many more frames, summed over variants, their motors have run."""
        self._done += frames
        self._tell()

    def _tell(self) -> None:
        part = min(1.0, self._done / (self._run.expected * self._variants))
        self._show(CHAIN_SHARE * self._played + (1.0 - CHAIN_SHARE) * part)


class _Group:
    """Some variants on their way through the frames: their motors, and what was felt of them so far."""

    def __init__(self, bank: VariantBank, steps: int, zones: int) -> None:
        self.bank = bank
        self.felt = np.zeros((bank.variants, steps, zones))
        self.frames = np.zeros((steps, zones), dtype=np.int64)

    def take(self, work: TaskResult) -> None:
        """Take the result of the next task of this group."""
        self.bank = work.bank
        self.felt += work.felt.felt
        self.frames += work.felt.frames


class _Bench:
    """The actuators that may be driven, those of a zone side by side, and how a group of them is made."""

    def __init__(self, layout: Layout, steps: int) -> None:
        self.steps = steps
        self.zones = list(dict.fromkeys(actuator.zone for actuator in layout.allowed))
        self.actuators: list[Actuator] = sorted(
            layout.allowed, key=lambda actuator: (self.zones.index(actuator.zone), actuator.index)
        )
        self._counts = [sum(a.zone == zone for a in self.actuators) for zone in self.zones]
        self._columns = [actuator.index for actuator in self.actuators]

    def groups(self, drawn: MotorFactors) -> list[_Group]:
        """All these variants, in groups."""
        parts = (drawn.part(at, at + GROUP) for at in range(0, drawn.variants, GROUP))
        banks = (VariantBank(self.actuators, self._counts, part) for part in parts)
        return [_Group(bank, self.steps, len(self.zones)) for bank in banks]

    def of(self, frames: Frames, begin: int, end: int) -> Frames:
        """The frames from `begin` up to `end`, of these actuators alone, in their order."""
        rows = slice(begin, end)
        return Frames(
            np.ascontiguousarray(frames.drive[rows, self._columns]),
            np.ascontiguousarray(frames.rate[rows, self._columns]),
            frames.step[rows],
        )


def _nothing_felt(score: Score) -> NotPlayable:
    return NotPlayable(
        f"{score.name}: this device makes nothing felt in it", hint=SessionRemedy.CHOOSE_DESCRIPTION
    )


def _judged(
    score: Score,
    bench: _Bench,
    described: _Group,
    every: Sequence[_Group],
    apart: Mapping[str, Sequence[_Group]],
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


def _levels(groups: Sequence[_Group], frames: NDArray[np.int64]) -> Floats:
    return np.concatenate([group.felt for group in groups]) / frames


def _kept(levels: Floats, meant: Floats) -> Flags:
    return np.asarray((levels >= meant / (1 + JND)) & (levels <= meant * (1 + JND)))


def _shares(kept: Flags, counted: Flags) -> tuple[float, float]:
    """The part of the variants that keep every cell that counts, and the part of such cells kept over all."""
    mine = kept[:, counted]
    return float(mine.all(axis=1).mean()), float(mine.mean())


def _cell(step: int, zone: int, bench: _Bench, meant: Floats, levels: Floats, kept: Flags) -> Cell:
    low, high = np.percentile(levels[:, step, zone], BAND)
    share = float(kept[:, step, zone].mean())
    return Cell(step + 1, bench.zones[zone], float(meant[step, zone]), float(low), float(high), share)


def _row(
    score: Score, step: int, bench: _Bench, meant: Floats, levels: Floats, kept: Flags, counted: Flags
) -> StepRow:
    middle = float(meant[counted].mean())
    share, single = _shares(kept, counted)
    low, high = middle * np.percentile(levels[:, counted] / meant[counted], BAND)
    return StepRow(
        number=step + 1,
        name=score.steps[step].name,
        zones=tuple(dict.fromkeys(zone_name(bench.zones[i]) for i in np.flatnonzero(counted))),
        meant=middle,
        low=float(low),
        high=float(high),
        share=share,
        levels=single,
    )


def _rounded(row: dict[str, Any]) -> dict[str, Any]:
    return {key: round(value, 4) if isinstance(value, float) else value for key, value in row.items()}
