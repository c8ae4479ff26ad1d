"""Real and virtual time behave alike towards whoever is handed a clock."""

import os
import time

import pytest

from firmware_bridge.clock import Clock, MonotonicClock, never, together, unseen
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


def test_a_sleeper_looks_only_when_a_file_tells_it_to(monkeypatch: pytest.MonkeyPatch) -> None:
    looks: list[float] = []

    def wake() -> bool:
        looks.append(time.monotonic())
        return len(looks) == 3

    reading, writing = os.pipe()
    with open(reading, "rb"), open(writing, "wb", buffering=0) as pipe:
        MonotonicClock().sleep(0.2, wake, (reading,))
        assert len(looks) == 1  # before it, though there was time for twenty
        pipe.write(b"!")
        monkeypatch.setattr(time, "sleep", None)  # what was told is looked at without one
        MonotonicClock().sleep(30.0, wake, (reading,))
    assert len(looks) == 3


@pytest.mark.parametrize("told", ["early", "closed"])
def test_what_tells_of_no_reason_costs_no_spinning(told: str) -> None:
    looks = []
    reading, writing = os.pipe()
    os.write(writing, b"!")
    if told == "closed":
        os.close(reading)
    MonotonicClock().sleep(0.1, lambda: bool(looks.append(None)), (reading,))
    os.close(writing)
    if told == "early":
        os.close(reading)
    assert len(looks) <= 24


def test_who_may_wake_unseen_makes_all_be_looked_at() -> None:
    assert together([(3,), (), (4, 5)]) == [3, 4, 5]
    assert together([(3,), unseen()]) is None


def test_virtual_time_passes_by_sleep_alone() -> None:
    clock = VirtualClock()
    assert clock.now() == clock.now() == 0.0
    clock.sleep(1200.0)
    clock.sleep(-1.0)
    clock.sleep(5.0, lambda: True)
    assert clock.now() == 1200.0
