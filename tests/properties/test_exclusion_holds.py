"""A whole run with the placement broken in every layer that uses it: nothing over spine or kidneys moves.

The interlock trips over the limits that the device would be told: nothing moves at all.
"""

import numpy as np
import pytest

from firmware_bridge.devices.layout import place_device
from firmware_bridge.errors import InterlockTrip
from profiles.body import BodyMap, ExcludedZone, body_map
from profiles.profile import parse
from profiles.score import compose

TOUCHES = ExcludedZone.touches
PROFILE = """
schema = 1
name = "over-everything"
[[step]]
name = "over everything"
technique = { kind = "stroking" }
zones = ["sacrum", "lumbar", "upper-back"]
on = ["vibration", "kneading", "pressure"]
duration_s = 30
level = 0.4
"""
BROKEN = {
    "radius ignored": (ExcludedZone, "touches", lambda zone, x, y, _radius: TOUCHES(zone, x, y, 0.0)),
    "nothing touches": (ExcludedZone, "touches", lambda *_: False),
    "nothing excluded": (BodyMap, "exclusion_at", lambda *_: None),
}


@pytest.mark.parametrize("stature_m", [1.50, 1.70, 1.95])
@pytest.mark.parametrize("device", ["reference-cushion", "mat-64"])
@pytest.mark.parametrize("by", BROKEN)
def test_a_placement_that_fails_in_every_layer_trips_the_interlock(
    run, devices, device, by, stature_m, monkeypatch
):
    off = [a.index for a in place_device(devices(device), body_map(stature_m)).excluded]
    monkeypatch.setattr(*BROKEN[by])
    score = compose(parse(PROFILE), body_map(stature_m))
    played = run(score, devices(device))
    let_go = [a.id for a in played.session.layout.allowed if a.index in off]
    if let_go:
        told = r"', which is off: footprint reaches (spine|kidney)"
        with pytest.raises(InterlockTrip, match=told) as caught:
            played.finish()
        assert caught.value.reason.split("'")[1] in let_go
    else:  # the reference cushion has its motors' very centres over the kidneys of its own body
        assert (by, device, stature_m) == ("radius ignored", "reference-cushion", 1.70)
        played.finish()
    assert not np.vstack(played.eye.drive_parts)[:, off].any()
