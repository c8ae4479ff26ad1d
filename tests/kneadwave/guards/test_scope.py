"""A guard in a scope of its own: a stand-in for systemd-run, as no systemd runs where this is tested."""

import os
import stat
from contextlib import closing

import pytest
from guard_faults import alive
from served_twins import ServedTwin

from firmware_bridge.clock import MonotonicClock
from firmware_bridge.play.wire_device import WireDevice
from kneadwave.guards.launch import GuardLink
from simulator.twins.hf8 import VirtualHf8

RECORDS = 'echo "$$ $@" >> "$(dirname "$0")/called"'
BECOMES = 'while [ "$1" != -- ]; do shift; done; shift; exec "$@"'


@pytest.fixture
def manager(tmp_path, monkeypatch):
    """A user's manager that seems to run, and a systemd-run that does what it is told in the end."""
    (tmp_path / "bin").mkdir()
    (tmp_path / "runtime" / "systemd").mkdir(parents=True)
    (tmp_path / "runtime" / "systemd" / "private").touch()
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path / "runtime"))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}{os.pathsep}{os.environ['PATH']}")

    def put(ends):
        program = tmp_path / "bin" / "systemd-run"
        program.write_text(f"#!/bin/sh\n{RECORDS}\n{ends}\n", encoding="utf-8")
        program.chmod(program.stat().st_mode | stat.S_IXUSR)

    put(BECOMES)
    return put


def called(tmp_path):
    """The processes in which the stand-in was called, with its arguments."""
    path = tmp_path / "bin" / "called"
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    return [(int(pid), words.split()) for pid, _, words in (line.partition(" ") for line in lines)]


def guard_of_a_pad():
    """The process of a guard that plays as any other and leaves nothing behind."""
    clock = MonotonicClock()
    with ServedTwin(VirtualHf8()) as pad:
        with closing(GuardLink(f"hf8:{pad.port}", "hf8", clock)) as link:
            assert WireDevice(link, clock).identify().identity.model == "hf8"
            assert os.getsid(link.guard_pid) == link.guard_pid
        assert not alive(link.guard_pid)
    return link.guard_pid


@pytest.mark.usefixtures("manager")
def test_where_a_manager_runs_the_guard_has_a_scope_and_is_the_process_that_was_started(tmp_path):
    pid = guard_of_a_pad()
    ((scoped, words),) = called(tmp_path)
    assert scoped == pid
    assert words[:5] == ["--user", "--scope", "--quiet", "--collect", "--"]
    assert words[6:8] == ["-m", "kneadwave.guards.process"]


@pytest.mark.usefixtures("manager")
def test_without_a_manager_nothing_is_asked_of_it(tmp_path, monkeypatch):
    (tmp_path / "runtime" / "systemd" / "private").unlink()
    guard_of_a_pad()
    monkeypatch.delenv("XDG_RUNTIME_DIR")
    guard_of_a_pad()
    assert called(tmp_path) == []


@pytest.mark.parametrize(
    "ends", ["exit 1", "exec sleep 600", "kill -9 $$", "sleep 600"], ids=["fails", "hangs", "dies", "waits"]
)
def test_what_goes_wrong_with_it_keeps_no_guard_from_starting(manager, tmp_path, ends):
    manager(ends)
    pid = guard_of_a_pad()
    ((scoped, _),) = called(tmp_path)
    assert scoped != pid
    assert not alive(scoped), "it was ended before another one was started"


def test_a_program_that_cannot_be_run_is_left_out(manager, tmp_path):
    manager("")
    (tmp_path / "bin" / "systemd-run").write_text("#!/no/such/shell\n", encoding="utf-8")
    guard_of_a_pad()
    assert called(tmp_path) == []
