"""What a person may feel at most, as ceilings that host and device hold."""

import numpy as np
import pytest

from firmware_bridge.devices.layout import place_device
from firmware_bridge.devices.load import load_device, shipped_devices
from firmware_bridge.devices.person import limited
from firmware_bridge.devices.response import Response

LAYOUTS = {name: place_device(load_device(name)) for name in shipped_devices()}


@pytest.mark.parametrize("name", shipped_devices())
@pytest.mark.parametrize("limit", [0.02, 0.3, 0.5, 0.7, 0.99])
def test_a_ceiling_is_the_highest_drive_within_the_limit_or_what_it_was(name: str, limit: float) -> None:
    before = LAYOUTS[name]
    after = limited(before, limit)
    for old, new in zip(before.actuators, after.actuators, strict=True):
        felt = old.start + (255 - old.start) * limit**old.exponent
        assert new.ceiling == min(old.ceiling, int(felt + 1e-6))
        assert (new.id, new.excluded, new.radius_mm) == (old.id, old.excluded, old.radius_mm)
    assert after.power_budget == before.power_budget
    assert after.description is before.description


@pytest.mark.parametrize("name", shipped_devices())
def test_what_is_asked_up_to_the_limit_is_held_by_no_more_than_one_drive(name: str) -> None:
    layout = limited(LAYOUTS[name], 0.5)
    asked = Response.drive_for(np.full(len(layout.actuators), 0.5), layout.starts, layout.exponents)
    lowered = layout.ceilings < LAYOUTS[name].ceilings
    assert set(asked[lowered] - layout.ceilings[lowered]) <= {0, 1}


@pytest.mark.parametrize("name", shipped_devices())
def test_a_limit_is_the_most_that_is_felt_whatever_drives_there_are(name: str) -> None:
    for percent in range(1, 100):
        layout = limited(LAYOUTS[name], percent / 100)
        felt = Response.felt_for(layout.ceilings, layout.starts, layout.exponents)
        assert felt.max() <= percent / 100 + 1e-9


@pytest.mark.parametrize("limit", [1.0, 1.5])
def test_no_limit_changes_nothing(limit: float) -> None:
    layout = LAYOUTS["reference-cushion"]
    assert limited(layout, limit) is layout


@pytest.mark.parametrize("limit", [0.0, 0.019, -1.0, float("nan")])
def test_below_what_can_be_felt_and_for_no_number_everything_is_off(limit: float) -> None:
    assert not limited(LAYOUTS["reference-cushion"], limit).ceilings.any()


def test_a_limit_never_raises_a_ceiling_or_lets_in_what_is_excluded() -> None:
    layout = limited(LAYOUTS["reference-cushion"], 0.999)
    assert (layout.ceilings <= LAYOUTS["reference-cushion"].ceilings).all()
    assert all(actuator.ceiling == 0 for actuator in layout.excluded)
