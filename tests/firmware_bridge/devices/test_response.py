"""Felt level to drive and back."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware_bridge.devices.response import Response
from firmware_bridge.limits import DRIVE_MAX, FELT_FLOOR

STARTS = st.integers(0, 254)
EXPONENTS = st.floats(0.2, 2.5)


def test_below_the_felt_floor_is_off_and_at_it_starts():
    below, at = Response.drive_for([np.nextafter(FELT_FLOOR, 0), FELT_FLOOR], 60, 0.5)
    assert below == 0
    assert at >= 60


def test_full_level_is_full_drive():
    assert Response.drive_for(1.0, 60, 0.5) == DRIVE_MAX


@pytest.mark.parametrize("level", [float("nan"), float("inf"), float("-inf"), -1.0, -0.0, -1e308])
def test_what_is_not_a_level_is_off(level):
    assert Response.drive_for(level, 60, 0.5) == 0


def test_a_huge_level_is_full_drive():
    assert Response.drive_for(1e308, 60, 0.5) == DRIVE_MAX


def test_arguments_broadcast_over_frames_and_actuators():
    drive = Response.drive_for(np.full((3, 2), 0.5), np.array([0, 100]), np.array([1.0, 2.0]))
    assert drive.shape == (3, 2)
    assert drive[0].tolist() == [128, 139]


@given(st.floats(0, 1), st.floats(0, 1), STARTS, EXPONENTS)
def test_drive_is_in_range_and_rises_with_level(a, b, start, exponent):
    low, high = sorted((a, b))
    weak, strong = Response.drive_for([low, high], start, exponent)
    assert 0 <= weak <= strong <= DRIVE_MAX


@given(st.floats(FELT_FLOOR, 1), STARTS, EXPONENTS)
def test_felt_level_of_a_drive_gives_that_drive_back(level, start, exponent):
    drive = int(Response.drive_for(level, start, exponent))
    felt = Response.felt_for(drive, start, exponent)
    assert 0 <= felt <= 1
    if felt >= FELT_FLOOR:
        assert Response.drive_for(felt, start, exponent) == drive


def test_nothing_is_felt_up_to_the_start_level():
    assert Response.felt_for([0, 30, 60], 60, 0.5).tolist() == [0, 0, 0]
