"""One run of a score, and the motors of many variants over what it put out.

Variants fall into groups of a fixed size, and frames into pieces of a fixed length, so the figures do not
depend on how many processes share the work. A group carries its motors from piece to piece; groups know
nothing of one another.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import numpy as np

from firmware_bridge.devices.layout import Actuator, Layout
from kneadwave.tuning.robustness.workers import Over
from simulator.run import OutputRun
from simulator.spread import BLOCK, Frames, MotorFactors, Task, TaskResult, VariantBank, advance

GROUP = 20  # variants side by side; project's choice: their arrays stay in the cache
PIECE = 48 * BLOCK  # frames of one task: two minutes of a session, some tenth of a second of work
CHAIN_SHARE = 0.2  # of the work, as progress tells it: what the one run takes beside 200 variants

Show = Callable[[float], None]


def unseen(done: float) -> None:
    """Nobody looks at the progress."""


def play_variants(
    run: OutputRun, bench: DrivenActuators, groups: Sequence[VariantGroup], over: Over, show: Show
) -> None:
    """Play the score, and bring all groups through its frames: each piece while the next one is played.

    `over` shares the motors' work; `show` hears the part that is done (0 to 1), 1 at the end.
    """
    progress = VariantProgress(run, sum(group.bank.variants for group in groups), show)
    away: Iterator[TaskResult] | None = None
    for piece in _pieces(run, bench, progress):
        _bring_home(groups, away, progress)
        away = over(advance, [Task(group.bank, piece, bench.steps) for group in groups])
    _bring_home(groups, away, progress)
    show(1.0)


def _pieces(run: OutputRun, bench: DrivenActuators, progress: VariantProgress) -> Iterator[Frames]:
    at = 0
    for update in run.play():
        progress.of_the_run(update.elapsed)
        if run.frames - at >= PIECE:
            yield bench.of(run.taken(), at, at + PIECE)
            at += PIECE
    for begin in range(at, run.frames, PIECE):
        yield bench.of(run.taken(), begin, begin + PIECE)


def _bring_home(
    groups: Sequence[VariantGroup], away: Iterator[TaskResult] | None, progress: VariantProgress
) -> None:
    if away is not None:
        for group, work in zip(groups, away, strict=True):
            group.take(work)
            progress.of_motors(work.bank.variants * work.frames)


class VariantProgress:
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


class VariantGroup:
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


class DrivenActuators:
    """The actuators that may be driven, those of a zone side by side, and how a group of them is made."""

    def __init__(self, layout: Layout, steps: int) -> None:
        self.steps = steps
        self.zones = list(dict.fromkeys(actuator.zone for actuator in layout.allowed))
        self.actuators: list[Actuator] = sorted(
            layout.allowed, key=lambda actuator: (self.zones.index(actuator.zone), actuator.index)
        )
        self._counts = [sum(a.zone == zone for a in self.actuators) for zone in self.zones]
        self._columns = [actuator.index for actuator in self.actuators]

    def groups(self, drawn: MotorFactors) -> list[VariantGroup]:
        """All these variants, in groups."""
        parts = (drawn.part(at, at + GROUP) for at in range(0, drawn.variants, GROUP))
        banks = (VariantBank(self.actuators, self._counts, part) for part in parts)
        return [VariantGroup(bank, self.steps, len(self.zones)) for bank in banks]

    def of(self, frames: Frames, begin: int, end: int) -> Frames:
        """The frames from `begin` up to `end`, of these actuators alone, in their order."""
        rows = slice(begin, end)
        return Frames(
            np.ascontiguousarray(frames.drive[rows, self._columns]),
            np.ascontiguousarray(frames.rate[rows, self._columns]),
            frames.step[rows],
        )
