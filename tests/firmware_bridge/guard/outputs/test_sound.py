"""What is looked after while sound plays; on a card and a clock of the test's own."""

from contextlib import nullcontext

import numpy as np
import pytest

from firmware_bridge.errors import LinkLost
from firmware_bridge.guard.outputs.output import OutputStuck
from firmware_bridge.guard.outputs.sound import (
    GAPS_MAX,
    GAPS_WITHIN_S,
    QUIET_S,
    STALLED_S,
    STALLED_UPDATES,
    SoundOutput,
)
from firmware_bridge.guard.outputs.tones import SILENT_AFTER_S, ToneBank

RATE = 8000
ON = b"\xff\xff", b"\x28\x28"


class Card:
    """A card that calls for samples while time passes, unless it is `stalled`."""

    name = "card"
    latency_s = 0.04
    falls_silent = True

    def __init__(self, bank):
        self.gaps = self.closed = 0
        self.stalled = self.gone = False
        self.now = 0.0
        self.sound = []
        self._bank = bank

    def playing(self):
        return not self.gone

    def close(self):
        self.closed += 1

    def sleep(self, seconds):
        self.now += seconds
        if not self.stalled and not self.gone:
            self.sound.append(self._bank.render(max(1, round(seconds * RATE))))


@pytest.fixture
def bank():
    return ToneBank(2, RATE)


@pytest.fixture
def card(bank):
    return Card(bank)


@pytest.fixture
def output(bank, card):
    return SoundOutput(bank, card, lambda: card.now, card.sleep)


def updates(output, card, count):
    """So many, as a guard makes them."""
    for _ in range(count):
        card.sleep(0.02)
        output.put(*ON, card.now)


def test_it_answers_once_the_card_has_called_for_samples(output, card):
    assert not output.ask(card.now)
    card.sleep(0.02)
    assert output.ask(card.now)


def test_what_it_can_do_is_told_with_the_latency_of_the_card(bank, card, output):
    assert output.traits.rated
    assert output.traits.latency_s == pytest.approx(0.06)
    assert SILENT_AFTER_S < output.traits.stops_after_s <= 0.12
    card.falls_silent = False
    assert SoundOutput(bank, card, lambda: 0.0, card.sleep).traits.stops_after_s is None


def test_off_fades_out_and_waits_until_that_was_heard(output, card):
    output.put(*ON, card.now)
    card.sleep(0.1)
    assert np.abs(card.sound[-1]).max() > 0.5
    before = card.now
    output.zero()
    assert not card.sound[-1].any()
    assert card.latency_s <= card.now - before <= QUIET_S + card.latency_s
    output.put(*ON, card.now)
    card.sleep(0.1)
    assert card.sound[-1].any()


def test_a_card_that_calls_for_nothing_while_it_is_switched_off_is_closed(output, card):
    output.put(*ON, card.now)
    card.sleep(0.1)
    card.stalled = True
    with pytest.raises(OutputStuck):
        output.zero()
    assert card.closed
    assert card.now <= 0.1 + QUIET_S + 0.01


@pytest.mark.parametrize("act", ["put", "zero"])
def test_a_card_that_is_gone_is_told(output, card, act):
    output.put(*ON, card.now)
    card.sleep(0.1)
    card.gone = True
    with pytest.raises(LinkLost, match="card is gone"):
        output.put(*ON, card.now) if act == "put" else output.zero()


def test_a_card_that_stalls_is_lost_but_not_a_computer_that_stood_still(output, card):
    output.put(*ON, card.now)
    card.stalled = True
    card.sleep(10.0)
    for _ in range(STALLED_UPDATES - 1):
        output.put(*ON, card.now)  # at once, one after the other: its process got no time before
    card.stalled = False
    card.sleep(0.02)
    output.put(*ON, card.now)
    card.stalled = True
    began = card.now
    with pytest.raises(LinkLost, match="calls for no more samples"):
        updates(output, card, 500)
    assert STALLED_S < card.now - began < STALLED_S + 0.05


@pytest.mark.parametrize(("apart_s", "lost"), [(GAPS_WITHIN_S, False), (0.1, True)])
def test_gaps_now_and_then_are_borne_and_many_are_not(output, card, apart_s, lost):
    with pytest.raises(LinkLost, match="runs dry") if lost else nullcontext():
        for _ in range(3 * GAPS_MAX):
            card.gaps += 1
            updates(output, card, round(apart_s / 0.02))
    assert card.gaps == (GAPS_MAX + 1 if lost else 3 * GAPS_MAX)


def test_it_is_closed(output, card):
    output.close()
    assert card.closed == 1
