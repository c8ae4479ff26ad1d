"""Shakers on a real sound server: opened by one program at a time, or refused with a reason."""

import os
from contextlib import closing

import pytest
from sound_server import MISSING, SoundServer, until

from firmware_bridge.clock import MonotonicClock
from firmware_bridge.errors import DeviceRefused, LinkError, PortBusy, PortMissing
from firmware_bridge.wire import sound_card
from kneadwave.guards.dialects import SCHEMES, open_output
from kneadwave.guards.launch import GuardLink
from kneadwave.guards.marks import MovingMark, folder
from kneadwave.guards.rescue import switch_off_left_moving
from kneadwave.guards.sound import PlaysOn
from kneadwave.testing.scheme_contract import SchemeContract

pytestmark = pytest.mark.skipif(bool(MISSING), reason=f"needs {' and '.join(MISSING)}")
URL = "audio:pulse"
ON = b"\x80\x80", b"\x28\x28"


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with SoundServer(tmp_path_factory.mktemp("sound")) as served:
        yield served


@pytest.fixture(autouse=True)
def own_places(server, tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    for name, value in server.env.items():
        monkeypatch.setenv(name, value)


class TestScheme(SchemeContract):
    @pytest.fixture
    def scheme(self):
        return SCHEMES["audio"]

    @pytest.fixture
    def served(self, server):
        return server

    @pytest.fixture
    def place(self):
        return "pulse"

    @pytest.fixture
    def nowhere(self):
        return "none"


def opened():
    return open_output(URL, MonotonicClock(), 2)


def test_it_plays_tells_how_late_and_is_silent_when_off(server):
    made, clock = opened(), MonotonicClock()
    with closing(made.output) as output:
        assert made.fd is None
        assert made.sound == PlaysOn("pulse", output.traits.latency_s, alone=False)
        assert 0.0 < output.traits.latency_s <= 0.15
        until(lambda: output.ask(clock.now()), "answer")

        def sounds():
            output.put(*ON, clock.now())
            return server.plays()

        until(sounds, "sound")
        output.zero()
        until(lambda: not server.plays(), "silence")


def test_one_program_at_a_time_plays_on_a_sound_card():
    with closing(opened().output), pytest.raises(PortBusy, match="another run plays on a sound card"):
        opened()
    with closing(opened().output) as output:
        output.close()  # a second time, as a guard may


def test_where_nothing_can_be_locked_nothing_plays(monkeypatch):
    monkeypatch.setenv("XDG_STATE_HOME", os.devnull)
    with pytest.raises(LinkError, match="cannot be locked"):
        opened()


def test_a_card_that_is_not_there_or_too_slow_is_refused_and_holds_no_lock(monkeypatch):
    with pytest.raises(PortMissing, match="no sound output is called none"):
        open_output("audio:none", MonotonicClock(), 2)
    with monkeypatch.context() as patch:
        patch.setattr(sound_card, "LATENCY_MAX_S", 0.001)
        with pytest.raises(DeviceRefused, match="ms late"):
            opened()
    opened().output.close()


def test_a_card_with_too_few_channels_is_refused():
    with pytest.raises(DeviceRefused, match="pulse has 32 channels; 33 are described"):
        sound_card.SoundCard("pulse", 33)


@pytest.mark.parametrize(("code", "error"), [(sound_card.BUSY, PortBusy), (-9999, LinkError)])
def test_what_portaudio_refuses_is_told_in_our_words(monkeypatch, code, error):
    import sounddevice

    def refuses(**_):
        raise sounddevice.PortAudioError("no", code)

    monkeypatch.setattr(sounddevice, "OutputStream", refuses)
    with pytest.raises(error) as caught:
        opened()
    assert type(caught.value) is error


def test_a_guard_tells_its_player_of_the_card():
    with closing(GuardLink(URL, "shakers-2", MonotonicClock())) as link:
        assert link.sound is not None
        assert (link.sound.card, link.sound.alone) == ("pulse", False)


def test_a_device_without_a_frequency_is_no_device_for_sound():
    with pytest.raises(DeviceRefused, match="thigh-r of hf8 has no rate in Hz"):
        GuardLink(URL, "hf8", MonotonicClock())


def test_sound_that_ended_with_its_programs_leaves_nothing_to_switch_off():
    MovingMark(URL).set()
    for path in folder().glob("*.json"):
        path.write_text('{"pid": 0, "started": ""}', encoding="utf-8")
    assert list(switch_off_left_moving()) == []
    assert not list(folder().iterdir())
