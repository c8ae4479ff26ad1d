"""What was left moving is found, once its guard is gone, and switched off by whoever calls next."""

import os
import subprocess
import sys

import pytest
from served_twins import ServedTwin

from kneadwave.cli.app import call
from kneadwave.guards.marks import MovingMark, folder, forget, left_moving
from kneadwave.guards.names import lasting
from kneadwave.guards.rescue import Rescued, switch_off_left_moving
from simulator.twins.hf8 import VirtualHf8

MARK = """
import sys, pathlib
from kneadwave.guards.marks import MovingMark
MovingMark(sys.argv[1], pathlib.Path(sys.argv[2])).set()
"""
BY_ID, BY_PATH = "dev/serial/by-id/usb-pad", "dev/serial/by-path/pci-0:1"


@pytest.fixture(autouse=True)
def state_home(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))


@pytest.fixture
def pad():
    with ServedTwin(VirtualHf8()) as served:
        served.twin.take(b"M177\r")
        yield served


def marked_by_a_dead_process(url, root="/"):
    subprocess.run([sys.executable, "-c", MARK, url, str(root)], check=True)


@pytest.fixture
def root(tmp_path):
    """A system that has names for its ports."""
    return tmp_path / "system"


def named(root, name, port):
    """`name` leads to `port`, and no more to where it led before."""
    link = root / name
    link.parent.mkdir(parents=True, exist_ok=True)
    link.unlink(missing_ok=True)
    link.symlink_to(port)


@pytest.fixture
def other():
    with ServedTwin(VirtualHf8()) as served:
        served.twin.take(b"M177\r")
        yield served


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
    assert [left.url for left in left_moving()] == [url]
    forget(url)
    forget(url)
    assert list(left_moving()) == []


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"pid": "x", "started": 1}', '{"pid": 1}', "\0"])
def test_a_file_that_says_nothing_counts_as_left(content):
    marked_by_a_dead_process("hf8:/dev/pad")
    (path,) = folder().iterdir()
    path.write_text(content, encoding="utf-8")
    assert [left.url for left in left_moving()] == ["hf8:/dev/pad"]


def test_other_files_are_left_alone():
    marked_by_a_dead_process("hf8:/dev/pad")
    for name in (".hidden.json", "notes.txt"):
        (folder() / name).write_text("{}", encoding="utf-8")
    assert [left.url for left in left_moving()] == ["hf8:/dev/pad"]


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


@pytest.mark.parametrize("names", [(BY_ID,), (BY_PATH,), (BY_ID, BY_PATH)])
def test_a_port_that_comes_back_under_another_name_is_found(pad, tmp_path, root, names):
    url = f"hf8:{tmp_path}/ttyUSB0"
    (tmp_path / "ttyUSB0").touch()
    for name in names:
        named(root, name, tmp_path / "ttyUSB0")
    marked_by_a_dead_process(url, root)
    (tmp_path / "ttyUSB0").unlink()
    (rescued,) = switch_off_left_moving(root=root)
    assert "there is no port" in rescued.error
    named(root, names[0], pad.port)
    assert list(switch_off_left_moving(root=root)) == [Rescued(url)]
    assert pad.comes_off()
    assert list(left_moving()) == []


def test_another_device_in_its_place_is_not_told_and_settles_nothing(pad, other, root):
    url = f"hf8:{pad.port}"
    named(root, BY_ID, pad.port)
    named(root, BY_PATH, pad.port)
    marked_by_a_dead_process(url, root)
    (root / BY_ID).unlink()
    named(root, f"{BY_ID}-2", pad.port)
    (rescued,) = switch_off_left_moving(root=root)
    assert rescued.error == "another device is in its place"
    assert pad.moves
    named(root, BY_ID, other.port)
    assert list(switch_off_left_moving(root=root)) == [Rescued(url)]
    assert other.comes_off()
    assert pad.moves


def test_a_session_that_ends_well_settles_what_was_left_under_another_name(tmp_path, root):
    (tmp_path / "ttyUSB0").touch()
    (tmp_path / "ttyUSB1").touch()
    named(root, BY_ID, tmp_path / "ttyUSB0")
    marked_by_a_dead_process(f"hf8:{tmp_path}/ttyUSB0", root)
    forget(f"hf8:{tmp_path}/ttyUSB1", root)
    assert len(list(left_moving())) == 1, "that is another device"
    named(root, BY_ID, tmp_path / "ttyUSB1")
    forget(f"hf8:{tmp_path}/ttyUSB1", root)
    assert list(left_moving()) == []


def test_it_is_forgotten_by_any_of_its_names(tmp_path, root, capsys):
    (tmp_path / "ttyUSB0").touch()
    named(root, BY_ID, tmp_path / "ttyUSB0")
    marked_by_a_dead_process(f"hf8:{tmp_path}/ttyUSB0", root)
    assert call(["device", "forget", f"hf8:/{BY_ID}"]) == 0
    assert "is forgotten" in capsys.readouterr().out
    assert list(left_moving()) == []


def test_pulses_count_for_a_device_under_each_of_its_names(tmp_path, root):
    (tmp_path / "ttyUSB0").touch()
    named(root, "pad", tmp_path / "ttyUSB0")
    url = f"tcode:{tmp_path}/ttyUSB0"
    assert lasting(f"TCODE:{root}/pad", root) == url
    named(root, BY_ID, tmp_path / "ttyUSB0")
    assert {lasting(each, root) for each in (url, f"tcode:{root}/pad")} == {f"tcode:/{BY_ID}"}
    assert lasting("tcode:udp://x:1", root) == "tcode:udp://x:1"


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
