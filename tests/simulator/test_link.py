"""The line inside the process: what the host writes reaches the cushion, and what a fault does to it."""

import pytest

from firmware_bridge.errors import LinkLost
from firmware_bridge.wire.messages import DeviceState, Reason
from simulator.clock import VirtualClock
from simulator.faults import FaultyLine, parse_fault
from simulator.link import VirtualLink


@pytest.fixture
def host(raw_host):
    return raw_host()


@pytest.fixture
def clock():
    return VirtualClock()


def hello(host):
    return host.frame(0x01, b"\x02", epoch=0)


def armed(link, host):
    link.write(hello(host))
    link.write(host.frame(0x08, b"\0\x3c\0" + bytes([255] * len(host.cushion.table))))
    link.write(host.frame(0x03, host.cushion.machine.limits.hash.to_bytes(4, "little")))


def linked(host, clock, *specs, seed=0):
    return VirtualLink(host.cushion, clock, FaultyLine([parse_fault(spec) for spec in specs], seed))


def test_what_is_written_is_answered_without_delay(host, clock):
    link = linked(host, clock)
    link.write(hello(host))
    assert link.read()
    assert link.read() == b""
    assert not link.waiting()


def test_device_time_begins_with_the_link_whatever_the_clock_says(host, clock):
    clock.sleep(1000.0)
    link = linked(host, clock)
    link.write(hello(host))
    link.read()
    clock.sleep(0.75)
    armed(link, host)
    assert host.cushion.state is DeviceState.ARMED
    clock.sleep(0.5)
    link.close()
    host.now = 1250
    assert host.trace.named("state") == [(750, {"state": "armed", "reason": "none"})]


def test_reading_lets_the_cushion_live_on(host, clock):
    link = linked(host, clock)
    armed(link, host)
    clock.sleep(1.5)
    link.read()
    assert host.cushion.state is DeviceState.TRIPPED


def test_a_break_stops(host, clock):
    link = linked(host, clock)
    armed(link, host)
    link.abandon_output()
    link.signal_break()
    assert host.cushion.state is DeviceState.DISARMED
    assert host.cushion.reason is Reason.LINE_BREAK


def test_an_unplugged_cushion_is_lost_for_good_and_hears_no_break(host, clock):
    link = linked(host, clock, "unplug@1s")
    armed(link, host)
    clock.sleep(1.0)
    for attempt in (link.read, lambda: link.write(b"\0\0\0\0"), link.read):
        with pytest.raises(LinkLost, match="unplugged") as lost:
            attempt()
        assert lost.value.hint
    link.signal_break()
    assert host.cushion.reason is not Reason.LINE_BREAK
    link.close()
    assert host.cushion.state is DeviceState.TRIPPED
    assert host.cushion.reason is Reason.LINK_LOST


def test_the_write_that_unplugs_does_not_arrive(host, clock):
    link = linked(host, clock, "unplug=100%")
    with pytest.raises(LinkLost):
        link.write(hello(host))
    assert host.cushion.transmit() == b""


def test_a_device_reset_brings_another_epoch_and_disarms(host, clock):
    link = linked(host, clock, "reset@1s")
    epoch = host.cushion.epoch
    armed(link, host)
    clock.sleep(0.9)
    link.read()
    assert host.cushion.state is DeviceState.ARMED
    clock.sleep(0.1)
    link.read()
    assert host.cushion.state is DeviceState.DISARMED
    assert host.cushion.epoch != epoch
    new = host.cushion.epoch
    clock.sleep(5.0)
    link.read()
    assert host.cushion.epoch == new


def test_bytes_lost_on_the_line_do_not_arrive(host, clock):
    link = linked(host, clock, "drop=100%")
    link.write(hello(host))
    assert link.read() == b""
    assert not host.cushion.transmit(), "it was never greeted"


def test_answers_are_held_back_by_a_stall(host, clock):
    link = linked(host, clock, "stall@1s+2s")
    clock.sleep(1.0)
    link.write(hello(host))
    clock.sleep(1.9)
    assert link.read() == b""
    clock.sleep(0.2)
    assert link.read()
