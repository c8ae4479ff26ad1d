"""Actuators that work one point of the body: three computations of it, which agree."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from depth import at_depth
from hypothesis import example, given, settings
from hypothesis import strategies as st

from firmware_bridge.devices.layout import Actuator, place_device
from firmware_bridge.devices.load import load_device, shipped_devices
from firmware_bridge.devices.points import shared_points
from firmware_bridge.guard.points import Points
from firmware_bridge.safety.veto import points_of
from firmware_bridge.wire.identity import actuator_info

Make = Callable[..., Actuator]
ONE = place_device(load_device("reference-cushion")).actuators[0]


def pair(actuator: Make, apart: tuple[int, int], one: int = 20, other: int = 20) -> list[Actuator]:
    dx, dy = apart
    return [
        actuator(0, at_mm=(-7, 60), radius_mm=one),
        actuator(1, at_mm=(-7 + dx, 60 + dy), radius_mm=other),
    ]


@pytest.mark.parametrize(
    ("apart", "shared"),
    [
        ((0, 0), True),
        ((19, 0), True),
        ((20, 0), True),
        ((21, 0), False),
        ((0, -20), True),
        ((0, -21), False),
        ((12, 16), True),  # 20 mm
        ((12, 17), False),
        ((-16, 13), False),
    ],
)
def test_two_are_one_point_where_each_centre_lies_in_the_footprint_of_the_other(
    actuator: Make, apart: tuple[int, int], shared: bool
) -> None:
    assert shared_points(pair(actuator, apart)) == ([[0, 1]] if shared else [])


@pytest.mark.parametrize(("apart", "shared"), [(10, True), (11, False), (30, False)])
def test_the_smaller_radius_counts_whoever_has_it(actuator: Make, apart: int, shared: bool) -> None:
    """A large footprint that covers the centre of a small one is not enough."""
    for radii in ((10, 40), (40, 10)):
        assert shared_points(pair(actuator, (apart, 0), *radii)) == ([[0, 1]] if shared else [])


def test_a_chain_is_one_point_in_whatever_order_it_is_wired(actuator: Make) -> None:
    places = {0: 40, 1: 200, 2: 0, 3: 20, 4: 60, 5: 81}
    chain = [actuator(i, at_mm=(x, 60)) for i, x in places.items()]
    assert shared_points(chain) == [[0, 2, 3, 4]]


def test_two_chains_are_two_points(actuator: Make) -> None:
    chains = [actuator(i, at_mm=(x, 60)) for i, x in enumerate((0, 300, 20, 320, 150))]
    assert shared_points(chains) == [[0, 2], [1, 3]]


def test_one_without_a_place_shares_no_point(actuator: Make) -> None:
    """Its coordinates, 0 and 0, mean nothing."""
    here = [actuator(i, at_mm=(0, 0), placed=i == 1) for i in range(3)]
    assert shared_points(here) == []


def test_what_is_off_still_joins_its_neighbours(actuator: Make) -> None:
    """The device goes by places alone (docs/wire.md): so do both of the host's."""
    three = [actuator(i, at_mm=(20 * i, 60), excluded="spine" if i == 1 else "") for i in range(3)]
    assert shared_points(three) == [[0, 1, 2]]


def by_veto(actuators: list[Actuator]) -> list[list[int]]:
    masks = [mask for mask in points_of(actuators) if mask & (mask - 1)]
    return [[i for i in range(len(actuators)) if mask >> i & 1] for mask in masks]


def by_device(actuators: list[Actuator]) -> list[list[int]]:
    points = Points([actuator_info(a) for a in actuators])
    alone = np.eye(len(actuators), dtype=np.bool_)
    members = [np.flatnonzero(points.spread(points.gather(alone[i]))).tolist() for i in range(len(actuators))]
    return [m for i, m in enumerate(members) if m[0] == i and len(m) > 1]


@pytest.mark.parametrize("radius", [1, 5, 20, 65, 100])
def test_all_three_computations_agree_on_every_distance(actuator: Make, radius: int) -> None:
    """Whole millimetres up to just beyond the radius: a root that is rounded would show at a triple."""
    for dx in range(radius + 2):
        for dy in {0, 1, *range(max(0, int((radius**2 - min(dx, radius) ** 2) ** 0.5) - 1), radius + 2)}:
            two = pair(actuator, (dx, dy), radius, 100)
            expected = [[0, 1]] if dx * dx + dy * dy <= radius * radius else []
            assert shared_points(two) == by_veto(two) == expected
            assert by_device(two) == expected


PLACES = st.tuples(
    st.integers(-60, 60), st.integers(0, 120), st.integers(1, 60), st.sampled_from([1, 1, 1, 0])
)


@settings(max_examples=at_depth(300))
@given(st.lists(PLACES, min_size=1, max_size=16))
@example([(0, 0, 20, 1), (40, 0, 20, 1), (20, 0, 20, 1)])
@example([(0, 0, 20, 0), (0, 0, 20, 1), (0, 0, 20, 0)])
@example([(0, 0, 5, 1), (10, 0, 5, 1), (20, 0, 5, 1), (5, 0, 5, 1), (15, 0, 5, 1)])
def test_all_three_computations_agree(places: list[tuple[int, int, int, int]]) -> None:
    some = [
        replace(ONE, index=i, x_mm=x, y_mm=y, radius_mm=radius, placed=bool(placed))
        for i, (x, y, radius, placed) in enumerate(places)
    ]
    assert shared_points(some) == by_veto(some) == by_device(some)


@pytest.mark.parametrize("name", shipped_devices())
def test_all_three_computations_agree_on_shipped_devices(name: str) -> None:
    actuators = list(place_device(load_device(name)).actuators)
    assert shared_points(actuators) == by_veto(actuators) == by_device(actuators)
