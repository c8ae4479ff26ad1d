"""What each thing that is plugged in is likely to be: a pure function of what the system tells.

A port says little of what hangs on it: its USB id names the chip, not the board. So a port that is not on the
list of known devices is never more than likely to be something, and only `probe` asks it.
"""

import re
import sys
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from firmware_bridge.wire.link import Port, allowed_ports
from kneadwave.discovery.system import SystemView
from kneadwave.guards.dialects import SCHEMES

INTIFACE_PORT: Final = 12345
"""Where Intiface listens by default; docs.buttplug.io."""
FF_RUMBLE: Final = 0x50
"""The bit of force feedback that two motors of a game controller answer to; linux/input-event-codes.h."""
LISTENS: Final = "0A"
LOOPBACK: Final = frozenset(
    {"0100007F", "00000000", "00000000000000000000000001000000", "00000000000000000000000000000000"}
)
"""Addresses that reach this very host, as /proc/net/tcp writes them: 127.0.0.1, ::1, or every one."""

BOARDS: Final[tuple[tuple[str, str, tuple[str, ...]], ...]] = (
    ("1a86:", "a CH340 chip, as on many driver boards", ("tcode",)),
    ("10c4:ea60", "a CP210x chip, as on many ESP32 boards", ("tcode",)),
    ("303a:", "an Espressif board", ("tcode",)),
    ("0403:", "an FTDI chip, as on many driver boards", ("tcode",)),
    ("2341:", "an Arduino board", ("tcode",)),
    ("2e8a:", "a Raspberry Pi Pico", ("tcode",)),
)
"""Beginnings of USB ids (usb.ids), what they name, and the dialects that such boards often speak."""
ANY_PORT: Final = ("hf8", "tcode")
"""What any serial port may be: no USB id of the HF8 is published."""


class ThingKind(StrEnum):
    """What sort of thing was found."""

    SERIAL = "serial"
    SOUND = "sound"
    RUMBLE = "rumble"
    SERVER = "server"
    VIRTUAL = "virtual"


@dataclass(frozen=True)
class PluggedIn:
    """One thing that may be a device, or lead to one.

    `node` is what the system calls it now, `names` what it is called as long as it stays, the best first.
    `urls` are what `--device` takes for it, those that may not fit included; empty where nothing here drives
    it. `known`: whether it may be opened unasked.
    """

    kind: ThingKind
    node: str
    names: tuple[str, ...]
    about: str
    likely: str
    urls: tuple[str, ...]
    known: bool = False

    @property
    def name(self) -> str:
        """The name that stays, if there is one."""
        return self.names[0] if self.names else self.node


def found(
    system: SystemView,
    allow: Iterable[str] = (),
    schemes: Collection[str] = SCHEMES.keys(),
    word_bits: int = 64 if sys.maxsize > 1 << 32 else 32,
) -> list[PluggedIn]:
    """All that the system tells of; `allow` are USB ids and serial numbers that may be opened unasked.

    `schemes` are the dialects that can be driven, `word_bits` the length of a word of the system's bit maps.
    """
    known = allowed_ports(system.ports, allow)
    return [
        *(_serial(system, port, schemes, known=port in known) for port in system.ports),
        *_sound_cards(system.sound, schemes),
        *_rumble(system, schemes, word_bits),
        *_servers(system.connections, schemes),
    ]


def _serial(system: SystemView, port: Port, schemes: Collection[str], *, known: bool) -> PluggedIn:
    names = system.names_of(port.device)
    about = " ".join(part for part in (port.usb_id, port.description) if part and part != "n/a")
    at = names[0] if names else port.device
    if known:
        url = f"id:{port.serial_number}" if port.serial_number else at
        return PluggedIn(ThingKind.SERIAL, port.device, names, about, "a known device", (url,), known)
    if not port.usb_id and not names:
        likely = "a serial port that is not by USB: a device may be connected to it, or nothing"
        return PluggedIn(ThingKind.SERIAL, port.device, names, about, likely, (at,), known)
    chip = next((row for row in BOARDS if port.usb_id.startswith(row[0])), None)
    likely, dialects = (chip[1], (*chip[2], *ANY_PORT)) if chip else ("a serial port", ANY_PORT)
    urls = tuple(f"{dialect}:{at}" for dialect in dict.fromkeys(dialects) if dialect in schemes)
    return PluggedIn(ThingKind.SERIAL, port.device, names, about, likely, (*urls, at))


_CARD: Final = re.compile(r"^ *(\d+) \[(\S+) *\]: (.+)$", re.MULTILINE)


def _sound_cards(text: str, schemes: Collection[str]) -> Iterator[PluggedIn]:
    for number, card, about in _CARD.findall(text):
        urls = (f"audio:{card}",) if "audio" in schemes else ()
        likely = "a sound card; with amplifiers and shakers behind it, a device"
        yield PluggedIn(ThingKind.SOUND, f"card {number}", (card,), about, likely, urls)


def _rumble(system: SystemView, schemes: Collection[str], word_bits: int) -> Iterator[PluggedIn]:
    for block in system.inputs.split("\n\n"):
        lines = dict(re.findall(r"^[NHB]: (\w+)=(.*)$", block, re.MULTILINE))
        event = re.search(r"\bevent\d+\b", lines.get("Handlers", ""))
        if event is None or not _has_bit(lines.get("FF", ""), FF_RUMBLE, word_bits):
            continue
        node = f"/dev/input/{event[0]}"
        names = system.names_of(node)
        urls = (f"evdev:{names[0] if names else node}",) if "evdev" in schemes else ()
        about = lines.get("Name", "").strip('"')
        yield PluggedIn(ThingKind.RUMBLE, node, names, about, "a game controller with rumble motors", urls)


def _has_bit(bitmap: str, bit: int, word_bits: int) -> bool:
    """Whether a bit is set in a map as the system writes it: words in hex, the highest first."""
    try:
        words = [int(word, 16) for word in reversed(bitmap.split())]
    except ValueError:
        return False
    at, of = divmod(bit, word_bits)
    return at < len(words) and bool(words[at] >> of & 1)


def _servers(text: str, schemes: Collection[str]) -> Iterator[PluggedIn]:
    for line in text.splitlines():
        address, _, port = (line.split() + [""] * 4)[1].rpartition(":")
        if line.split()[3:4] != [LISTENS] or address not in LOOPBACK or not _is(port, INTIFACE_PORT):
            continue
        place = f"ws://127.0.0.1:{INTIFACE_PORT}"
        urls = (f"intiface:{place}",) if "intiface" in schemes else ()
        likely = "an Intiface server, going by its port"
        yield PluggedIn(ThingKind.SERVER, place, (), "somebody listens there", likely, urls)
        return


def _is(hexadecimal: str, number: int) -> bool:
    try:
        return int(hexadecimal, 16) == number
    except ValueError:
        return False
