"""A guard comes before other programs where the system grants it; the system kills one that hangs so."""

import os
import signal
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from served_twins import ServedTwin

from firmware_bridge.clock import MonotonicClock
from kneadwave.guards.launch import GuardLink
from kneadwave.guards.priority import NICE
from simulator.twins.hf8 import VirtualHf8

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="needs the scheduling of Linux")
ASKS = "import os; os.sched_setscheduler(0, os.SCHED_RR, os.sched_param(1))"
TAKES = "import os; from kneadwave.guards.priority import take_priority; {before}; take_priority(); {after}"
NOBODY = 65534


@pytest.fixture
def granted():
    if subprocess.run([sys.executable, "-c", ASKS], stderr=subprocess.DEVNULL, check=False).returncode:
        pytest.skip("this system grants no priority in real time")


def takes(before, after):
    """The end of a process that takes priority, with that before and after."""
    code = TAKES.format(before=before, after=after)
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)


@pytest.mark.usefixtures("granted")
def test_every_thread_of_a_guard_comes_before_ordinary_programs(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    with (
        ServedTwin(VirtualHf8()) as pad,
        closing(GuardLink(f"hf8:{pad.port}", "hf8", MonotonicClock())) as link,
    ):
        guard = Path(f"/proc/{link.guard_pid}")
        threads = [int(each.name) for each in (guard / "task").iterdir()]
        assert {os.sched_getscheduler(each) & ~os.SCHED_RESET_ON_FORK for each in threads} == {os.SCHED_RR}
        assert {os.getpriority(os.PRIO_PROCESS, each) for each in threads} == {NICE}
        autogroup = guard / "autogroup"
        assert not autogroup.exists() or autogroup.read_text().endswith(f"nice {NICE}\n")


@pytest.mark.usefixtures("granted")
def test_one_that_runs_without_a_wait_is_killed():
    assert takes("pass", "[None for _ in iter(int, 1)]").returncode == -signal.SIGKILL


@pytest.mark.usefixtures("granted")
def test_what_it_starts_later_is_an_ordinary_program():
    after = "child = os.fork(); print(os.sched_getscheduler(0)) if not child else os.waitpid(child, 0)"
    assert takes("pass", after).stdout == f"{os.SCHED_OTHER}\n"


def test_where_it_is_refused_it_goes_on_as_before():
    refused = (
        "import resource; resource.setrlimit(resource.RLIMIT_RTPRIO, (0, 0)); "
        f"os.setuid({NOBODY}) if os.getuid() == 0 else None"
    )
    ended = takes(refused, "print(os.sched_getscheduler(0), sum(range(30_000_000)))")
    assert ended.returncode == 0, ended.stderr
    assert ended.stdout.startswith(f"{os.SCHED_OTHER} ")
