"""One port is asked what hangs on it: real pseudo-terminals, and nothing moves by any question."""

import threading
from contextlib import contextmanager

import pytest
from held_up import HeldUp
from served_twins import ServedTwin

from firmware_bridge.clock import MonotonicClock
from firmware_bridge.devices.load import load_device
from firmware_bridge.errors import DeviceRefused, LinkError, LinkTimeout, PortMissing
from firmware_bridge.guard.outputs.hf8 import Hf8
from firmware_bridge.guard.outputs.tcode import TCode
from firmware_bridge.play.connection import Connection
from firmware_bridge.wire.messages import Hello
from kneadwave.discovery import probe as probing
from kneadwave.discovery.probe import channels_of, probe
from kneadwave.errors import UsageError
from simulator.cushion import VirtualCushion
from simulator.pty import PtyCushion
from simulator.twins.hf8 import VirtualHf8
from simulator.twins.tcode import VirtualTCode


class Mute(VirtualHf8):
    def take(self, data):
        super().take(data)
        return b""


@contextmanager
def cushion():
    over = threading.Event()
    served = PtyCushion(VirtualCushion(load_device("seat-pad-8")), MonotonicClock())
    thread = threading.Thread(target=served.serve, args=(over.is_set,))
    thread.start()
    yield served.port
    over.set()
    thread.join()


def test_a_cushion_of_our_own_answers_first():
    with cushion() as port:
        answered = probe(port, MonotonicClock())
    assert (answered.url, answered.scheme, answered.channels) == (port, "", 8)
    assert answered.what == "seat-pad-8, speaks docs/wire.md"


@pytest.mark.parametrize(
    ("twin", "scheme", "channels", "refused"),
    [
        (VirtualHf8(scale=200), "hf8", 8, ""),
        (VirtualHf8(sound=True), "hf8", 8, "audio mode"),
        (VirtualTCode(3), "tcode", 3, ""),
        (VirtualTCode(0), "tcode", 0, ""),
        (VirtualTCode(4, version=b"TCode v0.4"), "tcode", 4, "v0.3 is needed"),
    ],
)
def test_a_device_of_another_dialect_is_recognised_and_does_not_move(twin, scheme, channels, refused):
    with ServedTwin(twin) as served:
        answered = probe(f"{scheme}:{served.port}", MonotonicClock())
        assert (answered.url, answered.scheme) == (f"{scheme}:{served.port}", scheme)
        assert answered.channels == channels
        assert refused in answered.refused
        assert bool(answered.refused) is bool(refused)
        assert len(served.history) == 1


def test_an_answer_that_waits_is_read_before_it_is_missed():
    with ServedTwin(VirtualTCode(5)) as board:
        assert probe(f"tcode:{board.port}", HeldUp()).channels == 5


def test_where_nothing_answers_or_nothing_is(tmp_path, monkeypatch):
    monkeypatch.setattr(probing, "ANSWER_S", 0.1)
    with ServedTwin(Mute()) as mute:
        with pytest.raises(LinkTimeout, match="nothing at"):
            probe(mute.port, MonotonicClock())
        assert len(mute.history) == 1
    with pytest.raises(PortMissing):
        probe(str(tmp_path / "none"), MonotonicClock())
    with pytest.raises(UsageError, match="is at no port"):
        probe("tcode:udp://127.0.0.1:8000", MonotonicClock())


def test_no_question_holds_a_command_of_another_dialect():
    hello = Connection().send(Hello(), 0.0)
    assert not set(hello) & set(b"\r\nMVLRADPmvlradp$")
    for asked, others in ((Hf8().questions(), b"VLRAD$"), (TCode(0).questions(), b"M\r")):
        assert not set(asked.upper()) & set(others)


def test_the_questions_of_all_move_no_twin():
    asked = Connection().send(Hello(), 0.0) * 40 + Hf8().questions() + TCode(0).questions()
    for twin in (VirtualHf8(), VirtualTCode(4)):
        twin.levels = bytes([7] * len(twin.levels))
        twin.take(asked)
        assert set(twin.levels) == {7}


def test_how_many_channels_a_device_has_it_says_itself(monkeypatch):
    monkeypatch.setattr(probing, "ANSWER_S", 0.1)
    with ServedTwin(VirtualTCode(5)) as board:
        assert channels_of(f"tcode:{board.port}", MonotonicClock()) == 5
    with ServedTwin(VirtualHf8(sound=True)) as pad, pytest.raises(DeviceRefused, match="audio mode"):
        channels_of(f"hf8:{pad.port}", MonotonicClock())
    with ServedTwin(Mute()) as mute, pytest.raises(LinkTimeout, match="does not answer"):
        channels_of(f"hf8:{mute.port}", MonotonicClock())
    with pytest.raises(LinkError):
        channels_of("tcode:udp://127.0.0.1:1", MonotonicClock())
    assert channels_of("audio:default", MonotonicClock()) is None
    with pytest.raises(UsageError):
        channels_of("/dev/ttyUSB0", MonotonicClock())
