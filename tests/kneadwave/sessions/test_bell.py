"""What wakes a session that sleeps, whoever asks something of it."""

import os
import select
import signal
import threading
from pathlib import Path

import pytest

from firmware_bridge.clock import MonotonicClock
from firmware_bridge.play.ending import EndReason
from kneadwave.cli.terminal.signals import Signals
from kneadwave.sessions import registry
from kneadwave.sessions.at_once import ring
from kneadwave.sessions.bell import Bell, Doorbell
from kneadwave.sessions.connect import OtherProcesses
from kneadwave.sessions.controls import Inbox, Louder, StopSession

LONG_S = 60.0


def heard(files) -> bool:
    return bool(select.select(files, [], [], 0)[0])


def test_a_bell_is_heard_until_it_is_hushed_however_often_it_rang():
    bell = Bell()
    for _ in range(100_000):  # more than a pipe holds
        bell.ring()
    while heard([bell]):
        bell.hush()
    bell.ring()
    assert heard([bell])


def test_its_descriptors_do_not_outlive_it():
    bell = Bell()
    ends = (bell.fileno(), bell.rung_by)
    del bell
    for end in ends:
        with pytest.raises(OSError, match="Bad file descriptor"):
            os.fstat(end)


def test_a_request_of_another_thread_wakes_a_sleeping_inbox():
    inbox = Inbox()
    threading.Thread(target=inbox.post, args=[Louder()]).start()
    MonotonicClock().sleep(LONG_S, inbox.waiting, inbox.files())
    assert inbox.take() == [Louder()]
    assert not heard(inbox.files())


def test_a_signal_wakes_it():
    with Signals() as signals:
        inbox = Inbox(signals)
        inbox.take()  # from here on a signal is a request
        threading.Timer(0.0, os.kill, [os.getpid(), signal.SIGTERM]).start()
        MonotonicClock().sleep(LONG_S, inbox.waiting, inbox.files())
        assert inbox.take() == [StopSession(EndReason.BY_SIGNAL, by="SIGTERM")]
    assert signal.set_wakeup_fd(-1) == -1


def test_another_process_wakes_it(tmp_path: Path):
    clock = MonotonicClock()
    with registry.Registration(["/dev/ttyX"], "relaxing-back") as own:
        inbox = Inbox(OtherProcesses(own, clock))
        inbox.take()
        found = registry.find("/dev/ttyX")
        assert found is not None
        assert not heard(inbox.files())
        found.ask_to_stop()
        assert heard(inbox.files())
        clock.sleep(LONG_S, inbox.waiting, inbox.files())
        assert inbox.take() == [StopSession(EndReason.BY_REQUEST)]
    assert not list(tmp_path.rglob("*.bell"))


def test_what_is_no_doorbell_is_not_rung(tmp_path: Path):
    (tmp_path / "file").write_text("whole")
    for name in ("file", "missing"):
        ring(str(tmp_path / name))
    assert (tmp_path / "file").read_text() == "whole"
    door = Doorbell(tmp_path / "door")
    door.close()
    door.close()
    ring(str(tmp_path / "door"))
    assert not (tmp_path / "door").exists()


def test_where_no_doorbell_can_be_hung_requests_are_looked_for(tmp_path: Path):
    door = Doorbell(tmp_path / "missing" / "door")
    door.hush()
    assert door.files() is None
