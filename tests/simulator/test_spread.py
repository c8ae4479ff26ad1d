"""The spread of real motors: drawn as stated, and felt side by side as each variant would be alone."""

from dataclasses import replace

import numpy as np
import pytest

from firmware_bridge.devices.layout import place_device
from firmware_bridge.devices.load import load_device
from profiles.technique import Modality
from simulator.motor import MotorBank
from simulator.spread import (
    BLOCK,
    FIGURES,
    Frames,
    Law,
    MotorFactors,
    VariantBank,
    as_described,
    draw,
    drawn_motor,
    laws,
    model_of,
)

ALLOWED = sorted(place_device(load_device("reference-cushion")).allowed, key=lambda a: a.zone)
ZONES = [a.zone for a in ALLOWED]
COUNTS = [ZONES.count(zone) for zone in dict.fromkeys(ZONES)]


def drives(frames=3 * BLOCK, seed=1):
    """Drives that come and go, so that start, hold and the time constants all matter; rates that hold."""
    swell = np.sin(np.arange(frames)[:, None] / 60.0 + np.arange(len(ALLOWED)))
    noise = np.random.default_rng(seed).integers(0, 30, (frames, len(ALLOWED)))
    drive = np.clip(150 * swell + noise, 0, 200).astype(np.uint8)
    rate = np.where(drive > 0, [a.rate_min for a in ALLOWED], 0).astype(np.uint8)
    return drive, rate


def test_every_kind_of_motor_has_a_law_for_every_figure():
    assert {model_of(a) for a in ALLOWED} == set(laws())
    assert all(set(of) == set(FIGURES) for of in laws().values())


@pytest.mark.parametrize("law", [Law(0.074, 0.222, 2.0), Law(0.1, 0.25, 1.0), Law(0.0, 0.0, 1.0)])
def test_factors_lie_around_one_and_within_the_cut(law):
    uniform = np.linspace(0.0, 1.0, 2001)
    factors = law.factors(uniform)
    low, high = (1 - law.most) ** law.power, (1 + law.most) ** law.power
    assert factors.min() >= low - 1e-12
    assert factors.max() <= high + 1e-12
    assert np.median(factors) == pytest.approx(1.0)
    assert (np.diff(factors) >= 0.0).all()
    if law.sd:
        # Cut at two and a half or three standard deviations, a normal loses little of its spread.
        assert (factors ** (1 / law.power)).std() == pytest.approx(law.sd, rel=0.1)


def test_the_strength_of_an_eccentric_motor_spreads_as_its_maker_states():
    # 9000 +- 2000 rpm; what is felt goes with the square of the speed.
    law = laws()["eccentric"]["strength"]
    assert law.factors(np.array([0.0, 1.0])) == pytest.approx([(7 / 9) ** 2, (11 / 9) ** 2], rel=1e-3)


def test_a_seed_draws_the_same_variants_however_many_follow():
    few, many = draw(ALLOWED, 3, 7), draw(ALLOWED, 8, 7)
    for a, b in zip(few.columns, many.columns, strict=True):
        assert (a == b[:3]).all()
    other = draw(ALLOWED, 3, 8)
    assert (other.strength != few.strength).any()
    assert many.part(2, 5).variants == 3


def test_one_figure_alone_leaves_the_others_as_described():
    drawn = draw(ALLOWED, 3, 7)
    alone = drawn.alone("start")
    assert (alone.start == drawn.start).all()
    assert (alone.strength == 1.0).all()
    assert (alone.tau == 1.0).all()


def test_a_drawn_motor_differs_in_start_and_times_alone():
    motor = replace(ALLOWED[0], start=60, hold=40, tau_ms=50, vent_tau_ms=100)
    drawn = drawn_motor(motor, 1.1, 0.8)
    assert (drawn.start, drawn.hold, drawn.tau_ms, drawn.vent_tau_ms) == (66, 44, 40, 80)
    assert replace(drawn, start=60, hold=40, tau_ms=50, vent_tau_ms=100) == motor
    assert drawn_motor(replace(motor, start=250), 1.2, 1.0).start == 254


def test_variants_side_by_side_feel_as_each_does_alone():
    drive, rate = drives()
    drawn = draw(ALLOWED, 3, 1)
    steps = np.zeros(len(drive), dtype=np.uint8)
    together = VariantBank(ALLOWED, COUNTS, drawn).step(Frames(drive, rate, steps), 1)
    for v in range(3):
        motors = [drawn_motor(a, drawn.start[v, i], drawn.tau[v, i]) for i, a in enumerate(ALLOWED)]
        felt = MotorBank(motors).step(drive, rate) * drawn.strength[v]
        edge = 0
        for zone, count in enumerate(COUNTS):
            columns = slice(edge, edge + count)
            edge += count
            driven = (drive[:, columns] > 0).any(axis=1)
            assert together.frames[0, zone] == driven.sum()
            wanted = felt[:, columns].max(axis=1)[driven].sum()
            assert together.felt[v, 0, zone] == pytest.approx(wanted, rel=1e-9)


def test_calls_of_whole_blocks_change_nothing():
    drive, rate = drives(5 * BLOCK + 17)
    steps = np.repeat(np.array([0, 1], dtype=np.uint8), [2 * BLOCK + 40, 3 * BLOCK - 23])
    drawn = draw(ALLOWED, 2, 3)
    once = VariantBank(ALLOWED, COUNTS, drawn).step(Frames(drive, rate, steps), 2)
    bank = VariantBank(ALLOWED, COUNTS, drawn)
    felt, frames = np.zeros_like(once.felt), np.zeros_like(once.frames)
    for at in range(0, len(drive), 2 * BLOCK):
        rows = slice(at, at + 2 * BLOCK)
        part = bank.step(Frames(drive[rows], rate[rows], steps[rows]), 2)
        felt, frames = felt + part.felt, frames + part.frames
    assert frames.tolist() == once.frames.tolist()
    assert felt == pytest.approx(once.felt, rel=1e-12)
    assert once.frames.sum(axis=0).max() <= len(drive)


def test_the_described_motors_are_the_bank_of_the_layout():
    drive, rate = drives()
    described = as_described(ALLOWED)
    felt = VariantBank(ALLOWED, COUNTS, described).step(
        Frames(drive, rate, np.zeros(len(drive), np.uint8)), 1
    )
    alone = MotorBank(ALLOWED).step(drive, rate)
    assert felt.felt[0, 0, 0] == pytest.approx(alone[drive[:, 0] > 0, 0].sum(), rel=1e-9)


def test_a_stronger_motor_is_felt_more_and_a_later_start_less():
    drive, rate = drives()
    ones = np.ones((3, len(ALLOWED)))
    strength, start = ones.copy(), ones.copy()
    strength[1] = 1.2
    start[2] = 1.2
    felt = VariantBank(ALLOWED, COUNTS, MotorFactors(strength, start, ones)).step(
        Frames(drive, rate, np.zeros(len(drive), np.uint8)), 1
    )
    assert felt.felt[1] == pytest.approx(1.2 * felt.felt[0])
    geared = [i for i, a in enumerate(ALLOWED) if a.kind is not Modality.PRESSURE and a.start > 0]
    assert geared
    assert felt.felt[2].sum() < felt.felt[0].sum()
