"""The spread of real motors: variants of a device whose motors differ from the described ones.

What differs is the start level, the time constant and the strength of each motor, by the figures of
spread.toml. The drives are the same for every variant, so the motors of many variants run side by side.
"""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from statistics import NormalDist
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from firmware_bridge.devices.layout import Actuator
from firmware_bridge.limits import DRIVE_MAX
from profiles.technique import Modality
from simulator.motor import MotorBank

Floats = NDArray[np.float64]
Wire = NDArray[np.uint8]

FIGURES = ("strength", "start", "tau")
"""What differs from motor to motor, in the order of spread.toml and of `MotorFactors.columns`."""
BLOCK = 128  # frames computed at once: the arrays of some twenty variants then stay in the cache


@dataclass(frozen=True)
class Law:
    """A factor (1 + x) ** power; x is normal with standard deviation `sd`, cut off at `most` either way."""

    sd: float
    most: float
    power: float

    def factors(self, uniform: Floats) -> Floats:
        """Return the factors for numbers drawn evenly between 0 and 1, shape of `uniform`."""
        if self.sd == 0.0:
            return np.ones_like(uniform)
        normal = NormalDist()
        low = normal.cdf(-self.most / self.sd)
        inner = low + np.clip(uniform, 0.0, 1.0) * (1.0 - 2.0 * low)
        x = np.array([normal.inv_cdf(float(u)) for u in inner.ravel()]).reshape(uniform.shape) * self.sd
        return np.asarray((1.0 + np.clip(x, -self.most, self.most)) ** self.power)


@dataclass(frozen=True)
class MotorFactors:
    """Factors on the described figures, each (variants, actuators)."""

    strength: Floats
    start: Floats
    tau: Floats

    @property
    def variants(self) -> int:
        """How many variants there are."""
        return len(self.strength)

    @property
    def columns(self) -> tuple[Floats, Floats, Floats]:
        """The three figures in the order of FIGURES."""
        return self.strength, self.start, self.tau

    def alone(self, figure: str) -> MotorFactors:
        """The same variants if nothing but one of FIGURES differed."""
        ones = np.ones_like(self.strength)
        columns = zip(FIGURES, self.columns, strict=True)
        return MotorFactors(*(drawn if name == figure else ones for name, drawn in columns))

    def part(self, first: int, after: int) -> MotorFactors:
        """The variants from `first` up to `after`, which is left out."""
        rows = slice(first, after)
        return MotorFactors(self.strength[rows], self.start[rows], self.tau[rows])


class Frames(NamedTuple):
    """Frames at 50 Hz: drives and rates as on the wire, each (n, actuators), and the step (n,), from 0."""

    drive: Wire
    rate: Wire
    step: NDArray[np.uint8]


class FeltSums(NamedTuple):
    """What frames made felt, summed: `felt` (variants, steps, zones) over `frames` (steps, zones)."""

    felt: Floats
    frames: NDArray[np.int64]


@lru_cache(maxsize=1)
def laws() -> dict[str, dict[str, Law]]:
    """The laws of spread.toml: motor model -> figure -> law."""
    data: dict[str, Any] = tomllib.loads((Path(__file__).parent / "spread.toml").read_text(encoding="utf-8"))
    del data["schema"]
    return {
        model: {
            figure: Law(**{key: float(value) for key, value in law.items()}) for figure, law in of.items()
        }
        for model, of in data.items()
    }


def model_of(actuator: Actuator) -> str:
    """Which motor model an actuator is, as spread.toml calls it."""
    if actuator.kind is Modality.VIBRATION:
        return "coil" if actuator.rate_max > 0 else "eccentric"
    return "kneader" if actuator.kind is Modality.KNEADING else "cell"


def draw(actuators: Sequence[Actuator], variants: int, seed: int) -> MotorFactors:
    """Draw variants of these actuators; the same seed gives the same ones, however many follow."""
    uniform = np.random.default_rng(seed).random((variants, len(FIGURES), len(actuators)))
    factors = np.ones_like(uniform)
    for column, actuator in enumerate(actuators):
        for row, figure in enumerate(FIGURES):
            law = laws()[model_of(actuator)][figure]
            factors[:, row, column] = law.factors(uniform[:, row, column])
    return MotorFactors(factors[:, 0], factors[:, 1], factors[:, 2])


def as_described(actuators: Sequence[Actuator]) -> MotorFactors:
    """The one variant whose motors are exactly as described."""
    ones = np.ones((1, len(actuators)))
    return MotorFactors(ones, ones, ones)


def drawn_motor(actuator: Actuator, start: float, tau: float) -> Actuator:
    """The actuator with its start level and its times changed by these factors."""
    starts = min(round(actuator.start * start), DRIVE_MAX - 1)
    return replace(
        actuator,
        start=starts,
        hold=min(round(actuator.hold * start), starts),
        tau_ms=max(1, round(actuator.tau_ms * tau)),
        vent_tau_ms=max(1, round(actuator.vent_tau_ms * tau)),
    )


class VariantBank:
    """The motors of several variants, run side by side over the same drives.

    `actuators` are those that may be driven, those of a zone next to one another; `zones` says how many
    belong to each zone. State is carried from call to call; a call takes whole blocks of BLOCK frames, but
    for the last.
    """

    def __init__(self, actuators: Sequence[Actuator], zones: Sequence[int], drawn: MotorFactors) -> None:
        self.variants = drawn.variants
        self._strength = drawn.strength
        self._zone_starts = np.concatenate(([0], np.cumsum(zones)[:-1])).astype(np.intp)
        self._bank = MotorBank(
            [
                drawn_motor(actuator, float(drawn.start[v, i]), float(drawn.tau[v, i]))
                for v in range(drawn.variants)
                for i, actuator in enumerate(actuators)
            ]
        )

    def step(self, frames: Frames, steps: int) -> FeltSums:
        """Run over frames of `steps` steps; what was felt where it was driven.

        A zone is felt as the strongest of its actuators in each frame, and counts while one of them is
        driven.
        """
        drive, rate, step = frames
        zones = len(self._zone_starts)
        felt = np.zeros((self.variants, steps, zones))
        count = np.zeros((steps, zones), dtype=np.int64)
        for at in range(0, len(drive), BLOCK):
            rows = slice(at, at + BLOCK)
            strongest = self._strongest(drive[rows], rate[rows])
            driven = np.logical_or.reduceat(drive[rows] > 0, self._zone_starts, axis=1)
            for number in np.flatnonzero(np.bincount(step[rows])):
                here = driven & (step[rows] == number)[:, None]
                felt[:, number] += np.einsum("nvz,nz->vz", strongest, here)
                count[number] += here.sum(axis=0)
        return FeltSums(felt, count)

    def _strongest(self, drive: Wire, rate: Wire) -> Floats:
        side_by_side = (1, self.variants)
        felt = self._bank.step(np.tile(drive, side_by_side), np.tile(rate, side_by_side))
        each = felt.reshape(len(drive), self.variants, -1)
        each *= self._strength
        return np.asarray(np.maximum.reduceat(each, self._zone_starts, axis=2))


class Task(NamedTuple):
    """Motors to be run over frames of `steps` steps. It holds all that is needed, and can be pickled."""

    bank: VariantBank
    frames: Frames
    steps: int


class TaskResult(NamedTuple):
    """What comes of a Task: the motors as they are then, and what was felt over how many frames."""

    bank: VariantBank
    felt: FeltSums
    frames: int
    """How many frames they were run over."""


def advance(task: Task) -> TaskResult:
    """Run the motors of a task over its frames, in whatever process; what they remember goes along."""
    # The bank itself is sent: to make it anew takes five times as long as to pickle it.
    return TaskResult(task.bank, task.bank.step(task.frames, task.steps), len(task.frames.step))
