"""Whatever a profile asks for, no limit is ever broken by what a device puts out."""

import pytest
from depth import at_depth
from hypothesis import given, settings
from hypothesis import strategies as st

from firmware_bridge.wire.messages import DeviceState
from profiles.errors import ProfileError
from profiles.profile import parse
from profiles.score import compose


@pytest.mark.parametrize("device", ["reference-cushion", "seat-pad-8", "mat-64"])
@settings(max_examples=at_depth(50))
@given(data=st.data())
def test_any_profile_on_any_device_keeps_every_limit_and_trips_nothing(
    run, any_profile, devices, device, data
):
    profile = data.draw(any_profile())
    try:
        score = compose(profile)
    except ProfileError:
        return
    played = run(score, devices(device)).finish()
    played.eye.assert_limits(played.cushion)
    assert played.session.trips == 0
    assert played.session.stop_reason == ""
    assert played.session.stop_confirmed
    assert played.session.shifts == 0
    assert not played.eye.named("trip")
    assert not played.eye.named("dwell"), "the host has every actuator at rest before the device must"
    assert not played.eye.named("link")
    assert played.session.device.status.late == 0
    assert played.cushion.state is DeviceState.DISARMED
    assert played.cushion.output_sum == 0


@pytest.mark.parametrize("device", ["reference-cushion", "mat-64"])
def test_twenty_full_minutes_end_without_a_trip(run, devices, device):
    """The last drives come to rest within the time that a session may last."""
    stroke = '[[step]]\nname = "{}"\ntechnique = {{ kind = "stroking" }}\nzones = ["upper-back"]\n'
    numbers = "duration_s = 120\nlevel = 0.3\n"
    steps = "".join(stroke.format(i) + numbers for i in range(10))
    profile = parse('schema = 1\nname = "full"\nfade_out_s = 0\n' + steps)
    played = run(compose(profile), devices(device)).finish()
    assert played.session.trips == 0
    assert played.session.stop_reason == ""
