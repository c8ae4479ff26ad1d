"""Which postures go with which device, what is told before it begins, and who needs a second person."""

import pytest

from profiles.posture import FITTING, fitting, goes_with, needs_helper, told
from profiles.profile import load_profile
from profiles.technique import Mounting

GUIDE = {"name": "by hand", "duration_s": 30.0}


def guide(part="", **technique):
    return GUIDE | {"technique": {"kind": "guide", "instruction": "Gently.", "part": part, **technique}}


def test_every_mounting_has_postures_and_nobody_lies_with_the_front_on_a_device():
    assert set(FITTING) == set(Mounting)
    assert [each for each in Mounting if "prone" in FITTING[each]] == [Mounting.ON]


@pytest.mark.parametrize(
    ("mountings", "postures"),
    [
        ([], {"prone", "supine", "seated", "side"}),
        (["under"], {"seated", "supine"}),
        (["behind"], {"seated"}),
        (["on"], {"prone", "side", "seated"}),
        (["under", "behind"], {"seated"}),
        (["under", "on"], {"seated"}),
    ],
)
def test_devices_that_play_together_leave_the_postures_of_all(mountings, postures):
    assert set(fitting([Mounting(each) for each in mountings])) == postures


@pytest.mark.parametrize(
    ("posture", "mounting", "fits"),
    [
        ("any", "under", True),
        ("prone", "under", False),
        ("side", "under", False),
        ("supine", "under", True),
        ("supine", "behind", False),
        ("seated", "behind", True),
        ("prone", "on", True),
        ("supine", "on", False),
    ],
)
def test_a_profile_goes_with_a_device_by_its_posture(around, posture, mounting, fits):
    profile = around(posture=posture)
    assert goes_with(profile, [Mounting(mounting)]) is fits
    assert goes_with(profile, [])
    words = told(profile, [Mounting(mounting)])
    assert ("for which this routine is written" in words) is not fits
    assert words


def test_a_posture_on_the_way_counts_where_a_device_plays_in_it(around):
    turning = guide("posture", posture="prone")
    assert not goes_with(around(turning, posture="seated"), [Mounting.UNDER])
    assert goes_with(around(turning, posture="seated"), [])
    alone = around(posture="prone").model_copy(update={"step": ()})
    assert goes_with(alone, [Mounting.UNDER]), "no device plays"


def test_what_is_told_goes_by_the_device_first():
    prone = load_profile("relaxing-back")
    assert told(prone, [Mounting.UNDER]).startswith("Sit, or lie on your back, with the device under you.")
    assert told(prone, [Mounting.ON]) == told(prone, [], device=False)
    unknown = told(prone, [])
    assert "lie so only with the device on you" in unknown
    assert "With the device under you, sit or lie on your back" in unknown
    assert not unknown.startswith("Lie on your front"), "it may lie under the person, and tell so only later"
    assert told(load_profile("shoulder-relief"), []) == ""
    assert "lean back" in told(load_profile("shoulder-relief"), [Mounting.BEHIND])


@pytest.mark.parametrize(
    ("name", "helper"),
    [
        *[(name, True) for name in ("arms", "head", "feet", "pregnancy", "feet-to-head", "prone-and-supine")],
        *[(name, False) for name in ("abdomen", "chest", "self-neck-shoulders", "before-interview")],
        *[(name, False) for name in ("before-leaving", "relaxing-back", "felt-check")],
    ],
)
def test_a_routine_with_hands_of_another_needs_a_helper(name, helper):
    assert needs_helper(load_profile(name)) is helper


def test_breath_and_posture_need_nobody(around):
    assert not needs_helper(around(*[guide(part) for part in ("", "breath", "posture", "whole")]))
    assert needs_helper(around(guide("neck")))
    assert not needs_helper(around(guide("neck"), self_massage=True))
