"""What the limits of a device leave of a curve: ceilings, dwell, power; never what slew takes."""

import numpy as np
import pytest

from firmware_bridge.devices.description import DeviceDescription
from firmware_bridge.devices.load import load_device
from kneadwave.tuning.curves.device_limits import TOLERANCE, played_share
from kneadwave.tuning.curves.select import choose, with_curve, with_step
from profiles.curve import IntensityCurve
from profiles.profile import Profile, load_profile, parse

CUSHION = load_device("reference-cushion")
BACK = load_profile("relaxing-back")
T = np.linspace(0.0, 150.0, 61)

POINT = """\
schema = 1
name = "point"
audience = "test"

[[step]]
name = "one point"
technique = { kind = "pressing", attack_s = 0.5, hold_s = 100, release_s = 0.5, spacing_mm = 400 }
zones = ["shoulder"]
hands = "both"
on = ["kneading"]
duration_s = 40
level = 0.5
"""


def lowered(share: float) -> DeviceDescription:
    """The reference cushion with all its ceilings so low."""
    actuators = [a.model_copy(update={"ceiling": share}) for a in CUSHION.actuators]
    return CUSHION.model_copy(update={"actuators": tuple(actuators)})


def louder(level: float) -> Profile:
    return with_step(BACK, 7, BACK.step[7].model_copy(update={"level": level}))


@pytest.mark.parametrize("device", ["reference-cushion", "seat-pad-8", "mat-64"])
@pytest.mark.parametrize("name", ["relaxing-back", "felt-check", "gentle-back", "technique-chain"])
def test_a_curve_within_its_limits_is_played_as_it_is_drawn(device: str, name: str) -> None:
    """But for the rests of single points, where on a pad of few motors one of them is all that a hand has."""
    profile = load_profile(name)
    for index, step in enumerate(profile.step):
        if step.moves:
            t = np.linspace(0.0, step.duration_s, 301)
            share = played_share(profile, index, t, load_device(device))
            assert share is None or share.mean() > 0.92
            assert share is None or (share < 0.5).mean() * step.duration_s < 3.0, "one rest, not two"


def test_what_passes_a_ceiling_is_held_there() -> None:
    share = played_share(louder(1.0), 7, T, CUSHION)
    assert share is not None
    assert share.shape == T.shape
    # In the middle the curve asks for all, where some zones have a ceiling of a half and others of all.
    assert 0.5 <= share[20:40].min() < 0.7
    assert share[0] > share[20:40].min()
    assert ((share >= 0.0) & (share <= 1.0)).all()


def test_a_lower_ceiling_leaves_less() -> None:
    flat = with_curve(BACK, choose(BACK, "8"), IntensityCurve.preset("hold"))
    means = []
    for ceiling in (0.6, 0.4, 0.3):
        share = played_share(flat, 7, T, lowered(ceiling))
        assert share is not None
        means.append(share.mean())
    assert 1.0 > means[0] > means[1] > means[2] > 0.0


def test_the_power_budget_takes_its_part() -> None:
    poor = CUSHION.model_copy(update={"power_budget": 200})
    share = played_share(BACK, 7, T, poor)
    assert share is not None
    assert share.mean() < 0.9
    assert share.min() < 0.4, "where several actuators share the work"


def test_what_dwell_takes_is_seen() -> None:
    t = np.linspace(0.0, 40.0, 81)
    long = played_share(parse(POINT), 0, t, CUSHION)
    assert long is not None
    rests = t[long < 0.05]
    # 9.2 s of work and 2.5 s of rest, three times, planned when the score is rendered (profiles/rests.py).
    assert (long[:18] > 0.99).all(), "nothing sinks in the first eight and a half seconds"
    assert {round((rest - 9.2) // 11.7) for rest in rests} == {0, 1, 2}
    assert all((rest - 9.2) % 11.7 < 2.5 for rest in rests)


def test_over_the_session_the_share_is_that_of_each_time() -> None:
    t = np.linspace(0.0, 900.0, 181)
    assert played_share(BACK, None, t, CUSHION) is None
    share = played_share(louder(1.0), None, t, CUSHION)
    assert share is not None
    assert share[103:131].min() < 0.8  # step 8, from 510 to 660 s
    assert share[:100].min() > 1.0 - TOLERANCE
    assert share[135:].min() > 1.0 - TOLERANCE


def test_of_a_profile_that_cannot_be_played_nothing_is_said() -> None:
    lost = BACK.step[7].model_copy(update={"zones": ("nowhere",)})
    assert played_share(with_step(BACK, 7, lost), 7, T, CUSHION) is None
