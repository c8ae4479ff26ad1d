"""The watchdog counts the milliseconds since the host was heard."""

import pytest

from firmware_bridge.guard.states import HARD_LOSS_MS, SOFT_LOSS_MS
from firmware_bridge.guard.watchdog import Watchdog


@pytest.mark.parametrize("late", [-1, 0, 1])
def test_a_host_is_silent_from_the_soft_loss_on(late):
    starves_at = Watchdog(1000).starves_at(last_due=5000)
    assert (1000 + SOFT_LOSS_MS + late >= starves_at) is (late >= 0)


def test_a_valid_frame_without_life_puts_off_the_soft_loss_alone():
    dog = Watchdog(0)
    dog.valid_at = 900
    assert dog.starves_at(last_due=5000) == 900 + SOFT_LOSS_MS
    assert dog.lost_at() == HARD_LOSS_MS


def test_a_host_that_speaks_but_has_nothing_to_play_starves_the_output():
    dog = Watchdog(0)
    dog.valid_at = 900
    assert dog.starves_at(last_due=300) == 300 + SOFT_LOSS_MS


def test_arming_shows_that_the_host_is_there():
    dog = Watchdog(0)
    dog.restart(700)
    assert (dog.starves_at(last_due=10_000), dog.lost_at()) == (700 + SOFT_LOSS_MS, 700 + HARD_LOSS_MS)
