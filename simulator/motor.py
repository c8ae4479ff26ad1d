"""What a body on the cushion would feel: drives at 50 Hz through simple motor models.

Each model is fed with the drive that a device puts out and answers with the felt level (0 to 1) at the end of
every frame. Under a drive that holds, the answer settles at exactly the felt level that the response curve of
`firmware_bridge.devices.response` reads for that drive; in between, the motor's own sluggishness shows.

Sources: [S] read in a public source, [C] arithmetic, [B] background knowledge, a default and no promise.

| model | law |
|---|---|
| eccentric motor | dw/dt = (w_target - w)/tau; starts at `start`, turns on down to `hold` [S: reduced ERM] |
| | acceleration ~ w^2, felt ~ acceleration at about 60 Hz [S: Stevens 1968], hence felt = w^2 |
| voice coil | first order with its own short tau; no hysteresis; flat over frequency [B] |
| kneader | strength first order; its rate is a servo, first order with the same tau [B] |
| pressure cell | fills at most full scale in tau_ms [C: constant flow]; vents as exp(-t/vent_tau) [B] |

Flat over frequency: the threshold of the skin falls by 12 dB an octave up to about 220 Hz [S: Verrillo], but
levels are calibrated as felt at the rate that is played, so a second correction here would count it twice.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from firmware_bridge.devices.layout import Actuator
from firmware_bridge.devices.response import Response
from firmware_bridge.limits import DRIVE_MAX, FELT_FLOOR, FRAME_S
from profiles.technique import Modality

DRIVES = DRIVE_MAX + 1
# Below this a decaying state is set to rest, so that long silences never compute with denormal numbers.
_SETTLED = 1e-30

Floats = NDArray[np.float64]


class Lag:
    """First-order lags side by side, solved exactly for inputs that hold over each 20 ms frame."""

    def __init__(self, tau: ArrayLike, initial: float = 0.0) -> None:
        """Take one time constant in seconds per column; 0 follows at once."""
        tau_s = np.asarray(tau, dtype=np.float64)
        with np.errstate(divide="ignore"):
            self._keep: Floats = np.exp(-FRAME_S / tau_s)
        self._gain: Floats = 1.0 - self._keep
        self._powers: list[Floats] = [self._keep]  # keep**1, keep**2, keep**4, …
        self.state: Floats = np.full(tau_s.shape, initial)

    def follow(self, target: Floats) -> Floats:
        """Return the state at the end of each frame, shape of `target` (n, m), and carry on from the last.

        A recurrence y[k] = keep y[k-1] + gain u[k] summed by doubling: log2(n) array operations instead of n.
        """
        y = target * self._gain
        n = len(y)
        if n == 0:
            return y
        y[0] += self._keep * self.state
        reach, i = 1, 0
        while reach < n:
            if i == len(self._powers):
                self._powers.append(self._powers[-1] ** 2)
            y[reach:] += self._powers[i] * y[:-reach]
            reach, i = reach * 2, i + 1
        last = y[-1]
        self.state = np.where(last > _SETTLED, last, 0.0)
        return y


class StartHold:
    """Whether a motor turns: starts at `start`, stalls below `hold`, in between goes on as it was."""

    def __init__(self, start: Sequence[int], hold: Sequence[int]) -> None:
        """Take both thresholds as drives, one per column; a drive of 0 always stalls."""
        self._start = np.maximum(np.asarray(start, dtype=np.int64), 1)
        self._hold = np.minimum(np.maximum(np.asarray(hold, dtype=np.int64), 1), self._start)
        self.turning: NDArray[np.bool_] = np.zeros(len(self._start), dtype=np.bool_)

    def follow(self, drive: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Return for each frame whether each motor turns, shape of `drive` (n, m)."""
        starts = drive >= self._start
        holds = drive >= self._hold
        if len(drive) == 0:
            return starts
        open_ = holds & ~starts
        if open_.any():
            # Twice the number of a deciding frame plus its verdict: a running maximum carries it on.
            frame = np.arange(2, 2 * len(drive) + 2, 2)[:, None]
            verdict = np.where(open_, 0, frame + starts)
            verdict[0] = np.maximum(verdict[0], self.turning)
            starts = (np.maximum.accumulate(verdict, axis=0) & 1).astype(np.bool_)
        self.turning = starts[-1].copy()
        return starts


class PressureCell:
    """One air cell: filled at a limited rate, vented to the open until the valve shuts at the target."""

    def __init__(self, fill_s: float, vent_tau_s: float) -> None:
        """Take the time to fill to full scale and the time constant of the vent, in seconds."""
        self._fill = FRAME_S / fill_s if fill_s > 0 else 1.0
        self._vent = float(np.exp(-FRAME_S / vent_tau_s)) if vent_tau_s > 0 else 0.0
        self.pressure = 0.0

    def follow(self, target: Floats) -> Floats | None:
        """Return the pressure (0 to 1) at the end of each frame, None if the cell stays empty throughout."""
        p, fill, vent = self.pressure, self._fill, self._vent
        if p == 0.0 and not target.any():
            return None
        out = []
        for goal in target.tolist():
            p = min(goal, p + fill) if goal > p else max(goal, p * vent)
            out.append(p)
        self.pressure = p if p > _SETTLED else 0.0
        return np.array(out)


@dataclass(frozen=True, slots=True)
class _Groups:
    """Columns by motor model, in the order in which the bank keeps them side by side."""

    order: NDArray[np.intp]  # bank column -> actuator
    eccentric: slice
    coil: slice
    kneader: slice
    cell: slice


def _group(actuators: Sequence[Actuator]) -> _Groups:
    model = []
    for actuator in actuators:
        if actuator.kind is Modality.VIBRATION:
            model.append(1 if actuator.rate_max > 0 else 0)
        else:
            model.append(2 if actuator.kind is Modality.KNEADING else 3)
    order = np.argsort(np.array(model, dtype=np.intp), kind="stable")
    edges = [0, *np.cumsum([model.count(kind) for kind in range(4)]).tolist()]
    spans = [slice(edges[kind], edges[kind + 1]) for kind in range(4)]
    return _Groups(order, spans[0], spans[1], spans[2], spans[3])


class MotorBank:
    """The motors of one cushion; how frames fall into calls changes nothing, for state is carried over."""

    def __init__(self, actuators: Sequence[Actuator]) -> None:
        """Take the actuators of a layout, in its order; all motors at rest."""
        self._groups = groups = _group(actuators)
        mine = [actuators[i] for i in groups.order]
        self._in_order = bool((groups.order == np.arange(len(mine))).all())
        self._back = np.argsort(groups.order)
        self._table = np.concatenate([_targets(a) for a in mine]) if mine else np.zeros(0)
        self._offset = np.arange(len(mine)) * DRIVES
        # Coil and cell follow without hysteresis: magnet and valve have no static friction to speak of [B].
        turning = mine[: groups.eccentric.stop]
        geared = mine[groups.kneader]
        self._eccentric_turns = StartHold([a.start for a in turning], [a.hold for a in turning])
        self._kneader_turns = StartHold([a.start for a in geared], [a.hold for a in geared])
        self._lag = Lag([a.tau_ms / 1000 for a in mine[: groups.cell.start]])
        self._servo = Lag([a.tau_ms / 1000 for a in geared])
        self._cells = [PressureCell(a.tau_ms / 1000, a.vent_tau_ms / 1000) for a in mine[groups.cell]]
        self._full_hz = np.array([a.full_hz for a in turning])
        rated = range(groups.coil.start, groups.kneader.stop)
        self._rate_of_its_own = np.array([mine[i].rate_max > 0 for i in rated], dtype=np.bool_)
        self._coil_rate = np.zeros(groups.coil.stop - groups.coil.start)

    def step(self, drive: NDArray[np.generic], rate: NDArray[np.generic]) -> Floats:
        """Return the felt level (0 to 1) at the end of each frame, shape (n, m).

        `drive` (n, m) is 0 to 255 as on the wire, `rate` (n, m) Hz for vibration, cycles a minute for
        kneading, 0 for none; both hold over a frame. An actuator with an adjustable rate stands still at 0.
        """
        groups = self._groups
        asked = np.asarray(drive)
        steps = (
            asked.astype(np.int64)
            if asked.dtype == np.uint8
            else np.rint(asked.astype(np.float64)).astype(np.int64)
        )
        rates = np.asarray(rate)
        if not self._in_order:
            steps = steps[:, groups.order]
            rates = rates[:, groups.order]
        target: Floats = self._table[steps + self._offset]

        still = self._rate_of_its_own & (rates[:, groups.coil.start : groups.kneader.stop] == 0)
        if still.any():
            target[:, groups.coil.start : groups.kneader.stop][still] = 0.0
        if groups.eccentric.stop:
            target[:, groups.eccentric] *= self._eccentric_turns.follow(steps[:, groups.eccentric])
        if groups.kneader.stop > groups.kneader.start:
            target[:, groups.kneader] *= self._kneader_turns.follow(steps[:, groups.kneader])
            self._servo.follow(rates[:, groups.kneader].astype(np.float64))
        if len(rates) and groups.coil.stop > groups.coil.start:
            self._coil_rate = np.where(steps[-1, groups.coil] > 0, rates[-1, groups.coil], 0).astype(
                np.float64
            )

        felt = np.empty_like(target)
        lagged = slice(0, groups.cell.start)
        felt[:, lagged] = self._lag.follow(target[:, lagged])
        felt[:, groups.eccentric] **= 2  # acceleration goes with the square of speed
        for i, cell in enumerate(self._cells, start=groups.cell.start):
            filled = cell.follow(target[:, i])
            felt[:, i] = 0.0 if filled is None else filled
        return felt if self._in_order else felt[:, self._back]

    def rates(self) -> Floats:
        """Return how fast each actuator moves now, shape (m,): Hz (vibration), cycles a minute (kneading).

        An eccentric motor has no rate of its own: its speed follows its drive (full_hz at full drive).
        """
        groups = self._groups
        now = np.zeros(len(groups.order))
        now[groups.eccentric] = self._lag.state[groups.eccentric] * self._full_hz
        now[groups.coil] = self._coil_rate
        now[groups.kneader] = self._servo.state
        return now[self._back]


def _targets(actuator: Actuator) -> Floats:
    """Return what one actuator settles at for each drive: a speed for eccentric motors, else a felt level."""
    drive = np.arange(DRIVES)
    felt = Response.felt_for(drive, actuator.start, actuator.exponent)
    hysteresis = actuator.kind is Modality.KNEADING or (
        actuator.kind is Modality.VIBRATION and actuator.rate_max == 0
    )
    if hysteresis:
        # Between hold and start a motor that turns is just felt [B]; whether it turns, StartHold says.
        felt = np.maximum(felt, FELT_FLOOR)
        felt[: max(actuator.hold, 1)] = 0.0
    if actuator.kind is Modality.VIBRATION and actuator.rate_max == 0:
        return np.sqrt(felt)
    return felt
