"""The guard's process, here in the test's own: what it says, what it leaves, and that it switches off."""

import os
import signal
import socket
import threading
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from served_twins import ServedTwin

from firmware_bridge.guard.outputs.output import OutputStuck
from firmware_bridge.wire.framing import Frame, pack_frame
from firmware_bridge.wire.messages import HELLO, PROTOCOL_VERSION
from kneadwave.errors import SessionRemedy
from kneadwave.guards import process
from kneadwave.guards.channel import ChannelReader, packed
from kneadwave.guards.dialects import open_output
from kneadwave.guards.marks import MovingMark, folder
from simulator.twins import over_web
from simulator.twins.hf8 import VirtualHf8
from simulator.twins.tcode import VirtualTCode

SPARED = Path("/proc/self/oom_score_adj")
MOVING = b"\rM099\rM788\r"
KNEADING = """
schema = 1
name = "kneader"
title = "Kneader"
power_budget = 100
stops_by_itself = false
[[actuator]]
id = "head"
kind = "kneading"
x_mm = 80
y_mm = 400
radius_mm = 20
ceiling = 0.5
attack_per_s = 300
release_per_s = 1200
response = { start = 60, hold = 40, exponent = 0.5 }
rate = { min = 20, max = 60 }
motor = { tau_ms = 300 }
"""


@pytest.fixture(autouse=True)
def state_home(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    monkeypatch.setattr(process, "take_priority", lambda: None)  # or the tests after it would have it
    kept = {name: signal.getsignal(getattr(signal, name)) for name in process.IGNORED}
    spared = SPARED.read_text()
    yield tmp_path
    SPARED.write_text(spared)
    for name, handler in kept.items():
        signal.signal(getattr(signal, name), handler)


class Mute(VirtualHf8):
    """Answers nothing."""

    def take(self, data):
        super().take(data)
        return b""


def nothing(_wire, _channel):
    """What a player may do."""


@contextmanager
def player(acts):
    """The sockets of a guard as it is given them, a player that `acts` at their other ends, what it read."""
    wire, far_wire = socket.socketpair()
    channel, far_channel = socket.socketpair()
    lines, said = ChannelReader(channel), []

    def run():
        while not any("ready" in each for each in said):
            said.extend(lines.read())
            if lines.ended or any("error" in each for each in said):
                return
        acts(wire, channel)
        wire.close()

    thread = threading.Thread(target=run)
    thread.start()
    yield str(os.dup(far_wire.fileno())), str(os.dup(far_channel.fileno())), said
    far_wire.close()
    far_channel.close()
    thread.join()
    while not lines.ended:
        said.extend(lines.read())
    if lines.fd is not None:
        os.close(lines.fd)
    channel.close()
    wire.close()


def guard(url, acts=nothing, description="hf8", placing=""):
    """Run a guard to its end; what it said but that it is alive."""
    with player(acts) as (wire, channel, said):
        process.main(url, description, wire, channel, placing)
    return [each for each in said if "alive" not in each]


@pytest.fixture
def pad():
    with ServedTwin(VirtualHf8()) as served:
        yield served


def test_it_switches_off_what_moves_when_it_begins_and_says_so_at_its_end(pad):
    pad.twin.take(MOVING)
    assert guard(f"hf8:{pad.port}") == [{"ready": True}, {"off": True}]
    assert pad.comes_off()
    assert not list(folder().glob("*"))


def test_it_takes_a_break_and_greetings_and_ends_with_its_host(pad):
    told = []

    def acts(wire, channel):
        channel.send(packed(**{"break": True}))
        wire.send(pack_frame(Frame(HELLO, 1, 0, 0, 0, bytes([PROTOCOL_VERSION]))))
        told.append(wire.recv(100))

    assert guard(f"hf8:{pad.port}", acts)[-1] == {"off": True}
    assert b"hf8" in told[0]


def test_nobody_answers(monkeypatch):
    monkeypatch.setattr(process, "ANSWER_S", 0.1)
    with ServedTwin(Mute()) as mute:
        mute.twin.take(MOVING)
        said = guard(f"hf8:{mute.port}")
        assert said[0]["error"] == "LinkTimeout"
        assert "does not answer" in said[0]["message"]
        assert said[0]["hint"] == SessionRemedy.ASK_PORT
        assert said[1:] == [{"off": True}], "and whatever it is, it was told to be off"


def test_a_pad_that_sound_drives_is_refused():
    with ServedTwin(VirtualHf8(sound=True)) as pad:
        (said, _) = guard(f"hf8:{pad.port}")
    assert said["error"] == "DeviceRefused"
    assert "switch it off" in said["message"]


def test_no_such_port(tmp_path):
    (said,) = guard(f"hf8:{tmp_path}/none")
    assert said["error"] == "PortMissing"


def test_a_device_that_is_unplugged_is_told_and_its_mark_stays_if_it_moved(pad, monkeypatch):
    monkeypatch.setattr(process, "LAST_TRY_S", 0.0)

    def acts(wire, _):
        pad.unplug()
        while wire.recv(100):
            pass

    said = guard(f"hf8:{pad.port}", acts)
    assert said[1]["error"] == "LinkLost"
    assert {"off": True} not in said


class StuckAtItsEnd:
    """An output that takes its first zero, and no other."""

    def __init__(self, output):
        self._output = output
        self._zeros = 0

    def __getattr__(self, name):
        return getattr(self._output, name)

    def zero(self):
        self._zeros += 1
        if self._zeros > 1:
            raise OutputStuck("the device takes nothing more")
        self._output.zero()


@pytest.mark.parametrize("tries", [0, 50])
def test_what_a_device_was_not_told_it_is_told_over_a_line_of_its_own(monkeypatch, tries):
    """Its host is gone, and nobody else could."""
    opened = []

    def opens(url, clock, channels=None):
        opened.append(open_output(url, clock, channels))
        return opened[-1] if len(opened) > 1 else replace(opened[0], output=StuckAtItsEnd(opened[0].output))

    def acts(_wire, _channel):
        served.twin.take(b"V0999\n")
        MovingMark(url).set()

    monkeypatch.setattr(process, "open_output", opens)
    monkeypatch.setattr(process, "LAST_TRIES", tries)
    monkeypatch.setattr(process, "LAST_TRY_S", 0.0)
    with ServedTwin(over_web("tcode", 4), "ws") as served:
        url = f"tcode:{served.port}"
        assert guard(url, acts, "cushion-4") == [{"ready": True}]
        assert bool(list(folder().glob("*"))) is (tries == 0)
        assert not tries or served.comes_off()


def test_it_ignores_what_a_terminal_sends(pad):
    guard(f"hf8:{pad.port}")
    assert all(signal.getsignal(getattr(signal, name)) is signal.SIG_IGN for name in process.IGNORED)


@pytest.mark.parametrize(
    ("device", "why"),
    [
        ("cushion-4", "4 actuators; such a device has 8"),
        ("mat-64", "64 actuators"),
        ("seat-pad-8", "stopping by itself"),
        ("reference-cushion", "16 actuators"),
    ],
)
def test_a_description_that_the_device_cannot_keep_is_refused(pad, device, why):
    (said, off) = guard(f"hf8:{pad.port}", description=device)
    assert said["error"] == "DeviceRefused"
    assert why in said["message"]
    assert off == {"off": True}


def test_a_rate_that_nobody_would_hold_is_refused(tmp_path):
    with ServedTwin(VirtualTCode(10)) as board:
        path = tmp_path / "device.toml"
        path.write_text(KNEADING, encoding="utf-8")
        (said, _) = guard(f"tcode:{board.port}", description=str(path))
    assert "has a rate for head" in said["message"]


def test_a_guard_for_placing_refuses_what_the_dialect_has_not(pad):
    assert guard(f"hf8:{pad.port}", placing="9")[0]["error"] == "DeviceRefused"
    assert guard(f"hf8:{pad.port}", placing="8") == [{"ready": True}, {"off": True}]
