"""What of a target is felt on a device, through limiter and motors."""

import pytest

from firmware_bridge.devices.load import load_device
from kneadwave.tuning.fit.outcome import Reached, reached
from kneadwave.tuning.fit.targets import LevelTarget, meet, parse_targets, place_targets
from profiles.profile import load_profile
from profiles.rules.limits import JND

BACK = load_profile("relaxing-back")


def of(text, device, profile=BACK):
    placed = place_targets(profile, parse_targets([text]))
    return reached(meet(profile, placed), placed, load_device(device))


@pytest.mark.parametrize("device", ["reference-cushion", "mat-64"])
@pytest.mark.parametrize(
    "text",
    ["lumbar=40%@8:40", "lumbar=30%@8:40", "shoulder=55%@11:40", "scapular-left=20%@1:30", "sacrum=20%@0:45"],
)
def test_what_is_asked_for_is_felt(device, text):
    (found,) = of(text, device)
    assert found.near, found
    assert found.at == pytest.approx(found.target.time, abs=6.0)


def test_more_asked_for_is_more_felt():
    less, more = (of(f"lumbar={level}%@8:40", "reference-cushion")[0].felt for level in (20, 40))
    assert more == pytest.approx(2 * less, rel=0.25)


def test_where_a_device_has_nothing_nothing_is_felt():
    placed = place_targets(BACK, parse_targets(["lumbar=40%@8:40"]))
    device = load_device("seat-pad-8")
    far = tuple(a.model_copy(update={"x_mm": None, "y_mm": None}) for a in device.actuators)
    (found,) = reached(BACK, placed, device.model_copy(update={"actuators": far}))
    assert (found.felt, found.at, found.near) == (0.0, None, False)


@pytest.mark.parametrize(
    ("asked", "felt", "near"),
    [
        (0.4, 0.4, True),
        (0.4, 0.48, True),
        (0.4, 0.49, False),
        (0.48, 0.4, True),
        (0.49, 0.4, False),
        (0.0, 0.0, True),
    ],
)
def test_near_is_one_just_noticeable_difference_either_way(asked, felt, near):
    assert Reached(LevelTarget("lumbar", asked, 1.0), felt, 1.0).near is near
    assert JND == 0.2
