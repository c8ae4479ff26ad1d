"""Which sound output a name means; and what is told where there is none, or no PortAudio at all."""

import sys

import pytest

from firmware_bridge.errors import LinkError, PortMissing
from firmware_bridge.wire.sound_card import SoundCard, SoundDevice, choose

OUTPUTS = [
    SoundDevice(0, "HDA Intel PCH: ALC256 Analog (hw:0,0)", "ALSA", 2, 44100.0),
    SoundDevice(1, "HDA Intel PCH: HDMI 0 (hw:0,3)", "ALSA", 8, 44100.0),
    SoundDevice(2, "USB Sound Device: Audio (hw:1,0)", "ALSA", 8, 48000.0),
    SoundDevice(4, "pulse", "ALSA", 32, 44100.0),
    SoundDevice(5, "pulse-rear", "ALSA", 32, 44100.0),
]


@pytest.fixture
def cards(tmp_path):
    (tmp_path / "ICUSBAUDIO7D").symlink_to("card1")
    (tmp_path / "PCH").symlink_to("card0")
    return tmp_path


@pytest.mark.parametrize(
    ("place", "number"),
    [
        ("2", 2),
        ("usb sound", 2),
        ("hw:0,3", 1),
        ("ICUSBAUDIO7D", 2),  # the id of a card in /proc/asound, which stays its own
        ("PCH", 0),
        ("Pulse", 4),  # its whole name, though another one begins so
        ("pulse-r", 5),
    ],
)
def test_a_number_a_card_or_a_part_of_a_name_chooses(cards, place, number):
    assert choose(place, OUTPUTS, cards).number == number


@pytest.mark.parametrize(
    ("place", "told", "hint"),
    [
        ("intel", "more than one output is called intel: 0 HDA .*; 1 HDA", "say more of its name"),
        ("3", "no sound output is called 3", "there are: 0 HDA"),
        ("../card1", "no sound output is called", "there are: 0 HDA"),
    ],
)
def test_any_other_name_is_refused_and_tells_what_there_is(cards, place, told, hint):
    with pytest.raises(PortMissing, match=told) as caught:
        choose(place, OUTPUTS, cards)
    assert caught.value.hint.startswith(hint)


def test_where_there_is_no_output_at_all_none_is_listed(tmp_path):
    with pytest.raises(PortMissing) as caught:
        choose("any", [], tmp_path)
    assert caught.value.hint == "there are: none"


def test_without_sounddevice_it_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "sounddevice", None)
    with pytest.raises(LinkError, match="needs the package sounddevice") as caught:
        SoundCard("any", 2)
    assert caught.value.hint == "install the extra audio"
