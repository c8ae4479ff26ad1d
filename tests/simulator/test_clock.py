"""Virtual time passes only when somebody sleeps."""

import time

from simulator.clock import VirtualClock


def test_it_starts_at_zero_and_stands_still():
    clock = VirtualClock()
    assert [clock.now(), clock.now()] == [0.0, 0.0]


def test_sleeping_moves_it_by_what_was_asked_and_takes_no_real_time():
    clock = VirtualClock()
    began = time.monotonic()
    clock.sleep(1200.0)
    clock.sleep(0.25)
    assert clock.now() == 1200.25
    assert time.monotonic() - began < 1.0


def test_it_never_goes_back():
    clock = VirtualClock()
    clock.sleep(1.0)
    clock.sleep(-5.0)
    assert clock.now() == 1.0


def test_a_reason_to_wake_lets_no_time_pass():
    clock = VirtualClock()
    clock.sleep(3.0, lambda: True)
    assert clock.now() == 0.0
    clock.sleep(3.0, lambda: False)
    assert clock.now() == 3.0
