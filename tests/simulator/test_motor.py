"""Motor models: what they settle at, how they get there, and that block sizes do not matter."""

from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from depth import at_depth
from hypothesis import given, settings
from hypothesis import strategies as st

from firmware_bridge.devices.load import DeviceDescription, Layout, place_device
from firmware_bridge.devices.response import Response
from firmware_bridge.limits import FELT_FLOOR
from simulator.motor import Lag, MotorBank

START, HOLD, TAU_MS = 60, 40, 60


def spec(index: int, kind: str = "vibration", **changes: Any) -> dict[str, Any]:
    return {
        "id": f"a{index}",
        "kind": kind,
        "x_mm": 75,
        "y_mm": 400,
        "radius_mm": 20,
        "ceiling": 1.0,
        "attack_per_s": 800,
        "release_per_s": 1600,
        "response": {"start": START, "hold": HOLD, "exponent": 0.5},
        "motor": {"tau_ms": TAU_MS, "full_hz": 70.0},
        **changes,
    }


def layout(*specs: dict[str, Any]) -> Layout:
    return place_device(
        DeviceDescription.model_validate(
            {"schema": 1, "name": "bench", "title": "Bench", "power_budget": 2000, "actuator": list(specs)}
        )
    )


ERM = spec(0)
COIL = spec(1, rate={"min": 20, "max": 80}, motor={"tau_ms": 10})
KNEADER = spec(2, "kneading", rate={"min": 10, "max": 60}, motor={"tau_ms": 200})
CELL = spec(3, "pressure", motor={"tau_ms": 400, "vent_tau_ms": 700})
# Not in the order in which the bank groups them, so that its reordering is at work in every test.
MIXED = layout(CELL, KNEADER, ERM, COIL)
RATES = (0, 30, 0, 50)
ERM_AT, COIL_AT, KNEADER_AT, CELL_AT = 2, 3, 1, 0


def run(bank: MotorBank, drives: list[list[int]], rates: tuple[int, ...] = RATES) -> np.ndarray:
    drive = np.array(drives, dtype=np.uint8).reshape(len(drives), len(rates))
    return bank.step(drive, np.where(drive > 0, np.array(rates), 0).astype(np.uint8))


@pytest.mark.parametrize("drive", [START + 5, 100, 180, 254, 255])
def test_a_steady_drive_settles_at_the_felt_level_that_its_response_curve_reads(drive: int) -> None:
    felt = run(MotorBank(MIXED.actuators), [[drive] * 4] * 500)
    wanted = max(float(Response.felt_for(drive, START, 0.5)), 0.0)
    floor = max(wanted, FELT_FLOOR)
    assert felt[-1, COIL_AT] == pytest.approx(wanted, abs=1e-9)
    assert felt[-1, CELL_AT] == pytest.approx(wanted, abs=1e-9)
    assert felt[-1, ERM_AT] == pytest.approx(floor, abs=1e-9)
    assert felt[-1, KNEADER_AT] == pytest.approx(floor, abs=1e-9)


@given(
    level=st.floats(FELT_FLOOR, 1.0),
    exponent=st.sampled_from([0.3, 0.5, 1.0, 2.0]),
    start=st.integers(0, 120),
)
@settings(max_examples=at_depth(40))
def test_an_intended_level_is_felt_again_within_a_step_of_drive(
    level: float, exponent: float, start: int
) -> None:
    response = {"start": start, "hold": start // 2, "exponent": exponent}
    bank = MotorBank(layout(spec(0, response=response)).actuators)
    drive = int(Response.drive_for(level, start, exponent))
    felt = float(run(bank, [[drive]] * 400, (0,))[-1, 0])
    below = float(Response.felt_for(drive - 1, start, exponent))
    above = float(Response.felt_for(drive + 1, start, exponent))
    assert min(below, FELT_FLOOR) <= felt
    assert below <= max(felt, level)
    assert min(felt, level) <= above


def test_an_eccentric_motor_rises_as_the_square_of_a_first_order_speed() -> None:
    felt = run(MotorBank(MIXED.actuators), [[0, 0, 255, 0]] * 25)[:, ERM_AT]
    t = np.arange(1, 26) * 0.02
    np.testing.assert_allclose(felt, (1 - np.exp(-t / (TAU_MS / 1000))) ** 2, atol=1e-12)
    # 90 % of the amplitude after 2.97 tau: the figure that data sheets give for a start.
    assert 0.85 < felt[int(2.97 * TAU_MS / 1000 / 0.02) - 1] < 0.91


def test_an_eccentric_motor_needs_start_to_start_and_hold_to_go_on() -> None:
    bank = MotorBank(MIXED.actuators)

    def steady(drive: int) -> float:
        return float(run(bank, [[0, 0, drive, 0]] * 100)[-1, ERM_AT])

    assert steady(START - 1) == 0.0
    assert steady(START) > 0.0
    assert steady(HOLD) == pytest.approx(FELT_FLOOR)
    assert steady(HOLD - 1) < 1e-9
    assert steady(HOLD) == pytest.approx(0.0, abs=1e-9)
    assert steady(START) > 0.0
    assert steady(0) < 1e-9


def test_a_hold_of_zero_still_lets_drive_zero_stop_the_motor() -> None:
    bank = MotorBank(layout(spec(0, response={"start": 0, "hold": 0, "exponent": 0.5})).actuators)
    assert run(bank, [[200]] * 100, (0,))[-1, 0] > 0.5
    assert run(bank, [[0]] * 100, (0,))[-1, 0] < 1e-9


def test_an_actuator_with_a_rate_of_its_own_stands_still_at_rate_zero() -> None:
    felt = run(MotorBank(MIXED.actuators), [[200] * 4] * 50, (0, 0, 0, 0))
    assert not felt[:, [COIL_AT, KNEADER_AT]].any()
    assert (felt[-1, [ERM_AT, CELL_AT]] > 0).all()


def test_the_rate_of_a_kneader_follows_its_command_with_the_lag_of_a_servo() -> None:
    bank = MotorBank(MIXED.actuators)
    run(bank, [[0, 200, 0, 0]] * 10)
    assert bank.rates()[KNEADER_AT] == pytest.approx(30 * (1 - np.exp(-1.0)))
    run(bank, [[0, 200, 0, 0]] * 300)
    assert bank.rates()[KNEADER_AT] == pytest.approx(30)
    run(bank, [[0, 0, 0, 0]] * 300)
    assert bank.rates()[KNEADER_AT] == pytest.approx(0, abs=1e-6)


def test_rates_tell_the_speed_of_an_eccentric_motor_and_the_rate_of_a_coil_at_work() -> None:
    bank = MotorBank(MIXED.actuators)
    run(bank, [[0, 0, 255, 200]] * 300)
    assert bank.rates().tolist() == pytest.approx([0, 0, 70.0, 50])
    run(bank, [[0, 0, 0, 0]])
    assert bank.rates()[COIL_AT] == 0


def test_a_pressure_cell_fills_at_a_limited_rate_and_vents_exponentially() -> None:
    bank = MotorBank(MIXED.actuators)
    filling = run(bank, [[255, 0, 0, 0]] * 30)[:, CELL_AT]
    np.testing.assert_allclose(filling[:20], np.arange(1, 21) * 0.02 / 0.4, atol=1e-12)
    assert filling[-1] == 1.0
    venting = run(bank, [[0, 0, 0, 0]] * 50)[:, CELL_AT]
    np.testing.assert_allclose(venting, np.exp(-np.arange(1, 51) * 0.02 / 0.7), atol=1e-12)


def test_a_pressure_cell_stops_venting_at_its_target() -> None:
    bank = MotorBank(MIXED.actuators)
    run(bank, [[255, 0, 0, 0]] * 50)
    half = int(Response.drive_for(0.5, START, 0.5))
    felt = run(bank, [[half, 0, 0, 0]] * 200)[:, CELL_AT]
    assert felt[-1] == pytest.approx(float(Response.felt_for(half, START, 0.5)))
    assert felt.min() == felt[-1]


drives = st.lists(
    st.lists(st.sampled_from([0, 0, HOLD - 1, HOLD, START - 1, START, 130, 255]), min_size=4, max_size=4),
    min_size=1,
    max_size=60,
)


@given(drives=drives, cuts=st.lists(st.integers(0, 60), max_size=5))
@settings(max_examples=at_depth(60))
def test_how_frames_fall_into_calls_does_not_change_what_is_felt(
    drives: list[list[int]], cuts: list[int]
) -> None:
    whole, parts = MotorBank(MIXED.actuators), MotorBank(MIXED.actuators)
    edges = sorted({0, len(drives), *(min(cut, len(drives)) for cut in cuts)})
    pieces = [run(parts, drives[a:b]) for a, b in pairwise(edges)]
    np.testing.assert_allclose(np.concatenate(pieces), run(whole, drives), atol=1e-12)
    np.testing.assert_allclose(parts.rates(), whole.rates(), atol=1e-9)


@given(drives=drives)
@settings(max_examples=at_depth(40))
def test_felt_levels_stay_between_nothing_and_full(drives: list[list[int]]) -> None:
    felt = run(MotorBank(MIXED.actuators), drives)
    assert np.isfinite(felt).all()
    assert felt.min() >= 0.0
    assert felt.max() <= 1.0 + 1e-12


@pytest.mark.parametrize("at", range(4))
def test_each_model_works_the_same_alone_as_beside_the_others(at: int) -> None:
    drive = np.repeat(np.array([[0], [255], [START], [HOLD], [0]], dtype=np.uint8), 30, axis=0)
    among = MotorBank(MIXED.actuators).step(np.repeat(drive, 4, axis=1), np.tile(RATES, (150, 1)))
    alone = MotorBank([MIXED.actuators[at]]).step(drive, np.full((150, 1), RATES[at]))
    np.testing.assert_array_equal(among[:, at], alone[:, 0])


def test_no_frames_change_nothing() -> None:
    bank = MotorBank(MIXED.actuators)
    before = run(bank, [[200] * 4] * 5)[-1]
    assert run(bank, []).shape == (0, 4)
    after = run(bank, [[200] * 4])[-1]
    assert (after > before).all()


def test_a_silent_bank_is_at_rest_again_without_denormal_numbers() -> None:
    bank = MotorBank(MIXED.actuators)
    run(bank, [[255] * 4] * 100)
    for _ in range(60):
        last = run(bank, [[0] * 4] * 50)
    assert not last.any()


def test_drives_of_floats_are_rounded_to_the_wire() -> None:
    exact = MotorBank(MIXED.actuators).step(np.full((9, 4), 130.0), np.full((9, 4), 40.0))
    near = MotorBank(MIXED.actuators).step(np.full((9, 4), 130.3), np.full((9, 4), 40.0))
    np.testing.assert_array_equal(exact, near)


def test_a_lag_without_time_constant_follows_at_once() -> None:
    target = np.array([[1.0], [0.25]])
    np.testing.assert_array_equal(Lag([0.0]).follow(target), target)
