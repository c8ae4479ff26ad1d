"""Two motors of a game controller, against a model of the kernel that plays them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware_bridge.guard.outputs.output import OutputRefused
from firmware_bridge.guard.outputs.rumble import AGAIN_S, LENGTH_S, RumbleOutput
from kneadwave.testing.contract import OutputContract
from kneadwave.testing.rig import Ability
from simulator.clock import VirtualClock
from simulator.twins.rumble import EFFECTS, RUMBLE_BITS, VirtualRumble

RATES = bytes(2)
LEVEL = st.integers(0, 255)


class RumbleRig:
    """The motors behind a newer kernel, or an older one."""

    timed = True
    abilities = frozenset({Ability.VANISH})
    highest = b"\xff\xff"
    rates = RATES

    def __init__(self, *, at_once=True):
        self.clock = VirtualClock()
        self.heard = []
        self.motors = VirtualRumble(self.clock.now, at_once=at_once, heard=self._hear)
        self.output = RumbleOutput(self.motors, self.clock.sleep)

    @property
    def levels(self):
        return self.motors.levels

    def vanish(self):
        self.motors.gone = True

    def put(self, drives, after=0.02):
        self.output.put(bytes(drives), RATES, self.clock.now())
        self.clock.sleep(after)
        return tuple(self.levels)

    def _hear(self):
        self.heard.append((self.clock.now(), self.motors.levels))


@pytest.fixture(params=[True, False], ids=["newer", "older"])
def kernel(request):
    rig = RumbleRig(at_once=request.param)
    assert rig.output.ask(rig.clock.now())
    return rig


class TestRumble(OutputContract):
    @pytest.fixture(params=[True, False], ids=["newer", "older"])
    def rig(self, request):
        return RumbleRig(at_once=request.param)


def test_strong_comes_first_and_what_is_missing_is_off(kernel):
    assert kernel.put([200, 30]) == (200, 30)
    kernel.clock.sleep(AGAIN_S)
    assert kernel.put([50]) == (50, 0)


def test_off_does_not_wait_for_the_next_update(kernel):
    kernel.put([200, 200])
    assert kernel.put([200, 0]) == (200, 0)
    assert kernel.put([0, 0]) == (0, 0)
    assert kernel.put([0, 0]) == (0, 0)


def test_nobody_who_refreshes_is_off(kernel):
    kernel.put([200, 200])
    kernel.clock.sleep(LENGTH_S)
    assert not any(kernel.levels)


@given(
    at_once=st.booleans(),
    steps=st.lists(st.tuples(LEVEL, LEVEL, st.integers(0, 150)), max_size=20),
    rest_ms=st.integers(0, 250),
)
def test_whenever_its_process_is_killed_it_is_off_and_stays_so(at_once, steps, rest_ms):
    """The kernel closes the file; until the next tick, and for ever after, nothing turns."""
    rig = RumbleRig(at_once=at_once)
    rig.output.ask(0.0)
    asked = 0
    for strong, weak, ms in steps:
        asked = max(asked, strong, weak)
        rig.put([strong, weak], after=ms / 1000)
        assert max(rig.levels) <= asked
    rig.motors.close()
    for _ in range(4):
        assert not any(rig.levels)
        rig.clock.sleep(rest_ms / 1000)


@given(at_once=st.booleans(), ms=st.integers(0, 30))
def test_zero_tells_motors_that_somebody_else_left_turning(at_once, ms):
    """Another program's effect, changed while it played and then erased: the trap of the kernel."""
    rig = RumbleRig(at_once=at_once)
    effect = rig.motors.upload(None, 0xFFFF, 0xFFFF, 200)
    rig.motors.play((effect, 1))
    rig.clock.sleep(0.01 + ms / 1000)
    rig.motors.upload(effect, 0x1000, 0x1000, 200)
    rig.motors.close()
    assert any(rig.levels), "which the motors outlive"
    rig.output.zero()
    rig.clock.sleep(0.01)
    assert not any(rig.levels)


@pytest.mark.parametrize("bit", range(0x52, 0x58))
def test_what_can_push_is_refused(bit):
    output = RumbleOutput(VirtualRumble(lambda: 0.0, bits=RUMBLE_BITS | 1 << bit), lambda _: None)
    with pytest.raises(OutputRefused, match="it pushes"):
        output.ask(0.0)


def test_what_cannot_rumble_is_refused():
    with pytest.raises(OutputRefused, match="no rumble motors"):
        RumbleOutput(VirtualRumble(lambda: 0.0, bits=1 << 0x51), lambda _: None).ask(0.0)


def test_it_needs_two_effects_and_no_more(kernel):
    for number in range(EFFECTS):
        kernel.clock.sleep(AGAIN_S)
        kernel.put([number + 1, 0])
    for _ in range(EFFECTS - 2):
        kernel.motors.upload(None, 0, 0, 200)
