"""One sitting: what is found by people of several kinds, and that no limit had to hold anything back."""

import pytest
from calibrations import sit

from firmware_bridge.devices.load import load_device, place_device
from kneadwave.people.history import FELT_S

TRUE = {"thigh_r": (72, 50), "thigh_l": (45, 30), "back_r": (60, 40)}
NAMES = [name.replace("_", "-") for name in TRUE]


@pytest.mark.parametrize("reaction_s", [0.25, 0.35, 0.45, 0.6])
def test_quick_and_slow_people_find_the_same_starts(reaction_s):
    sitting = sit("seat-pad-8", NAMES, reaction_s=reaction_s, **TRUE)
    assert sitting.left == []
    for name, (start, hold) in TRUE.items():
        found = sitting.found[name.replace("_", "-")]
        assert abs(found.start - start) <= 1
        assert abs(found.hold - hold) <= 10
        assert (found.unsure, found.false_alarms) == ("", 0)


@pytest.mark.parametrize("device", ["seat-pad-8", "reference-cushion", "mat-64"])
def test_no_limit_holds_anything_back_and_a_minute_of_movement_is_kept(device):
    names = [actuator.id for actuator in place_device(load_device(device)).allowed]
    sitting = sit(device, names)
    # Neither the time at one point nor any ceiling: what was measured is what was played.
    assert sitting.held == set()
    assert sitting.moved_s <= FELT_S + 1.5  # of the device, releases included
    assert len(sitting.found) >= 7


def test_every_kind_of_actuator_is_found_where_it_is():
    sitting = sit("reference-cushion", ["sacrum", "upper-r", "knead-r", "press-r"], knead_r=(80, 60))
    found = {name: (each.start, each.unsure) for name, each in sitting.found.items()}
    assert abs(found["sacrum"][0] - 60) <= 1
    assert abs(found["upper-r"][0] - 10) <= 3
    assert abs(found["knead-r"][0] - 80) <= 1
    assert abs(found["press-r"][0] - 30) <= 5
    assert {unsure for _, unsure in found.values()} == {""}


def test_the_same_seed_gives_the_same_sitting():
    assert sit("seat-pad-8", NAMES[:1], seed=3) == sit("seat-pad-8", NAMES[:1], seed=3)


def test_a_key_that_is_held_down_is_one_answer():
    def hold(person):
        for index in range(40):
            person.press(5.0 + index * 0.03, "x")

    plain = sit("seat-pad-8", ["thigh-r"])
    held = sit("seat-pad-8", ["thigh-r"], before=hold)
    assert held.found["thigh-r"].unsure == ""
    assert abs(held.found["thigh-r"].start - plain.found["thigh-r"].start) <= 1


def test_who_presses_all_the_time_is_not_believed():
    def nervous(person):
        for index in range(300):
            person.press(0.6 + index * 0.6, "x")

    found = sit("seat-pad-8", ["thigh-r"], before=nervous).found["thigh-r"]
    assert found.start is None
    assert found.unsure in ("keys came before anything was played", "felt when nothing was played")
