"""Placing in virtual time: the twin's own recording, and who refuses whom."""

import pytest
from placing_rig import PlacingRig, assert_only_pulses

from firmware_bridge.devices.layout import place_device
from firmware_bridge.devices.load import load_device
from firmware_bridge.devices.placing import MODEL, NOT_ITS_TURN, placing_layout
from firmware_bridge.errors import DeviceDescriptionError, InterlockTrip, LimitsMismatch
from firmware_bridge.guard.device import Guard
from firmware_bridge.guard.pulses import PulseRefused
from firmware_bridge.play.placing_device import PlacingDevice
from firmware_bridge.play.wire_device import WireDevice
from firmware_bridge.safety import interlock
from firmware_bridge.wire.describe import description_of
from firmware_bridge.wire.identity import device_table, identity_of
from firmware_bridge.wire.messages import NOWHERE_MM
from firmware_bridge.wire.placing import placing_self
from kneadwave.placing.pulses import PulseDevice
from simulator.clock import VirtualClock
from simulator.link import VirtualLink


def given(rig, *channels):
    device = PulseDevice(rig.device, rig.clock)
    for channel in channels:
        device.pulse(channel)
    rig.link.close()
    return device


@pytest.mark.parametrize("kind", ["hf8", "tcode"])
def test_each_channel_gives_a_short_soft_pulse_of_its_own(kind):
    rig = PlacingRig(kind)
    order = [*range(rig.channels), 0, 0]
    given(rig, *order)
    pulses = assert_only_pulses(rig.history)
    assert [channels for _, _, channels, _ in pulses] == [{channel} for channel in order]
    assert {most for *_, most in pulses} == {51}
    assert all(0.3 <= ended - began <= 0.44 for began, ended, *_ in pulses)
    assert rig.device.spent_s == pytest.approx(0.38 * len(order))


def test_the_host_ends_it_with_the_minute():
    rig = PlacingRig("tcode", spent_s=58.7)
    device = given(rig, 0, 1)
    assert device.may_pulse
    given(rig, 2)
    assert not device.may_pulse
    with pytest.raises(InterlockTrip, match="60 s of pulses"):
        given(rig, 3)  # asked for all the same
    rig.link.close()
    assert_only_pulses(rig.history, 58.7)


def test_the_guard_ends_it_by_itself():
    rig = PlacingRig("tcode", pulses=2)
    given(rig, 0, 1)
    with pytest.raises(PulseRefused, match="more pulses"):
        given(rig, 2)
    assert len(assert_only_pulses(rig.history)) == 2


class Lax:
    """A veto that lets everything pass."""

    def __init__(self, channels, spent_s):
        pass

    def at_rest(self):
        pass

    def objection(self, setpoints):  # noqa: ARG002
        return None

    def above_ceiling(self, first, ceilings):  # noqa: ARG002
        return None


@pytest.mark.parametrize(("drive", "frames", "passes"), [(51, 100, True), (52, 10, False), (150, 10, False)])
def test_a_host_that_holds_nothing_meets_the_guard(monkeypatch, drive, frames, passes):
    """Whatever it sends, pulses come out; what is too strong the guard itself trips on."""
    monkeypatch.setattr("firmware_bridge.play.placing_device.PlacingVeto", Lax)
    rig = PlacingRig("hf8")
    monkeypatch.setattr("kneadwave.placing.pulses.PLACING_DRIVE_MAX", drive)
    monkeypatch.setattr("firmware_bridge.devices.placing.PLACING_DRIVE_MAX", drive)
    monkeypatch.setattr("kneadwave.placing.pulses.WANTED_FRAMES", frames)
    if passes:
        given(rig, 0)
        assert len(assert_only_pulses(rig.history)) == 1
        return
    with pytest.raises((InterlockTrip, LimitsMismatch)):
        given(rig, 0)
    assert assert_only_pulses(rig.history) == []


def test_without_its_gate_the_guard_still_knows_the_ceiling_of_its_table(monkeypatch):
    monkeypatch.setattr("firmware_bridge.play.placing_device.PlacingVeto", Lax)
    rig = PlacingRig("hf8", gated=False)
    given(rig, 5)
    assert max(max(levels) for _, levels in rig.history) == 51


def test_the_table_has_no_place_and_a_session_no_motor():
    built = placing_self(8)
    assert built.agrees_with_itself
    assert built.identity.model == MODEL
    for info in built.table:
        assert (info.x_mm, info.y_mm) == (NOWHERE_MM, NOWHERE_MM)
        assert (info.ceiling, info.excluded) == (51, 0)
    assert built.identity.power_budget == 51
    # As a session would describe it: a motor without a place stays off.
    assert all(each.excluded for each in place_device(description_of(built)).actuators)


def test_only_one_channel_has_its_turn():
    allowed = [each.index for each in placing_layout(4, 2).allowed]
    assert allowed == [2]
    assert {each.excluded for each in placing_layout(4, 2).excluded} == {NOT_ITS_TURN}
    assert {each.ceiling for each in placing_layout(4, 2).excluded} == {0}
    with pytest.raises((DeviceDescriptionError, ValueError)):
        placing_layout(65)


def guard_of(description):
    clock = VirtualClock()
    guard = Guard(identity_of(description), device_table(description), seed=1)
    return VirtualLink(guard, clock), clock


def test_a_guard_for_sessions_is_not_placed():
    link, clock = guard_of(load_device("hf8"))
    with pytest.raises(LimitsMismatch):
        PulseDevice(PlacingDevice(link, clock, 8), clock).pulse(0)


def test_a_session_is_not_played_on_a_guard_for_placing():
    rig = PlacingRig("hf8")
    device = WireDevice(rig.link, rig.clock)
    device.identify()
    for layout in (place_device(load_device("hf8")), placing_layout(8), placing_layout(8, 0)):
        with pytest.raises(LimitsMismatch):
            device.arm(layout, 60.0)
    assert device.connection.interlock.state is interlock.State.DISARMED
    assert len(rig.history) == 1
