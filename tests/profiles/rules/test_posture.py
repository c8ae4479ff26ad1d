"""What the check says of postures on a device, and of a second person."""

import pytest
from findings import by_rule, told

from firmware_bridge.devices.load import load_device, place_device
from profiles.rules.check import check
from profiles.technique import Mounting


def guide(part="", **technique):
    technique = {"kind": "guide", "instruction": "Gently.", "part": part, **technique}
    return {"name": "by hand", "technique": technique, "duration_s": 30.0}


@pytest.mark.parametrize("mounting", ["under", "behind", "on"])
@pytest.mark.parametrize("posture", ["any", "prone", "supine", "seated", "side"])
def test_a_posture_in_which_the_device_is_not_used_is_a_warning(around, posture, mounting):
    profile = around(posture=posture)
    fits = {"under": "supine seated", "behind": "seated", "on": "prone side seated"}[mounting].split()
    warned = [] if posture in ("any", *fits) else [("warning", "posture")]
    assert by_rule(check(profile, mountings=[Mounting(mounting)]), 29) == warned
    assert by_rule(check(profile), 29) == []


def test_a_turn_is_named_at_its_step(around):
    profile = around(guide("posture", posture="prone"), posture="seated")
    found = check(profile, mountings=[Mounting.UNDER])
    assert by_rule(found, 29) == [("warning", "step[2]")]
    assert "lies under the person and is used sitting or lying on the back" in told(found, 29)


def test_what_a_device_leaves_to_hands_is_no_matter_of_posture(make_profile):
    feet = {
        "name": "feet",
        "technique": {"kind": "stroking"},
        "zones": ["foot"],
        "duration_s": 60.0,
        "level": 0.2,
    }
    profile = make_profile(feet, posture="prone")
    places = place_device(load_device("neck-pillow")).places()
    found = check(profile, places=places, mountings=[Mounting.BEHIND])
    assert by_rule(found, 29) == []
    assert any("second person" in each.message for each in found)


def test_a_felt_test_is_felt_in_any_posture(around):
    profile = around(posture="prone", audience="test")
    assert by_rule(check(profile, mountings=[Mounting.UNDER]), 29) == []


def test_a_second_person_is_told_with_the_steps(around):
    (found,) = [each for each in check(around(guide("head"), guide("neck"))) if "second" in each.message]
    assert (found.severity, found.rule) == ("info", None)
    assert "steps 2, 3" in found.message
    assert not any("second" in each.message for each in check(around(guide("neck"), self_massage=True)))
