"""Signals: the first ends the command, the others wait."""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from kneadwave.cli.terminal.signals import ENDING, Signals
from kneadwave.errors import Interrupted


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


def ignored(number: int) -> Iterator[None]:
    before = signal.signal(number, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(number, before)


def test_nohup_keeps_its_wish() -> None:
    with contextmanager(ignored)(signal.SIGHUP), Signals() as signals:
        os.kill(os.getpid(), signal.SIGHUP)
        assert signals.received is None


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_background_job_of_a_script_can_be_stopped(number: int) -> None:
    """A shell starts such a job with SIGINT ignored."""
    with contextmanager(ignored)(number), Signals() as signals:
        signals.gentle = True
        os.kill(os.getpid(), number)
        assert signals.received == number
