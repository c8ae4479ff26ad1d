"""Signals: the first ends the command, the others wait."""

import os
import signal
import subprocess
import sys
import threading
import time
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

import pytest

import kneadwave.cli.terminal.signals as taken
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


def wait_for_ever() -> NoReturn:
    while True:
        pass


@pytest.fixture
def imported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    lines = ("import os, signal", "os.kill(os.getpid(), signal.SIGTERM)", "heard = 1", "")
    (tmp_path / "sends_one.py").write_text("\n".join(lines))
    monkeypatch.syspath_prepend(str(tmp_path))
    yield "sends_one"
    sys.modules.pop("sends_one", None)


def test_an_import_is_ended_first(imported: str) -> None:
    """Interrupted, raised there, may be swallowed, or leave the module's file open."""

    def imports() -> None:
        __import__(imported)
        heard.append(sys.modules[imported].heard)
        wait_for_ever()

    heard: list[int] = []
    with Signals(), pytest.raises(Interrupted) as raised:
        imports()
    assert heard == [1]
    assert raised.value.number == signal.SIGTERM


def test_an_import_that_is_the_last_thing_hides_no_signal(imported: str) -> None:
    with pytest.raises(Interrupted) as raised, Signals():
        __import__(imported)
    assert raised.value.number == signal.SIGTERM


def test_a_sender_that_lingers_costs_no_signal(monkeypatch: pytest.MonkeyPatch) -> None:
    """On a busy computer the thread that sends it again may still be there when it arrives."""
    sent, over = threading.Event(), threading.Event()
    send, deadline = taken.send_to_main, time.monotonic() + 60.0

    def sends_and_lingers(number: int) -> None:
        send(number)
        sent.set()
        over.wait(60.0)

    def imports() -> None:
        os.kill(os.getpid(), signal.SIGTERM)
        while not sent.is_set() and time.monotonic() < deadline:
            pass

    def waits() -> None:
        try:
            exec(compile("imports()", "<frozen importlib>", "exec"), {"imports": imports})
            while time.monotonic() < deadline:
                pass
        finally:
            over.set()

    monkeypatch.setattr(taken, "send_to_main", sends_and_lingers)
    with Signals(), pytest.raises(Interrupted):
        waits()


class _Weak:
    pass


def test_a_callback_does_not_swallow_one(capsys: pytest.CaptureFixture[str]) -> None:
    def sends(_: object) -> None:
        os.kill(os.getpid(), signal.SIGINT)
        wait_for_ever()

    def drops() -> None:
        thing = _Weak()
        watched = weakref.ref(thing, sends)
        del thing
        assert watched() is None
        wait_for_ever()

    with Signals(), pytest.raises(Interrupted) as raised:
        drops()
    assert raised.value.number == signal.SIGINT
    assert capsys.readouterr().err == ""


TORN_OUT = """
import os, signal
from kneadwave.cli.terminal.signals import Signals
from kneadwave.errors import Interrupted

def lists():
    entries = os.scandir("/")
    next(entries)
    os.kill(os.getpid(), signal.SIGTERM)
    entries.close()

def reads():
    file = open(os.devnull)
    os.kill(os.getpid(), signal.SIGTERM)
    file.close()

for torn_out in (lists, reads):
    try:
        with Signals():
            torn_out()
    except Interrupted as error:
        print(error.number)
"""


def test_what_a_signal_leaves_open_is_closed_without_a_word() -> None:
    """A listing or a file that was opened in the instruction before the signal, and not yet taken over."""
    ended = subprocess.run(
        [sys.executable, "-W", "error", "-c", TORN_OUT], capture_output=True, text=True, check=False
    )
    assert (ended.stdout.split(), ended.stderr) == (["15", "15"], "")


def test_what_else_is_lost_in_a_callback_is_told_as_ever() -> None:
    told: list[object] = []
    before, sys.unraisablehook = sys.unraisablehook, lambda lost: told.append(lost.exc_value)
    try:
        with Signals():
            thing = _Weak()
            watched = weakref.ref(thing, lambda _: {}["x"])
            del thing
            assert watched() is None
    finally:
        sys.unraisablehook = before
    assert [type(error) for error in told] == [KeyError]


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
