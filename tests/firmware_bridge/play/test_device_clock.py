"""The clock of a device is followed, and held against the host's own."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware_bridge.play.device_clock import DRIFT_MS, DRIFT_PER_S, DeviceClock

STEP_S = 0.075


def run(device_ms, seconds=20.0, delay=lambda _: 0.0):
    """Read a report each 75 ms of a device whose clock says `device_ms(now)`; when and why it lost trust."""
    clock, now = DeviceClock(), 0.0
    while now < seconds:
        clock.read(int(device_ms(now)) % 65536, now + delay(now))
        fault = clock.fault(now + delay(now))
        if fault:
            return now, fault
        now += STEP_S
    return None


@pytest.mark.parametrize(
    ("speed", "by"), [(2.0, 0.4), (0.5, 2.0), (0.0, 2.0), (1.2, 3.0), (0.8, 4.0), (1.05, 10.0)]
)
def test_a_clock_of_another_speed_is_noticed(speed, by):
    at, fault = run(lambda now: now * 1000 * speed)
    assert at <= by
    assert ("its clock gained" if speed > 1 else "its clock lost") in fault


@pytest.mark.parametrize("percent", [-DRIFT_PER_S / 10, -1.0, 0.0, 1.0, DRIFT_PER_S / 10])
def test_two_per_cent_are_no_fault(percent):
    assert run(lambda now: now * 1000 * (1 + percent / 100), seconds=120.0) is None


@pytest.mark.parametrize("at", [0.5, 7.0, 600.0])
@pytest.mark.parametrize("jump", [-40_000, -1000, -DRIFT_MS - 100, DRIFT_MS + 150, 1000, 20_000])
def test_a_jump_is_noticed_at_any_time(at, jump):
    found = run(lambda now: 100_000 + now * 1000 + (jump if now >= at else 0), seconds=at + 3)
    assert found is not None
    assert at <= found[0] <= at + 1.5


@pytest.mark.parametrize("jump", [-200, 200])
def test_what_a_line_may_delay_is_no_jump(jump):
    assert run(lambda now: 100_000 + now * 1000 + (jump if now >= 5 else 0)) is None


def test_reports_that_come_late_say_nothing_of_the_time():
    late = lambda now: 0.2 if int(now / STEP_S) % 3 else 0.0  # noqa: E731
    assert run(lambda now: now * 1000, seconds=120.0, delay=late) is None


def test_a_report_that_comes_twice_is_no_clock_that_goes_back():
    clock = DeviceClock()
    for t_ms in (1000, 1075, 1000, 1075, 1150):
        clock.read(t_ms, t_ms / 1000)
        assert clock.fault(t_ms / 1000) == ""


def test_nothing_is_known_before_a_report():
    clock = DeviceClock()
    assert (clock.ahead_ms, clock.fault(5.0)) == (0.0, "")


@given(st.integers(0, 65_535), st.floats(0.97, 1.03), st.floats(1.0, 60.0))
def test_the_newest_report_counts_through_every_wrap(start, speed, seconds):
    clock, now = DeviceClock(), 0.0
    while now < seconds:
        clock.read(int(start + now * 1000 * speed) % 65536, now)
        assert abs(clock.ahead_ms + now * 1000 - (start + now * 1000 * speed)) <= 31
        now += STEP_S
