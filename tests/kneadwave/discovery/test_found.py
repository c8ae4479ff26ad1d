"""What the system tells, read from a tree of files, and what is made of it: nothing is opened."""

import pytest

from firmware_bridge.wire import link
from firmware_bridge.wire.link import Port
from kneadwave.discovery.found import PluggedIn, ThingKind, found
from kneadwave.discovery.system import SystemView, look
from kneadwave.guards.dialects import SCHEMES

CARDS = """ 0 [PCH            ]: HDA-Intel - HDA Intel PCH
                      HDA Intel PCH at 0xf7f10000 irq 27
 1 [ICUSBAUDIO7D   ]: USB-Audio - ICUSBAUDIO7D
                      C-Media Electronics Inc. ICUSBAUDIO7D at usb-0000:00:14.0-2, full speed
"""
PAD = """I: Bus=0003 Vendor=045e Product=028e Version=0110
N: Name="Microsoft X-Box 360 pad"
P: Phys=usb-0000:00:14.0-1/input0
H: Handlers=event5 js0
B: EV=20000b
B: FF={ff}
"""
KEYBOARD = """I: Bus=0011 Vendor=0001 Product=0001 Version=ab41
N: Name="AT Translated Set 2 keyboard"
H: Handlers=sysrq kbd event0 leds
B: EV=120013
"""
HEAD = "  sl  local_address rem_address   st tx_queue rx_queue\n"
EVERY = {*SCHEMES, "evdev", "intiface"}


def row(address, state="0A"):
    return f"   0: {address} 00000000:0000 {state} 00000000:00000000\n"


@pytest.fixture
def system(tmp_path, monkeypatch):
    """A system with a known device, a board and an unknown port, as a tree of files."""
    ports = [
        Port("/dev/ttyACM0", "1209:0001", "KW1", "cushion"),
        Port("/dev/ttyUSB0", "1a86:7523", "", "USB Serial"),
        Port("/dev/ttyS0", "", "", "n/a"),
    ]
    monkeypatch.setattr(link, "list_serial_ports", lambda: ports)
    for name, text in {
        "proc/asound/cards": CARDS,
        "proc/bus/input/devices": KEYBOARD + "\n" + PAD.format(ff="107030000 0"),
        "proc/net/tcp": HEAD + row("0100007F:3039"),
    }.items():
        (tmp_path / name).parent.mkdir(parents=True)
        (tmp_path / name).write_text(text)
    for folder, name, node in [
        ("dev/serial/by-id", "usb-1a86_USB_Serial-if00-port0", "../../ttyUSB0"),
        ("dev/serial/by-path", "pci-0000:00:14.0-usb-0:2:1.0-port0", "../../ttyUSB0"),
        ("dev/input/by-id", "usb-Microsoft-event-joystick", "../event5"),
    ]:
        (tmp_path / folder).mkdir(parents=True)
        (tmp_path / folder / name).symlink_to(node)
    return look(tmp_path)


def by_kind(things, kind):
    return [thing for thing in things if thing.kind is kind]


def test_ports_have_the_names_that_stay_and_what_they_are_likely_to_be(system):
    known, board, plain = by_kind(found(system), ThingKind.SERIAL)
    assert (known.urls, known.known) == (("id:KW1",), True)
    assert board.node == "/dev/ttyUSB0"
    assert board.name == "/dev/serial/by-id/usb-1a86_USB_Serial-if00-port0"
    assert board.names[1].startswith("/dev/serial/by-path/")
    assert board.urls == (f"tcode:{board.name}", f"hf8:{board.name}", board.name)
    assert "CH340" in board.likely
    assert (plain.name, plain.about, plain.known) == ("/dev/ttyS0", "", False)
    assert plain.urls == ("/dev/ttyS0",), "nothing tells that anything hangs on it"


def test_what_a_household_allows_is_known(system):
    board = by_kind(found(system, ["1A86:7523"]), ThingKind.SERIAL)[1]
    assert (board.known, board.urls) == (True, (board.name,))


def test_sound_cards_rumble_motors_and_a_server_are_told_of(system):
    things = found(system, schemes=EVERY, word_bits=64)
    assert [(c.node, c.names, c.urls) for c in by_kind(things, ThingKind.SOUND)] == [
        ("card 0", ("PCH",), ("audio:PCH",)),
        ("card 1", ("ICUSBAUDIO7D",), ("audio:ICUSBAUDIO7D",)),
    ]
    (pad,) = by_kind(things, ThingKind.RUMBLE)
    assert (pad.node, pad.about) == ("/dev/input/event5", "Microsoft X-Box 360 pad")
    assert pad.urls == ("evdev:/dev/input/by-id/usb-Microsoft-event-joystick",)
    (server,) = by_kind(things, ThingKind.SERVER)
    assert server.urls == ("intiface:ws://127.0.0.1:12345",)


def test_what_nothing_here_drives_has_no_url(system):
    for thing in found(system, schemes=()):
        assert thing.urls == ((thing.name,) if not thing.known else ("id:KW1",)) or thing.urls == ()
    assert not any(t.urls for t in found(system, schemes=()) if t.kind is not ThingKind.SERIAL)


@pytest.mark.parametrize(
    ("bitmap", "word_bits", "rumbles"),
    [
        ("10000 0", 64, True),
        ("20000 0", 64, False),
        ("10000 0 0", 32, True),
        ("10000 0", 32, False),
        ("10000", 64, False),
        ("", 64, False),
        ("none", 64, False),
    ],
)
def test_the_bit_of_rumble_is_found_in_words_of_either_length(bitmap, word_bits, rumbles):
    system = SystemView(inputs=PAD.format(ff=bitmap))
    assert bool(found(system, word_bits=word_bits)) is rumbles


@pytest.mark.parametrize(
    ("line", "there"),
    [
        (row("0100007F:3039"), True),
        (row("00000000:3039"), True),
        (row("00000000000000000000000001000000:3039"), True),
        (row("0200A8C0:3039"), False),
        (row("0100007F:303A"), False),
        (row("0100007F:3039", "01"), False),
        (row("0100007F:zzzz"), False),
        ("\n", False),
    ],
)
def test_a_server_is_somebody_who_listens_on_this_host(line, there):
    assert bool(found(SystemView(connections=HEAD + line + line))) is there
    assert len(found(SystemView(connections=HEAD + line + line))) == there


def test_a_system_that_tells_nothing_has_nothing(tmp_path, monkeypatch):
    monkeypatch.setattr(link, "list_serial_ports", list)
    assert found(look(tmp_path)) == []
    assert PluggedIn(ThingKind.SERIAL, "/dev/x", (), "", "", ()).name == "/dev/x"


def test_this_very_system_can_be_looked_at():
    assert isinstance(found(look()), list)
