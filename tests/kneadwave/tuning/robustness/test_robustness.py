"""How a profile stands real motors: figures that follow from the definition, whatever shares the work."""

import multiprocessing

import numpy as np
import pytest

from firmware_bridge.devices.load import load_device
from kneadwave.errors import NotPlayable
from kneadwave.tuning.robustness import robustness as module
from kneadwave.tuning.robustness.robustness import robustness
from kneadwave.tuning.robustness.workers import processes
from profiles.profile import load_profile
from profiles.rules.limits import JND
from profiles.score import compose
from simulator.spread import MotorFactors

DEVICE = load_device("seat-pad-8")
SCORE = compose(load_profile("felt-check"))


@pytest.fixture(scope="module")
def found():
    return robustness(SCORE, DEVICE, variants=24, seed=5)


def spread_by(monkeypatch, strength):
    """Draw variants whose motors all differ by given factors in strength, and in nothing else."""

    def drawn(actuators, variants, seed):  # noqa: ARG001
        ones = np.ones((variants, len(actuators)))
        return MotorFactors(ones * np.array(strength)[:, None], ones, ones)

    monkeypatch.setattr(module, "draw", drawn)


def test_motors_within_a_just_noticeable_difference_keep_every_level(monkeypatch):
    edge = 1 + JND
    spread_by(monkeypatch, [1.0, edge - 1e-6, edge + 1e-6, 1 / edge + 1e-6, 1 / edge - 1e-6])
    found = robustness(SCORE, DEVICE, variants=5, seed=0)
    assert found.share == found.levels == 3 / 5
    assert all(row.share == row.levels == 3 / 5 for row in found.rows)
    assert found.worst.share == 3 / 5


def test_one_weak_motor_loses_its_zone_and_nothing_else(monkeypatch):
    def drawn(actuators, variants, seed):  # noqa: ARG001
        strength = np.ones((variants, len(actuators)))
        strength[1, [a.zone for a in actuators].index("shoulder-left")] = 0.5
        return MotorFactors(strength, np.ones_like(strength), np.ones_like(strength))

    monkeypatch.setattr(module, "draw", drawn)
    found = robustness(SCORE, DEVICE, variants=2, seed=0)
    assert found.share == 0.5
    lost = {cell.zone for cell in found.cells if cell.share < 1.0}
    assert lost == {"shoulder-left"}
    touched = [row for row in found.rows if "shoulder" in row.zones]
    assert touched
    assert all(row.share == 0.5 for row in touched)
    assert all(row.share == 1.0 for row in found.rows if row not in touched)


def test_it_tells_of_every_step_that_is_felt(found):
    assert [row.number for row in found.rows] == sorted({cell.step for cell in found.cells})
    assert all(row.low <= row.meant * 1.5 and row.high >= row.meant * 0.7 for row in found.rows)
    assert all(0.0 <= row.share <= row.levels <= 1.0 for row in found.rows)
    assert found.share <= min(row.share for row in found.rows)
    assert found.worst.share == min(cell.share for cell in found.cells)


def test_what_alone_makes_the_difference_is_named(monkeypatch):
    def drawn(actuators, variants, seed):  # noqa: ARG001
        ones = np.ones((variants, len(actuators)))
        return MotorFactors(1.3 * ones, ones, 1.01 * ones)

    monkeypatch.setattr(module, "draw", drawn)
    found = robustness(SCORE, DEVICE, variants=5, seed=0)
    assert {alone.figure: alone.share for alone in found.alone} == {"strength": 0.0, "start": 1.0, "tau": 1.0}
    assert found.share == 0.0


def test_the_same_seed_gives_the_same_figures(found):
    assert robustness(SCORE, DEVICE, variants=24, seed=5) == found
    assert robustness(SCORE, DEVICE, variants=24, seed=6) != found


def test_several_processes_change_no_figure(found):
    with processes(3) as over:
        assert robustness(SCORE, DEVICE, variants=24, seed=5, over=over) == found
    assert not multiprocessing.active_children()


def test_progress_runs_from_nothing_to_all():
    seen = []
    robustness(SCORE, DEVICE, variants=2, seed=0, show=seen.append)
    assert seen == sorted(seen)
    assert seen[0] < 0.1
    assert seen[-1] == pytest.approx(1.0)


def test_a_device_that_makes_nothing_felt_is_refused():
    nowhere = {"x_mm": None, "y_mm": None}
    actuators = tuple(actuator.model_copy(update=nowhere) for actuator in DEVICE.actuators)
    silent = DEVICE.model_copy(update={"actuators": actuators})
    with pytest.raises(NotPlayable, match="nothing felt"):
        robustness(SCORE, silent, variants=2, seed=0)
