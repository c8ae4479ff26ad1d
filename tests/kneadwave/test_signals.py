"""Signals: the first ends the command, the others wait."""

import os
import signal

import pytest

from kneadwave.exits import Interrupted
from kneadwave.signals import ENDING, Signals


def test_the_first_signal_interrupts_and_a_second_is_only_noted() -> None:
    with Signals() as signals:
        with pytest.raises(Interrupted) as raised:
            os.kill(os.getpid(), signal.SIGTERM)
        os.kill(os.getpid(), signal.SIGINT)
        assert raised.value.number == signals.received == signal.SIGTERM


def test_a_gentle_one_only_notes() -> None:
    with Signals() as signals:
        signals.gentle = True
        os.kill(os.getpid(), signal.SIGINT)
        os.kill(os.getpid(), signal.SIGINT)
        assert signals.received == signal.SIGINT


def test_the_handlers_are_put_back() -> None:
    before = [signal.getsignal(number) for number in ENDING]
    with Signals():
        assert [signal.getsignal(number) for number in ENDING] != before
    assert [signal.getsignal(number) for number in ENDING] == before


def test_an_ignored_signal_stays_ignored() -> None:
    before = signal.signal(signal.SIGTERM, signal.SIG_IGN)
    try:
        with Signals() as signals:
            os.kill(os.getpid(), signal.SIGTERM)
            assert signals.received is None
    finally:
        signal.signal(signal.SIGTERM, before)
