"""Which actuators work one point: the guard finds it in its own table."""

import numpy as np
import pytest
from output_stages import actuator

from firmware_bridge.guard.points import Points
from firmware_bridge.wire.messages import NOWHERE_MM


def points_of(*places):
    """For each of the places (x, y, radius), which others are flagged when it is."""
    points = Points([actuator(i, x_mm=x, y_mm=y, radius_mm=r) for i, (x, y, r) in enumerate(places)])
    everyone = np.eye(len(places), dtype=bool)
    return [np.flatnonzero(points.spread(points.gather(row))).tolist() for row in everyone]


@pytest.mark.parametrize(("apart", "one"), [(19, True), (20, True), (21, False)])
def test_the_smaller_radius_is_the_reach(apart, one):
    for pair in ((0, 0, 20), (apart, 0, 45)), ((0, 0, 45), (apart, 0, 20)):
        assert points_of(*pair) == ([[0, 1]] * 2 if one else [[0], [1]])


@pytest.mark.parametrize(("y", "one"), [(15, True), (16, False)])
def test_the_distance_is_the_straight_one(y, one):
    assert (points_of((0, 0, 25), (20, y, 25))[0] == [0, 1]) is one


def test_a_chain_is_one_point_in_whatever_order_it_is_told():
    chain = [0, 1, 3]
    assert points_of((0, 0, 20), (40, 0, 20), (100, 0, 20), (20, 0, 20)) == [chain, chain, [2], chain]


def test_what_has_no_place_is_a_point_of_its_own():
    nowhere = (NOWHERE_MM, NOWHERE_MM, 20)
    assert points_of(nowhere, nowhere, (0, 0, 20)) == [[0], [1], [2]]
    assert points_of((NOWHERE_MM, 0, 20), (0, 0, 20)) == [[0], [1]]


def test_flags_are_gathered_row_by_row():
    points = Points([actuator(0), actuator(1, x_mm=90), actuator(2)])
    assert points.count == 2
    assert points.gather(np.array([[0, 1, 0], [0, 0, 1]], bool)).tolist() == [[True, False], [False, True]]
    assert points.spread(np.array([True, False])).tolist() == [True, True, False]
