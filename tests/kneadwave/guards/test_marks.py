"""What was left moving is found, once its guard is gone, and switched off by whoever calls next."""

import os
import subprocess
import sys

import pytest
from served_twins import ServedTwin

from kneadwave.cli.app import call
from kneadwave.guards.marks import MovingMark, folder, forget, left_moving
from kneadwave.guards.rescue import Rescued, switch_off_left_moving
from simulator.twins.hf8 import VirtualHf8

MARK = "import sys; from kneadwave.guards.marks import MovingMark; MovingMark(sys.argv[1]).set()"


@pytest.fixture(autouse=True)
def state_home(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))


@pytest.fixture
def pad():
    with ServedTwin(VirtualHf8()) as served:
        served.twin.take(b"M177\r")
        yield served


def marked_by_a_dead_process(url):
    subprocess.run([sys.executable, "-c", MARK, url], check=True)


def test_nothing_is_left_where_nothing_moved():
    assert list(left_moving()) == []
    assert list(switch_off_left_moving()) == []


def test_what_a_living_guard_drives_is_not_left():
    mark = MovingMark("hf8:/dev/pad")
    mark.set()
    mark.set()
    assert len(list(folder().iterdir())) == 1
    assert list(left_moving()) == []
    mark.clear()
    mark.clear()
    assert list(folder().iterdir()) == []


@pytest.mark.parametrize("url", ["hf8:/dev/tty USB0%2F", "hf8:COM3", "hf8:/dev/ä"])
def test_what_a_dead_guard_drove_is(url):
    marked_by_a_dead_process(url)
    assert list(left_moving()) == [url]
    forget(url)
    forget(url)
    assert list(left_moving()) == []


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"pid": "x", "started": 1}', '{"pid": 1}', "\0"])
def test_a_file_that_says_nothing_counts_as_left(content):
    marked_by_a_dead_process("hf8:/dev/pad")
    (path,) = folder().iterdir()
    path.write_text(content, encoding="utf-8")
    assert list(left_moving()) == ["hf8:/dev/pad"]


def test_other_files_are_left_alone():
    marked_by_a_dead_process("hf8:/dev/pad")
    for name in (".hidden.json", "notes.txt"):
        (folder() / name).write_text("{}", encoding="utf-8")
    assert list(left_moving()) == ["hf8:/dev/pad"]


def test_it_is_switched_off_and_forgotten(pad):
    url = f"hf8:{pad.port}"
    marked_by_a_dead_process(url)
    assert list(switch_off_left_moving()) == [Rescued(url)]
    assert pad.comes_off()
    assert list(switch_off_left_moving()) == []


@pytest.mark.parametrize(
    ("url", "why"),
    [("hf8:/dev/none", "there is no port"), ("x:1", "no such device is known"), ("hf8:", "names no")],
)
def test_what_cannot_be_reached_stays_and_is_told(url, why):
    marked_by_a_dead_process(url)
    for _ in range(2):
        (rescued,) = switch_off_left_moving()
        assert rescued.url == url
        assert why in rescued.error


def test_each_command_switches_off_and_says_so(pad, capsys):
    marked_by_a_dead_process(f"hf8:{pad.port}")
    marked_by_a_dead_process("hf8:/dev/none")
    assert call(["--version"]) == 0
    assert pad.comes_off()
    told = capsys.readouterr().err.splitlines()
    assert f"hf8:{pad.port} was left moving when its programs were killed; it is off now" in told
    assert (
        "warning: hf8:/dev/none was left moving and cannot be told to stop: there is no port /dev/none"
        in told
    )
    assert "hint: pull its plug; once it is off for sure: knead device forget hf8:/dev/none" in told


def test_what_nobody_can_reach_may_be_forgotten(capsys):
    marked_by_a_dead_process("hf8:/dev/none")
    assert call(["device", "forget", "hf8:/dev/other"]) == 2
    assert "these were: hf8:/dev/none" in capsys.readouterr().err
    assert call(["device", "forget", "hf8:/dev/none"]) == 0
    told = capsys.readouterr()
    assert "is forgotten" in told.out
    assert "hint" not in told.err, "whoever forgets it need not be told to"
    assert list(left_moving()) == []
    assert call(["device", "forget", "hf8:/dev/none"]) == 2


def test_where_the_mark_cannot_be_kept_nothing_may_move(monkeypatch):
    monkeypatch.setenv("XDG_STATE_HOME", os.devnull)
    with pytest.raises(OSError, match="Not a directory"):
        MovingMark("hf8:/dev/pad").set()
