"""Real and virtual time behave alike towards whoever is handed a clock."""

import time

import pytest

from firmware_bridge.clock import Clock, MonotonicClock, never
from simulator.clock import VirtualClock


@pytest.fixture(params=[MonotonicClock, VirtualClock])
def clock(request: pytest.FixtureRequest) -> Clock:
    made: Clock = request.param()
    return made


def test_nothing_wakes_by_default() -> None:
    assert never() is False


@pytest.mark.parametrize("seconds", [0.0, -5.0, 0.03])
def test_sleep_takes_its_time_and_time_never_goes_back(clock: Clock, seconds: float) -> None:
    before = clock.now()
    clock.sleep(seconds)
    assert clock.now() - before >= max(0.0, seconds)


def test_a_reason_to_wake_that_is_there_already_ends_the_sleep_at_once(clock: Clock) -> None:
    before = time.monotonic()
    clock.sleep(30.0, lambda: True)
    assert time.monotonic() - before < 5.0


def test_a_sleeper_wakes_soon_after_there_is_a_reason() -> None:
    asked: list[float] = []

    def wake() -> bool:
        asked.append(time.monotonic())
        return len(asked) >= 4

    before = time.monotonic()
    MonotonicClock().sleep(30.0, wake)
    assert len(asked) == 4
    assert time.monotonic() - before < 5.0


def test_virtual_time_passes_by_sleep_alone() -> None:
    clock = VirtualClock()
    assert clock.now() == clock.now() == 0.0
    clock.sleep(1200.0)
    clock.sleep(-1.0)
    clock.sleep(5.0, lambda: True)
    assert clock.now() == 1200.0
