"""A guard as its player sees it: a link like any other, to a process of its own."""

import os
import signal
from contextlib import closing

import pytest
from guard_faults import alive
from served_twins import ServedTwin

from firmware_bridge.clock import MonotonicClock
from firmware_bridge.errors import DeviceDescriptionError, DeviceRefused, LinkLost, PortMissing
from firmware_bridge.play.placing_device import PlacingDevice
from firmware_bridge.play.wire_device import WireDevice
from kneadwave.guards.launch import GuardLink
from kneadwave.guards.pulse_count import PulseCount
from kneadwave.placing.pulses import PulseDevice
from simulator.twins.hf8 import VirtualHf8

DEADLINE_S = 60.0


@pytest.fixture(autouse=True)
def state_home(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))


@pytest.fixture
def pad():
    with ServedTwin(VirtualHf8()) as served:
        yield served


def test_it_is_a_device_like_any_other_and_leaves_nothing_behind(pad):
    before = len(os.listdir("/proc/self/fd"))
    link = GuardLink(f"hf8:{pad.port}", "hf8", MonotonicClock())
    with closing(link):
        device = WireDevice(link, MonotonicClock())
        told = device.identify()
        assert told.identity.model == "hf8"
        assert all(info.ceiling == 153 for info in told.table)
        link.signal_break()
        link.abandon_output()
        assert device.stop()
    assert not alive(link.guard_pid)
    assert len(os.listdir("/proc/self/fd")) == before


def test_what_opening_it_raises_is_raised_here(tmp_path):
    with pytest.raises(PortMissing, match="there is no port"):
        GuardLink(f"hf8:{tmp_path}/none", "hf8", MonotonicClock())
    with ServedTwin(VirtualHf8(sound=True)) as pad, pytest.raises(DeviceRefused, match="audio mode"):
        GuardLink(f"hf8:{pad.port}", "hf8", MonotonicClock())
    with (
        ServedTwin(VirtualHf8()) as pad,
        pytest.raises(DeviceDescriptionError, match="no device and no file"),
    ):
        GuardLink(f"hf8:{pad.port}", "no-such-description", MonotonicClock())


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGPIPE])
def test_a_guard_stays_where_a_terminal_ends_its_programs(pad, number):
    clock = MonotonicClock()
    with closing(GuardLink(f"hf8:{pad.port}", "hf8", clock)) as link:
        os.kill(link.guard_pid, number)
        assert WireDevice(link, clock).identify().identity.model == "hf8"
        assert os.getsid(link.guard_pid) == link.guard_pid


def test_a_guard_that_is_gone_is_a_lost_link(pad):
    clock = MonotonicClock()
    with closing(GuardLink(f"hf8:{pad.port}", "hf8", clock)) as link:
        os.kill(link.guard_pid, signal.SIGKILL)
        clock.sleep(DEADLINE_S, link.waiting)
        with pytest.raises(LinkLost, match=r"the guard of hf8:.* is gone"):
            link.read()
        with pytest.raises(LinkLost):
            link.write(b"\0" * 8)
        assert link.waiting(), "so that somebody reads, and hears of it"


def test_a_guard_that_places_ends_with_one_pulse_too_many(pad):
    url, clock = f"hf8:{pad.port}", MonotonicClock()
    while PulseCount(url).take():
        pass
    too_many = pytest.raises(LinkLost, match="more pulses than one device may have")
    with closing(GuardLink(url, "", clock, placing=8)) as link, too_many:
        PulseDevice(PlacingDevice(link, clock, 8), clock).pulse(3)
    assert len(pad.history) == 1


def test_what_the_device_says_of_itself_is_told():
    with ServedTwin(VirtualHf8(scale=128)) as pad:
        link = GuardLink(f"hf8:{pad.port}", "hf8", MonotonicClock())
        link.close()
    assert link.about == "its control box is set to 128 of 255"
