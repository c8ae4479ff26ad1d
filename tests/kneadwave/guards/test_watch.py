"""What a guard's silence means: that it is dead, or that the whole computer stood still."""

import os
import signal
import socket
import subprocess
import sys
import time

import pytest

from kneadwave.guards.channel import ALIVE_S, packed
from kneadwave.guards.watch import SLICE_S, SLICES

pytestmark = pytest.mark.skipif(os.name != "posix", reason="needs signals that stop a process")

WATCHING = """
import socket, sys, time
from kneadwave.guards.channel import ChannelReader
from kneadwave.guards.watch import GuardWatch
channel = socket.socket(fileno=int(sys.argv[1]))
watch = GuardWatch(1 << 30, channel, ChannelReader(channel), None, lambda: None)
print("watching", flush=True)
began = time.monotonic()
assert watch.join(60.0)
print(watch.off, round(time.monotonic() - began, 3), flush=True)
"""
STILL_S = 3 * SLICES * SLICE_S


@pytest.fixture
def watching():
    """A process that watches, and what a guard would have: the other end of its channel."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        fd = theirs.fileno()
        command = [sys.executable, "-c", WATCHING, str(fd)]
        with subprocess.Popen(command, pass_fds=[fd], stdout=subprocess.PIPE, text=True) as process:
            theirs.close()
            assert process.stdout is not None
            ours.send(packed(alive=True))
            assert process.stdout.readline() == "watching\n"
            yield process, ours
            process.kill()


def test_a_guard_is_silent_after_a_quarter_of_a_second():
    assert 4 * ALIVE_S < SLICES * SLICE_S <= 0.25


def test_a_silent_guard_is_given_up(watching):
    process, _ = watching
    off, after = process.stdout.readline().split()
    assert off == "False"
    assert float(after) >= SLICES * SLICE_S - 2 * SLICE_S


def test_a_computer_that_stood_still_makes_no_guard_dead(watching):
    process, guard = watching
    os.kill(process.pid, signal.SIGSTOP)
    time.sleep(STILL_S)
    os.kill(process.pid, signal.SIGCONT)
    guard.send(packed(alive=True) + packed(off=True))
    guard.shutdown(socket.SHUT_RDWR)
    assert process.stdout.readline().startswith("True"), "it listened still"
