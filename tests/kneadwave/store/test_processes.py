"""Whether a process that a file speaks of still is that process."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from kneadwave.store.processes import (
    guards_of_this_program,
    host_of,
    of_this_program,
    started_at,
    suspended,
)


def test_a_process_has_one_start_and_a_missing_one_none() -> None:
    assert started_at(os.getpid()) == started_at(os.getpid()) != ""
    assert [started_at(pid) for pid in (2**22 + 1, 2**31, 2**80, -1)] == [""] * 4


def test_every_process_sees_the_same_start() -> None:
    script = (
        "import sys; from kneadwave.store.processes import started_at; print(started_at(int(sys.argv[1])))"
    )
    seen = subprocess.run([sys.executable, "-c", script, str(os.getpid())], capture_output=True, text=True)
    assert seen.stdout == f"{started_at(os.getpid())}\n"


def test_a_process_that_ended_and_was_not_waited_for_is_none() -> None:
    over = subprocess.Popen([sys.executable, "-c", "pass"], stdout=subprocess.PIPE)
    assert over.stdout is not None
    os.waitid(os.P_PID, over.pid, os.WEXITED | os.WNOWAIT)
    assert started_at(over.pid) == ""
    over.communicate()


@pytest.mark.skipif(not psutil.LINUX, reason="elsewhere the start of a process is kept as it was")
def test_a_clock_that_is_set_meanwhile_changes_no_start(monkeypatch: pytest.MonkeyPatch) -> None:
    from psutil import _pslinux

    before, real = started_at(os.getpid()), _pslinux.boot_time
    monkeypatch.setattr(_pslinux, "boot_time", lambda: real() + 86_400.0)
    assert psutil.boot_time() == real() + 86_400.0
    assert started_at(os.getpid()) == before


@pytest.mark.parametrize("error", [psutil.AccessDenied(1), PermissionError("/proc/stat")])
def test_a_process_whose_start_is_not_told_is_known_by_its_number(
    monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def refused(_self: psutil.Process) -> float:
        raise error

    monkeypatch.setattr(psutil.Process, "create_time", refused)
    assert started_at(os.getpid()) == f"pid {os.getpid()}"


@pytest.mark.skipif(os.name != "posix", reason="nothing is suspended elsewhere")
def test_a_process_that_was_put_to_sleep_is_told_from_one_that_works() -> None:
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as process:
        assert not suspended(process.pid)
        process.send_signal(signal.SIGSTOP)
        os.waitpid(process.pid, os.WUNTRACED)
        assert suspended(process.pid)
        process.kill()
    assert not suspended(process.pid)
    assert not suspended(2**80)


@pytest.mark.skipif(not psutil.LINUX, reason="elsewhere an environment may not be told")
@pytest.mark.parametrize(("same", "found"), [("here", True), ("there", False)])
def test_processes_of_this_program_are_found_where_a_variable_is_the_same(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, same: str, found: bool
) -> None:
    monkeypatch.setenv("KNEAD_SESSIONS", str(tmp_path / "here"))
    env = os.environ | {"KNEAD_SESSIONS": str(tmp_path / same)}
    waits = tmp_path / "knead"
    waits.write_text("print(flush=True); input()", encoding="utf-8")
    with subprocess.Popen(
        [sys.executable, str(waits)], env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        process.stdout.readline()
        assert (process.pid in of_this_program("KNEAD_SESSIONS")) is found
        process.kill()
    assert process.pid not in of_this_program("KNEAD_SESSIONS")


def test_a_guard_whose_parent_is_no_program_of_ours_is_its_own_host(monkeypatch: pytest.MonkeyPatch) -> None:
    """An orphan's parent is whatever takes over orphans: nobody is to be told to end that."""
    monkeypatch.setenv("KNEAD_SESSIONS", "of this test")
    words = [sys.executable, "-c", "input()", "kneadwave.guards.process", "hf8:/dev/nothing", "hf8"]
    with subprocess.Popen(words, stdin=subprocess.PIPE) as guard:
        assert (guard.pid, "hf8:/dev/nothing") in guards_of_this_program("KNEAD_SESSIONS")
        assert host_of(guard.pid) == guard.pid
        monkeypatch.setenv("KNEAD_SESSIONS", "of another")
        assert list(guards_of_this_program("KNEAD_SESSIONS")) == []
        guard.communicate(b"\n")
    assert host_of(os.getpid()) == os.getpid()
