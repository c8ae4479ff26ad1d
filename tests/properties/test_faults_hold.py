"""Whatever a line does to the bytes, no limit is ever broken, and every session ends."""

from contextlib import suppress

import pytest
from depth import at_depth
from hypothesis import given, settings
from hypothesis import strategies as st

from firmware_bridge.errors import InterlockTrip, LinkLost, LinkTimeout
from firmware_bridge.wire.messages import DeviceState
from profiles.errors import ProfileError
from profiles.score import compose
from simulator.faults import parse_fault

KINDS = ("drop", "flip", "duplicate", "delay", "stall", "unplug", "reset")
ENDS_WITHIN_S = 30.0


@st.composite
def fault_specs(draw):
    """One to three faults: by rate, at a time, or in a window."""

    def one():
        kind = draw(st.sampled_from(KINDS))
        at = draw(st.floats(0, 10).map(lambda t: round(t, 3)))
        rate = draw(st.sampled_from([0.1, 1, 5, 20, 50, 100]))
        span = draw(st.sampled_from([0.05, 0.3, 0.6, 1.5, 3]))
        return draw(
            st.sampled_from(
                [
                    f"{kind}={rate}%",
                    f"{kind}@{at}s",
                    f"{kind}@{at}s+{span}s",
                    f"{kind}={rate}%@{at}s+{span}s",
                ]
            )
        )

    return [one() for _ in range(draw(st.integers(1, 3)))]


@pytest.mark.parametrize("device", ["reference-cushion", "mat-64"])
@settings(max_examples=at_depth(60))
@given(data=st.data())
def test_any_faults_break_no_limit_and_the_session_ends(run, any_profile, devices, device, data):
    profile = data.draw(any_profile(longest=12.0))
    faults = [parse_fault(spec) for spec in data.draw(fault_specs())]
    try:
        score = compose(profile)
    except ProfileError:
        return
    played = run(score, devices(device), faults=faults, seed=data.draw(st.integers(0, 1000)))
    with suppress(InterlockTrip, LinkLost, LinkTimeout):
        played.finish()
    if played.eye.drive_parts:
        played.eye.assert_limits(played.cushion, cuts=True)
    assert played.clock.now() < score.duration + ENDS_WITHIN_S
    assert played.cushion.output_sum == 0
    assert played.cushion.state in (DeviceState.DISARMED, DeviceState.TRIPPED)
